const KEY = 'aegis-siem-signed-in';

type MarkStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * Whether somebody was signed in here when this was last known. The cookie cannot be read by scripts, so a page would have to ask
 * for its data to learn that it may not; with this a signed-out visit asks one question only. It opens nothing: the service
 * decides each time.
 */
export function wasSignedIn(storage: MarkStorage): boolean {
  try {
    return storage.getItem(KEY) !== null;
  } catch {
    // Storage is forbidden: then the first page waits for the answer to who is there.
    return false;
  }
}

export function markSignedIn(isSignedIn: boolean, storage: MarkStorage): void {
  try {
    if (isSignedIn) storage.setItem(KEY, '1');
    else storage.removeItem(KEY);
  } catch {
    // Storage is forbidden or full: the next visit is a moment slower.
  }
}
