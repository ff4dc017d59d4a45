import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Egress } from './egress/egress.ts';
import { mailChannel } from './notices/mail.ts';
import type { NoticeChannel } from './notices/notice-channel.ts';
import { webhookChannel, webhookKey } from './notices/webhook.ts';
import { runNotices } from './notices/run-notices.ts';
import { processMark } from './process-mark.ts';
import type { Settings } from './settings/settings-schema.ts';
import { StartError } from './start-error.ts';
import type { Store } from './store/store.ts';

const LOOK_EVERY_MS = 15_000;
const GATHER_MS = 30_000;

export interface ServiceNoticeParts {
  readonly settings: Settings;
  readonly store: Pick<Store, 'admin' | 'proof' | 'notices'>;
  readonly egress: Pick<Egress, 'request'>;
  readonly certificateEnds: () => ReadonlyMap<string, number>;
  readonly onSent: (channel: string, result: 'sent' | 'failed') => void;
  readonly logger: Logger;
  readonly nowMs: () => number;
  /** Shorter in tests. */
  readonly lookEveryMs?: number;
  readonly gatherMs?: number;
}

/** Begins to tell operators what they should know, by what is set. Undefined when nothing is. Throws `StartError`. */
export async function startNotices(parts: ServiceNoticeParts, signal: AbortSignal): Promise<Promise<void>[]> {
  const channels = await channelsOf(parts);
  if (channels.length === 0) return [];
  const { settings, store, logger } = parts;
  return [
    runNotices(
      {
        ...store,
        ...parts,
        channels,
        owner: processMark(process.pid, randomUUID()),
        checkpointEveryMs: settings.checkpointSeconds * 1_000,
        lookEveryMs: parts.lookEveryMs ?? LOOK_EVERY_MS,
        gatherMs: parts.gatherMs ?? GATHER_MS,
        messagesAnHour: settings.noticesPerHour,
        randomUuid: () => randomUUID(),
        sleep: (ms, ended) => sleep(ms, undefined, { signal: ended, ref: false }).catch(() => undefined),
        logger,
      },
      signal,
    ),
  ];
}

async function channelsOf({ settings, egress }: ServiceNoticeParts): Promise<readonly NoticeChannel[]> {
  const channels: NoticeChannel[] = [];
  const { noticeWebhookUrl, noticeWebhookSecretFile, noticeSmtpUrl, noticeSmtpPasswordFile } = settings;
  if (noticeWebhookUrl !== '') {
    if (noticeWebhookSecretFile === '') {
      throw new StartError(
        'notices_unusable',
        'AEGIS_SIEM_NOTICE_WEBHOOK_SECRET_FILE must be set with AEGIS_SIEM_NOTICE_WEBHOOK_URL: notices are signed',
      );
    }
    const secret = readSecret('AEGIS_SIEM_NOTICE_WEBHOOK_SECRET_FILE', noticeWebhookSecretFile);
    const key = usable('AEGIS_SIEM_NOTICE_WEBHOOK_SECRET_FILE', () => webhookKey(secret));
    channels.push(webhookChannel({ url: new URL(noticeWebhookUrl), key, egress }));
  }
  if (noticeSmtpUrl !== '') {
    const to = settings.noticeMailTo
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
    if (settings.noticeMailFrom === '' || to.length === 0) {
      throw new StartError(
        'notices_unusable',
        'AEGIS_SIEM_NOTICE_MAIL_FROM and AEGIS_SIEM_NOTICE_MAIL_TO must be set with AEGIS_SIEM_NOTICE_SMTP_URL',
      );
    }
    const password =
      noticeSmtpPasswordFile === ''
        ? undefined
        : readSecret('AEGIS_SIEM_NOTICE_SMTP_PASSWORD_FILE', noticeSmtpPasswordFile);
    channels.push(await mailChannel({ url: noticeSmtpUrl, password, from: settings.noticeMailFrom, to }));
  }
  return channels;
}

function readSecret(setting: string, file: string): string {
  return usable(setting, () => readFileSync(file, 'utf8').trim());
}

function usable<Value>(setting: string, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StartError('notices_unusable', `${setting}: ${why}`, { cause });
  }
}
