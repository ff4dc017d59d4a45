import { emitWarnings } from './emit-warnings.ts';
import type { StoreLogger } from './store.ts';

/** The caller's logger (default: warnings of the process) behind a guard: a logger that throws must not cost a record. */
export function safeLogger(logger: StoreLogger = emitWarnings): StoreLogger {
  return {
    warn(fields: Readonly<Record<string, unknown>>, message: string): void {
      try {
        logger.warn(fields, message);
      } catch {
        // There is nobody left to tell.
      }
    },
  };
}
