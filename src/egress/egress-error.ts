import type { EgressPhase } from './egress.ts';
import type { EgressCode } from './egress-code.ts';

/** An exchange failed at a known place. Stays inside this folder; the caller gets an `EgressFailure`. */
export class EgressError extends Error {
  override readonly name = 'EgressError';
  readonly phase: EgressPhase;
  readonly code: EgressCode;

  constructor(phase: EgressPhase, code: EgressCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.phase = phase;
    this.code = code;
  }
}

interface Known {
  readonly code: EgressCode;
  readonly message: string;
}

const UNTRUSTED: Known = {
  code: 'certificate_untrusted',
  message: 'the certificate is not signed by a known authority',
};

const WEAK: Known = {
  code: 'certificate_weak',
  message: 'the certificate has a weak signature or key',
};

/** What OpenSSL says when the other side answers a TLS greeting with something else, such as plain http. */
const NO_TLS = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNKNOWN_PROTOCOL|HTTP_REQUEST|BAD_RECORD_TYPE/;

/** Node's and OpenSSL's words, in ours. */
const KNOWN: Readonly<Record<string, Known>> = {
  ENOTFOUND: { code: 'name_not_found', message: 'the host name does not exist' },
  EAI_AGAIN: { code: 'name_lookup_failed', message: 'the host name could not be looked up' },
  ECONNREFUSED: { code: 'refused', message: 'the connection was refused' },
  ECONNRESET: { code: 'reset', message: 'the connection was reset' },
  EPIPE: { code: 'reset', message: 'the connection was closed while sending' },
  ETIMEDOUT: { code: 'timeout', message: 'the connection timed out' },
  EHOSTUNREACH: { code: 'unreachable', message: 'the host cannot be reached' },
  ENETUNREACH: { code: 'unreachable', message: 'the network cannot be reached' },
  CERT_HAS_EXPIRED: { code: 'certificate_expired', message: 'the certificate has expired' },
  CERT_NOT_YET_VALID: { code: 'certificate_not_yet_valid', message: 'the certificate is not valid yet' },
  CERT_REVOKED: { code: 'certificate_revoked', message: 'the certificate was revoked' },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    code: 'certificate_name_mismatch',
    message: 'the certificate is for another name',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    code: 'certificate_self_signed',
    message: 'the certificate is signed by itself',
  },
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  CERT_UNTRUSTED: UNTRUSTED,
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
  ERR_TLS_CERT_SIGNATURE_ALGORITHM_UNSUPPORTED: WEAK,
  CA_MD_TOO_WEAK: WEAK,
  CA_KEY_TOO_SMALL: WEAK,
  EE_KEY_TOO_SMALL: WEAK,
  HPE_HEADER_OVERFLOW: {
    code: 'reply_headers_too_long',
    message: 'the reply has too many or too long headers',
  },
};

/** Names whatever Node reports. The text of an unknown error is not passed on: it can repeat what was sent. */
export function egressErrorOf(error: unknown, phase: EgressPhase): EgressError {
  if (error instanceof EgressError) return error;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = KNOWN[code];
  const options = { cause: error };
  if (known !== undefined) {
    const place = known.code.startsWith('certificate')
      ? 'tls'
      : code === 'ENOTFOUND' || code === 'EAI_AGAIN'
        ? 'dns'
        : phase;
    return new EgressError(place, known.code, known.message, options);
  }
  if (
    /CERTIFICATE_REQUIRED|ALERT_(?:BAD|UNKNOWN|REVOKED|EXPIRED|UNSUPPORTED)_C(?:ERTIFICATE|A)|ALERT_CERTIFICATE/.test(
      code,
    )
  ) {
    return new EgressError(
      'tls',
      'certificate_client_refused',
      'the server does not accept our client certificate, or wants one',
      options,
    );
  }
  // OpenSSL's verdicts that Node has no word for; the text is OpenSSL's own.
  if (code === 'UNSPECIFIED') {
    const { code: word, message } = /too weak|too small/.test(String(error)) ? WEAK : UNTRUSTED;
    return new EgressError('tls', word, message, options);
  }
  if (/ALERT_HANDSHAKE_FAILURE/.test(code)) {
    return new EgressError(
      'tls',
      'tls_protocol_refused',
      'the server broke the TLS handshake off: it wants a client certificate, or offers only old ciphers',
      options,
    );
  }
  if (NO_TLS.test(code)) {
    return new EgressError(
      'tls',
      'tls_protocol_absent',
      'what listens there speaks no TLS; is it plain http?',
      options,
    );
  }
  if (code.startsWith('ERR_SSL') || code === 'EPROTO' || code.startsWith('ERR_TLS')) {
    return new EgressError(
      'tls',
      'tls_protocol',
      'no TLS connection of version 1.2 or later could be made',
      options,
    );
  }
  if (/^(?:CERT_|UNABLE_TO_|HOSTNAME_|CRL_|EE_|CA_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH)/.test(code)) {
    return new EgressError('tls', UNTRUSTED.code, `${UNTRUSTED.message} (${code})`, options);
  }
  if (code.startsWith('HPE_'))
    return new EgressError('response', 'not_http', 'the reply is not HTTP', options);
  return new EgressError(
    phase,
    'connection_failed',
    `the exchange failed (${code === '' ? 'no code' : code})`,
    options,
  );
}
