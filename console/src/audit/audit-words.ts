/** What was done, in the words of a sentence; an action that a newer service has is shown as it is. */
const ACTIONS: Readonly<Record<string, string>> = {
  'destination.created': 'made a destination',
  'destination.changed': 'changed a destination',
  'destination.tested': 'tested a destination',
  'destination.paused': 'paused a destination',
  'destination.resumed': 'resumed a destination',
  'destination.deleted': 'deleted a destination',
  'dead_letters.retried': 'sent dead letters again',
  'dead_letters.skipped': 'gave dead letters up',
  'replay.started': 'started a replay',
  'replay.paused': 'paused a replay',
  'replay.resumed': 'resumed a replay',
  'replay.cancelled': 'cancelled a replay',
  'api_key.created': 'made an API key',
  'api_key.revoked': 'revoked an API key',
  'checkpoint_key.made': 'made the first checkpoint key',
  'checkpoint_key.rotated': 'made a new checkpoint key',
  'master_key.rotated': 'changed the master key',
  'attestation.conflict': 'sent a known attestation id with other bytes',
  'event.conflict': 'sent a known event id with other bytes',
  'session.started': 'signed in',
  'session.ended': 'signed out',
  'session.revoked': 'ended sessions of others',
};

/** For a choice, in the words above. */
export const AUDIT_ACTIONS = Object.entries(ACTIONS)
  .map(([value, words]) => ({ value, title: `${words.charAt(0).toUpperCase()}${words.slice(1)}` }))
  .toSorted((one, other) => one.title.localeCompare(other.title));

export function actionText(action: string): string {
  return ACTIONS[action] ?? action.replaceAll(/[._]/gu, ' ');
}

/** Where the subject of an action can be looked at; undefined where it has no page. */
export function subjectLink(action: string, subjectId: string): string | undefined {
  if (!/^[0-9a-f-]{36}$/u.test(subjectId)) return undefined;
  if (action.startsWith('destination.') && action !== 'destination.deleted')
    return `/destinations/${subjectId}`;
  return undefined;
}
