/** The smallest record that the parser accepts, to change in tests. */
export const SMALLEST_ATTESTATION = Object.freeze({
  attestation_id: '0193476d-3f10-7a51-8c3e-5a8d0c1b2e03',
  workspace_id: 'ws-finance',
  timestamp: '2026-11-20T09:15:30.412Z',
  verdict: 'deny',
  tool_name: 'payments.create_transfer',
  agent_id: 'agent-7',
});

/** The smallest record with some fields added or replaced, as JSON text. `undefined` leaves a field out. */
export function attestationText(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ ...SMALLEST_ATTESTATION, ...changes });
}

/** The smallest record with raw JSON members behind it, for what `JSON.stringify` cannot write. */
export function attestationTextWith(rawMembers: string): string {
  return `${attestationText().slice(0, -1)},${rawMembers}}`;
}
