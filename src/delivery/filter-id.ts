import { hash } from 'node:crypto';
import type { OcsfSettings } from '../ocsf/ocsf-event.ts';

const ID_DIGITS = 16;

/** Names a filter in checkpoints without telling what it holds: `none`, or 16 hex digits of the SHA-256 of its JSON. */
export function filterId({ filter }: Pick<OcsfSettings, 'filter'>): string {
  return filter === undefined ? 'none' : hash('sha256', JSON.stringify(filter)).slice(0, ID_DIGITS);
}
