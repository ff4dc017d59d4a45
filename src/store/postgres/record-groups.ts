import type { RecordItem } from './record-group.ts';

/** Records committed together: one wait for the disk is shared by so many. */
export const MAX_GROUP_RECORDS = 500;

/** Characters of the bodies in one statement; it is in memory a few times over, here and on the server. */
const MAX_GROUP_CHARS = 8_000_000;

/** Cuts a list into groups within both limits, in order. A single record above the limit is a group of its own. */
export function cutIntoGroups(items: readonly RecordItem[]): RecordItem[][] {
  const groups: RecordItem[][] = [];
  let group: RecordItem[] = [];
  let chars = 0;
  for (const item of items) {
    const size = item.draft.body.length;
    if (group.length > 0 && (group.length === MAX_GROUP_RECORDS || chars + size > MAX_GROUP_CHARS)) {
      groups.push(group);
      group = [];
      chars = 0;
    }
    group.push(item);
    chars += size;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}
