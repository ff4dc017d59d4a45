/** A decision to try a destination with; of its workspace, and plainly a sample. */
export function sampleAttestation(workspaceId: string): string {
  return JSON.stringify(
    {
      schema_version: 1,
      attestation_id: '00000000-0000-4000-8000-000000000001',
      workspace_id: workspaceId,
      timestamp: '2026-01-15T09:30:00.000Z',
      verdict: 'deny',
      tool_name: 'payments.create_transfer',
      agent_id: 'sample-agent',
      action_type: 'create',
      impact: { severity: 'high', rollback_plan: 'Ask billing@example.com to call the transfer back.' },
      constraints: [
        {
          id: 'sample-001',
          name: 'Transfers need a person',
          outcome: 'fail',
          reason: 'No approval was given',
          tier: 1,
        },
      ],
    },
    undefined,
    2,
  );
}
