import type { Answer } from '../connectors/outcome.ts';
import type { AttemptRow, DeadLetter, Delivery } from '../store/admin-store.ts';
import { isNetworkSecret, type Reader, siemWords, UNREACHABLE } from './reader.ts';
import { timeOrNull, timeText } from './time-text.ts';

/** How the API shows what a SIEM said, or that it said nothing. */
export function answerView(answer: Answer, reader: Reader): object {
  if (isNetworkSecret(reader, answer)) {
    return { status: null, code: UNREACHABLE.word, message: UNREACHABLE.message, duration_ms: 0 };
  }
  return {
    status: answer.status ?? null,
    code: answer.code ?? null,
    message: siemWords(reader, answer.message),
    duration_ms: answer.durationMs,
  };
}

export function deliveryView(delivery: Delivery, reader: Reader): object {
  return {
    destination_id: delivery.destinationId,
    destination_name: delivery.destinationName,
    workspace_id: delivery.workspaceId,
    attestation_id: delivery.attestationId ?? null,
    event_uid: delivery.eventUid ?? null,
    status: delivery.status,
    attempts: delivery.attempts,
    last_answer: delivery.lastAnswer === undefined ? null : answerView(delivery.lastAnswer, reader),
    seq: delivery.seq ?? null,
    recorded_at: timeText(delivery.recordedAtMs),
    finished_at: timeOrNull(delivery.finishedAtMs),
    destination_version: delivery.destinationVersion ?? null,
  };
}

export function deadLetterView(letter: DeadLetter, reader: Reader): object {
  return {
    dead_letter_id: letter.deadLetterId,
    destination_id: letter.destinationId,
    workspace_id: letter.workspaceId,
    attestation_id: letter.attestationId ?? null,
    event_uid: letter.eventUid ?? null,
    status: letter.status,
    code: letter.code,
    // Without an answer it is our own refusal, which names a place and never a value.
    message: letter.answer === undefined ? letter.message : siemWords(reader, letter.message),
    answer: letter.answer === undefined ? null : answerView(letter.answer, reader),
    attempts: letter.attempts,
    dead_at: timeText(letter.deadAtMs),
    skipped_by: letter.skippedBy ?? null,
    skip_reason: letter.skipReason ?? null,
  };
}

/** How often, when and for how long an address was tried in vain tells why: such sends are shown to those who may know. */
export function attemptsFor(reader: Reader, attempts: readonly AttemptRow[]): readonly AttemptRow[] {
  return attempts.filter(({ answer }) => !isNetworkSecret(reader, answer));
}

export function attemptView(attempt: AttemptRow, reader: Reader): object {
  return {
    at: timeText(attempt.atMs),
    outcome: attempt.outcome,
    answer: answerView(attempt.answer, reader),
    events: attempt.events,
    bytes: attempt.bytes,
    first_seq: attempt.firstSeq,
  };
}
