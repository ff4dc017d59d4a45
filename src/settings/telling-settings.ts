import { checkHttpUrl, checkSmtpUrl } from './setting-checks.ts';
import type { ChoiceSetting, Setting } from './setting.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Logs, notices and telemetry: what the service says of itself. */
export const TELLING_SETTINGS = {
  logLevel: {
    kind: 'choice',
    name: 'AEGIS_SIEM_LOG_LEVEL',
    default: 'info',
    choices: LOG_LEVELS,
    description: 'Least severe log line that is written (JSON lines on stderr).',
  } as ChoiceSetting<LogLevel>,
  noticeWebhookUrl: {
    kind: 'text',
    name: 'AEGIS_SIEM_NOTICE_WEBHOOK_URL',
    default: '',
    description:
      'Where operators are told of what they should know (a destination that fails or is held, dead letters, limits, expiry, an overdue checkpoint, and that it is over), as a signed POST by the process that delivers. A private address needs AEGIS_SIEM_EGRESS_ALLOW.',
    check: checkHttpUrl,
  },
  noticeWebhookSecretFile: {
    kind: 'text',
    name: 'AEGIS_SIEM_NOTICE_WEBHOOK_SECRET_FILE',
    default: '',
    description: 'File with the secret that signs it (whsec_ and base64, as Standard Webhooks has it).',
  },
  noticeSmtpUrl: {
    kind: 'text',
    name: 'AEGIS_SIEM_NOTICE_SMTP_URL',
    default: '',
    description:
      'Mail server for the same notices: smtp://USER@HOST:PORT or smtps://USER@HOST:PORT, without a password.',
    check: checkSmtpUrl,
  },
  noticeSmtpPasswordFile: {
    kind: 'text',
    name: 'AEGIS_SIEM_NOTICE_SMTP_PASSWORD_FILE',
    default: '',
    description: 'File with the password of USER; it is sent over TLS only.',
  },
  noticeMailFrom: {
    kind: 'text',
    name: 'AEGIS_SIEM_NOTICE_MAIL_FROM',
    default: '',
    description: 'Sender of the mails.',
  },
  noticeMailTo: {
    kind: 'text',
    name: 'AEGIS_SIEM_NOTICE_MAIL_TO',
    default: '',
    description: 'Comma list of those who get them.',
  },
  noticesPerHour: {
    kind: 'integer',
    name: 'AEGIS_SIEM_NOTICES_PER_HOUR',
    default: 6,
    min: 1,
    max: 600,
    unit: 'messages',
    description: 'Most messages in an hour to each receiver; what is over is put together into the next one.',
  },
  otlpEndpoint: {
    kind: 'text',
    name: 'AEGIS_SIEM_OTLP_ENDPOINT',
    default: '',
    description:
      'Receiver of traces and metrics by OpenTelemetry (OTLP/HTTP), such as http://127.0.0.1:4318; /v1/traces and /v1/metrics follow it. Needs the packages that docs/operations/opentelemetry.md names.',
    check: checkHttpUrl,
  },
} as const satisfies Record<string, Setting>;
