import { refuseUnknown } from '../azure/read-settings.ts';
import { ConnectorConfigError } from '../config-error.ts';
import type { Credentials } from '../connector.ts';
import { CLIENT_KEY, clientKeySchema } from '../tls/client-key.ts';

const MAX_KEY_CHARS = 1_024;
/** Workspace keys have 64 bytes. Anything this short is not one. */
const MIN_KEY_BYTES = 32;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export const sentinelDataCollectorCredentialsSchema = Object.freeze({
  type: 'object',
  additionalProperties: false,
  required: ['shared_key'],
  properties: {
    shared_key: {
      type: 'string',
      minLength: 1,
      maxLength: MAX_KEY_CHARS,
      writeOnly: true,
      description: 'Primary or secondary key of the workspace, in Base64 as the portal shows it.',
    },
    [CLIENT_KEY]: clientKeySchema,
  },
});

/** Throws `ConnectorConfigError` when the key cannot be a workspace key; no sentence repeats it. */
export function checkSentinelDataCollectorCredentials(credentials: Credentials): void {
  refuseUnknown('credentials', credentials, ['shared_key', CLIENT_KEY]);
  const key = credentials['shared_key'] ?? '';
  const fail = (why: string): never => {
    throw new ConnectorConfigError('credentials', '/shared_key', why);
  };
  if (key === '') fail('Is missing. It is the primary or secondary key of the workspace.');
  if (key.trim() !== key) {
    fail('Begins or ends with a space or line break, which came with copying. Take it off.');
  }
  if (key.length > MAX_KEY_CHARS || !BASE64.test(key) || Buffer.byteLength(key, 'base64') < MIN_KEY_BYTES) {
    fail('Is not a workspace key: that is Base64, 88 characters long, shown under Agents of the workspace.');
  }
}
