import { setTimeout as sleep } from 'node:timers/promises';
import type { Connector, Credentials } from '../connectors/connector.ts';
import { eventBytes } from '../connectors/encode-events.ts';
import type { Outcome } from '../connectors/outcome.ts';
import { placeEvent } from '../ocsf/place-event.ts';
import { testEvent } from '../ocsf/test-event.ts';
import type { Destination } from '../outbox/destination.ts';
import type { AdminStore } from '../store/admin-store.ts';
import type { ApiParts } from './api-parts.ts';
import { openCredentials } from '../open-credentials.ts';
import { runbookOf } from '../runbooks.ts';
import { UnsealError } from '../secrets/unseal-error.ts';
import { isNetworkSecret, type Reader, UNREACHABLE } from './reader.ts';

/** The whole of a connection test. */
const TEST_TIMEOUT_MS = 30_000;

/** For whom the network is not: so long lasts every test that brought no reply, whatever was in the way. */
export const UNREACHABLE_AFTER_MS = 10_000;
/** And so long a reply may take: what is ended by us must be over before that. */
const REPLY_WITHIN_MS = 9_500;

/** The verdict on a destination that no connector can be made from. */
const UNUSABLE_SETTINGS = 'unusable_settings';

export interface TestVerdict {
  readonly ok: boolean;
  readonly verdict: string;
  readonly message: string;
  readonly advice: string | null;
  /** Page of docs/operations that leads through it; null where the test went well, or no page is about it. */
  readonly runbook: string | null;
  readonly http_status: number | null;
  readonly code: string | null;
  readonly duration_ms: number;
  readonly event_uid: string;
}

/** What a test needs: the real connection, and no more. */
export interface TestParts extends Pick<ApiParts, 'sealer' | 'connect' | 'clock'> {
  readonly random: Pick<ApiParts['random'], 'uuid'>;
  readonly store: { readonly admin: Pick<AdminStore, 'readProgress'> };
}

/**
 * Sends one marked test event (no number in the stream) through the real connector, and says in our words what came of it.
 * The reply of the other side is never repeated: a test must not become a way to read what an internal address answers. Nor to
 * feel which addresses there are: to a reader who may not know, all that brings no reply is one word after one time.
 */
export async function testDestination(
  parts: TestParts,
  destination: Destination,
  reader: Pick<Reader, 'network'>,
): Promise<TestVerdict> {
  const uid = parts.random.uuid();
  const startedMs = parts.clock.nowMs();
  let credentials: Credentials;
  let connector: Connector;
  try {
    credentials = openCredentials(parts.sealer, destination);
    connector = parts.connect(destination, parts.random.uuid());
  } catch (error) {
    const sealed = error instanceof UnsealError ? error.code : undefined;
    return {
      ok: false,
      verdict: sealed ?? UNUSABLE_SETTINGS,
      message: 'The destination cannot be used as it is stored; nothing was sent.',
      advice: 'Give its credentials again with PATCH, or put the master key back that sealed them.',
      runbook: sealed === undefined ? null : runbookOf(sealed),
      http_status: null,
      code: null,
      duration_ms: parts.clock.nowMs() - startedMs,
      event_uid: uid,
    };
  }
  try {
    const { streamId, epoch } = await parts.store.admin.readProgress(destination.destinationNo);
    const { destinationId, workspaceId, name: destinationName } = destination;
    const event = testEvent(
      { uid, destinationId, destinationName, workspaceId, timeMs: startedMs },
      destination.ocsf,
    );
    const wire = placeEvent(event, { streamId, epoch, kind: 'test' }, destination.ocsf);
    const events = eventBytes([connector.encode(wire)]);
    if (reader.network) {
      const outcome = await connector.send(events, credentials, AbortSignal.timeout(TEST_TIMEOUT_MS));
      return seen(outcome, uid);
    }
    // Running before anything is dialled: all that takes less time hides in it.
    const whole = sleep(UNREACHABLE_AFTER_MS);
    const outcome = await connector.send(events, credentials, AbortSignal.timeout(REPLY_WITHIN_MS));
    if (!isNetworkSecret(reader, outcome.answer)) return seen(outcome, uid);
    await whole;
    return unreachable(uid);
  } finally {
    await connector.close();
  }
}

function seen(outcome: Outcome, uid: string): TestVerdict {
  return { ...verdictOf(outcome), ...answerOf(outcome), event_uid: uid };
}

function unreachable(uid: string): TestVerdict {
  const { word, message, advice } = UNREACHABLE;
  return {
    ok: false,
    verdict: word,
    message,
    advice,
    runbook: runbookOf(word),
    http_status: null,
    code: word,
    duration_ms: UNREACHABLE_AFTER_MS,
    event_uid: uid,
  };
}

function answerOf({ answer }: Outcome): Pick<TestVerdict, 'http_status' | 'code' | 'duration_ms'> {
  return { http_status: answer.status ?? null, code: answer.code ?? null, duration_ms: answer.durationMs };
}

type Words = Pick<TestVerdict, 'ok' | 'verdict' | 'message' | 'advice' | 'runbook'>;

function verdictOf(outcome: Outcome): Words {
  const say = (
    ok: boolean,
    message: string,
    advice: string | null = null,
    verdict: string = outcome.kind,
  ): Words => ({ ok, verdict, message, advice, runbook: ok ? null : runbookOf(verdict) });
  switch (outcome.kind) {
    case 'delivered':
      return say(true, 'The SIEM took the test event.');
    case 'accepted':
      return say(true, 'The SIEM took the test event; that it is indexed is confirmed later.');
    case 'throttled':
      return say(
        false,
        'The SIEM is reached and is busy or out of quota.',
        'Nothing to change here; try again.',
      );
    case 'transient':
      return say(
        false,
        'The SIEM did not answer, or failed.',
        'Check that the address is right and can be reached from this host, then try again.',
      );
    case 'ambiguous':
      return say(
        false,
        'The test event was sent in full and no answer came; the SIEM may have it.',
        'Search the SIEM for event_uid, and look for a proxy that cuts connections.',
      );
    case 'configuration':
      return say(
        false,
        'The set-up is wrong: events would be held, none would be lost.',
        outcome.advice,
        outcome.reason,
      );
    case 'too_big':
      return say(
        false,
        'The SIEM says that a small event is too big.',
        'Check the size limits in front of the SIEM.',
      );
    case 'poison':
    case 'partial':
      return say(
        false,
        'The SIEM was reached and refused the event itself.',
        'Check index, stream and table: they must take the columns that are sent.',
      );
    case 'local_fault':
      return say(false, 'This service could not send.', 'See the log of the service.', outcome.reason);
    default:
      return outcome satisfies never;
  }
}
