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
import { canStandBeside, credentialPatch } from './credential-change.ts';

/** New credentials, typed blind. They stand beside the old ones until they have delivered, unless one says "at once". */
export function NewCredentials({ destination }: { destination: Destination }): ReactNode {
  const { client, resources } = useServices();
  const { data: document } = useResource<OpenApiDocument>(OPENAPI_PATH, Infinity);
  const [values, setValues] = useState<FormValues>({});
  const [expiresAt, setExpiresAt] = useState('');
  const [atOnce, setAtOnce] = useState(false);
  const fields = useMemo(
    () => (document === undefined ? [] : fieldsOf(schemasOfType(document, destination.type).credentials)),
    [document, destination.type],
  );
  const given = bodyOf(fields, values);
  const beside = !atOnce && canStandBeside(destination, given);
  const save = useAction(async () => {
    const path = `/v1/siem/destinations/${destination.destination_id}`;
    const body = credentialPatch(given, expiresAt, beside);
    await client.call({ method: 'PATCH', path, body, version: destination.version });
    setValues({});
    setExpiresAt('');
    resources.invalidate('/v1/');
  });
  return (
    <form
      className="card panel"
      aria-label="New credentials"
      onSubmit={(event) => {
        event.preventDefault();
        void save.run();
      }}
    >
      <h2>Replace</h2>
      <p className="muted">
        {beside
          ? 'New ones stand beside the old until the SIEM has taken an event with them: a typing error holds nothing. Fields that stay empty keep their value.'
          : 'Used from the next send on. Test afterwards.'}
      </p>
      <SchemaForm
        fields={fields}
        values={values}
        at={beside ? '/next_credentials' : '/credentials'}
        problem={save.problem}
        onChange={setValues}
      />
      <div className="rule-line">
        <label>
          End, where it is known (UTC)
          <input
            type="date"
            value={expiresAt}
            onChange={(event) => setExpiresAt(event.currentTarget.value)}
          />
        </label>
        <label className="choice">
          <input
            type="checkbox"
            checked={atOnce}
            onChange={(event) => setAtOnce(event.currentTarget.checked)}
          />
          At once, such as after a leak
        </label>
      </div>
      {save.problem !== undefined && <ProblemNotice problem={save.problem} />}
      <div className="actions">
        <Button
          type="submit"
          className="button primary"
          isDisabled={Object.keys(given).length === 0}
          data-pending={save.running || undefined}
        >
          {beside ? 'Replace once they have delivered' : 'Replace at once'}
        </Button>
      </div>
    </form>
  );
}
