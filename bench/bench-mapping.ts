/** How fast records become events, beside the least that any sender must do with such a text. */
import { parseAttestation } from '../src/attestation/parse-attestation.ts';
import { DEFAULT_OCSF_SETTINGS } from '../src/ocsf/ocsf-event.ts';
import { renderRecord } from '../src/ocsf/render-record.ts';
import { stamp } from '../src/ocsf/stamp.ts';
import { eventSha256, toWireEvent } from '../src/ocsf/wire-event.ts';
import { generateAttestations } from '../test/support/generate-attestations.ts';

const ROUNDS = 5;

/** Records a second, one figure a round. */
export interface MappingRates {
  readonly parseAndStringify: readonly number[];
  readonly strictParse: readonly number[];
  readonly render: readonly number[];
  readonly recordBytes: number;
  readonly eventBytes: number;
}

export function benchMapping(count: number): MappingRates {
  const texts = [...generateAttestations({ seed: 11, count })];
  const rates = { parseAndStringify: [] as number[], strictParse: [] as number[], render: [] as number[] };
  let eventBytes = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    rates.parseAndStringify.push(rateOf(texts, (text) => JSON.stringify(JSON.parse(text)).length));
    rates.strictParse.push(rateOf(texts, (text) => (parseAttestation(text).ok ? 1 : 0)));
    eventBytes = 0;
    rates.render.push(
      rateOf(texts, (text, index) => {
        const rendered = renderRecord({ source: 'attestation', body: text }, DEFAULT_OCSF_SETTINGS);
        if (!rendered.ok) throw new Error(rendered.message);
        const wire = toWireEvent(
          stamp(rendered.event, { streamId: 's', epoch: 'e', seq: index + 1, kind: 'event' }),
        );
        eventBytes += wire.bytes;
        return eventSha256(wire.text).length;
      }),
    );
  }
  const recordBytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / count;
  return { ...rates, recordBytes, eventBytes: eventBytes / count };
}

function rateOf(texts: readonly string[], act: (text: string, index: number) => number): number {
  const startedMs = performance.now();
  let used = 0;
  for (const [index, text] of texts.entries()) used += act(text, index);
  const rate = (texts.length / (performance.now() - startedMs)) * 1_000;
  // The result is used, so that no engine may leave the work out.
  return used > 0 ? rate : Number.NaN;
}
