/** What a problem code stands for. `title` never changes with the case; the case is in the problem's `detail`. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** What the caller can do, for docs/reference/errors.md. */
  readonly advice: string;
}

/** Every code that the API answers with. Codes are stable: programs branch on them. */
export const PROBLEMS = {
  bad_request: {
    status: 400,
    title: 'The request cannot be read',
    advice: 'Send a well-formed HTTP request.',
  },
  malformed_json: {
    status: 400,
    title: 'The body is not JSON that can be trusted',
    advice:
      'Send one JSON text in UTF-8 without a duplicate key, U+0000 or a lone surrogate; `code` has the exact reason and `detail` the place. Nothing of the body was used.',
  },
  empty_body: {
    status: 400,
    title: 'The body is empty',
    advice: 'Send the record or the settings as the body.',
  },
  bad_parameter: {
    status: 400,
    title: 'A query parameter cannot be used',
    advice: '`detail` names the parameter and what it takes; each may be given once.',
  },
  invalid_cursor: {
    status: 400,
    title: 'The cursor is not one of this list',
    advice: 'Begin again without a cursor.',
  },
  unauthenticated: {
    status: 401,
    title: 'No valid API key',
    advice:
      'Send `Authorization: Bearer aegis_...` with a key that is neither expired nor revoked, or sign in again.',
  },
  csrf_refused: {
    status: 403,
    title: 'The request does not come from the pages of this service',
    advice:
      'Open the console at its own address (AEGIS_SIEM_PUBLIC_URL where a proxy stands in front). Programs send their key in `Authorization`, and no cookie.',
  },
  sign_in_needs_https: {
    status: 403,
    title: 'Browsers sign in over https',
    advice:
      'Put a TLS proxy in front and set AEGIS_SIEM_PUBLIC_URL to its https address, or open the console on the same machine.',
  },
  sign_in_refused: {
    status: 403,
    title: 'The sign-in did not come to an end',
    advice: 'Begin again, in one browser window. The log says more under the request id.',
  },
  no_access: {
    status: 403,
    title: 'You are known, and have no access',
    advice: 'Ask the operator for a grant: AEGIS_SIEM_OIDC_GRANTS says who may do what.',
  },
  missing_scope: {
    status: 403,
    title: 'The API key lacks a scope',
    advice: 'Use a key that has the scope named in `detail`.',
  },
  workspace_forbidden: {
    status: 403,
    title: 'The API key belongs to another workspace',
    advice: 'Use a key of that workspace, or one that is bound to none.',
  },
  not_found: {
    status: 404,
    title: 'There is no such thing',
    advice: 'Check the id. What belongs to another workspace answers the same.',
  },
  route_not_found: { status: 404, title: 'There is no such route', advice: 'See /openapi.json or /docs.' },
  request_timeout: {
    status: 408,
    title: 'The request took too long to arrive',
    advice: 'Send it faster, or in smaller parts.',
  },
  id_conflict: {
    status: 409,
    title: 'The id is taken by a record with other bytes',
    advice:
      'A record is never changed. Find out which of the two is right; this is kept as a security event.',
  },
  stale_version: {
    status: 409,
    title: 'Someone changed it in the meantime',
    advice: 'Read it again, repeat the change on what is there now, and send its ETag as `If-Match`.',
  },
  name_taken: {
    status: 409,
    title: 'The name is taken in this workspace',
    advice: 'Choose another name, or delete the destination that has it.',
  },
  destination_busy: {
    status: 409,
    title: 'Events wait for this destination',
    advice:
      'Let it deliver them first, or delete it with `?open=skip&reason=...`, which asks for a confirmation.',
  },
  confirmation_needed: {
    status: 409,
    title: 'This cannot be taken back',
    advice:
      'Read `effect`. To have it done, send the same request again with `confirm` from this answer, before `confirm_until`.',
  },
  confirmation_refused: {
    status: 409,
    title: 'The confirmation does not count',
    advice: 'Send the request without `confirm` to see the effect as it is now, and confirm that.',
  },
  destination_disabled: {
    status: 409,
    title: 'The destination is disabled',
    advice: 'Enable it with PATCH `{"enabled": true}`.',
  },
  replay_running: {
    status: 409,
    title: 'A replay of this destination has not ended',
    advice:
      'Wait for it or cancel it; `replay_id` names it. Two at once would each send what the other sends.',
  },
  replay_ended: {
    status: 409,
    title: 'The replay has ended',
    advice: 'Make a new one. A dry run says first what it would do.',
  },
  no_session: {
    status: 409,
    title: 'There is no session to end',
    advice: 'A key needs no signing out; revoke it with `DELETE /v1/api-keys/{id}` to end it.',
  },
  own_key: {
    status: 409,
    title: 'A key cannot revoke itself',
    advice: 'Revoke it with another administrator key, so that one is always left.',
  },
  body_too_large: {
    status: 413,
    title: 'The body is too large',
    advice: 'Send fewer records a request; AEGIS_SIEM_MAX_BODY_BYTES is the limit.',
  },
  too_many_items: {
    status: 413,
    title: 'Too many records in one request',
    advice: 'Send fewer records a request; AEGIS_SIEM_MAX_BATCH_ITEMS is the limit.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The body is of a type that is not read here',
    advice:
      'Send `Content-Type: application/json` (or `application/x-ndjson` for records), UTF-8, not compressed.',
  },
  record_refused: {
    status: 422,
    title: 'The record was refused',
    advice: '`code` has the exact reason, `pointer` the place. Nothing of this record was stored.',
  },
  no_records: { status: 422, title: 'The body holds no record', advice: 'Send at least one record.' },
  unknown_field: {
    status: 422,
    title: 'A field is not known',
    advice: 'Remove or rename the field at `pointer`.',
  },
  missing_field: { status: 422, title: 'A field is missing', advice: 'Add the field at `pointer`.' },
  wrong_type: {
    status: 422,
    title: 'A field has the wrong type',
    advice: 'Types are never converted: "8088" is not 8088. See `pointer`.',
  },
  bad_value: { status: 422, title: 'A value cannot be used', advice: '`detail` says what the field takes.' },
  immutable_field: {
    status: 422,
    title: 'The field cannot be changed',
    advice: 'Make a new destination instead.',
  },
  not_supported: {
    status: 422,
    title: 'This is not built yet',
    advice: 'Leave the field at `pointer` out. It is refused so that it is never ignored.',
  },
  credentials_required: {
    status: 422,
    title: 'The credentials are needed again',
    advice:
      'A change of the address needs every credential in the same request, so that nobody can point a stored token at another host.',
  },
  masked_secret: {
    status: 422,
    title: 'The credential is a mask',
    advice: 'Send the credential itself, or leave the field out to keep the stored one.',
  },
  bad_credential: {
    status: 422,
    title: 'A credential cannot be used',
    advice: '`detail` names the field and the form that it needs. The value is never repeated.',
  },
  address_refused: {
    status: 422,
    title: 'The address is not allowed',
    advice:
      '`verdict` says why. Private networks and plain http are allowed by the operator only, with AEGIS_SIEM_EGRESS_ALLOW.',
  },
  too_many_tests: {
    status: 429,
    title: 'Too many connection tests at once',
    advice: 'Wait as `Retry-After` says.',
  },
  too_many_sign_ins: {
    status: 429,
    title: 'Too many sign-ins failed',
    advice: 'Wait as `Retry-After` says.',
  },
  rate_limited: {
    status: 429,
    title: 'The key asks too often',
    advice:
      'Wait as `Retry-After` says, and put more records into one request. The operator sets AEGIS_SIEM_REQUESTS_PER_SECOND and AEGIS_SIEM_REQUESTS_BURST.',
  },
  header_too_large: { status: 431, title: 'The headers are too large', advice: 'Send shorter headers.' },
  internal_error: {
    status: 500,
    title: 'The service failed',
    advice: 'The log has the cause under the `request_id`. A record is stored only when the answer says so.',
  },
  store_unavailable: {
    status: 503,
    title: 'The store cannot do this now',
    advice: 'Nothing was acknowledged. Send it again after `Retry-After`; `reason` says what is wrong.',
  },
  sign_in_unavailable: {
    status: 503,
    title: 'The identity provider cannot be asked',
    advice:
      'Try again after `Retry-After`. The log has the host and the reason; a private address needs AEGIS_SIEM_EGRESS_ALLOW.',
  },
  overloaded: {
    status: 503,
    title: 'Too much at once',
    advice: 'Send it again after `Retry-After`.',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;
