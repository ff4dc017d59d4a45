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
    'No token reached the collector. Whoever runs a proxy in between must let the Authorization header through; without a proxy, set the token of the destination again.',
  invalid_authorization:
    'The collector cannot read the Authorization header. Whoever runs a proxy in between must leave it as it is; without a proxy, set the token of the destination again.',
  invalid_token:
    'The collector does not know this token: set the right one on the destination, or ask the Splunk administrator. Indexers may learn a new token at different times.',
  token_malformed:
    'The stored token has a space, line break or other character that no HEC token has: set the token of the destination again.',
  channel_missing:
    'The token wants a request channel, and none arrived. Whoever runs a proxy in between must let the header X-Splunk-Request-Channel through.',
  channel_invalid: 'The collector refuses our channel: please report this as a fault of aegis-siem.',
  acknowledgement_disabled:
    'The destination waits for indexer acknowledgement, but the token has it off: a Splunk administrator must turn it on, or set indexer_acknowledgement of the destination to false.',
  query_authorization:
    'The collector refuses authorisation by query, which is never used here: check the address of the destination.',
  redirect:
    'The address answers with a redirect, which is never followed with the token: set the url of the destination to the address it points to, after checking it.',
  refused_by_proxy:
    'Something before the collector refuses the request (its answer is not one of HEC): whoever runs the proxy, gateway or allow list in between must let it through.',
  no_collector_here:
    'There is no HTTP Event Collector at this address: check host, port and path in the url of the destination; a Splunk administrator must have the collector enabled.',
  encoding_refused:
    'The collector refuses the request with and without gzip: whoever runs a proxy in between must let it through unchanged.',
  not_a_collector:
    'What answers at this address is not an HTTP Event Collector (no HEC reply): check the url of the destination; whoever runs a proxy or sign-in page in between must let the request through.',
};

/** Says who must change what. */
export function configurationAdvice(reason: ConfigurationReason): string {
  return ADVICE[reason];
}
