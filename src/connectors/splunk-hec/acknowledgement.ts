/**
 * The ids that an indexer confirmed, from `{"acks": {"0": true, "1": false}}`; undefined when the body is no such answer.
 * `true` is told once only, and `false` means "not yet" as well as "never"
 * (https://help.splunk.com/splunk-enterprise/get-data-in/collect-http-event-data/about-http-event-collector-indexer-acknowledgment).
 */
export function readAcknowledgements(body: Uint8Array): readonly number[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('acks' in value)) return undefined;
  const { acks } = value;
  if (typeof acks !== 'object' || acks === null || Array.isArray(acks)) return undefined;
  return Object.entries(acks).flatMap(([id, confirmed]) =>
    confirmed === true && /^\d{1,15}$/.test(id) ? [Number(id)] : [],
  );
}
