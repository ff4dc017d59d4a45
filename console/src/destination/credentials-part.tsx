import { type ReactNode, useMemo, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { Destination } from '../api/api-types.ts';
import { useServices } from '../api/console-services.ts';
import { useAction } from '../api/use-action.ts';
import { useResource } from '../api/use-resource.ts';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { fieldsOf } from '../form/form-field.ts';
import { bodyOf, type FormValues } from '../form/form-values.ts';
import { OPENAPI_PATH, type OpenApiDocument, schemasOfType } from '../form/json-schema.ts';
import { SchemaForm } from '../form/schema-form.tsx';
import { useMay } from '../session/session.ts';

/** Which credentials are set, by fingerprint; new ones are typed blind. The values are never shown, to nobody. */
export function CredentialsPart({ destination }: { destination: Destination }): ReactNode {
  const { client, resources } = useServices();
  const { data: document } = useResource<OpenApiDocument>(OPENAPI_PATH, Infinity);
  const mayWrite = useMay('credentials:write');
  const [values, setValues] = useState<FormValues>({});
  const fields = useMemo(
    () => (document === undefined ? [] : fieldsOf(schemasOfType(document, destination.type).credentials)),
    [document, destination.type],
  );
  const given = bodyOf(fields, values);
  const save = useAction(async (credentials: Readonly<Record<string, unknown>>) => {
    const path = `/v1/siem/destinations/${destination.destination_id}`;
    await client.call({ method: 'PATCH', path, body: { credentials }, version: destination.version });
    resources.invalidate('/v1/');
  });
  const set = Object.entries(destination.credentials);
  return (
    <div className="stack">
      <section className="card panel" aria-label="Credentials that are set">
        <h2>Set now</h2>
        {set.length === 0 && <p className="muted">None.</p>}
        <ul className="credential-list">
          {set.map(([field, { fingerprint }]) => (
            <li key={field}>
              <code>{field}</code>
              <span className="muted">
                fingerprint <code>{fingerprint}</code>
              </span>
              {mayWrite && (
                <Button
                  className="button small"
                  isPending={save.running}
                  onPress={() => void save.run({ [field]: null })}
                >
                  Remove
                </Button>
              )}
            </li>
          ))}
        </ul>
        <p className="muted">
          Sealed in the store, opened just before a send, and in no answer, log or event. The same fingerprint
          means the same secret.
        </p>
      </section>
      {save.problem !== undefined && <ProblemNotice problem={save.problem} />}
      {mayWrite && (
        <form
          className="card panel"
          aria-label="New credentials"
          onSubmit={(event) => {
            event.preventDefault();
            void save.run(given);
          }}
        >
          <h2>Replace</h2>
          <p className="muted">
            Fields that stay empty keep their value. Test afterwards: the next send uses the new ones.
          </p>
          <SchemaForm
            fields={fields}
            values={values}
            at="/credentials"
            problem={save.problem}
            onChange={setValues}
          />
          <div className="actions">
            <Button
              type="submit"
              className="button primary"
              isDisabled={Object.keys(given).length === 0}
              isPending={save.running}
            >
              Replace
            </Button>
          </div>
        </form>
      )}
    </div>
  );
}
