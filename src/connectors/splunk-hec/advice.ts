export type ConfigurationReason =
  | 'token_disabled'
  | 'token_required'
  | 'invalid_authorization'
  | 'invalid_token'
  | 'token_malformed'
  | 'channel_missing'
  | 'channel_invalid'
  | 'acknowledgement_disabled'
  | 'query_authorization'
  | 'redirect'
  | 'refused_by_proxy'
  | 'no_collector_here'
  | 'encoding_refused'
  | 'not_a_collector';

const ADVICE: Readonly<Record<ConfigurationReason, string>> = {
  token_disabled:
    'A Splunk administrator must enable this HEC token (Settings > Data inputs > HTTP Event Collector).',
  token_required:
    'No token reached the collector: a proxy in between removes the Authorization header, or the token is not set.',
  invalid_authorization: 'The collector cannot read the Authorization header: a proxy in between changes it.',
  invalid_token:
    'The collector does not know this token: set the right one on the destination, or ask the Splunk administrator. Indexers may learn a new token at different times.',
  token_malformed:
    'The stored token has a space, line break or other character that no HEC token has: set the token of the destination again.',
  channel_missing:
    'The token wants a request channel, and a proxy in between removes the header X-Splunk-Request-Channel.',
  channel_invalid: 'The collector refuses our channel: please report this as a fault of aegis-siem.',
  acknowledgement_disabled:
    'The destination waits for indexer acknowledgement, but the token has it off: turn it on in Splunk, or off here.',
  query_authorization:
    'The collector refuses authorisation by query, which is never used here: check the address of the destination.',
  redirect:
    'The address answers with a redirect, which is never followed with the token: set the address it points to, after checking it.',
  refused_by_proxy:
    'Something before the collector refuses the request (its answer is not one of HEC): check proxy, gateway and allow lists.',
  no_collector_here:
    'There is no HTTP Event Collector at this address: check host, port and path, and that the collector is enabled in Splunk.',
  encoding_refused: 'The collector refuses the request with and without gzip: check what stands between.',
  not_a_collector:
    'What answers at this address is not an HTTP Event Collector (no HEC reply): check address, proxy and sign-in pages.',
};

/** Says who must change what. */
export function configurationAdvice(reason: ConfigurationReason): string {
  return ADVICE[reason];
}
