export type Signal = 'traces' | 'metrics';

export interface ExportWatchLogger {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** What both exporters answer; code 0 is success. */
interface ExportResult {
  readonly code: number;
  readonly error?: Error | undefined;
}

const SUCCESS = 0;
const MAX_MESSAGE_CHARS = 200;

/**
 * Says in the log when exports begin to fail, and when they are taken again: once each, however long a receiver is away. The SDK
 * itself keeps quiet.
 */
export class ExportWatch {
  readonly #logger: ExportWatchLogger;
  readonly #failing = new Map<Signal, number>();

  constructor(logger: ExportWatchLogger) {
    this.#logger = logger;
  }

  /** The same callback, watched. */
  watched<Result extends ExportResult>(
    signal: Signal,
    done: (result: Result) => void,
  ): (result: Result) => void {
    return (result) => {
      this.#saw(signal, result);
      done(result);
    };
  }

  #saw(signal: Signal, { code, error }: ExportResult): void {
    const failures = this.#failing.get(signal) ?? 0;
    if (code === SUCCESS) {
      if (failures > 0) this.#logger.info({ signal, failures }, 'OpenTelemetry exports are taken again');
      this.#failing.delete(signal);
      return;
    }
    this.#failing.set(signal, failures + 1);
    if (failures > 0) return;
    const why = (error?.message ?? '').slice(0, MAX_MESSAGE_CHARS);
    this.#logger.warn(
      { signal, why },
      'OpenTelemetry exports fail; delivery goes on, what does not fit the queue is lost',
    );
  }
}
