import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export interface TestCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** Signs certificates for tests. */
export interface TestAuthority extends TestCertificate {
  readonly name: string;
}

export interface CertificateWishes {
  /** DNS name in the subject alternative names. */
  readonly dnsName: string;
  /** An IPv4 address beside it. */
  readonly ipAddress?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly hash?: 'sha256' | 'sha1';
}

const ECDSA_WITH = { sha256: '2a8648ce3d040302', sha1: '2a8648ce3d0401' } as const;
const COMMON_NAME = '550403';
const BASIC_CONSTRAINTS = '551d13';
const ALTERNATIVE_NAMES = '551d11';
const YEAR_MS = 365 * 86_400_000;

/** An authority of its own, made on the spot: no private key is kept among the sources. */
export function makeAuthority(name: string): TestAuthority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const isAuthority = der(0x30, der(0x01, Buffer.from([0xff])));
  const certificatePem = certificate({
    issuer: name,
    subject: name,
    publicKey,
    signer: privateKey,
    extension: extension(BASIC_CONSTRAINTS, isAuthority),
    wishes: { dnsName: name },
  });
  return { name, certificatePem, privateKeyPem: pemOf(privateKey) };
}

/** A certificate signed by `authority`, valid for a year on both sides of now unless told otherwise. */
export function issueCertificate(authority: TestAuthority, wishes: CertificateWishes): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { dnsName, ipAddress } = wishes;
  const addresses = ipAddress === undefined ? [] : [der(0x87, Buffer.from(ipAddress.split('.').map(Number)))];
  const names = der(0x30, der(0x82, Buffer.from(dnsName)), ...addresses);
  const certificatePem = certificate({
    issuer: authority.name,
    subject: wishes.dnsName,
    publicKey,
    signer: createPrivateKey(authority.privateKeyPem),
    extension: extension(ALTERNATIVE_NAMES, names),
    wishes,
  });
  return { certificatePem, privateKeyPem: pemOf(privateKey) };
}

interface CertificateParts {
  readonly issuer: string;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly extension: Buffer;
  readonly wishes: CertificateWishes;
}

/** RFC 5280, section 4.1: version, serial, algorithm, issuer, validity, subject, key, extensions. */
function certificate({ issuer, subject, publicKey, signer, extension, wishes }: CertificateParts): string {
  const { hash = 'sha256' } = wishes;
  const now = Date.now();
  const notBefore = wishes.notBefore ?? new Date(now - YEAR_MS);
  const notAfter = wishes.notAfter ?? new Date(now + YEAR_MS);
  const algorithm = der(0x30, oid(ECDSA_WITH[hash]));
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    nameOf(issuer),
    der(0x30, timeOf(notBefore), timeOf(notAfter)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, extension)),
  );
  const signature = der(0x03, Buffer.from([0]), sign(hash, body, signer));
  const lines =
    der(0x30, body, algorithm, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function nameOf(text: string): Buffer {
  return der(0x30, der(0x31, der(0x30, oid(COMMON_NAME), der(0x0c, Buffer.from(text)))));
}

function extension(id: string, value: Buffer): Buffer {
  return der(0x30, oid(id), der(0x01, Buffer.from([0xff])), der(0x04, value));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function timeOf(time: Date): Buffer {
  const digits = time.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return der(0x18, Buffer.from(digits));
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' });
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.byteLength;
  const length =
    size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, Math.floor(size / 0x100), size % 0x100];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}
