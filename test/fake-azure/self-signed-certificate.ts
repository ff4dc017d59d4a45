import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export interface SelfSignedCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

const SHA256_WITH_RSA = '2a864886f70d01010b';
const COMMON_NAME = '550403';

/** An RSA key and a certificate for it, made on the spot: no key needs to be kept among the sources. */
export function selfSignedCertificate(commonName: string): SelfSignedCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const body = certificateBody(commonName, publicKey);
  const signature = sign('sha256', body, privateKey);
  const bits = der(0x03, Buffer.concat([Buffer.from([0]), signature]));
  const certificate = der(0x30, body, algorithm(), bits);
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    certificatePem: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
}

/** RFC 5280, section 4.1: version, serial, algorithm, issuer, validity, subject, key. */
function certificateBody(commonName: string, publicKey: KeyObject): Buffer {
  const name = der(
    0x30,
    der(0x31, der(0x30, der(0x06, Buffer.from(COMMON_NAME, 'hex')), der(0x0c, Buffer.from(commonName)))),
  );
  const validity = der(0x30, utcTime('200101000000Z'), utcTime('491231235959Z'));
  const version = der(0xa0, der(0x02, Buffer.from([2])));
  const serial = der(0x02, Buffer.from([1]));
  return der(
    0x30,
    version,
    serial,
    algorithm(),
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
}

function algorithm(): Buffer {
  return der(0x30, der(0x06, Buffer.from(SHA256_WITH_RSA, 'hex')), der(0x05));
}

function utcTime(text: string): Buffer {
  return der(0x17, Buffer.from(text));
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.byteLength;
  const length =
    size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, Math.floor(size / 0x100), size % 0x100];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}
