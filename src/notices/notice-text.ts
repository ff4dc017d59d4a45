import { visibleText } from '../ocsf/visible-text.ts';
import type { Notice } from './notice-book.ts';
import type { NoticeMessage } from './notice-post.ts';

const WORDS = { raised: 'NEW', reminded: 'STILL', recovered: 'OVER' } as const;

/** `aegis-siem: 2 new, 1 over (splunk-prod, sentinel)` */
export function subjectOf({ notices }: NoticeMessage): string {
  const counts = (['raised', 'reminded', 'recovered'] as const).flatMap((what) => {
    const count = notices.filter((notice) => notice.what === what).length;
    return count === 0 ? [] : [`${count} ${WORDS[what].toLowerCase()}`];
  });
  const names = [...new Set(notices.map(({ condition }) => visibleText(condition.destination)))];
  return `aegis-siem: ${counts.join(', ')} (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', ...' : ''})`;
}

/** The message as lines for a person. */
export function textOf({ notices, leftOut }: NoticeMessage): string {
  const lines = notices.map(
    ({ what, condition }) =>
      `${WORDS[what].padEnd(5)} ${visibleText(condition.message)}\n      docs/operations/${condition.runbook}.md`,
  );
  if (leftOut > 0) lines.push(`and ${leftOut} more that are not listed`);
  return `${lines.join('\n')}\n\nSee "aegis-siem doctor" and "aegis-siem top".\n`;
}

/** The message as a webhook carries it. */
export function bodyOf(message: NoticeMessage, atMs: number): object {
  return {
    type: 'aegis_siem.notices',
    timestamp: new Date(atMs).toISOString(),
    data: { notices: message.notices.map(noticeView), left_out: message.leftOut },
  };
}

function noticeView({ what, condition, sinceMs, atMs }: Notice): object {
  return {
    what,
    kind: condition.kind,
    destination: condition.destination,
    message: condition.message,
    since: new Date(sinceMs).toISOString(),
    at: new Date(atMs).toISOString(),
    runbook: `docs/operations/${condition.runbook}.md`,
  };
}
