import type { JsonObject } from '../../src/json.ts';
import { DEFAULT_OCSF_SETTINGS, type WireEvent } from '../../src/ocsf/ocsf-event.ts';
import { renderRecord } from '../../src/ocsf/render-record.ts';
import { stamp } from '../../src/ocsf/stamp.ts';
import { toWireEvent } from '../../src/ocsf/wire-event.ts';
import { generateAttestations } from '../../test/support/generate-attestations.ts';
import { BENCH_WORKSPACE, DELIVERY_SEED } from '../workload.ts';

/**
 * The events that our own run sends, rendered beforehand and in the envelopes of HEC: a peer only keeps and posts them. Each
 * has the mark by which the sink counts.
 */
export function readyEnvelopes(count: number): string[] {
  return readyEvents(count).map(({ event, text }, index) => {
    const settings = '"source":"aegis","sourcetype":"ocsf:aegis"';
    const seconds = (Number(event['time']) / 1_000).toFixed(3);
    const fields = { aegis_stream: 's', aegis_epoch: 'e', aegis_seq: index + 1 };
    return `{"time":${seconds},${settings},"fields":${JSON.stringify(fields)},"event":${text}}`;
  });
}

/**
 * For a sender that makes its envelopes itself: what is sent as an object, with the sink's mark in it. `stored`: the record as it is;
 * `mapped`: the event that is made of it.
 */
export function markedEvents(count: number, kind: 'stored' | 'mapped'): JsonObject[] {
  const texts = kind === 'stored' ? recordTexts(count) : readyEvents(count).map(({ text }) => text);
  return texts.map((text, index) => ({ ...(JSON.parse(text) as JsonObject), aegis_seq: index + 1 }));
}

function recordTexts(count: number): string[] {
  return [...generateAttestations({ seed: DELIVERY_SEED, count, workspaceId: BENCH_WORKSPACE })];
}

function readyEvents(count: number): WireEvent[] {
  return recordTexts(count).map((body, index) => {
    const rendered = renderRecord({ source: 'attestation', body }, DEFAULT_OCSF_SETTINGS);
    if (!rendered.ok) throw new Error(rendered.message);
    const place = { streamId: 's', epoch: 'e', seq: index + 1, kind: 'event' } as const;
    return toWireEvent(stamp(rendered.event, place));
  });
}
