import type { EventBytes } from '../connectors/connector.ts';
import type { Answer, Outcome } from '../connectors/outcome.ts';
import type { Destination } from '../outbox/destination.ts';
import { isNextName } from '../secrets/next-credential.ts';
import type { HeldConnector } from './connector-holder.ts';
import type { CredentialChange, DeliveryParts } from './delivery-parts.ts';
import { errorFields } from './error-fields.ts';
import { sendBatch, type SendParts } from './send-batch.ts';

/** After a refusal the old credentials serve this long before the new ones are tried again: they may be enabled late. */
export const NEXT_CREDENTIALS_RETRY_MS = 300_000;

type Parts = Pick<
  DeliveryParts,
  'openCredentials' | 'openNextCredentials' | 'credentialChange' | 'clock' | 'logger'
>;

/**
 * Sends with credentials that wait to take the place of others. The first event that is taken proves them; where the
 * destination refuses them, the same events go with the old ones at once, so that a change of credentials never holds a
 * destination that its old ones still reach.
 */
export class NextCredentials {
  readonly #parts: Parts;
  /** The destination's version that the rest belongs to. */
  #version = -1;
  #proven = false;
  #told: 'nothing' | 'telling' | 'taken' | 'refused' = 'nothing';
  #notBeforeMs = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async send(
    { connector, destination }: Pick<HeldConnector, 'connector' | 'destination'>,
    events: readonly EventBytes[],
    signal: AbortSignal,
  ): Promise<Outcome> {
    this.#meet(destination);
    const withOld = (): Promise<Outcome> => sendBatch(connector, destination, events, signal, this.#parts);
    const withNew = async (): Promise<Outcome> => {
      const tried = await sendBatch(connector, destination, events, signal, this.#nextParts());
      if (tookSome(tried)) {
        this.#proven = true;
        await this.#tell('taken', destination, (change) => change.taken(destination));
      }
      return tried;
    };
    if (!this.#waits(destination)) return withOld();
    if (this.#parts.clock.monotonicMs() < this.#notBeforeMs) {
      const old = await withOld();
      // Those that served until now do not any more: the others may.
      if (!questionsCredentials(old)) return old;
      const tried = await withNew();
      return questionsCredentials(tried) ? old : tried;
    }
    const tried = await withNew();
    if (!questionsCredentials(tried)) return tried;
    const old = await withOld();
    // Both refused: it is not these credentials, and the next probe tries both again.
    if (tookSome(old)) {
      this.#notBeforeMs = this.#parts.clock.monotonicMs() + NEXT_CREDENTIALS_RETRY_MS;
      const answer = answerOf(tried);
      await this.#tell('refused', destination, (change) => change.refused(destination, answer));
    }
    return old;
  }

  /** What a question about earlier sends is asked with. */
  partsOf(destination: Destination): SendParts {
    this.#meet(destination);
    return this.#proven ? this.#nextParts() : this.#parts;
  }

  #meet(destination: Destination): void {
    if (destination.rowVersion === this.#version) return;
    this.#version = destination.rowVersion;
    this.#proven = false;
    this.#told = 'nothing';
    const isRefused = destination.credentialNotes?.next?.refused !== undefined;
    if (isRefused) this.#told = 'refused';
    this.#notBeforeMs = isRefused ? this.#parts.clock.monotonicMs() + NEXT_CREDENTIALS_RETRY_MS : 0;
  }

  #waits({ sealed }: Destination): boolean {
    return this.#parts.openNextCredentials !== undefined && Object.keys(sealed).some(isNextName);
  }

  #nextParts(): SendParts {
    const { clock, openCredentials, openNextCredentials } = this.#parts;
    return {
      clock,
      openCredentials: (destination) => openNextCredentials?.(destination) ?? openCredentials(destination),
    };
  }

  /** Delivery goes on whatever comes of it: a store that cannot take it now is told after another send. */
  async #tell(
    what: 'taken' | 'refused',
    destination: Destination,
    tell: (change: CredentialChange) => Promise<void>,
  ): Promise<void> {
    const { credentialChange, logger } = this.#parts;
    if (credentialChange === undefined || this.#told === what || this.#told === 'telling') return;
    const before = this.#told;
    this.#told = 'telling';
    try {
      await tell(credentialChange);
      this.#told = what;
    } catch (error) {
      this.#told = before;
      logger.warn(
        { destinationId: destination.destinationId, ...errorFields(error) },
        `That new credentials were ${what} could not be kept; trying again after another send`,
      );
    }
  }
}

function tookSome(outcome: Outcome): boolean {
  return (
    outcome.kind === 'delivered' ||
    outcome.kind === 'accepted' ||
    (outcome.kind === 'partial' && outcome.taken > 0)
  );
}

/** Nothing was taken, and the set-up is at fault: with any other outcome the credentials are not in question. */
function questionsCredentials(
  outcome: Outcome,
): outcome is Extract<Outcome, { kind: 'configuration' | 'local_fault' }> {
  return outcome.kind === 'configuration' || outcome.kind === 'local_fault';
}

/** For a person: who must change what, where the connector says it. */
function answerOf(outcome: Extract<Outcome, { kind: 'configuration' | 'local_fault' }>): Answer {
  return {
    ...outcome.answer,
    code: outcome.reason,
    message: outcome.kind === 'configuration' ? outcome.advice : outcome.answer.message,
  };
}
