import { refuseUnknown } from '../azure/read-settings.ts';
import { ConnectorConfigError } from '../config-error.ts';
import type { Credentials } from '../connector.ts';
import { checkTls } from '../tls/check-tls.ts';
import { CLIENT_KEY, clientKeySchema } from '../tls/client-key.ts';
import type { SplunkHecConfig } from './config.ts';

const MAX_TOKEN_CHARS = 512;

export const splunkHecCredentialsSchema = Object.freeze({
  type: 'object',
  additionalProperties: false,
  properties: {
    token: {
      type: 'string',
      minLength: 1,
      maxLength: MAX_TOKEN_CHARS,
      writeOnly: true,
      description: 'HEC token, as Splunk shows it (without the word Splunk).',
    },
    [CLIENT_KEY]: clientKeySchema,
  },
});

/** Throws `ConnectorConfigError` when the credentials cannot be right; no sentence repeats one. */
export function checkSplunkHecCredentials(config: SplunkHecConfig, credentials: Credentials): void {
  refuseUnknown('credentials', credentials, ['token', CLIENT_KEY]);
  const { token } = credentials;
  if (token !== undefined) checkToken(token);
  checkTls(config.tls, credentials);
}

/** A token goes into a header: a line break in it would be another header. */
export function isHecToken(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

function checkToken(token: string): void {
  if (/^splunk\s/i.test(token))
    fail('/token', 'Leave out the word "Splunk"; only the token itself is wanted.');
  if (!isHecToken(token))
    fail('/token', 'Has a space, line break or other character that no token has. Copy it again.');
}

function fail(pointer: string, message: string): never {
  throw new ConnectorConfigError('credentials', pointer, message);
}
