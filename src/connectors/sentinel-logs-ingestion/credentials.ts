import { createPrivateKey, X509Certificate } from 'node:crypto';
import { GUID, refuseUnknown } from '../azure/read-settings.ts';
import { ConnectorConfigError } from '../config-error.ts';
import type { Credentials } from '../connector.ts';
import { CLIENT_KEY, clientKeySchema } from '../tls/client-key.ts';
import type { SentinelAuth } from './config.ts';

const MAX_SECRET_CHARS = 1_024;
const MAX_PEM_CHARS = 65_536;

export const sentinelLogsIngestionCredentialsSchema = Object.freeze({
  type: 'object',
  additionalProperties: false,
  properties: {
    client_secret: {
      type: 'string',
      minLength: 1,
      maxLength: MAX_SECRET_CHARS,
      writeOnly: true,
      description: "The secret's value (not its id), for auth client_secret.",
    },
    certificate_pem: {
      type: 'string',
      minLength: 1,
      maxLength: MAX_PEM_CHARS,
      writeOnly: true,
      description: 'Certificate in PEM, for auth certificate.',
    },
    private_key_pem: {
      type: 'string',
      minLength: 1,
      maxLength: MAX_PEM_CHARS,
      writeOnly: true,
      description: 'RSA key of the certificate in PEM, without a passphrase.',
    },
    [CLIENT_KEY]: clientKeySchema,
  },
});

const FIELDS_OF: Readonly<Record<SentinelAuth, readonly string[]>> = Object.freeze({
  client_secret: ['client_secret'],
  certificate: ['certificate_pem', 'private_key_pem'],
  workload_identity: [],
  managed_identity: [],
});

/**
 * Holds credentials to the way of signing in: none missing, none to spare, each of the right form. Throws
 * `ConnectorConfigError`; no sentence repeats a credential.
 */
export function checkSentinelLogsIngestionCredentials(auth: SentinelAuth, credentials: Credentials): void {
  const fields = FIELDS_OF[auth];
  refuseUnknown('credentials', credentials, Object.keys(sentinelLogsIngestionCredentialsSchema.properties));
  for (const name of Object.keys(credentials)) {
    // For mutual TLS, however the destination signs in.
    if (fields.includes(name) || name === CLIENT_KEY) continue;
    fail(name, `Is not used with auth "${auth}". Leave it out, or change auth.`);
  }
  for (const name of fields) {
    if ((credentials[name] ?? '') === '') fail(name, `Is missing; auth "${auth}" needs it.`);
  }
  if (auth === 'client_secret') checkSecret(credentials['client_secret'] ?? '');
  if (auth === 'certificate') {
    checkPair(credentials['certificate_pem'] ?? '', credentials['private_key_pem'] ?? '');
  }
}

function checkSecret(secret: string): void {
  if (secret.length > MAX_SECRET_CHARS)
    fail('client_secret', `Is longer than ${MAX_SECRET_CHARS} characters.`);
  if (secret.trim() !== secret) {
    fail('client_secret', 'Begins or ends with a space or line break, which came with copying. Take it off.');
  }
  if (GUID.test(secret)) {
    fail(
      'client_secret',
      "Is the secret's id. What is needed is its value, shown once when the secret is made.",
    );
  }
}

function checkPair(certificatePem: string, privateKeyPem: string): void {
  if (/ENCRYPTED/.test(privateKeyPem)) {
    fail('private_key_pem', 'Is protected by a passphrase. Give the key without one; it is sealed here.');
  }
  const certificate = attempt(() => new X509Certificate(certificatePem));
  if (certificate === undefined) fail('certificate_pem', 'Is not a certificate in PEM.');
  const key = attempt(() => createPrivateKey(privateKeyPem));
  if (key === undefined) fail('private_key_pem', 'Is not a private key in PEM.');
  if (key.asymmetricKeyType !== 'rsa') fail('private_key_pem', 'Is not an RSA key, which the sign-in needs.');
  if (!certificate.checkPrivateKey(key)) fail('private_key_pem', 'Is not the key of this certificate.');
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    // The error of the parser may quote the text; that it cannot be read is all that is said.
    return undefined;
  }
}

function fail(name: string, message: string): never {
  throw new ConnectorConfigError('credentials', `/${name}`, message);
}
