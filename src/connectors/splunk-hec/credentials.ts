import { createPrivateKey, X509Certificate } from 'node:crypto';
import { refuseUnknown } from '../azure/read-settings.ts';
import { ConnectorConfigError } from '../config-error.ts';
import type { Credentials } from '../connector.ts';
import type { SplunkHecConfig } from './config.ts';

const MAX_PEM_CHARS = 64 * 1024;
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
    client_key_pem: {
      type: 'string',
      maxLength: MAX_PEM_CHARS,
      writeOnly: true,
      description: 'Key of the client certificate for mutual TLS, PEM, not encrypted.',
    },
  },
});

/** Throws `ConnectorConfigError` when the credentials cannot be right; no sentence repeats one. */
export function checkSplunkHecCredentials(config: SplunkHecConfig, credentials: Credentials): void {
  refuseUnknown('credentials', credentials, ['token', 'client_key_pem']);
  const { token, client_key_pem: key } = credentials;
  if (token !== undefined) checkToken(token);
  if (config.tls.caPem !== undefined) checkAuthority(config.tls.caPem);
  if (config.tls.clientCertPem !== undefined)
    checkCertificate(config.tls.clientCertPem, '/tls/client_cert_pem');
  if (key !== undefined) checkKey(key, config.tls.clientCertPem);
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

/** What nobody else signed may stand for itself; the certificate that an authority gave to a server vouches for nobody. */
function checkAuthority(pem: string): void {
  const { ca, issuer, subject } = checkCertificate(pem, '/tls/ca_pem');
  if (!ca && issuer !== subject) {
    throw new ConnectorConfigError(
      'config',
      '/tls/ca_pem',
      'Is the certificate of a server, not of the authority that signed it. Give the certificate of the authority.',
    );
  }
}

function checkCertificate(pem: string, pointer: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new ConnectorConfigError('config', pointer, 'Is not a certificate in PEM form.', { cause: error });
  }
}

function checkKey(key: string, certificatePem: string | undefined): void {
  if (certificatePem === undefined)
    fail('/client_key_pem', 'There is no tls.client_cert_pem in config that it would belong to.');
  else if (/ENCRYPTED/.test(key))
    fail('/client_key_pem', 'Is protected by a passphrase. Give the key without one; it is sealed here.');
  else {
    let matches: boolean;
    try {
      matches = new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(key));
    } catch (error) {
      throw new ConnectorConfigError(
        'credentials',
        '/client_key_pem',
        'Is not a private key in PEM form without a passphrase.',
        { cause: error },
      );
    }
    if (!matches) fail('/client_key_pem', 'Does not belong to the certificate in tls.client_cert_pem.');
  }
}

function fail(pointer: string, message: string): never {
  throw new ConnectorConfigError('credentials', pointer, message);
}
