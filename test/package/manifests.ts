/** The files of deploy/ as what reads them sees them: parsed, and not by their letters. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { asItems, asObject, cell } from '../../src/cli/output.ts';
import type { JsonObject, JsonValue } from '../../src/json.ts';

const DEPLOY = join(import.meta.dirname, '..', '..', 'deploy');
/** Kubernetes and Compose read 0440 as octal, and take `<<`. */
const YAML_OPTIONS = { version: '1.1', merge: true } as const;

export interface Manifest {
  readonly file: string;
  readonly kind: string;
  readonly name: string;
  readonly body: JsonObject;
}

/** Every object of deploy/kubernetes. */
export const MANIFESTS: readonly Manifest[] = globSync('kubernetes/*.yaml', { cwd: DEPLOY })
  .toSorted()
  .flatMap((file) =>
    parseAllDocuments(read(file), YAML_OPTIONS).map((document) => {
      const [problem] = document.errors;
      if (problem !== undefined) throw problem;
      const body = asObject(document.toJS() as JsonValue);
      return { file, kind: cell(body['kind']), name: cell(at(body, 'metadata', 'name')), body };
    }),
  );

export const COMPOSE: JsonObject = asObject(parse(read('compose.yaml'), YAML_OPTIONS) as JsonValue);
export const CONTAINERFILE: string = read('Containerfile');

export function read(file: string): string {
  return readFileSync(join(DEPLOY, file), 'utf8');
}

/** What stands at a path of names; undefined where there is nothing. */
export function at(value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((found, name) => asObject(found)[name], value);
}

export interface Workload {
  readonly file: string;
  readonly pod: JsonObject;
  readonly labels: JsonObject;
  /** The only one. */
  readonly container: JsonObject;
  readonly env: Readonly<Record<string, EnvValue>>;
}

/** A value, or the key of a secret that has it. */
export type EnvValue = { readonly value: string } | { readonly secret: string; readonly key: string };

/** What runs containers, by its name. */
export function workloads(): readonly Workload[] {
  return MANIFESTS.filter(({ kind }) => kind === 'Deployment' || kind === 'Job').map(({ file, body }) => {
    const template = asObject(at(body, 'spec', 'template'));
    const pod = asObject(template['spec']);
    const [container = {}, ...others] = asItems(pod['containers']);
    if (others.length > 0) throw new Error(`${file} has more than one container`);
    const env = asItems(container['env']).map((item): readonly [string, EnvValue] => {
      const ref = asObject(at(item, 'valueFrom', 'secretKeyRef'));
      return [
        cell(item['name']),
        typeof item['value'] === 'string'
          ? { value: item['value'] }
          : { secret: cell(ref['name']), key: cell(ref['key']) },
      ];
    });
    return {
      file,
      pod,
      labels: asObject(at(template, 'metadata', 'labels')),
      container,
      env: Object.fromEntries(env),
    };
  });
}

/** Of a list of texts. */
export function texts(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
