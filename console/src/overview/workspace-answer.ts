import type { OverviewDestination } from '../api/api-types.ts';
import type { Tone } from '../elements/state-badge.tsx';
import { countText } from '../elements/number-text.ts';

/** Whether the SIEMs of one workspace have everything. */
export interface WorkspaceAnswer {
  readonly tone: Tone;
  /** The answer itself, in two or three words. */
  readonly title: string;
  readonly text: string;
  /** Everything recorded before this time is finished at every destination that is in use. */
  readonly completeUntil: string | undefined;
  /** Until then checkpoints prove it, at every one of them. */
  readonly provedUntil: string | undefined;
}

type Looked = Pick<
  OverviewDestination,
  'name' | 'state' | 'verdict' | 'waiting' | 'complete_until' | 'checkpoint'
>;

/** One line for a workspace, the worst thing first: what needs a person, what only takes time, what is proved. */
export function workspaceAnswer(destinations: readonly Looked[]): WorkspaceAnswer {
  const used = destinations.filter(({ state }) => state !== 'disabled' && state !== 'deleted');
  const completeUntil = earliest(used.map((one) => one.complete_until));
  const proofs = used.map(({ checkpoint }) => checkpoint?.made_at);
  const provedUntil = proofs.every((at) => at !== undefined) ? earliest(proofs) : undefined;
  const answer = { completeUntil, provedUntil };
  const needed = used.filter(({ verdict }) => verdict.tone === 'bad');
  const late = used.filter(({ verdict }) => verdict.tone === 'wait');
  const waiting = used.reduce((sum, one) => sum + one.waiting.count, 0);
  const more = used.some((one) => one.waiting.at_least);
  const kept =
    waiting === 0
      ? ''
      : ` ${more ? 'At least ' : ''}${countText(waiting, 'delivery', 'deliveries')} wait; none is lost.`;
  if (used.length === 0) {
    return { ...answer, tone: 'idle', title: 'Nothing is sent', text: 'No destination is enabled.' };
  }
  if (needed.length > 0) {
    return { ...answer, tone: 'bad', title: 'Needs you', text: `Look at ${namesOf(needed)}.${kept}` };
  }
  if (late.length > 0) {
    return {
      ...answer,
      tone: 'wait',
      title: 'Waiting',
      text: `${namesOf(late)} ${late.length === 1 ? 'has' : 'have'} not everything yet.${kept}`,
    };
  }
  return {
    ...answer,
    tone: 'good',
    title: 'Complete',
    text: used.length === 1 ? 'The SIEM has everything.' : `All ${used.length} SIEMs have everything.`,
  };
}

/** The answer of a service that answers no more: what was true then, and that nobody knows about now. */
export function lastKnown(answer: WorkspaceAnswer): WorkspaceAnswer {
  return {
    ...answer,
    tone: 'wait',
    title: 'Not known now',
    text: `At the last answer: ${answer.title.toLowerCase()}. ${answer.text}`,
  };
}

const MAX_NAMES = 3;

function namesOf(destinations: readonly Pick<Looked, 'name'>[]): string {
  const names = destinations.slice(0, MAX_NAMES).map(({ name }) => name);
  const rest = destinations.length - names.length;
  if (rest > 0) return `${names.join(', ')} and ${rest} more`;
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

function earliest(times: readonly (string | undefined)[]): string | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0
    ? undefined
    : known.reduce((first, time) => (Date.parse(time) < Date.parse(first) ? time : first));
}
