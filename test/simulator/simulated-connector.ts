import type { ConfirmResult, Connector, Credentials, EventBytes } from '../../src/connectors/connector.ts';
import type { Outcome } from '../../src/connectors/outcome.ts';
import type { EventReader } from './arriving-event.ts';
import type { Faults } from './faults.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Send, SimEvent } from './sim-event.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { SimulatedSiem } from './simulated-siem.ts';

export interface ConnectorParts {
  readonly destinationNo: number;
  readonly process: SimulatedProcess;
  readonly siem: SimulatedSiem;
  readonly reader: EventReader;
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly faults: Faults;
  readonly nextSendNo: () => number;
  readonly token: () => number;
  readonly tell: (event: SimEvent) => void;
}

/** After this the connector gives up waiting for a reply. */
const REPLY_TIMEOUT_MS = 8_000;

/** A promise that nobody will ever settle: what a process that died was waiting for. */
function never<Value>(): Promise<Value> {
  return new Promise<Value>(() => {});
}

/** The way from a process to a SIEM: it takes time, loses requests and replies, and the process can die at each step. */
export function simulatedConnector(parts: ConnectorParts): Connector {
  const { siem } = parts;
  const base: Connector = {
    type: 'splunk_hec',
    address: `https://siem-${parts.destinationNo}.example.com`,
    limits: siem.nature.limits,
    encode: ({ text, bytes }) => ({ pieces: [text], bytes }),
    send: (events, credentials, signal) => sendOver(parts, events, credentials, signal),
    close: () => Promise.resolve(),
  };
  if (!siem.nature.acknowledges) return base;
  return { ...base, confirm: (ackIds, credentials) => confirmOver(parts, ackIds, credentials) };
}

function sendOver(
  parts: ConnectorParts,
  events: readonly EventBytes[],
  credentials: Credentials,
  signal: AbortSignal,
): Promise<Outcome> {
  const { process, scheduler, random, faults, siem, tell } = parts;
  if (!process.alive) return never();
  const send: Send = {
    sendNo: parts.nextSendNo(),
    destinationNo: parts.destinationNo,
    process,
    token: parts.token(),
    events: events.map((bytes) => parts.reader.read(bytes)),
    startedMs: scheduler.nowMs,
  };
  tell({ kind: 'send_started', send });
  if (faults.strikes('crash_before_effect', 0.002)) {
    process.crash();
    return never();
  }
  const threw = faults.strikes('connector_threw', 0.01);
  return new Promise((resolve, reject) => {
    let answered = false;
    const answer = (delayMs: number, outcome: Outcome): void => {
      process.hear(delayMs, () => {
        if (answered) return;
        answered = true;
        if (threw && outcome.kind !== 'local_fault') {
          const ambiguous: Outcome = { kind: 'ambiguous', answer: outcome.answer };
          tell({ kind: 'answered', send, outcome: ambiguous });
          reject(new Error(`The connector broke, holding ${credentials['token'] ?? ''}`));
        } else {
          tell({ kind: 'answered', send, outcome });
          resolve(outcome);
        }
      });
    };
    // Who cuts a request off does not look at its outcome any more.
    signal.addEventListener('abort', () => process.hear(0, () => resolve(noReply('aborted'))), {
      once: true,
    });
    if (faults.strikes('connection_refused', 0.03)) {
      answer(random.between(1, 50), { kind: 'transient', answer: noReply('econnrefused').answer });
      return;
    }
    if (siem.nature.isDead) {
      answer(REPLY_TIMEOUT_MS, noReply('reply_timeout'));
      return;
    }
    const wayMs = random.between(siem.nature.wayMs.min, siem.nature.wayMs.max);
    const lateMs = faults.strikes('taken_after_timeout', 0.02) ? random.between(8_000, 60_000) : 0;
    if (lateMs > 0) answer(REPLY_TIMEOUT_MS, noReply('reply_timeout'));
    // A request that is under way arrives, whether its sender still lives or not.
    scheduler.after(wayMs + lateMs, () => {
      const outcome = siem.handle(send, credentials);
      if (lateMs > 0) return;
      if (faults.strikes('crash_after_effect', 0.004)) process.crash();
      else if (faults.strikes('reply_lost', 0.04)) answer(REPLY_TIMEOUT_MS, noReply('reply_timeout'));
      else answer(wayMs, outcome);
    });
  });
}

function confirmOver(
  parts: ConnectorParts,
  ackIds: readonly number[],
  credentials: Credentials,
): Promise<ConfirmResult> {
  const { process, scheduler, random, siem } = parts;
  if (!process.alive) return never();
  const wayMs = random.between(1, 60);
  return new Promise((resolve) => {
    scheduler.after(wayMs, () => {
      const result = siem.confirm(ackIds, credentials);
      process.hear(wayMs, () => resolve(result));
    });
  });
}

function noReply(code: string): Outcome {
  return { kind: 'ambiguous', answer: { code, message: 'No reply came', durationMs: 1 } };
}
