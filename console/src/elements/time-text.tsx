import type { ReactNode } from 'react';
import { formatDuration } from './format-duration.ts';
import { visible } from '../event/json-tokens.ts';
import { useNow } from './now.tsx';

const LOCAL = new Intl.DateTimeFormat('en-GB', {
  year: 'numeric',
  month: 'short',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** A moment in the reader's zone, UTC on hover. */
export function TimeText({ at }: { at: string }): ReactNode {
  // A moment that a browser cannot read, such as a leap second, is shown as it is written.
  if (Number.isNaN(Date.parse(at))) return <span className="time">{visible(at)}</span>;
  return (
    <time className="time" dateTime={at} title={utcText(at)}>
      {LOCAL.format(new Date(at))}
    </time>
  );
}

/** How long ago, or until when; the moment itself on hover. `short` leaves out the word "ago". */
export function AgeText({ at, short = false }: { at: string; short?: boolean }): ReactNode {
  const seconds = (useNow() - Date.parse(at)) / 1_000;
  return (
    <time className="time" dateTime={at} title={`${LOCAL.format(new Date(at))}\n${utcText(at)}`}>
      {short ? formatDuration(seconds) : ageWords(seconds)}
    </time>
  );
}

function ageWords(seconds: number): string {
  if (Math.abs(seconds) < 1) return 'just now';
  return seconds > 0 ? `${formatDuration(seconds)} ago` : `in ${formatDuration(-seconds)}`;
}

/** `2026-11-24 18:20:03.120 UTC` */
function utcText(at: string): string {
  return new Date(at).toISOString().replace('T', ' ').replace('Z', ' UTC');
}
