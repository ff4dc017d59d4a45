import { type ReactNode, useMemo, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { Destination } from '../api/api-types.ts';
import { useServices } from '../api/console-services.ts';
import { useAction } from '../api/use-action.ts';
import { useResource } from '../api/use-resource.ts';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { Skeleton } from '../elements/skeleton.tsx';
import { bodyOf, type FormValues, valuesOf } from '../form/form-values.ts';
import { OPENAPI_PATH, type OpenApiDocument } from '../form/json-schema.ts';
import { SchemaForm } from '../form/schema-form.tsx';
import { useMay } from '../session/session.ts';
import { RedactionRules, rulesOf } from './redaction-rules.tsx';
import { patchOf, SECTIONS, sectionFields, type SettingsDraft } from './settings-draft.ts';

const FOR_EVER_MS = Infinity;

/** What people set, to be changed. The form follows the schema that the API publishes. */
export function SettingsPart({ destination }: { destination: Destination }): ReactNode {
  const { data: document, problem } = useResource<OpenApiDocument>(OPENAPI_PATH, FOR_EVER_MS);
  if (problem !== undefined) return <ProblemNotice problem={problem} />;
  return document === undefined ? (
    <Skeleton tall />
  ) : (
    <SettingsForm destination={destination} document={document} />
  );
}

function SettingsForm({
  destination,
  document,
}: {
  destination: Destination;
  document: OpenApiDocument;
}): ReactNode {
  const { client, resources } = useServices();
  const mayWrite = useMay('destinations:write');
  const fields = useMemo(() => sectionFields(document, destination.type), [document, destination.type]);
  const [name, setName] = useState(destination.name);
  const [rules, setRules] = useState(() => rulesOf(destination.redaction));
  const [values, setValues] = useState<Readonly<Record<string, FormValues>>>(() =>
    Object.fromEntries(
      SECTIONS.map(({ key }) => [
        key,
        valuesOf(fields[key], destination[key] as object as Record<string, unknown>),
      ]),
    ),
  );
  const draft: SettingsDraft = {
    name,
    redaction: rules,
    sections: Object.fromEntries(SECTIONS.map(({ key }) => [key, bodyOf(fields[key], values[key] ?? {})])),
  };
  const patch = patchOf(destination, draft);
  const changed = Object.keys(patch);
  const save = useAction(async () => {
    const path = `/v1/siem/destinations/${destination.destination_id}`;
    await client.call({ method: 'PATCH', path, body: patch, version: destination.version });
    resources.invalidate('/v1/');
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void save.run();
      }}
    >
      <section className="card panel">
        <label className="one-field">
          <h2>Name</h2>
          <input
            value={name}
            maxLength={200}
            required
            disabled={!mayWrite}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </label>
      </section>
      <fieldset disabled={!mayWrite} className="stack plain">
        {SECTIONS.map(({ key, title, lead }) => (
          <section className="card panel" key={key} aria-label={title}>
            <h2>{title}</h2>
            <p className="muted">{lead}</p>
            <SchemaForm
              fields={fields[key]}
              values={values[key] ?? {}}
              at={`/${key}`}
              problem={save.problem}
              onChange={(next) => setValues({ ...values, [key]: next })}
            />
          </section>
        ))}
        <section className="card panel" aria-label="Redaction">
          <h2>Redaction</h2>
          <p className="muted">
            What this SIEM must not see. Applied before an event is made, and listed in it.
          </p>
          <RedactionRules rules={rules} document={document} problem={save.problem} onChange={setRules} />
        </section>
      </fieldset>
      {save.problem !== undefined && <ProblemNotice problem={save.problem} />}
      {mayWrite && (
        <div className="save-bar">
          <p className="muted">
            {changed.length === 0
              ? 'Nothing changed.'
              : `Changed: ${changed.join(', ')}. Rows that wait are sent by the new settings.`}
          </p>
          <Button
            type="submit"
            className="button primary"
            isDisabled={changed.length === 0}
            isPending={save.running}
          >
            Save
          </Button>
        </div>
      )}
    </form>
  );
}
