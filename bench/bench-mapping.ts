/** How fast records become events, beside the least that any sender must do with such a text. */
import { parseAttestation } from '../src/attestation/parse-attestation.ts';
import { DEFAULT_OCSF_SETTINGS, type RenderSettings, type WireEvent } from '../src/ocsf/ocsf-event.ts';
import type { RedactionRule } from '../src/ocsf/redaction/redaction-rule.ts';
import { createRedactor } from '../src/ocsf/redaction/redactor.ts';
import { placeEvent } from '../src/ocsf/place-event.ts';
import { renderRecord } from '../src/ocsf/render-record.ts';
import { eventSha256 } from '../src/ocsf/wire-event.ts';
import { generateAttestations } from '../test/support/generate-attestations.ts';

const ROUNDS = 5;

/** What a careful operator would set: people's names and ids hashed, everything that looks like a person's data masked. */
const REDACTION: readonly RedactionRule[] = [
  { fields: ['agent_id', 'delegation.delegator_id', 'impact.entities.name'], action: 'hash' },
  { patterns: ['email', 'ipv4', 'ipv6', 'iban', 'credit_card', 'jwt', 'phone'], action: 'mask' },
];
const REDACTED: RenderSettings = {
  ...DEFAULT_OCSF_SETTINGS,
  redaction: REDACTION,
  redactor: createRedactor(REDACTION, 'a key of the bench, long enough to be one'),
};
const VALIDATED: RenderSettings = { ...DEFAULT_OCSF_SETTINGS, validate: true };
const NEWEST: RenderSettings = { ...DEFAULT_OCSF_SETTINGS, version: '1.9.0' };
const FINGERPRINTED: RenderSettings = { ...NEWEST, recordIntegrity: true };

/** Records a second, one figure a round. */
export interface MappingRates {
  readonly parseAndStringify: readonly number[];
  readonly strictParse: readonly number[];
  readonly render: readonly number[];
  readonly redacted: readonly number[];
  readonly validated: readonly number[];
  readonly newest: readonly number[];
  readonly fingerprinted: readonly number[];
  readonly recordBytes: number;
  readonly eventBytes: number;
}

export function benchMapping(count: number): MappingRates {
  const texts = [...generateAttestations({ seed: 11, count })];
  const rates = {
    parseAndStringify: [] as number[],
    strictParse: [] as number[],
    render: [] as number[],
    redacted: [] as number[],
    validated: [] as number[],
    newest: [] as number[],
    fingerprinted: [] as number[],
  };
  let eventBytes = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    rates.parseAndStringify.push(rateOf(texts, (text) => JSON.stringify(JSON.parse(text)).length));
    rates.strictParse.push(rateOf(texts, (text) => (parseAttestation(text).ok ? 1 : 0)));
    eventBytes = 0;
    rates.render.push(
      rateOf(texts, (text, index) => {
        const wire = eventOf(text, index, DEFAULT_OCSF_SETTINGS);
        eventBytes += wire.bytes;
        return eventSha256(wire.text).length;
      }),
    );
    for (const [name, settings] of [
      ['redacted', REDACTED],
      ['validated', VALIDATED],
      ['newest', NEWEST],
      ['fingerprinted', FINGERPRINTED],
    ] as const)
      rates[name].push(
        rateOf(texts, (text, index) => eventSha256(eventOf(text, index, settings).text).length),
      );
  }
  const recordBytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / count;
  return { ...rates, recordBytes, eventBytes: eventBytes / count };
}

function eventOf(text: string, index: number, settings: RenderSettings): WireEvent {
  const rendered = renderRecord({ source: 'attestation', body: text }, settings);
  if (!rendered.ok) throw new Error(rendered.message);
  const place = { streamId: 's', epoch: 'e', seq: index + 1, kind: 'event' } as const;
  return placeEvent(rendered.event, place, settings);
}

function rateOf(texts: readonly string[], act: (text: string, index: number) => number): number {
  const startedMs = performance.now();
  let used = 0;
  for (const [index, text] of texts.entries()) used += act(text, index);
  const rate = (texts.length / (performance.now() - startedMs)) * 1_000;
  // The result is used, so that no engine may leave the work out.
  return used > 0 ? rate : Number.NaN;
}
