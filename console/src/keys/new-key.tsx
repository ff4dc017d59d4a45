import { type ReactNode, useId, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { Scope } from '../../../src/api/scopes.ts';
import { useServices } from '../api/console-services.ts';
import { useAction } from '../api/use-action.ts';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { useSession } from '../session/session.ts';
import { ROLES, SCOPE_WORDS } from './scope-words.ts';

const DAY_MS = 86_400_000;
/** How long a key may live; the first is what we advise. */
const LIFETIMES: readonly { readonly days: number; readonly title: string }[] = [
  { days: 90, title: '90 days' },
  { days: 365, title: 'a year' },
  { days: 0, title: 'no end' },
];

export interface MadeKey {
  readonly api_key_id: string;
  readonly key: string;
}

/** Asks for a key: for whom, for what, for how long. */
export function NewKey({
  onMade,
  onClose,
}: {
  onMade: (key: MadeKey) => void;
  onClose: () => void;
}): ReactNode {
  const { client, resources } = useServices();
  const { session } = useSession();
  const ids = useId();
  const [name, setName] = useState('');
  const [workspace, setWorkspace] = useState(session.workspace_id ?? '');
  const [scopes, setScopes] = useState<ReadonlySet<Scope>>(new Set(ROLES[1]?.scopes));
  const [days, setDays] = useState(90);
  const make = useAction(async () => {
    const made = await client.call<MadeKey>({
      method: 'POST',
      path: '/v1/api-keys',
      body: {
        name: name.trim(),
        scopes: [...scopes],
        ...(workspace.trim() === '' ? {} : { workspace_id: workspace.trim() }),
        ...(days === 0 ? {} : { expires_at: new Date(Date.now() + days * DAY_MS).toISOString() }),
      },
    });
    resources.invalidate('/v1/api-keys');
    onMade(made);
  });
  return (
    <form
      className="card new-key"
      onSubmit={(event) => {
        event.preventDefault();
        void make.run();
      }}
    >
      <h3>New API key</h3>
      <div className="key-fields">
        <div>
          <label htmlFor={`${ids}name`}>Name</label>
          <input
            id={`${ids}name`}
            value={name}
            required
            maxLength={200}
            autoComplete="off"
            placeholder="who or what will use it"
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </div>
        <div>
          <label htmlFor={`${ids}workspace`}>Workspace</label>
          <input
            id={`${ids}workspace`}
            value={workspace}
            maxLength={256}
            autoComplete="off"
            placeholder="every workspace"
            disabled={session.workspace_id !== null}
            onChange={(event) => setWorkspace(event.currentTarget.value)}
          />
        </div>
        <div>
          <label htmlFor={`${ids}days`}>Ends after</label>
          <select
            id={`${ids}days`}
            value={days}
            onChange={(event) => setDays(Number(event.currentTarget.value))}
          >
            {LIFETIMES.map((lifetime) => (
              <option key={lifetime.days} value={lifetime.days}>
                {lifetime.title}
              </option>
            ))}
          </select>
        </div>
        <div>
          <label htmlFor={`${ids}role`}>As</label>
          <select
            id={`${ids}role`}
            value={ROLES.findIndex((role) => sameScopes(role.scopes, scopes))}
            onChange={(event) =>
              setScopes(new Set(ROLES[Number(event.currentTarget.value)]?.scopes ?? scopes))
            }
          >
            <option value={-1}>Own choice</option>
            {ROLES.map(({ title }, index) => (
              <option key={title} value={index}>
                {title}
              </option>
            ))}
          </select>
        </div>
      </div>
      <fieldset className="scopes">
        <legend>May</legend>
        {Object.entries(SCOPE_WORDS).map(([scope, words]) => (
          <label key={scope}>
            <input
              type="checkbox"
              checked={scopes.has(scope as Scope)}
              onChange={(event) => setScopes(toggled(scopes, scope as Scope, event.currentTarget.checked))}
            />
            <span>
              {words} <code className="muted">{scope}</code>
            </span>
          </label>
        ))}
      </fieldset>
      {make.problem !== undefined && <ProblemNotice problem={make.problem} />}
      <div className="actions">
        <Button
          type="submit"
          className="button primary"
          data-pending={make.running || undefined}
          isDisabled={name.trim() === '' || scopes.size === 0}
        >
          Make the key
        </Button>
        <Button className="button" onPress={onClose}>
          Close
        </Button>
      </div>
    </form>
  );
}

function sameScopes(one: readonly Scope[], other: ReadonlySet<Scope>): boolean {
  return one.length === other.size && one.every((scope) => other.has(scope));
}

function toggled(before: ReadonlySet<Scope>, scope: Scope, isOn: boolean): ReadonlySet<Scope> {
  const after = new Set(before);
  if (isOn) after.add(scope);
  else after.delete(scope);
  return after;
}
