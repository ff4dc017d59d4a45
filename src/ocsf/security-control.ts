import type { Attestation } from '../attestation/attestation.ts';
import type { JsonValue } from '../json.ts';
import { given, listed } from './attributes.ts';
import { decisionOf } from './decision.ts';
import type { OcsfEvent } from './ocsf-event.ts';
import type { VersionTraits } from './ocsf-versions.ts';
import { decidingConstraint } from './reasons.ts';

export const SECURITY_CONTROL = 'security_control';

/** What the control did with the call: the profile security_control. */
export function controlAttributes(attestation: Attestation, traits: VersionTraits): OcsfEvent {
  const { action, disposition, isAlert } = decisionOf(attestation);
  const isEarlyWord = !traits.observedAndModified && action.id > 2;
  return {
    action_id: isEarlyWord ? 99 : action.id,
    action: action.name,
    disposition_id: disposition.id,
    disposition: disposition.name,
    authorizations: authorizationsOf(attestation) as JsonValue | undefined,
    is_alert: traits.alertAndPolicy ? isAlert : undefined,
    policy: traits.alertAndPolicy ? (policyOf(attestation) as JsonValue | undefined) : undefined,
  };
}

/** Each constraint that took part and what it said. The reasons stand elsewhere in full. */
function authorizationsOf({ constraints = [] }: Attestation): readonly object[] | undefined {
  return listed(
    constraints
      .filter(({ id, name }) => id || name)
      .map(({ id, name, outcome }) => ({
        decision: given(outcome),
        policy: { uid: given(id), name: given(name) },
      })),
  );
}

/** The constraint that decided. */
function policyOf(attestation: Attestation): object | undefined {
  const constraint = decidingConstraint(attestation);
  if (constraint === undefined || !(constraint.id || constraint.name)) return undefined;
  const { id, name, reason } = constraint;
  return { uid: given(id), name: given(name), desc: given(reason), is_applied: true };
}
