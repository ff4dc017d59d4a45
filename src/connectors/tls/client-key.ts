/** The credential with the key of `config.tls.client_cert_pem`. */
export const CLIENT_KEY = 'client_key_pem';

const MAX_PEM_CHARS = 64 * 1024;

/** JSON Schema of it, the same for every type of destination. */
export const clientKeySchema = Object.freeze({
  type: 'string',
  maxLength: MAX_PEM_CHARS,
  writeOnly: true,
  description: 'Key of the client certificate for mutual TLS, PEM, not encrypted.',
});
