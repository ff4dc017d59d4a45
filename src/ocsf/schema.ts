import schema110 from './schemas/1.1.0.json' with { type: 'json' };

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

/** The schema versions that the project holds. */
export const SCHEMAS: Readonly<Record<string, Schema>> = {
  '1.1.0': schema110 as unknown as Schema,
};
