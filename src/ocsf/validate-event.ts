import { type Finding, Findings } from './validation-finding.ts';
import {
  type Schema,
  type SchemaAttribute,
  type SchemaClass,
  type SchemaObject,
  SCHEMA_VERSIONS,
  schemaOf,
} from './schema.ts';
import { isPlainObject, validateScalar } from './validate-scalar.ts';
import { validateObservables } from './validate-observables.ts';

/** Objects inside one another; the schema is recursive (`process.parent_process`), the stack is not endless. */
const MAX_DEPTH = 64;

export interface ValidateOptions {
  /** The version the event must have; else the one that it names in `metadata.version`. */
  readonly version?: string;
}

/**
 * Holds an event against a compiled OCSF schema, more strictly than the public validator: whatever a consumer could trip
 * over is a finding. An empty list means valid. Shares nothing with the mapping. That a class as a whole is deprecated (2001
 * since 1.1.0) is not a finding; a deprecated attribute is one.
 */
export function validateEvent(event: unknown, options: ValidateOptions = {}): readonly Finding[] {
  const findings = new Findings();
  if (!isPlainObject(event)) {
    findings.add('not_an_object', '', 'an event is one JSON object');
    return findings.list;
  }
  const metadata = isPlainObject(event['metadata']) ? event['metadata'] : {};
  const version = options.version ?? metadata['version'];
  const schema = typeof version === 'string' ? schemaOf(version) : undefined;
  if (schema === undefined) {
    findings.add(
      'unknown_version',
      'metadata.version',
      `no schema is held for this version; held: ${SCHEMA_VERSIONS.join(', ')}`,
    );
    return findings.list;
  }
  if (metadata['version'] !== schema.version) {
    findings.add('wrong_version', 'metadata.version', `is not ${schema.version}`);
  }
  const schemaClass = ownValue(schema.classes, keyOf(event['class_uid']));
  if (schemaClass === undefined) {
    findings.add(
      'unknown_class',
      'class_uid',
      `no such class is held for ${schema.version}; held: ${Object.keys(schema.classes).join(', ')}`,
    );
    return findings.list;
  }
  const profiles = declaredProfiles(metadata['profiles'], schema, schemaClass, findings);
  const walk = new Walk(schema, profiles, findings);
  walk.object(event, schemaClass, '');
  checkClass(event, schemaClass, findings);
  validateObservables(event, findings);
  return findings.list;
}

function declaredProfiles(
  value: unknown,
  schema: Schema,
  schemaClass: SchemaClass,
  findings: Findings,
): ReadonlySet<string> {
  const declared = Array.isArray(value)
    ? value.filter((item): item is string => typeof item === 'string')
    : [];
  for (const profile of declared) {
    if (ownValue(schema.profiles, profile) === undefined)
      findings.add('unknown_profile', 'metadata.profiles', `"${profile}" is no profile of ${schema.version}`);
    else if (!(schemaClass.profiles ?? []).includes(profile)) {
      findings.add(
        'profile_not_of_class',
        'metadata.profiles',
        `"${profile}" has no use in ${schemaClass.caption}`,
      );
    }
  }
  return new Set(declared);
}

function checkClass(
  event: Readonly<Record<string, unknown>>,
  schemaClass: SchemaClass,
  findings: Findings,
): void {
  const { activity_id: activity, type_uid: type } = event;
  if (typeof activity === 'number' && type !== schemaClass.uid * 100 + activity) {
    findings.add('wrong_type_uid', 'type_uid', 'is not class_uid * 100 + activity_id');
  }
  const { start_time: start, end_time: end } = event;
  if (typeof start === 'number' && typeof end === 'number' && end < start) {
    findings.add('end_before_start', 'end_time', 'lies before start_time');
  }
}

/** Walks event and schema side by side. */
class Walk {
  readonly #schema: Schema;
  readonly #profiles: ReadonlySet<string>;
  readonly #findings: Findings;

  constructor(schema: Schema, profiles: ReadonlySet<string>, findings: Findings) {
    this.#schema = schema;
    this.#profiles = profiles;
    this.#findings = findings;
  }

  object(value: Readonly<Record<string, unknown>>, type: SchemaObject, path: string, depth = 1): void {
    if (depth > MAX_DEPTH) {
      this.#findings.add('too_deep', path, `lies deeper than ${MAX_DEPTH} objects`);
      return;
    }
    // An object without attributes is open: anything may stand in it.
    if (Object.keys(type.attributes).length === 0) return;
    for (const [name, item] of Object.entries(value)) {
      // No JSON text shows it: an event may be held against its schema before it becomes a text.
      if (item === undefined) continue;
      const attribute = ownValue(type.attributes, name);
      const place = join(path, name);
      if (attribute === undefined)
        this.#findings.add('unknown_attribute', place, `${type.caption} has no such attribute`);
      else if (!this.#applies(attribute)) {
        this.#findings.add(
          'undeclared_profile',
          place,
          `needs one of the profiles ${attribute.profiles?.join(', ') ?? ''}`,
        );
      } else this.#attribute(item, attribute, place, value, depth);
    }
    this.#required(value, type, path);
    this.#constraints(value, type, path);
  }

  #applies(attribute: SchemaAttribute): boolean {
    return (
      attribute.profiles === undefined || attribute.profiles.some((profile) => this.#profiles.has(profile))
    );
  }

  #required(value: Readonly<Record<string, unknown>>, type: SchemaObject, path: string): void {
    for (const [name, attribute] of Object.entries(type.attributes)) {
      if (attribute.requirement !== 'required' || !this.#applies(attribute)) continue;
      if (ownValue(value, name) === undefined)
        this.#findings.add('missing_required', join(path, name), `${type.caption} requires it`);
    }
  }

  #constraints(value: Readonly<Record<string, unknown>>, type: SchemaObject, path: string): void {
    const has = (name: string): boolean => (ownValue(value, name) ?? null) !== null;
    const { at_least_one: atLeastOne, just_one: justOne } = type.constraints ?? {};
    if (atLeastOne !== undefined && !atLeastOne.some(has)) {
      this.#findings.add('at_least_one', path, `${type.caption} needs one of ${atLeastOne.join(', ')}`);
    }
    if (justOne !== undefined && justOne.filter(has).length !== 1) {
      this.#findings.add('just_one', path, `${type.caption} needs exactly one of ${justOne.join(', ')}`);
    }
  }

  #attribute(
    value: unknown,
    attribute: SchemaAttribute,
    path: string,
    parent: Readonly<Record<string, unknown>>,
    depth: number,
  ): void {
    if (value === null) {
      this.#findings.add('null_value', path, 'null is no value; leave the attribute out');
      return;
    }
    if (attribute.deprecated !== undefined) {
      const use = attribute.deprecated.use?.join(', ');
      this.#findings.add(
        'deprecated_attribute',
        path,
        `deprecated since ${attribute.deprecated.since}${use === undefined ? '' : `, use ${use}`}`,
      );
    }
    if (attribute.is_array !== true) {
      this.#item(value, attribute, path, parent, depth);
      return;
    }
    if (!Array.isArray(value)) {
      this.#findings.add('wrong_type', path, 'an array is expected');
      return;
    }
    for (const [index, item] of value.entries())
      this.#item(item, attribute, `${path}[${index}]`, parent, depth);
  }

  #item(
    value: unknown,
    attribute: SchemaAttribute,
    path: string,
    parent: Readonly<Record<string, unknown>>,
    depth: number,
  ): void {
    if (attribute.type === 'object_t') {
      const type = this.#schema.objects[attribute.object_type ?? ''];
      if (!isPlainObject(value)) this.#findings.add('wrong_type', path, 'an object is expected');
      else if (type === undefined)
        this.#findings.add(
          'unknown_object',
          path,
          `the schema holds no object ${attribute.object_type ?? ''}`,
        );
      else this.object(value, type, path, depth + 1);
      return;
    }
    validateScalar(value, attribute.type, this.#schema.types, path, this.#findings);
    if (attribute.enum !== undefined) this.#enum(value, attribute, path, parent);
  }

  #enum(
    value: unknown,
    attribute: SchemaAttribute,
    path: string,
    parent: Readonly<Record<string, unknown>>,
  ): void {
    const caption = ownValue(attribute.enum ?? {}, keyOf(value));
    if (caption === undefined) {
      this.#findings.add('unknown_enum_value', path, 'is not a value of the enum');
      return;
    }
    const sibling = attribute.sibling === undefined ? undefined : parent[attribute.sibling];
    if (value === 99 && attribute.sibling !== undefined) {
      if (typeof sibling !== 'string' || sibling === '' || sibling === 'Other') {
        this.#findings.add('other_without_word', path, `99 needs a word of its own in ${attribute.sibling}`);
      }
    } else if (sibling !== undefined && sibling !== caption) {
      this.#findings.add('wrong_caption', join(pathOf(path), attribute.sibling ?? ''), `is not "${caption}"`);
    }
  }
}

/** The key under which a schema lists a value. An object is never one, and need not even have a text. */
function keyOf(value: unknown): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : '';
}

/** What untrusted names ask for is looked up among an object's own keys: `constructor` is no class and no caption. */
function ownValue<Value>(object: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function pathOf(path: string): string {
  const dot = path.lastIndexOf('.');
  return dot === -1 ? '' : path.slice(0, dot);
}
