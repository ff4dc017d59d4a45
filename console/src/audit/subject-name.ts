/**
 * What the subject of an act is called, where its record says so: `after` first, since a name may be what was changed. The name in
 * a session is that of who acts, which stands before it.
 */
export function subjectName(action: string, before: unknown, after: unknown): string | undefined {
  if (action.startsWith('session.')) return undefined;
  return nameIn(after) ?? nameIn(before);
}

function nameIn(settings: unknown): string | undefined {
  if (typeof settings !== 'object' || settings === null || !('name' in settings)) return undefined;
  const { name } = settings;
  return typeof name === 'string' && name !== '' ? name : undefined;
}
