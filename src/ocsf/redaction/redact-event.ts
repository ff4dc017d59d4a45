import type { JsonObject, JsonValue } from '../../json.ts';
import type { OcsfEvent } from '../ocsf-event.ts';
import { validateEvent } from '../validate-event.ts';
import type { Redactor } from './redactor.ts';
import { withRedactions } from './with-redactions.ts';

/** What an event is: identity, class, version and time. A pattern found in one of them would be a mistake of the pattern. */
const KEPT = new Set([
  'activity_id',
  'activity_name',
  'category_name',
  'category_uid',
  'class_name',
  'class_uid',
  'metadata',
  'severity',
  'severity_id',
  'time',
  'type_name',
  'type_uid',
]);

/** Attributes that may be left out of one event before it is given up. */
const MAX_LEFT_OUT = 50;

/**
 * An event that others posted, without what the patterns of its destination find in its texts. Where the schema wants another
 * form than what stands in for a text (an address, a hash), the attribute goes: redaction never makes an event invalid. What
 * cannot be mended that way stays redacted, and is refused by its schema.
 */
export function redactEvent(event: OcsfEvent, redactor: Redactor): OcsfEvent {
  const open = Object.fromEntries(Object.entries(event).filter(([name]) => !KEPT.has(name)));
  const { value, redacted } = redactor.redactTexts(open as JsonObject);
  if (redacted.length === 0) return event;
  const seen = value as JsonObject;
  // The order of the attributes stays.
  let hidden: OcsfEvent = Object.fromEntries(
    Object.entries(event).map(([name, was]) => [name, KEPT.has(name) ? was : seen[name]]),
  );
  if (validateEvent(event).length === 0) hidden = mended(hidden);
  return withRedactions(hidden, redacted, false);
}

function mended(event: OcsfEvent): OcsfEvent {
  let valid = event;
  for (let tries = 0; tries < MAX_LEFT_OUT; tries += 1) {
    const [finding] = validateEvent(valid);
    if (finding === undefined) break;
    const without = leaveOut(valid as JsonObject, stepsOf(finding.path));
    if (without === undefined) break;
    valid = without as OcsfEvent;
  }
  return valid;
}

function stepsOf(path: string): readonly string[] {
  return path.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
}

/** The value without what stands at the end of the steps; undefined where nothing stands there. */
function leaveOut(value: JsonValue, steps: readonly string[]): JsonValue | undefined {
  const [step, ...rest] = steps;
  if (step === undefined || typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    const list: readonly JsonValue[] = value;
    const index = Number(step);
    const item = list[index];
    if (item === undefined) return undefined;
    if (rest.length === 0) return list.toSpliced(index, 1);
    const changed = leaveOut(item, rest);
    return changed === undefined ? undefined : list.with(index, changed);
  }
  const object = value as JsonObject;
  const member = object[step];
  if (member === undefined || !Object.hasOwn(object, step)) return undefined;
  if (rest.length === 0) return Object.fromEntries(Object.entries(object).filter(([name]) => name !== step));
  const changed = leaveOut(member, rest);
  return changed === undefined
    ? undefined
    : Object.fromEntries(Object.entries(object).map(([name, was]) => [name, name === step ? changed : was]));
}
