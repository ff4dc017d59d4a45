/**
 * Makes the compiled OCSF schemas that the project holds as data, one file a version, from a folder of compiled schemas
 * (extracts of github.com/ocsf/ocsf-schema, `VERSION.json` each): only the classes used, and the objects that they reach.
 *
 *   npm run schemas -- FOLDER     writes src/ocsf/schemas/VERSION.json
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject, JsonValue } from '../src/json.ts';
import { SCHEMA_VERSIONS } from '../src/ocsf/schema.ts';

export const TARGET_FOLDER = join(import.meta.dirname, '..', 'src', 'ocsf', 'schemas');

/** Base Event, Security Finding, Detection Finding, Entity Management, Application Lifecycle, API Activity. */
const CLASSES = ['0', '2001', '2004', '3004', '6002', '6003'] as const;

/** The text of the schema file of a version. */
export function makeSchema(folder: string, version: string): string {
  const source = JSON.parse(readFileSync(join(folder, `${version}.json`), 'utf8')) as JsonObject;
  const classes = pickKeys(source['classes'], CLASSES);
  const allObjects = source['objects'] as JsonObject;
  const objects = new Map<string, JsonValue>();
  const waiting = Object.values(classes).flatMap(objectTypesOf);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const object = allObjects[name];
    if (object === undefined || objects.has(name)) continue;
    objects.set(name, object);
    waiting.push(...objectTypesOf(object));
  }
  const schema = {
    version: source['version'] ?? null,
    source: source['source'] ?? null,
    profiles: source['profiles'] ?? null,
    types: source['types'] ?? null,
    classes,
    objects: Object.fromEntries([...objects].sort(([left], [right]) => (left < right ? -1 : 1))),
  };
  return `${JSON.stringify(schema)}\n`;
}

function pickKeys(value: JsonValue | undefined, keys: readonly string[]): JsonObject {
  const object = value as JsonObject;
  return Object.fromEntries(keys.flatMap((key) => (object[key] === undefined ? [] : [[key, object[key]]])));
}

function objectTypesOf(value: JsonValue): string[] {
  const attributes = (value as JsonObject)['attributes'] as JsonObject;
  return Object.values(attributes).flatMap((attribute) => {
    const type = (attribute as JsonObject)['object_type'];
    return typeof type === 'string' ? [type] : [];
  });
}

if (import.meta.main) {
  const folder = process.argv[2];
  if (folder === undefined) {
    console.error('schemas: name the folder of compiled schemas: npm run schemas -- FOLDER');
    process.exitCode = 2;
  } else {
    for (const version of SCHEMA_VERSIONS) {
      const text = makeSchema(folder, version);
      writeFileSync(join(TARGET_FOLDER, `${version}.json`), text);
      console.error(`schemas: wrote ${version}, ${text.length} bytes`);
    }
  }
}
