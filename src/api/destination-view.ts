import { certificateTimes } from '../connectors/certificate-time.ts';
import type { BatchSettings, Destination, Health } from '../outbox/destination.ts';
import type { DestinationProgress } from '../store/admin-store.ts';
import { credentialsView } from './credentials-view.ts';
import { verdictOf, verdictView } from './destination-verdict.ts';
import { limitAlarmsView, limitsView } from './backlog-limits-view.ts';
import { ocsfView } from './ocsf-settings-view.ts';
import { healthFor, isUnreachable, type Reader } from './reader.ts';
import { timeOrNull, timeText } from './time-text.ts';

/** A destination as the API shows it. Credentials appear as set or not, with a fingerprint. */
export function destinationView(destination: Destination, reader: Reader, notice?: string): object {
  return {
    destination_id: destination.destinationId,
    ...settingsView(destination),
    enabled: destination.state === 'active' || destination.state === 'paused',
    health: healthView(destination.health, reader),
    certificates: certificateTimes(destination.config).map(({ pointer, subject, notAfterMs }) => ({
      pointer: `/config${pointer}`,
      subject,
      expires_at: timeText(notAfterMs),
    })),
    active_since: timeText(destination.activeSinceMs),
    version: destination.rowVersion,
    created_at: timeText(destination.createdAtMs),
    updated_at: timeText(destination.updatedAtMs),
    ...(notice === undefined ? {} : { notice }),
  };
}

/** What people set: shown by the API and kept in the audit trail, before and after a change. */
export function settingsView(
  destination: Pick<
    Destination,
    | 'workspaceId'
    | 'name'
    | 'type'
    | 'state'
    | 'config'
    | 'fingerprints'
    | 'credentialNotes'
    | 'ocsf'
    | 'batch'
    | 'limits'
    | 'sources'
  >,
): object {
  return {
    workspace_id: destination.workspaceId,
    name: destination.name,
    type: destination.type,
    state: destination.state,
    config: destination.config,
    ...credentialsView(destination),
    ocsf: ocsfView(destination.ocsf),
    filter: destination.ocsf.filter ?? {},
    redaction: destination.ocsf.redaction ?? [],
    batch: batchView(destination.batch),
    limits: limitsView(destination.limits ?? {}),
    sources: destination.sources,
  };
}

export function healthView(given: Health, reader: Reader): object {
  const health = healthFor(reader, given);
  return {
    state: health.state,
    reason: health.reason ?? null,
    message: health.message ?? null,
    since: timeText(health.sinceMs),
    next_try: timeOrNull(health.nextTryMs),
  };
}

/** Where a destination stands: its verdict first, then the numbers behind it. */
export function progressView(
  destination: Destination,
  progress: DestinationProgress,
  checkpointOverdue: boolean,
  reader: Reader,
  nowMs: number,
): object {
  const { oldestOpenRecordedAtMs: oldest, openRows, countedUpTo } = progress;
  // Each cause has its own pace of trying again.
  const hidden = isUnreachable(reader, destination.health);
  const seen = { state: destination.state, health: healthFor(reader, destination.health) };
  const pausedUntilMs = hidden ? 0 : progress.pausedUntilMs;
  return {
    destination_id: destination.destinationId,
    state: destination.state,
    verdict: verdictView(verdictOf(seen, progress, checkpointOverdue, nowMs)),
    health: healthView(destination.health, reader),
    open_rows: openRows,
    open_rows_at_least: openRows >= countedUpTo,
    oldest_open_at: timeOrNull(oldest),
    oldest_open_age_seconds: oldest === undefined ? null : Math.max(0, nowMs - oldest) / 1_000,
    open_batches: progress.openBatches,
    dead_letters: progress.deadLetters,
    limit_alarms: limitAlarmsView(progress.limitLevels),
    last_delivered_at: timeOrNull(progress.lastDeliveredAtMs),
    paused_until: pausedUntilMs > nowMs ? timeText(pausedUntilMs) : null,
    failure_streak: hidden ? 0 : progress.failureStreak,
    stream: { id: progress.streamId, epoch: progress.epoch, next_seq: progress.nextSeq },
  };
}

/** The row version as an entity tag. */
export function entityTag(rowVersion: number): string {
  return `"${rowVersion}"`;
}

function batchView({ maxEvents, maxBytes, maxInFlight }: BatchSettings): object {
  return {
    ...(maxEvents === undefined ? {} : { max_events: maxEvents }),
    ...(maxBytes === undefined ? {} : { max_bytes: maxBytes }),
    ...(maxInFlight === undefined ? {} : { max_in_flight: maxInFlight }),
  };
}
