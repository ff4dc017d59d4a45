import { type ReactNode, useMemo, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { Destination } from '../api/api-types.ts';
import { useServices } from '../api/console-services.ts';
import { useAction } from '../api/use-action.ts';
import { useResource } from '../api/use-resource.ts';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { Skeleton } from '../elements/skeleton.tsx';
import { fieldsOf, type FormField } from '../form/form-field.ts';
import { bodyOf, type FormValues, pointerOf } from '../form/form-values.ts';
import { OPENAPI_PATH, type OpenApiDocument, schemasOfType } from '../form/json-schema.ts';
import { mistakeAt, SchemaForm } from '../form/schema-form.tsx';
import { useSession } from '../session/session.ts';
import type { Guide } from './guides.tsx';

export interface ConnectStepProps {
  readonly guide: Guide;
  readonly onMade: (destinationId: string) => void;
}

/** Instructions on one side, the fields of the type's schema on the other. Makes the destination disabled. */
export function ConnectStep({ guide, onMade }: ConnectStepProps): ReactNode {
  const { data: document, problem } = useResource<OpenApiDocument>(OPENAPI_PATH, Infinity);
  if (problem !== undefined) return <ProblemNotice problem={problem} />;
  return document === undefined ? (
    <Skeleton tall />
  ) : (
    <ConnectForm guide={guide} document={document} onMade={onMade} />
  );
}

function ConnectForm({
  guide,
  document,
  onMade,
}: ConnectStepProps & { document: OpenApiDocument }): ReactNode {
  const { client, resources } = useServices();
  const { workspace_id: ownWorkspace } = useSession().session;
  const [name, setName] = useState('');
  const [workspace, setWorkspace] = useState(ownWorkspace ?? '');
  const [config, setConfig] = useState<FormValues>({});
  const [credentials, setCredentials] = useState<FormValues>({});
  const parts = useMemo(() => partsOf(guide, document, config), [guide, document, config]);

  const make = useAction(async () => {
    const made = await client.call<Destination>({
      method: 'POST',
      path: '/v1/siem/destinations',
      body: {
        name: name.trim(),
        workspace_id: workspace.trim(),
        type: guide.type,
        enabled: false,
        config: bodyOf([...parts.main, ...parts.more], config),
        credentials: bodyOf([...parts.wanted, ...parts.other], credentials),
      },
    });
    resources.invalidate('/v1/');
    onMade(made.destination_id);
  });
  const common = { problem: make.problem, hints: guide.hints, placeholders: guide.placeholders };
  const moreIsWrong = [...parts.more, ...parts.other].some(
    (field) =>
      mistakeAt(make.problem, `/config${pointerOf(field)}`) !== undefined ||
      mistakeAt(make.problem, `/credentials${pointerOf(field)}`) !== undefined,
  );

  return (
    <form
      className="connect"
      onSubmit={(event) => {
        event.preventDefault();
        void make.run();
      }}
    >
      <aside className="guide">
        <h3>In {guide.title.split(',')[0]}</h3>
        {guide.steps}
      </aside>
      <div className="card panel">
        <h3>Here</h3>
        <PlainField
          label="Name"
          help="Unique in the workspace, such as splunk-prod."
          mistake={mistakeAt(make.problem, '/name')}
        >
          {(id) => (
            <input
              id={id}
              value={name}
              maxLength={200}
              required
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
        </PlainField>
        <PlainField
          label="Workspace"
          help="Decisions of this workspace go to it, and of no other."
          mistake={mistakeAt(make.problem, '/workspace_id')}
        >
          {(id) => (
            <input
              id={id}
              value={workspace}
              maxLength={256}
              required
              readOnly={ownWorkspace !== null}
              onChange={(event) => setWorkspace(event.currentTarget.value)}
            />
          )}
        </PlainField>
        <SchemaForm {...common} fields={parts.main} values={config} at="/config" onChange={setConfig} />
        <SchemaForm
          {...common}
          fields={parts.wanted}
          values={credentials}
          at="/credentials"
          onChange={setCredentials}
        />
        <details open={moreIsWrong ? true : undefined}>
          <summary>More settings and credentials</summary>
          <SchemaForm {...common} fields={parts.more} values={config} at="/config" onChange={setConfig} />
          <SchemaForm
            {...common}
            fields={parts.other}
            values={credentials}
            at="/credentials"
            onChange={setCredentials}
          />
        </details>
        {make.problem !== undefined && <ProblemNotice problem={make.problem} />}
        <div className="actions">
          <Button type="submit" className="button primary" data-pending={make.running || undefined}>
            Go on to the test
          </Button>
        </div>
      </div>
    </form>
  );
}

interface PlainFieldProps {
  readonly label: string;
  readonly help: string;
  readonly mistake: string | undefined;
  readonly children: (id: string) => ReactNode;
}

function PlainField({ label, help, mistake, children }: PlainFieldProps): ReactNode {
  const id = `add-${label.toLowerCase()}`;
  return (
    <div className="form-field">
      <div className="form-label">
        <label htmlFor={id}>{label}</label>
        <span className="form-required">required</span>
      </div>
      <div className="form-control">
        {children(id)}
        {mistake !== undefined && (
          <p className="form-mistake" role="alert">
            {mistake}
          </p>
        )}
      </div>
      <p className="form-help">{help}</p>
    </div>
  );
}

interface FormParts {
  readonly main: readonly FormField[];
  readonly more: readonly FormField[];
  readonly wanted: readonly FormField[];
  readonly other: readonly FormField[];
}

/** The guide says which fields come first and in which order; whatever else the schema has is folded away, never left out. */
function partsOf(guide: Guide, document: OpenApiDocument, values: FormValues): FormParts {
  const { config, credentials } = schemasOfType(document, guide.type);
  const [main, more] = split(fieldsOf(config), guide.main);
  const [wanted, other] = split(fieldsOf(credentials), guide.wanted(values));
  return { main, more, wanted, other };
}

function split(
  fields: readonly FormField[],
  first: readonly string[],
): readonly [readonly FormField[], readonly FormField[]] {
  const { in: chosen = [], out: rest = [] } = Object.groupBy(fields, (field) =>
    first.includes(pointerOf(field)) ? 'in' : 'out',
  );
  return [chosen.toSorted((a, b) => first.indexOf(pointerOf(a)) - first.indexOf(pointerOf(b))), rest];
}
