import type { Attestation } from './attestation.ts';
import { Refused } from './refused.ts';

/** A resolution is a record of its own about an earlier escalation. Throws `Refused`. */
export function checkResolution({ resolution, resolves, verdict, attestation_id }: Attestation): void {
  if (resolution === undefined && resolves === undefined) return;
  if (resolves === undefined) {
    throw new Refused(
      'missing_field',
      'A record with "resolution" names the escalation that it resolves in "resolves".',
      ['resolves'],
    );
  }
  if (resolution === undefined) {
    throw new Refused('missing_field', 'A record with "resolves" says in "resolution" what was decided.', [
      'resolution',
    ]);
  }
  if (verdict !== 'escalate') {
    throw new Refused(
      'resolution_verdict',
      'A resolution record has the verdict "escalate", as the decision that it resolves.',
      ['verdict'],
    );
  }
  if (resolves === attestation_id) {
    throw new Refused('resolves_itself', 'A resolution has an id of its own and names another one.', [
      'resolves',
    ]);
  }
}
