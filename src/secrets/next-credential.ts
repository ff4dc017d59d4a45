const NEXT = 'next.';

/**
 * A credential that waits to take the place of another stands beside it under this name. It is sealed for the field itself, so
 * that taking its place is a change of names and needs no key.
 */
export function nextName(field: string): string {
  return `${NEXT}${field}`;
}

export function isNextName(name: string): boolean {
  return name.startsWith(NEXT);
}

/** The field that a stored value is sealed for. */
export function fieldOfSealed(name: string): string {
  return isNextName(name) ? name.slice(NEXT.length) : name;
}
