import type { Replay } from '../api/api-types.ts';
import type { Tone } from '../elements/state-badge.tsx';

const STATES: Readonly<Record<Replay['status'], { readonly title: string; readonly tone: Tone }>> = {
  running: { title: 'Running', tone: 'wait' },
  paused: { title: 'Paused', tone: 'wait' },
  finished: { title: 'Finished', tone: 'good' },
  cancelled: { title: 'Cancelled', tone: 'idle' },
  failed: { title: 'Failed', tone: 'bad' },
};

export function replayState(status: Replay['status']): { readonly title: string; readonly tone: Tone } {
  return STATES[status];
}

/** How far it is: what came to an end, of what was planned or found. */
export function replayShare({ progress }: Replay): { readonly done: number; readonly all: number } {
  const done = progress.delivered + progress.filtered + progress.dead;
  return { done, all: done + progress.remaining };
}
