import type { Destination } from '../api/api-types.ts';
import { fieldsOf, type FormField } from '../form/form-field.ts';
import { changesOf } from '../form/form-values.ts';
import { type OpenApiDocument, schemasOfType } from '../form/json-schema.ts';
import { sameJson } from '../form/same-json.ts';
import type { RedactionRule } from './redaction-rule.ts';

type SectionKey = 'config' | 'filter' | 'ocsf' | 'batch' | 'limits';
type Json = Readonly<Record<string, unknown>>;

/** The parts of the settings that are plain objects, in the order in which people look for them. */
export const SECTIONS: readonly {
  readonly key: SectionKey;
  readonly title: string;
  readonly lead: string;
}[] = [
  {
    key: 'config',
    title: 'Connection',
    lead: 'Another address, tenant or scope needs the credentials again: a stored one is never sent elsewhere.',
  },
  {
    key: 'filter',
    title: 'Filter',
    lead: 'Which decisions it gets. What is left out is counted, and takes no number in the stream.',
  },
  { key: 'ocsf', title: 'OCSF', lead: 'Class and version of the events.' },
  { key: 'batch', title: 'Batches', lead: "Bounds of one request, within the SIEM's own." },
  {
    key: 'limits',
    title: 'Limits on what waits',
    lead: 'None unless set: events are kept however long an outage lasts.',
  },
];

export interface SettingsDraft {
  readonly name: string;
  readonly redaction: readonly RedactionRule[];
  readonly sections: Readonly<Record<string, Json>>;
}

export function sectionFields(
  document: OpenApiDocument,
  type: string,
): Readonly<Record<SectionKey, readonly FormField[]>> {
  const common = document.components.schemas['NewDestination']?.properties ?? {};
  const of = (key: Exclude<SectionKey, 'config'>): readonly FormField[] => fieldsOf(common[key] ?? {});
  return {
    config: fieldsOf(schemasOfType(document, type).config),
    filter: of('filter'),
    ocsf: of('ocsf'),
    batch: of('batch'),
    limits: of('limits'),
  };
}

/** Body of PATCH: only what differs. `config` is merged by the API field by field; the others are replaced. */
export function patchOf(stored: Destination, draft: SettingsDraft): Json {
  const patch: Record<string, unknown> = {};
  if (draft.name !== stored.name) patch['name'] = draft.name;
  for (const { key } of SECTIONS) {
    const before = (stored[key] ?? {}) as Json;
    const after = draft.sections[key] ?? {};
    const changes = changesOf(before, after);
    if (Object.keys(changes).length > 0) patch[key] = key === 'config' ? changes : after;
  }
  if (!sameJson(draft.redaction, stored.redaction ?? [])) patch['redaction'] = draft.redaction;
  return patch;
}
