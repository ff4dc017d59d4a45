import type { JsonObject, JsonValue } from '../json.ts';
import { cutText, type Truncation, truncationOf, withTruncations } from './finish-text.ts';
import type { WireEvent } from './ocsf-event.ts';
import { toWireEvent } from './wire-event.ts';

/** A text is never cut below this: shorter ones are identity, not prose. */
const MIN_CUT_CHARS = 256;
/** Rounds of cutting texts before whole parts are left out. */
const MAX_ROUNDS = 64;
/** Parts that are left out whole, in this order, when cutting texts is not enough. */
const DROPPABLE: readonly (readonly string[])[] = [
  ['unmapped', 'aegis', 'unknown'],
  ['finding', 'supporting_data'],
  ['unmapped', 'aegis', 'rewrites'],
  ['unmapped', 'aegis', 'constraint_ids'],
  ['observables'],
  ['resources'],
  ['unmapped', 'aegis', 'signature'],
  ['unmapped', 'aegis', 'delegation'],
];

/**
 * A smaller event with the same identity and place: the largest free text is cut first, then whole parts are left out, each
 * listed with its length and SHA-256 in `unmapped.aegis.truncated`. Undefined when even the smallest form is larger than
 * `maxSize` as `measure` counts. Deterministic.
 */
export function cutToFit(
  event: WireEvent,
  maxSize: number,
  measure: (event: WireEvent) => number,
): WireEvent | undefined {
  let current = event;
  const cuts = new Map<string, Truncation>();
  for (let round = 0; round < MAX_ROUNDS && measure(current) > maxSize; round += 1) {
    const cut = cutLargest(current, measure(current) - maxSize, cuts);
    if (cut === undefined) break;
    current = cut;
  }
  for (const path of DROPPABLE) {
    if (measure(current) <= maxSize) break;
    current = leaveOut(current, path);
  }
  return measure(current) <= maxSize ? current : undefined;
}

interface Leaf {
  readonly path: readonly string[];
  readonly text: string;
}

function cutLargest(event: WireEvent, excess: number, cuts: Map<string, Truncation>): WireEvent | undefined {
  const leaf = largestLeaf(event.event as JsonObject);
  if (leaf === undefined) return undefined;
  const name = leaf.path.join('.');
  // The list of cuts grows as well, and escaping may count a character several times: cut more than the excess, and again.
  const keep = Math.max(
    MIN_CUT_CHARS,
    Math.min(leaf.text.length - excess - MIN_CUT_CHARS, Math.floor(leaf.text.length / 2)),
  );
  const shortened = replaceAt(event.event as JsonObject, leaf.path, cutText(leaf.text, keep));
  // A text cut twice is listed once, with its first length and hash.
  const known = cuts.get(name);
  if (known !== undefined) return toWireEvent(shortened);
  const truncation = truncationOf(name, leaf.text);
  cuts.set(name, truncation);
  return toWireEvent(withTruncations(shortened, [truncation]));
}

/** The longest text that may be cut; the first in key order among equals. */
function largestLeaf(root: JsonObject): Leaf | undefined {
  let largest: Leaf | undefined;
  const visit = (value: JsonValue, path: readonly string[]): void => {
    if (typeof value === 'string') {
      if (value.length > MIN_CUT_CHARS && value.length > (largest?.text.length ?? 0))
        largest = { path, text: value };
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value as JsonObject)) {
        if (!isIdentity(path, key)) visit(item, [...path, key]);
      }
    }
  };
  visit(root, []);
  return largest;
}

/** What tells who, what and where is never cut; nor what an index points at. */
function isIdentity(path: readonly string[], key: string): boolean {
  if (path.length === 0) return key === 'metadata' || key === 'observables';
  if (path[0] === 'resources') return key === 'uid';
  if (path[0] === 'finding') return key === 'uid';
  return (
    path.join('.') === 'unmapped.aegis' &&
    ['stream', 'attestation_id', 'truncated', 'signature', 'agent_id', 'tool_name', 'tombstone'].includes(key)
  );
}

function replaceAt(value: JsonValue, path: readonly string[], text: string): JsonObject {
  const replaced = (item: JsonValue, depth: number): JsonValue => {
    const key = path[depth];
    if (key === undefined) return text;
    if (Array.isArray(item))
      return item.map((entry: JsonValue, index) =>
        String(index) === key ? replaced(entry, depth + 1) : entry,
      );
    const object = item as JsonObject;
    return Object.fromEntries(
      Object.entries(object).map(([name, entry]) => [
        name,
        name === key ? replaced(entry, depth + 1) : entry,
      ]),
    );
  };
  return replaced(value, 0) as JsonObject;
}

function leaveOut(event: WireEvent, path: readonly string[]): WireEvent {
  let found: JsonValue | undefined;
  const without = (item: JsonObject, depth: number): JsonObject =>
    Object.fromEntries(
      Object.entries(item).flatMap(([name, entry]) => {
        if (name !== path[depth]) return [[name, entry]];
        if (depth < path.length - 1) {
          return [
            [
              name,
              typeof entry === 'object' && entry !== null ? without(entry as JsonObject, depth + 1) : entry,
            ],
          ];
        }
        found = entry;
        return [];
      }),
    );
  const smaller = without(event.event as JsonObject, 0);
  if (found === undefined) return event;
  const consistent = path[0] === 'resources' ? withoutObservables(smaller) : smaller;
  return toWireEvent(withTruncations(consistent, [truncationOf(path.join('.'), JSON.stringify(found))]));
}

/** Observables point into `resources`; without it they would point nowhere. */
function withoutObservables(event: JsonObject): JsonObject {
  const { observables: _, ...rest } = event;
  return rest;
}
