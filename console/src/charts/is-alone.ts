/** Whether a value is known and neither of its neighbours is. */
export function isAlone(values: ArrayLike<number | null | undefined>, at: number): boolean {
  return values[at] != null && values[at - 1] == null && values[at + 1] == null;
}
