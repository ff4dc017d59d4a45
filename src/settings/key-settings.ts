import { splitKeyCommand } from '../secrets/run-key-command.ts';
import { checkKeyCommand } from './setting-checks.ts';
import type { Setting } from './setting.ts';

/** Keys that seal, let in, or prove who decided. */
export const KEY_SETTINGS = {
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
  decisionKeys: {
    kind: 'text',
    name: 'AEGIS_SIEM_DECISION_KEYS',
    default: '',
    description:
      'Public keys (Ed25519, PEM files) of those who sign decisions: [KEY_ID=]FILE, separated by commas. The page of an event and GET /v1/attestations/{id}/sent hold signatures against them. None: shown as claimed.',
  },
} as const satisfies Record<string, Setting>;
