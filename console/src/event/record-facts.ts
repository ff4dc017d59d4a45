/** What a person wants to know of a record before reading it; absent where the record does not say it, or may not be seen. */
export interface RecordFacts {
  readonly isKnown: boolean;
  readonly verdict?: string;
  readonly tool?: string;
  readonly agent?: string;
  readonly decidedAt?: string;
}

/** Reads a few fields of a record's text. A text that is no object gives none. */
export function recordFacts(text: string | undefined): RecordFacts {
  const record = text === undefined ? undefined : objectOf(text);
  if (record === undefined) return { isKnown: false };
  return {
    isKnown: true,
    ...given('verdict', record['verdict']),
    ...given('tool', record['tool_name']),
    ...given('agent', record['agent_id']),
    ...given('decidedAt', record['timestamp']),
  };
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    // Written past the parser: the text itself is still shown.
    return undefined;
  }
}

function given(name: string, value: unknown): Record<string, string> {
  return typeof value === 'string' ? { [name]: value } : {};
}
