import type { StoreLogger } from './store.ts';

/** The logger of those who gave none: warnings of the process, which Node prints on stderr and embedders can listen to. */
export const emitWarnings: StoreLogger = Object.freeze({
  warn(fields: Readonly<Record<string, unknown>>, message: string): void {
    process.emitWarning(message, { type: 'AegisSiemWarning', detail: JSON.stringify(fields) });
  },
});
