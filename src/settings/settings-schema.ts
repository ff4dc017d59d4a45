import { DEFAULT_DISK_RESERVE_BYTES } from '../store/sqlite/disk-reserve.ts';
import { splitKeyCommand } from '../secrets/run-key-command.ts';
import {
  checkEgressAllow,
  checkHost,
  checkHttpUrl,
  checkKeyCommand,
  checkIssuer,
  checkPublicUrl,
  checkSmtpUrl,
  checkStoreUrl,
  hideUrlPassword,
} from './setting-checks.ts';
import type { ChoiceSetting, Setting, ValueOf } from './setting.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Every setting of the service, once. Parsing, `--help`, `config print` and docs/reference/settings.md are made from this
 * table.
 */
export const SETTINGS = {
  store: {
    kind: 'text',
    name: 'AEGIS_SIEM_STORE',
    default: 'sqlite:./data/aegis.db',
    description:
      'Where records and deliveries are kept: sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE.',
    check: checkStoreUrl,
    show: hideUrlPassword,
  },
  host: {
    kind: 'text',
    name: 'AEGIS_SIEM_HOST',
    default: '127.0.0.1',
    description:
      'Address that the API listens on. Put a TLS proxy in front of any other than a loopback address.',
    check: checkHost,
  },
  port: {
    kind: 'integer',
    name: 'AEGIS_SIEM_PORT',
    default: 8_600,
    min: 0,
    max: 65_535,
    description: 'Port that the API listens on; 0 takes a free one and says which.',
  },
  publicUrl: {
    kind: 'text',
    name: 'AEGIS_SIEM_PUBLIC_URL',
    default: '',
    description:
      'Where browsers reach the service, such as https://siem.example.com. Needed where a TLS proxy stands in front; without it people sign in on the same machine only.',
    check: checkPublicUrl,
  },
  sessionIdleMinutes: {
    kind: 'integer',
    name: 'AEGIS_SIEM_SESSION_IDLE_MINUTES',
    default: 60,
    min: 1,
    max: 1_440,
    unit: 'minutes',
    description: 'A signed-in browser that asks for nothing is signed out after this time.',
  },
  sessionHours: {
    kind: 'integer',
    name: 'AEGIS_SIEM_SESSION_HOURS',
    default: 12,
    min: 1,
    max: 168,
    unit: 'hours',
    description: 'A signed-in browser is signed out after this time, however much it is used.',
  },
  oidcIssuer: {
    kind: 'text',
    name: 'AEGIS_SIEM_OIDC_ISSUER',
    default: '',
    description:
      'Identity provider that people sign in with (OpenID Connect), exactly as it says its `iss`. Register AEGIS_SIEM_PUBLIC_URL with /v1/session/oidc/callback there as the redirect address.',
    check: checkIssuer,
  },
  oidcClientId: {
    kind: 'text',
    name: 'AEGIS_SIEM_OIDC_CLIENT_ID',
    default: '',
    description: 'The id under which this service is registered at the identity provider.',
  },
  oidcClientSecretFile: {
    kind: 'text',
    name: 'AEGIS_SIEM_OIDC_CLIENT_SECRET_FILE',
    default: '',
    description: 'File with the client secret. None: a public client, held by PKCE alone.',
  },
  oidcAudience: {
    kind: 'text',
    name: 'AEGIS_SIEM_OIDC_AUDIENCE',
    default: '',
    description:
      'Audience of access tokens that the API takes as `Authorization: Bearer`. None: it takes API keys only.',
  },
  oidcGrants: {
    kind: 'text',
    name: 'AEGIS_SIEM_OIDC_GRANTS',
    default: '',
    description:
      'Who may do what, as JSON: [{"claim": "groups", "value": "soc", "scopes": ["destinations:read"], "workspace_id": "ws-1"}]. The first that fits counts; whom none fits gets no access.',
  },
  decisionKeys: {
    kind: 'text',
    name: 'AEGIS_SIEM_DECISION_KEYS',
    default: '',
    description:
      'Public keys (Ed25519, PEM files) of those who sign decisions: [KEY_ID=]FILE, separated by commas. The page of an event and GET /v1/attestations/{id}/sent hold signatures against them. None: shown as claimed.',
  },
  worker: {
    kind: 'switch',
    name: 'AEGIS_SIEM_WORKER',
    default: true,
    description: 'Deliver from this process too. Off: only the API; run "aegis-siem worker" beside it.',
  },
  workerPort: {
    kind: 'integer',
    name: 'AEGIS_SIEM_WORKER_PORT',
    default: 0,
    min: 0,
    max: 65_535,
    description:
      'Port on which "aegis-siem worker" answers /healthz, /readyz and /metrics, at the address of AEGIS_SIEM_HOST and without a key; 0: none.',
  },
  keyFile: {
    kind: 'text',
    name: 'AEGIS_SIEM_KEY_FILE',
    default: '',
    description:
      'Master key that seals credentials. Default: master-key beside the embedded store. Must be set with PostgreSQL. Keep a copy apart from the backups of the store.',
  },
  masterKey: {
    kind: 'text',
    name: 'AEGIS_SIEM_MASTER_KEY',
    default: '',
    secret: true,
    description:
      'The master key itself, as the lines of a key file, in place of one. Other processes of the same user can read the environment of this one: a file or a command is better.',
  },
  masterKeyCommand: {
    kind: 'text',
    name: 'AEGIS_SIEM_MASTER_KEY_COMMAND',
    default: '',
    description:
      'Command that writes the lines of a key file on its stdout, in place of one: words parted by spaces, or a JSON list of them. Run at the start, without a shell, for 10 seconds at most; what it writes is not logged.',
    check: checkKeyCommand,
    show: (value) => (value === '' ? '' : `${splitKeyCommand(value)?.[0] ?? ''} ...`),
  },
  adminKeyFile: {
    kind: 'text',
    name: 'AEGIS_SIEM_ADMIN_KEY_FILE',
    default: '',
    description:
      'Where the first start writes the first API key. Default: admin-key beside the embedded store; with PostgreSQL it is only printed unless this is set.',
  },
  egressAllow: {
    kind: 'text',
    name: 'AEGIS_SIEM_EGRESS_ALLOW',
    default: '',
    description:
      'Private networks and plain-http exceptions that destinations may use, as a comma list of [http+]CIDR[:PORTS], such as 10.20.0.0/16:8088. Nothing over the API can widen it.',
    check: checkEgressAllow,
  },
  ambientIdentity: {
    kind: 'switch',
    name: 'AEGIS_SIEM_AMBIENT_IDENTITY',
    default: false,
    description: 'Let destinations sign in as this machine (Azure workload identity and managed identity).',
  },
  logLevel: {
    kind: 'choice',
    name: 'AEGIS_SIEM_LOG_LEVEL',
    default: 'info',
    choices: LOG_LEVELS,
    description: 'Least severe log line that is written (JSON lines on stderr).',
  } as ChoiceSetting<LogLevel>,
  maxBodyBytes: {
    kind: 'integer',
    name: 'AEGIS_SIEM_MAX_BODY_BYTES',
    default: 16 * 1024 * 1024,
    min: 1024,
    max: 256 * 1024 * 1024,
    unit: 'bytes',
    description: 'Largest body of a request that records attestations or events.',
  },
  maxBatchItems: {
    kind: 'integer',
    name: 'AEGIS_SIEM_MAX_BATCH_ITEMS',
    default: 10_000,
    min: 1,
    max: 100_000,
    unit: 'items',
    description: 'Most records in one request.',
  },
  maxRequestsInFlight: {
    kind: 'integer',
    name: 'AEGIS_SIEM_MAX_REQUESTS_IN_FLIGHT',
    default: 1_024,
    min: 1,
    max: 65_536,
    unit: 'requests',
    description: 'Requests answered at once; more get 503 with Retry-After.',
  },
  maxBytesInFlight: {
    kind: 'integer',
    name: 'AEGIS_SIEM_MAX_BYTES_IN_FLIGHT',
    default: 256 * 1024 * 1024,
    min: 1024 * 1024,
    max: 16 * 1024 * 1024 * 1024,
    unit: 'bytes',
    description: 'Bodies held in memory at once; more get 503 with Retry-After.',
  },
  requestTimeoutSeconds: {
    kind: 'integer',
    name: 'AEGIS_SIEM_REQUEST_TIMEOUT_SECONDS',
    default: 60,
    min: 1,
    max: 3_600,
    unit: 'seconds',
    description: 'A request must have arrived in full after this time; a slow client is cut off.',
  },
  requestsPerSecond: {
    kind: 'integer',
    name: 'AEGIS_SIEM_REQUESTS_PER_SECOND',
    default: 5_000,
    min: 0,
    max: 1_000_000,
    unit: 'requests',
    description:
      'Requests a second that one API key may make for long; more get 429 with Retry-After. 0: no limit. A request may hold many records.',
  },
  requestsBurst: {
    kind: 'integer',
    name: 'AEGIS_SIEM_REQUESTS_BURST',
    default: 10_000,
    min: 1,
    max: 10_000_000,
    unit: 'requests',
    description: 'Requests that one API key may make at once after a pause.',
  },
  receiptRetentionDays: {
    kind: 'integer',
    name: 'AEGIS_SIEM_RECEIPT_RETENTION_DAYS',
    default: 90,
    min: 0,
    max: 3_650,
    unit: 'days',
    description:
      'Receipts of deliveries are kept this long; 0 keeps them for ever. The latest of each epoch always stays, and so does what the reconciler has not looked at.',
  },
  attemptRetentionDays: {
    kind: 'integer',
    name: 'AEGIS_SIEM_ATTEMPT_RETENTION_DAYS',
    default: 30,
    min: 0,
    max: 3_650,
    unit: 'days',
    description:
      'Failed sends are kept this long, and never more than 200 for each destination; 0: by number only.',
  },
  skippedRetentionDays: {
    kind: 'integer',
    name: 'AEGIS_SIEM_SKIPPED_RETENTION_DAYS',
    default: 365,
    min: 0,
    max: 3_650,
    unit: 'days',
    description:
      'Skipped dead letters are kept this long after the skip; 0 keeps them for ever. Those that wait for a decision are never removed by age.',
  },
  checkpointSeconds: {
    kind: 'integer',
    name: 'AEGIS_SIEM_CHECKPOINT_SECONDS',
    default: 300,
    min: 0,
    max: 86_400,
    unit: 'seconds',
    description:
      'Each destination gets a signed checkpoint event so often, also when nothing else comes: what proves, with "aegis-siem verify", that it has everything. 0: none, and nothing can be proved.',
  },
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
  stopGraceSeconds: {
    kind: 'integer',
    name: 'AEGIS_SIEM_STOP_GRACE_SECONDS',
    default: 10,
    min: 0,
    max: 600,
    unit: 'seconds',
    description:
      'At a stop, what is in flight, and the last checkpoint of each stream, may take this long together.',
  },
  diskReserveBytes: {
    kind: 'integer',
    name: 'AEGIS_SIEM_DISK_RESERVE_BYTES',
    default: DEFAULT_DISK_RESERVE_BYTES,
    min: 0,
    max: 1024 ** 4,
    unit: 'bytes',
    description:
      'Left free on the disk of the embedded store: below it recording answers 503 with Retry-After (reason disk_reserve) and delivery goes on. A warning is logged at twice as much; 0 is no reserve. PostgreSQL: watch its disk there.',
  },
  leaseSeconds: {
    kind: 'integer',
    name: 'AEGIS_SIEM_LEASE_SECONDS',
    default: 30,
    min: 2,
    max: 600,
    unit: 'seconds',
    description:
      'A destination belongs to the process that delivers to it for this long after each renewal (a third of it apart). After a crash another machine waits so long; the same machine need not. Give all processes of one store the same value.',
  },
} as const satisfies Record<string, Setting>;

export type SettingKey = keyof typeof SETTINGS;

/** The settings of one process, frozen. */
export type Settings = { readonly [Key in SettingKey]: ValueOf<(typeof SETTINGS)[Key]> };

export const SETTING_ENTRIES = Object.entries(SETTINGS) as readonly (readonly [SettingKey, Setting])[];
