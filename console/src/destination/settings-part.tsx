import { type ReactNode, useMemo, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { ApiProblem } from '../api/api-problem.ts';
import type { Destination } from '../api/api-types.ts';
import { useServices } from '../api/console-services.ts';
import { useAction } from '../api/use-action.ts';
import { useResource } from '../api/use-resource.ts';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { Skeleton } from '../elements/skeleton.tsx';
import { fieldsOf } from '../form/form-field.ts';
import { bodyOf, type FormValues, valuesOf } from '../form/form-values.ts';
import { OPENAPI_PATH, type OpenApiDocument, schemasOfType } from '../form/json-schema.ts';
import { SchemaForm } from '../form/schema-form.tsx';
import { useMay } from '../session/session.ts';
import { rulesOf } from './redaction-rule.ts';
import { RedactionRules } from './redaction-rules.tsx';
import { patchOf, SECTIONS, sectionFields, type SettingsDraft } from './settings-draft.ts';

const FOR_EVER_MS = Infinity;

/** What people set, to be changed. The form follows the schema that the API publishes. */
export function SettingsPart({ destination }: { destination: Destination }): ReactNode {
  const { data: document, problem } = useResource<OpenApiDocument>(OPENAPI_PATH, FOR_EVER_MS);
  if (problem !== undefined) return <ProblemNotice problem={problem} />;
  return document === undefined ? (
    <Skeleton tall />
  ) : (
    <SettingsDraftKeeper destination={destination} document={document} />
  );
}

interface SettingsFormProps {
  /** As it was when the form was opened. */
  readonly destination: Destination;
  readonly document: OpenApiDocument;
  /** A newer version is there: saving would be refused. */
  readonly isStale: boolean;
  readonly onReload: () => void;
}

/** What is typed stays when somebody else changes the destination meanwhile: that is said, and one may look at theirs. */
function SettingsDraftKeeper({
  destination,
  document,
}: Pick<SettingsFormProps, 'destination' | 'document'>): ReactNode {
  const [opened, setOpened] = useState(destination);
  return (
    <SettingsForm
      key={opened.version}
      destination={opened}
      document={document}
      isStale={destination.version > opened.version}
      onReload={() => setOpened(destination)}
    />
  );
}

function SettingsForm({ destination, document, isStale, onReload }: SettingsFormProps): ReactNode {
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
  const isOpen = (key: string): boolean =>
    key === 'config' || Object.keys(values[key] ?? {}).length > 0 || hasMistakeBelow(save.problem, `/${key}`);
  const draft: SettingsDraft = {
    name,
    redaction: rules,
    sections: Object.fromEntries(SECTIONS.map(({ key }) => [key, bodyOf(fields[key], values[key] ?? {})])),
  };
  const credentialFields = useMemo(
    () => fieldsOf(schemasOfType(document, destination.type).credentials),
    [document, destination.type],
  );
  const [credentials, setCredentials] = useState<FormValues>({});
  const given = bodyOf(credentialFields, credentials);
  const changes = patchOf(destination, draft);
  const patch = Object.keys(given).length === 0 ? changes : { ...changes, credentials: given };
  const changed = Object.keys(patch);
  const [saved, setSaved] = useState(false);
  const save = useAction(async () => {
    const path = `/v1/siem/destinations/${destination.destination_id}`;
    await client.call({ method: 'PATCH', path, body: patch, version: destination.version });
    await resources.refresh(path);
    resources.invalidate('/v1/');
    setSaved(true);
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
          <SettingsSection key={key} title={title} lead={lead} open={isOpen(key)}>
            <SchemaForm
              fields={fields[key]}
              values={values[key] ?? {}}
              at={`/${key}`}
              problem={save.problem}
              onChange={(next) => setValues({ ...values, [key]: next })}
            />
          </SettingsSection>
        ))}
        <SettingsSection
          title="Redaction"
          lead="What this SIEM must not see. Applied before an event is made, and listed in it."
          open={rules.length > 0}
        >
          <RedactionRules rules={rules} document={document} problem={save.problem} onChange={setRules} />
        </SettingsSection>
      </fieldset>
      {(save.problem?.code === 'credentials_required' || Object.keys(credentials).length > 0) && (
        <section className="card panel" aria-label="Credentials for the new address">
          <h2>Credentials for the new address</h2>
          <p className="muted">
            A stored secret is never sent to another address: give it again, together with this change.
          </p>
          <SchemaForm
            fields={credentialFields}
            values={credentials}
            at="/credentials"
            problem={save.problem}
            onChange={setCredentials}
          />
        </section>
      )}
      {save.problem !== undefined && <ProblemNotice problem={save.problem} />}
      {isStale && (
        <p className={saved ? 'notice good' : 'notice wait'} role="status">
          {saved ? 'Saved.' : 'Somebody changed this destination since you opened the form.'}{' '}
          <Button className="button small" onPress={onReload}>
            {saved ? 'Go on editing' : 'Load it as it is now'}
          </Button>
        </p>
      )}
      {mayWrite && !isStale && (
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
            data-pending={save.running || undefined}
          >
            Save
          </Button>
        </div>
      )}
    </form>
  );
}

interface SettingsSectionProps {
  readonly title: string;
  readonly lead: string;
  /** Has something in it; else it is folded away. */
  readonly open: boolean;
  readonly children: ReactNode;
}

function SettingsSection({ title, lead, open, children }: SettingsSectionProps): ReactNode {
  return (
    <details className="card panel fold" open={open ? true : undefined}>
      <summary>
        <h2>{title}</h2>
        <span className="muted">{lead}</span>
      </summary>
      {children}
    </details>
  );
}

function hasMistakeBelow(problem: ApiProblem | undefined, at: string): boolean {
  const { errors = [], pointer = '' } = problem?.document ?? {};
  return [pointer, ...errors.map((error) => error.pointer)].some((one) => one.startsWith(`${at}/`));
}
