import type { Logger } from 'pino';
import { SERVICE_WORKSPACE } from './api/request-context.ts';
import { adminFactsText } from './ocsf/admin/admin-facts.ts';
import type { Store } from './store/store.ts';

export interface ServiceEventParts {
  readonly record: Pick<Store['record'], 'recordEvents'>;
  readonly clock: { nowMs(): number };
  readonly random: { uuid(): string };
  readonly logger: Pick<Logger, 'warn'>;
  /** `service`: serves and perhaps delivers; `worker`: only delivers. */
  readonly role: 'service' | 'worker';
  readonly version: string;
}

/** Tells of the start and the stop of one process, both under the id of its run. */
export interface ServiceEvents {
  started(): Promise<void>;
  stopped(): Promise<void>;
}

/**
 * Administrative events of the process itself, in the workspace of the service. A stop is recorded before the delivery ends, and
 * arrives with the next start or from another process: that the stream stops is said at once, by its last checkpoint. A store that
 * cannot take one is logged: it must not keep the service from starting or stopping.
 */
export function serviceEvents(parts: ServiceEventParts): ServiceEvents {
  const runId = parts.random.uuid();
  return {
    started: () => record(parts, runId, 'service.started'),
    stopped: () => record(parts, runId, 'service.stopped'),
  };
}

async function record(
  { record: store, clock, logger, role, version }: ServiceEventParts,
  runId: string,
  code: 'service.started' | 'service.stopped',
): Promise<void> {
  const uid = `admin:${runId}:${code}`;
  const body = adminFactsText({
    uid,
    code,
    timeMs: Math.floor(clock.nowMs()),
    workspaceId: SERVICE_WORKSPACE,
    message: `aegis-siem ${version} (${role}) ${code === 'service.started' ? 'started' : 'is stopping'}`,
    severity: 'informational',
    entity: { kind: 'service', uid: runId, name: 'aegis-siem' },
    details: { role, version },
  });
  let failure: string | undefined;
  try {
    const [result] = await store.recordEvents([
      { recordId: uid, workspaceId: SERVICE_WORKSPACE, body, source: 'admin' },
    ]);
    if (result?.status === 'failed') failure = result.message;
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  if (failure !== undefined)
    logger.warn({ event_code: code, reason: failure }, 'an administrative event was not recorded');
}
