/**
 * The TypeScript type of a JSON Schema constant, so that the console has no second copy of the API's shapes. It knows the
 * keywords that the API's schemas use; what it does not know becomes `unknown`, never a wrong type.
 */
export type FromSchema<S, Named> = S extends { readonly $ref: infer R }
  ? R extends `${infer Name}#`
    ? Name extends keyof Named
      ? FromSchema<Named[Name], Named>
      : unknown
    : unknown
  : S extends { readonly anyOf: readonly (infer Choice)[] }
    ? FromSchema<Choice, Named>
    : S extends { readonly const: infer Value }
      ? Value
      : S extends { readonly enum: readonly (infer Value)[] }
        ? Value
        : S extends { readonly type: readonly (infer Word)[] }
          ? OfWord<Word, S, Named>
          : S extends { readonly type: infer Word }
            ? OfWord<Word, S, Named>
            : unknown;

type OfWord<Word, S, Named> = Word extends 'string'
  ? string
  : Word extends 'integer' | 'number'
    ? number
    : Word extends 'boolean'
      ? boolean
      : Word extends 'null'
        ? null
        : Word extends 'array'
          ? readonly ItemOf<S, Named>[]
          : Word extends 'object'
            ? ObjectOf<S, Named>
            : unknown;

type ItemOf<S, Named> = S extends { readonly items: infer Item } ? FromSchema<Item, Named> : unknown;

type ObjectOf<S, Named> = S extends { readonly properties: infer Fields }
  ? {
      readonly [Field in keyof Fields as Field extends RequiredOf<S> ? Field : never]: FromSchema<
        Fields[Field],
        Named
      >;
    } & {
      readonly [Field in keyof Fields as Field extends RequiredOf<S> ? never : Field]?: FromSchema<
        Fields[Field],
        Named
      >;
    }
  : S extends { readonly additionalProperties: infer Value extends object }
    ? Readonly<Record<string, FromSchema<Value, Named>>>
    : Readonly<Record<string, unknown>>;

type RequiredOf<S> = S extends { readonly required: readonly (infer Name)[] } ? Name : never;
