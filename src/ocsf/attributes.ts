/** A text, or undefined where it is empty: OCSF has no place for "present but nothing". */
export function given<Value extends string | number>(value: Value | undefined): Value | undefined {
  return value === '' ? undefined : value;
}

/** An object or list in which something is given; else undefined. */
export function filled<Value extends object>(value: Value | undefined): Value | undefined {
  // Not Object.values: this runs a dozen times an event, and the list would be garbage.
  for (const name in value) if (value[name] !== undefined) return value;
  return undefined;
}
