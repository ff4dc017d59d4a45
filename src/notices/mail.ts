import { type NoticeChannel, noticeChannelId } from './notice-channel.ts';
import { subjectOf, textOf } from './notice-text.ts';

const TIMEOUT_MS = 15_000;

export interface MailSettings {
  /** `smtp://USER@HOST:PORT` (TLS by STARTTLS) or `smtps://...`. No password in it. */
  readonly url: string;
  readonly password: string | undefined;
  readonly from: string;
  readonly to: readonly string[];
}

/**
 * Sends messages by e-mail. The one connection that does not go through the guarded way out: its host comes from the settings of
 * the operator alone, nothing over the API can name it, and no credential of a destination is near it.
 */
export async function mailChannel({ url, password, from, to }: MailSettings): Promise<NoticeChannel> {
  const { createTransport } = await import('nodemailer');
  const server = new URL(url);
  const secure = server.protocol === 'smtps:';
  const user = decodeURIComponent(server.username);
  const transport = createTransport({
    host: server.hostname.replace(/^\[|\]$/g, ''),
    port: Number(server.port) || (secure ? 465 : 587),
    secure,
    // A password never goes over a line in the clear, whatever the server offers.
    requireTLS: !secure && password !== undefined,
    ...(user === '' || password === undefined ? {} : { auth: { user, pass: password } }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    name: 'mail',
    id: noticeChannelId('mail', [url, from, ...to]),
    send: async (message, id) => {
      await transport.sendMail({
        from,
        to: [...to],
        subject: subjectOf(message),
        text: textOf(message),
        messageId: `<${id}@aegis-siem>`,
        headers: { 'auto-submitted': 'auto-generated' },
      });
    },
  };
}
