/** The keywords of JSON Schema that the forms follow, as `/openapi.json` publishes them. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly default?: unknown;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly writeOnly?: boolean;
  readonly allOf?: readonly { readonly if?: JsonSchema; readonly then?: JsonSchema }[];
}

export interface OpenApiDocument {
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

export const OPENAPI_PATH = '/openapi.json';

/** `config` and `credentials` of one type of destination, as POST takes them. Empty for a type that the service does not have. */
export function schemasOfType(
  document: OpenApiDocument,
  type: string,
): { readonly config: JsonSchema; readonly credentials: JsonSchema } {
  const branch = document.components.schemas['NewDestination']?.allOf?.find(({ if: condition }) => {
    const { const: value, enum: values } = condition?.properties?.['type'] ?? {};
    return value === type || values?.includes(type) === true;
  });
  const fields = branch?.then?.properties;
  return { config: fields?.['config'] ?? {}, credentials: fields?.['credentials'] ?? {} };
}
