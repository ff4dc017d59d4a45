/** A path at which two events say different things. */
export interface Difference {
  readonly path: string;
  readonly left: string | undefined;
  readonly right: string | undefined;
}

/** Where two JSON texts differ, by path, in the order of the left one. Throws `SyntaxError` for a text that is no JSON. */
export function differencesOf(left: string, right: string): readonly Difference[] {
  const one = leavesOf(JSON.parse(left));
  const other = leavesOf(JSON.parse(right));
  return [...new Set([...one.keys(), ...other.keys()])]
    .map((path) => ({ path, left: one.get(path), right: other.get(path) }))
    .filter((difference) => difference.left !== difference.right);
}

function leavesOf(value: unknown, path = '', leaves = new Map<string, string>()): Map<string, string> {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
    leaves.set(path, JSON.stringify(value));
    return leaves;
  }
  for (const [name, member] of Object.entries(value)) {
    const at = Array.isArray(value) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
    leavesOf(member, at, leaves);
  }
  return leaves;
}
