import assert from 'node:assert/strict';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** The parts of an OpenAPI document that are read here. */
interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { schema: object }>> }>
  >;
}
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
}

export interface AnswerToCheck {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Holds answers against an OpenAPI document, and remembers which operations answered with success. */
export class OpenApiCheck {
  readonly #document: OpenApiDocument;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #validators = new Map<string, ValidateFunction>();
  readonly succeeded = new Set<string>();

  constructor(document: OpenApiDocument) {
    this.#document = document;
    addFormats.default(this.#ajv);
    this.#ajv.addSchema({ $id: 'api', components: document.components });
  }

  /** `POST /v1/attestations`, ... */
  operations(): readonly string[] {
    return Object.entries(this.#document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
  }

  /** Throws an assertion error for an answer that the document does not announce. Unknown paths are passed over. */
  check(answer: AnswerToCheck): void {
    const path = this.#pathOf(answer.url);
    const operation =
      path === undefined ? undefined : this.#document.paths[path]?.[answer.method.toLowerCase()];
    if (path === undefined || operation === undefined) return;
    const name = `${answer.method.toUpperCase()} ${path}`;
    const announced =
      operation.responses[answer.status] ?? operation.responses[`${Math.floor(answer.status / 100)}XX`];
    assert.ok(announced !== undefined, `${name} answered ${answer.status}, which is not announced`);
    if (answer.status < 300) this.succeeded.add(name);
    const type = answer.type.split(';')[0] ?? '';
    if (answer.status === 204 || answer.status === 303) {
      assert.equal(answer.text, '');
      return;
    }
    const schema = announced.content?.[type]?.schema;
    assert.ok(schema !== undefined, `${name} answered ${answer.status} as ${type}, which is not announced`);
    const value: unknown = type.endsWith('json') ? JSON.parse(answer.text) : answer.text;
    const validate = this.#validator(`${name} ${answer.status} ${type}`, schema);
    assert.ok(
      validate(value),
      `${name} ${answer.status}: ${JSON.stringify(validate.errors)}\n${answer.text}`,
    );
  }

  #validator(key: string, schema: object): ValidateFunction {
    const found = this.#validators.get(key);
    if (found !== undefined) return found;
    // References in the document are from its root; here its components are the schema "api".
    const local = JSON.parse(
      JSON.stringify(schema).replaceAll('"#/components', '"api#/components'),
    ) as object;
    const made = this.#ajv.compile(local);
    this.#validators.set(key, made);
    return made;
  }

  #pathOf(url: string): string | undefined {
    const [path = ''] = url.split('?');
    const parts = path.split('/');
    const fits = (template: string): boolean => {
      const wanted = template.split('/');
      return (
        wanted.length === parts.length &&
        wanted.every((part, index) => part === parts[index] || part.startsWith('{'))
      );
    };
    const templates = Object.keys(this.#document.paths).filter(fits);
    return templates.find((template) => !template.includes('{')) ?? templates[0];
  }
}
