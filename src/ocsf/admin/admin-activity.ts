import type { OcsfVersion } from '../ocsf-versions.ts';
import { VERSION_TRAITS } from '../ocsf-versions.ts';

/** An `activity_id` of Entity Management (3004) with its caption. */
export interface Activity {
  readonly id: number;
  readonly name: string;
}

const CREATE: Activity = { id: 1, name: 'Create' };
const UPDATE: Activity = { id: 3, name: 'Update' };
const DELETE: Activity = { id: 4, name: 'Delete' };
/** From 1.3.0 on. */
const ENABLE: Activity = { id: 8, name: 'Enable' };
const DISABLE: Activity = { id: 9, name: 'Disable' };
const SUSPEND: Activity = { id: 12, name: 'Suspend' };
const RESUME: Activity = { id: 13, name: 'Resume' };

/** The last word of a code as what OCSF calls it. A word that is not here is activity 99 Other, under its own name. */
const BY_WORD: ReadonlyMap<string, Activity> = new Map([
  ...['created', 'made', 'added', 'started'].map((word) => [word, CREATE] as const),
  ...['changed', 'rotated', 'updated'].map((word) => [word, UPDATE] as const),
  ...['deleted', 'revoked', 'removed'].map((word) => [word, DELETE] as const),
  ['enabled', ENABLE],
  ['disabled', DISABLE],
  ['paused', SUSPEND],
  ['resumed', RESUME],
]);

const LAST_BEFORE_1_3_0 = 4;
const OTHER = 99;

/** What was done, in the words of class 3004 at this version. */
export function entityActivity(code: string, version: OcsfVersion): Activity {
  const word = code.slice(code.lastIndexOf('.') + 1);
  const activity = BY_WORD.get(word);
  if (activity === undefined) return { id: OTHER, name: titled(word) };
  return activity.id <= LAST_BEFORE_1_3_0 || VERSION_TRAITS[version].entityStates
    ? activity
    : { id: OTHER, name: activity.name };
}

/** `api_key` as `Api Key`. */
export function titled(word: string): string {
  return word
    .split('_')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join(' ');
}
