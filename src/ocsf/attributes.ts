/** A text, or undefined where it is empty: OCSF has no place for "present but nothing". */
export function given<Value extends string | number>(value: Value | undefined): Value | undefined {
  return value === '' ? undefined : value;
}

/** A list with something in it; else undefined. */
export function listed<Item>(list: readonly Item[] | undefined): readonly Item[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}

/** An object in which something is given; else undefined. */
export function filled<Value extends object>(value: Value | undefined): Value | undefined {
  // Not Object.values: this runs with every event, and the list would be garbage.
  for (const name in value) if (value[name] !== undefined) return value;
  return undefined;
}
