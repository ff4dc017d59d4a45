const MAX_MESSAGE_CHARS = 500;

/** The part of an error that may be logged: its code and sentence, never its properties (a driver's may hold values). */
export function errorFields(error: unknown): { readonly code: string; readonly error: string } {
  if (!(error instanceof Error)) return { code: 'unknown', error: 'A value that is no error was thrown' };
  return { code: codeOf(error) ?? error.name, error: error.message.slice(0, MAX_MESSAGE_CHARS) };
}

/** The stable word of an error, where it has one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
