import { plainBody } from '../delivery/plain-renderer.ts';

/** The body of a record for the plain renderer. */
export function plainRecordBody(uid: string, broken: boolean, padding: number): string {
  return plainBody(uid, { text: 'x'.repeat(padding), broken });
}

/** An attestation for the real mapping; a broken one is one that the parser refuses. */
export function attestationBody(uid: string, broken: boolean, padding: number): string {
  return JSON.stringify({
    attestation_id: uid,
    workspace_id: 'ws-1',
    timestamp: '2027-01-15T08:00:00.000Z',
    verdict: broken ? 'perhaps' : 'deny',
    tool_name: 'files.delete',
    agent_id: 'agent-1',
    impact: { severity: 'high', rollback_plan: 'x'.repeat(padding) },
  });
}
