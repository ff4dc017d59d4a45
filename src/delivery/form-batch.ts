import type { WireEvent } from '../ocsf/ocsf-event.ts';
import { LEFT_OUT } from '../ocsf/render-result.ts';
import type { BatchDraft, DeadReason, Tombstone } from '../outbox/batch.ts';
import type { OpenRow } from '../outbox/delivery-store.ts';
import { TOO_BIG_CODE } from './next-step.ts';
import { encodePlace } from './ready-event.ts';
import type { EncodedPlace } from './ready-event.ts';
import { placeAt } from './rendering.ts';
import type { Rendering } from './rendering.ts';

export interface BatchBounds {
  readonly maxEvents: number;
  /** Body bytes before gzip, the connector's overhead for each event included. */
  readonly maxBytes: number;
}

/** A batch ready to be written. `places[i]` stands at place i. */
export interface FormedBatch {
  readonly draft: BatchDraft;
  readonly places: readonly EncodedPlace[];
  /** As the destination counts it, overhead included. */
  readonly bytes: number;
  /** Rows that the batch holds or leaves out: the first so many of those given. */
  readonly rowsUsed: number;
  /** Ended by a bound and not by the end of the rows. */
  readonly full: boolean;
}

/** One place: its event, the hash of its text, and the tombstone where the record itself could not stand. */
export interface RenderedPlace extends EncodedPlace {
  readonly sha256: Uint8Array;
  readonly tombstone?: Tombstone;
}

/**
 * Makes a batch of the first rows that fit. Always takes at least one row: an event above the bound goes alone. `nowMs`
 * becomes the time of tombstones for records that have none. `overLimit`: records that are not sent any more, and why. Answers
 * undefined when there is no row.
 */
export function formBatch(
  rows: readonly OpenRow[],
  firstSeq: number,
  rendering: Rendering,
  bounds: BatchBounds,
  nowMs: number,
  overLimit: ReadonlyMap<number, DeadReason> = NONE_OVER_LIMIT,
): FormedBatch | undefined {
  const { connector, renderer } = rendering;
  const places: RenderedPlace[] = [];
  const recordNos: number[] = [];
  const leftOut: number[] = [];
  const tombstones: Tombstone[] = [];
  const replayed: number[] = [];
  let bytes = 0;
  let full = false;
  for (const row of rows) {
    const index = places.length;
    if (index >= Math.max(1, bounds.maxEvents)) {
      full = true;
      break;
    }
    const seq = firstSeq + index;
    const dead = overLimit.get(row.recordNo);
    const place =
      dead === undefined
        ? renderPlace(row, index, seq, rendering, nowMs)
        : unsent('over_limit', row, index, seq, rendering, nowMs, dead);
    if (place === LEFT_OUT) {
      leftOut.push(row.recordNo);
      continue;
    }
    const size = place.encoded.bytes + connector.limits.perEventOverheadBytes;
    if (index > 0 && bytes + size > bounds.maxBytes) {
      full = true;
      break;
    }
    bytes += size;
    places.push(place);
    recordNos.push(row.recordNo);
    if (place.tombstone !== undefined) tombstones.push(place.tombstone);
    if (row.replayed) replayed.push(index);
  }
  if (places.length === 0 && leftOut.length === 0) return undefined;
  const draft: BatchDraft = {
    epochNo: rendering.stream.epochNo,
    firstSeq,
    recordNos,
    hashes: hashesOf(places),
    tombstones,
    leftOut,
    destinationVersion: rendering.destinationVersion,
    renderKey: renderer.renderKey(rendering.ocsf),
    replayed,
  };
  return { draft, places, bytes, rowsUsed: places.length + leftOut.length, full };
}

const NONE_OVER_LIMIT: ReadonlyMap<number, DeadReason> = new Map();

/** The event of a record at its place; a tombstone where the record cannot be rendered or cannot be made to fit. */
export function renderPlace(
  row: Pick<OpenRow, 'recordNo' | 'source' | 'body' | 'recordId' | 'replayed'>,
  index: number,
  seq: number,
  rendering: Rendering,
  nowMs: number,
): RenderedPlace | typeof LEFT_OUT {
  const { connector, renderer, stream, ocsf } = rendering;
  const rendered = renderer.renderRecord(row, ocsf);
  if (!rendered.ok) {
    if (rendered.code === LEFT_OUT) return LEFT_OUT;
    const at = rendered.pointer === '' ? 'the whole record' : rendered.pointer;
    const dead = { code: rendered.code, message: `${rendered.message} (at ${at})` };
    return unsent('unrenderable', row, index, seq, rendering, nowMs, dead);
  }
  const event = renderer.stamp(rendered.event, placeAt(stream, seq, 'event', row.replayed), ocsf);
  const maxSize = connector.limits.maxEventSize;
  const place = encodePlace(event, connector);
  if (place.encoded.bytes <= maxSize) return { ...place, sha256: renderer.sha256(event.text) };
  const cut = renderer.cutToFit(event, maxSize, (candidate) => connector.encode(candidate).bytes);
  if (cut !== undefined) return placeOf(cut, rendering);
  return unsent('unrenderable', row, index, seq, rendering, nowMs, {
    code: TOO_BIG_CODE,
    message: `The event does not fit into the ${maxSize} bytes that the destination takes, not even cut to its smallest form`,
  });
}

/** A tombstone for a record of which no event is sent. */
function unsent(
  reason: 'unrenderable' | 'over_limit',
  row: Pick<OpenRow, 'recordNo' | 'body' | 'recordId'>,
  index: number,
  seq: number,
  rendering: Rendering,
  nowMs: number,
  dead: DeadReason,
): RenderedPlace {
  const tombstone: Tombstone = {
    index,
    reason,
    recordNo: row.recordNo,
    metadataUid: row.recordId,
    originalSha256: Buffer.from(rendering.renderer.sha256(row.body)).toString('hex'),
    timeMs: nowMs,
    dead,
  };
  return { ...renderTombstone(tombstone, seq, rendering), tombstone };
}

export function renderTombstone(tombstone: Tombstone, seq: number, rendering: Rendering): RenderedPlace {
  const place = placeAt(rendering.stream, seq, 'tombstone', false);
  const { workspaceId, ocsf } = rendering;
  return placeOf(rendering.renderer.tombstone(tombstone, place, workspaceId, ocsf), rendering);
}

function placeOf(event: WireEvent, { connector, renderer }: Rendering): RenderedPlace {
  return { ...encodePlace(event, connector), sha256: renderer.sha256(event.text) };
}

export function hashesOf(places: readonly RenderedPlace[]): Uint8Array {
  return Buffer.concat(places.map((place) => place.sha256));
}
