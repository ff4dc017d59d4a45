import type { JsonObject, JsonValue } from '../json.ts';
import { cutText } from './finish-text.ts';
import { leaveOut, partsToLeaveOut } from './leave-out.ts';
import type { OcsfEvent, WireEvent } from './ocsf-event.ts';
import { fingerprinted } from './record-integrity.ts';
import { truncationOf, truncationsOf, withTruncations } from './truncation.ts';
import { toWireEvent } from './wire-event.ts';

/** A text is never cut below this: shorter ones are identity, not prose. */
const MIN_CUT_CHARS = 256;
/** Rounds of cutting, each at the longest text: enough to bring three texts of 65,535 characters and sixteen others down. */
const MAX_ROUNDS = 64;

type Measure = (event: WireEvent) => number;

/**
 * A smaller event with the same identity and place: the largest free text is cut first, then whole parts are left out, each
 * listed with its length and SHA-256 in `unmapped.aegis.truncated`. Undefined when even the smallest form is larger than
 * `maxSize` as `measure` counts. Deterministic.
 */
export function cutToFit(event: WireEvent, maxSize: number, measure: Measure): WireEvent | undefined {
  const cut = smallerEvent(event, maxSize, measure);
  if (cut === undefined) return undefined;
  // A fingerprint is always of one length: made anew at the end, it changes no size.
  const finished = fingerprinted(cut.event);
  return finished === cut.event ? cut : toWireEvent(finished);
}

function smallerEvent(event: WireEvent, maxSize: number, measure: Measure): WireEvent | undefined {
  let current = cutTexts(event, maxSize, measure);
  for (const path of partsToLeaveOut(event.event)) {
    if (measure(current) <= maxSize) return current;
    const smaller = leaveOut(current.event, path, event.event);
    if (smaller !== current.event) current = toWireEvent(smaller);
  }
  current = cutTexts(current, maxSize, measure);
  return measure(current) <= maxSize ? current : undefined;
}

function cutTexts(event: WireEvent, maxSize: number, measure: Measure): WireEvent {
  let current = event;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const excess = measure(current) - maxSize;
    const leaf = excess > 0 ? largestLeaf(current.event as JsonObject) : undefined;
    if (leaf === undefined) break;
    current = toWireEvent(cutLeaf(current.event, leaf, excess));
  }
  return current;
}

type Path = readonly (string | number)[];

interface Leaf {
  readonly path: Path;
  readonly text: string;
}

/** Takes what is over and room for the note about it, at most half of the text in one round: others may be longer then. */
function cutLeaf(event: OcsfEvent, { path, text }: Leaf, excess: number): OcsfEvent {
  const keep = Math.max(MIN_CUT_CHARS, Math.floor(text.length / 2), text.length - excess - MIN_CUT_CHARS);
  const rest = cutText(text, keep);
  const shorter = withObservables(replaceAt(event as JsonObject, path, rest), text, rest);
  const name = nameOf(path);
  // A text cut twice is listed once, with its first length and hash.
  const listed = truncationsOf(event);
  return listed.some((cut) => cut.path === name)
    ? shorter
    : withTruncations(shorter, [...listed, truncationOf(name, text)]);
}

/** The longest text that may be cut; the first in key order among equals. */
function largestLeaf(root: JsonObject): Leaf | undefined {
  let largest: Leaf | undefined;
  const visit = (value: JsonValue, path: Path): void => {
    if (typeof value === 'string') {
      if (value.length > MIN_CUT_CHARS && value.length > (largest?.text.length ?? 0))
        largest = { path, text: value };
    } else if (Array.isArray(value)) {
      for (const [index, item] of (value as readonly JsonValue[]).entries()) visit(item, [...path, index]);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value as JsonObject)) {
        if (!isIdentity(path, key)) visit(item, [...path, key]);
      }
    }
  };
  visit(root, []);
  return largest;
}

const AEGIS_IDENTITY = new Set([
  'stream',
  'attestation_id',
  'workspace_id',
  'agent_id',
  'tool_name',
  'signature',
  'tombstone',
  'truncated',
]);

/** What tells who, what and where is never cut; observables follow the texts that they repeat. */
function isIdentity(path: Path, key: string): boolean {
  if (path.length === 0) return key === 'metadata' || key === 'observables';
  if (path[0] === 'resources' || path[0] === 'finding') return key === 'uid';
  return path[0] === 'unmapped' && path[1] === 'aegis' && path.length === 2 && AEGIS_IDENTITY.has(key);
}

function replaceAt(value: JsonValue, path: Path, text: string): OcsfEvent {
  const replaced = (item: JsonValue, depth: number): JsonValue => {
    const step = path[depth];
    if (step === undefined) return text;
    if (Array.isArray(item)) {
      const items = item as readonly JsonValue[];
      return items.map((entry, index) => (index === step ? replaced(entry, depth + 1) : entry));
    }
    return Object.fromEntries(
      Object.entries(item as JsonObject).map(([name, entry]) => [
        name,
        name === step ? replaced(entry, depth + 1) : entry,
      ]),
    );
  };
  return replaced(value, 0) as OcsfEvent;
}

/** An observable holds the text of the place that it names; with another text it would point at nothing. */
function withObservables(event: OcsfEvent, text: string, cut: string): OcsfEvent {
  const { observables } = event;
  if (!Array.isArray(observables)) return event;
  const followed = (observables as readonly JsonObject[]).map((observable) =>
    observable['value'] === text ? { ...observable, value: cut } : observable,
  );
  return { ...event, observables: followed };
}

/** `finding.supporting_data.constraints[0].reason` */
function nameOf(path: Path): string {
  let name = '';
  for (const step of path) name += typeof step === 'number' ? `[${step}]` : name === '' ? step : `.${step}`;
  return name;
}
