import { checkHost, checkPublicUrl, checkStoreUrl, hideUrlPassword } from './setting-checks.ts';
import type { Setting } from './setting.ts';

/** Where the service keeps its records, and where it is reached. */
export const PLACE_SETTINGS = {
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
} as const satisfies Record<string, Setting>;
