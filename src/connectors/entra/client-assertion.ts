import { constants, createHash, createPrivateKey, sign, X509Certificate } from 'node:crypto';

/** The longest time that Entra takes an assertion for. */
const ASSERTION_LIFE_SECONDS = 600;

export interface AssertionClaims {
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly nowMs: number;
  /** A new one for each assertion. */
  readonly assertionId: string;
}

/**
 * A client assertion: a JWT signed with PS256 that names the certificate by `x5t#S256`. Throws when the certificate or key
 * cannot be read, or the key is not RSA.
 *
 * https://learn.microsoft.com/entra/identity-platform/certificate-credentials
 */
export function clientAssertion(claims: AssertionClaims): string {
  const { tokenEndpoint, clientId, certificatePem, privateKeyPem, nowMs, assertionId } = claims;
  const issuedAt = Math.floor(nowMs / 1_000);
  const header = { alg: 'PS256', typ: 'JWT', 'x5t#S256': certificateThumbprint(certificatePem) };
  const body = {
    aud: tokenEndpoint,
    iss: clientId,
    sub: clientId,
    jti: assertionId,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + ASSERTION_LIFE_SECONDS,
  };
  const signed = `${part(header)}.${part(body)}`;
  const signature = sign('sha256', Buffer.from(signed), {
    key: createPrivateKey(privateKeyPem),
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  });
  return `${signed}.${signature.toString('base64url')}`;
}

/** SHA-256 of the certificate in DER, as `x5t#S256` (RFC 7515, section 4.1.8) has it. */
function certificateThumbprint(certificatePem: string): string {
  return createHash('sha256').update(new X509Certificate(certificatePem).raw).digest('base64url');
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
