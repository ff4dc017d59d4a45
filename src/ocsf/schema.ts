import { readFileSync } from 'node:fs';

/** An attribute of a class or object in a compiled schema. */
export interface SchemaAttribute {
  /** A scalar type, or `object_t` with `object_type`. */
  readonly type: string;
  readonly object_type?: string;
  readonly requirement: 'required' | 'recommended' | 'optional';
  readonly is_array?: boolean;
  /** Present only when one of these is declared in `metadata.profiles`. */
  readonly profiles?: readonly string[];
  readonly enum?: Readonly<Record<string, string>>;
  /** The attribute that holds the enum's text. */
  readonly sibling?: string;
  readonly deprecated?: { readonly since: string; readonly use?: readonly string[] };
}

export interface SchemaObject {
  readonly caption: string;
  readonly attributes: Readonly<Record<string, SchemaAttribute>>;
  readonly constraints?: { readonly at_least_one?: readonly string[]; readonly just_one?: readonly string[] };
}

export interface SchemaClass extends SchemaObject {
  readonly uid: number;
  readonly name: string;
  readonly category_uid: number;
  readonly category_name: string;
  readonly profiles?: readonly string[];
  readonly deprecated?: { readonly since: string };
}

export interface SchemaType {
  readonly type?: string;
  readonly regex?: string;
  readonly max_len?: number;
  readonly range?: readonly [number, number];
  readonly values?: readonly unknown[];
}

/** A compiled schema version, cut down to the classes used. */
export interface Schema {
  readonly version: string;
  readonly profiles: Readonly<Record<string, unknown>>;
  readonly types: Readonly<Record<string, SchemaType>>;
  readonly classes: Readonly<Record<string, SchemaClass>>;
  readonly objects: Readonly<Record<string, SchemaObject>>;
}

/** The schema versions that the project holds. Not taken from the mapping: the validator shares no table with what it judges. */
export const SCHEMA_VERSIONS = [
  '1.1.0',
  '1.2.0',
  '1.3.0',
  '1.4.0',
  '1.5.0',
  '1.6.0',
  '1.7.0',
  '1.8.0',
  '1.9.0',
] as const;

/** A held schema, read from its file at the first use: a process that validates nothing reads none of them. */
const READERS: ReadonlyMap<string, () => Schema> = new Map(
  SCHEMA_VERSIONS.map((version) => [version, once(() => readSchema(version))]),
);

/** The compiled schema of a version, or undefined when it is not held. */
export function schemaOf(version: string): Schema | undefined {
  return READERS.get(version)?.();
}

function readSchema(version: string): Schema {
  const path = new URL(`./schemas/${version}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')) as Schema;
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
