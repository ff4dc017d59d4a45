import type { EgressFailure } from '../egress/egress.ts';
import type { Answer, Outcome } from './outcome.ts';
import { tlsAdvice } from './tls/tls-advice.ts';

/**
 * The outcome of an exchange that brought no reply. `repeatable` is set for requests whose repeat changes nothing, such
 * as asking for a token: those are never ambiguous.
 */
export function failureOutcome(
  failure: EgressFailure,
  to: string,
  options: { readonly repeatable?: boolean; readonly note?: string } = {},
): Outcome {
  const note = options.note === undefined ? '' : ` ${options.note}`;
  const answer: Answer = {
    code: failure.code,
    message: `${to}: ${failure.message}${note}`,
    durationMs: failure.durationMs,
  };
  const mayHaveArrived = failure.requestSent && options.repeatable !== true;
  switch (failure.phase) {
    case 'blocked':
      return {
        kind: 'configuration',
        reason: 'address_blocked',
        advice: `The address of ${to} is not allowed (${failure.code}). Correct it; for a private network the operator must name it in AEGIS_SIEM_EGRESS_ALLOW.`,
        answer,
      };
    case 'aborted':
      // The send was under way: whether it arrived is unknown, so the next one may be a duplicate.
      return mayHaveArrived
        ? { kind: 'ambiguous', answer }
        : { kind: 'local_fault', reason: 'shutdown', answer };
    case 'tls':
      return isCertificateFault(failure.code)
        ? {
            kind: 'configuration',
            reason: failure.code,
            advice: tlsAdvice(failure.code, to),
            answer,
          }
        : { kind: 'transient', answer };
    case 'dns':
    case 'connect':
    case 'send':
    case 'response':
      return mayHaveArrived ? { kind: 'ambiguous', answer } : { kind: 'transient', answer };
    default:
      return failure.phase satisfies never;
  }
}

/** A wrong certificate does not go away by trying again; a reset during the handshake may. */
function isCertificateFault(code: string): boolean {
  return code.startsWith('certificate') || code.startsWith('tls_protocol');
}
