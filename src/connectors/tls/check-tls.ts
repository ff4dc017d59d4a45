import { createPrivateKey, X509Certificate } from 'node:crypto';
import { ConnectorConfigError } from '../config-error.ts';
import type { Credentials } from '../connector.ts';
import { CLIENT_KEY } from './client-key.ts';
import type { TlsConfig } from './tls-config.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * Holds the certificates of a destination and the key among its credentials to each other. Throws `ConnectorConfigError` when
 * they cannot be right; no sentence repeats one.
 */
export function checkTls({ caPem, clientCertPem }: TlsConfig, credentials: Credentials): void {
  const key = credentials[CLIENT_KEY];
  if (caPem !== undefined) checkAuthorities(caPem);
  if (clientCertPem !== undefined) {
    checkCertificate(clientCertPem, '/tls/client_cert_pem');
    if ((key ?? '') === '') fail('Is missing; tls.client_cert_pem in config needs its key.');
  }
  if (key !== undefined) checkKey(key, clientCertPem);
}

function checkAuthorities(pem: string): void {
  const certificates = pem.match(CERTIFICATE) ?? [pem];
  for (const text of certificates) checkAuthority(text);
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
  if (certificatePem === undefined) {
    fail('There is no tls.client_cert_pem in config that it would belong to.');
  } else if (/ENCRYPTED/.test(key)) {
    fail('Is protected by a passphrase. Give the key without one; it is sealed here.');
  } else if (!belongs(key, certificatePem)) {
    fail('Does not belong to the certificate in tls.client_cert_pem.');
  }
}

function belongs(key: string, certificatePem: string): boolean {
  try {
    return new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(key));
  } catch {
    // The error of the parser may quote the text; that it cannot be read is all that is said.
    return fail('Is not a private key in PEM form without a passphrase.');
  }
}

function fail(message: string): never {
  throw new ConnectorConfigError('credentials', `/${CLIENT_KEY}`, message);
}
