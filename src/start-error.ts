/** Thrown when the service cannot start. The message is one line: what is wrong, where, and what to do. No secrets. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code: StartErrorCode;

  constructor(code: StartErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export type StartErrorCode =
  | 'store_unusable'
  | 'tls_checking_off'
  | 'key_file_required'
  | 'key_file_unusable'
  | 'key_missing'
  | 'key_source_ambiguous'
  | 'key_wrong'
  | 'port_in_use'
  | 'address_unusable'
  | 'admin_key_file_unusable'
  | 'decision_keys_unusable'
  | 'oidc_unusable'
  | 'delivery_unusable'
  | 'notices_unusable'
  | 'telemetry_unusable';
