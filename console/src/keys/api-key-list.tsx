import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { ApiKey, Page } from '../api/api-types.ts';
import { useServices } from '../api/console-services.ts';
import { useAction } from '../api/use-action.ts';
import { useResource } from '../api/use-resource.ts';
import { ConfirmDialog } from '../elements/confirm-dialog.tsx';
import { CopyButton } from '../elements/copy-button.tsx';
import { useNow } from '../elements/now.tsx';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { StateBadge } from '../elements/state-badge.tsx';
import { AgeText, TimeText } from '../elements/time-text.tsx';
import { visible } from '../event/json-tokens.ts';
import { Pager } from '../list/pager.tsx';
import { apiPath, useQueryFilter } from '../list/query-filter.ts';
import { useRowKeys } from '../shell/use-row-keys.ts';
import { type MadeKey, NewKey } from './new-key.tsx';

const PATH = '/v1/api-keys';
const PAGE_ITEMS = 50;

/** The API keys: who has one, what it may do, when it was used; made (shown once) and revoked here. */
export function ApiKeyList(): ReactNode {
  const filter = useQueryFilter([]);
  const { data, problem } = useResource<Page<ApiKey>>(
    apiPath(PATH, { limit: PAGE_ITEMS, cursor: filter.cursor }),
  );
  const rows = useRowKeys<HTMLTableElement>();
  const [isOpen, setIsOpen] = useState(false);
  const [made, setMade] = useState<MadeKey>();
  const [revoking, setRevoking] = useState<ApiKey>();
  return (
    <section aria-labelledby="api-keys" className="keys-part">
      <div className="part-head">
        <h2 id="api-keys">API keys</h2>
        {!isOpen && (
          <Button className="button primary" onPress={() => setIsOpen(true)}>
            New key…
          </Button>
        )}
      </div>
      {made !== undefined && (
        <div className="notice good" role="status">
          <p>
            <strong>Copy it now: it is shown this once.</strong> Only its hash is kept.
          </p>
          <p className="made-key">
            <code>{made.key}</code> <CopyButton text={made.key} what="API key" />
          </p>
        </div>
      )}
      {isOpen && (
        <NewKey
          onClose={() => setIsOpen(false)}
          onMade={(key) => {
            setMade(key);
            setIsOpen(false);
          }}
        />
      )}
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {data !== undefined && (
        <div className="card list-card">
          <div className="table-scroll">
            <table className="list as-cards" ref={rows}>
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">Workspace</th>
                  <th scope="col">May</th>
                  <th scope="col">State</th>
                  <th scope="col">Used</th>
                  <th scope="col">Made</th>
                  <th scope="col">
                    <span className="unseen">Acts</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.items.map((key) => (
                  <KeyRow key={key.api_key_id} apiKey={key} onRevoke={() => setRevoking(key)} />
                ))}
              </tbody>
            </table>
          </div>
          <Pager cursor={filter.cursor} next={data.next_cursor} onGo={filter.goTo} />
        </div>
      )}
      {revoking !== undefined && <RevokeDialog apiKey={revoking} onClose={() => setRevoking(undefined)} />}
    </section>
  );
}

function KeyRow({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke: () => void }): ReactNode {
  const nowMs = useNow();
  const { revoked_at: revokedAt, expires_at: expiresAt, last_used_at: usedAt } = apiKey;
  const isOver = expiresAt !== null && Date.parse(expiresAt) <= nowMs;
  return (
    <tr tabIndex={-1} data-row="">
      <td className="lead-cell">
        <strong>{visible(apiKey.name)}</strong>
      </td>
      <td data-label="Workspace">{apiKey.workspace_id ?? <span className="muted">every one</span>}</td>
      <td data-label="May" className="key-scopes">
        {apiKey.scopes.join(', ')}
      </td>
      <td data-label="State">
        {revokedAt !== null ? (
          <StateBadge tone="idle">Revoked</StateBadge>
        ) : isOver ? (
          <StateBadge tone="idle">Ended</StateBadge>
        ) : (
          <>
            <StateBadge tone="good">Valid</StateBadge>
            {expiresAt !== null && (
              <span className="muted key-end">
                ends <AgeText at={expiresAt} />
              </span>
            )}
          </>
        )}
      </td>
      <td data-label="Used">{typeof usedAt === 'string' ? <AgeText at={usedAt} /> : 'never'}</td>
      <td data-label="Made">
        <TimeText at={apiKey.created_at} />
      </td>
      <td className="above">
        {revokedAt === null && !isOver && (
          <Button className="button small" aria-label={`Revoke ${apiKey.name}`} onPress={onRevoke}>
            Revoke…
          </Button>
        )}
      </td>
    </tr>
  );
}

function RevokeDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }): ReactNode {
  const { client, resources } = useServices();
  const revoke = useAction(async () => {
    await client.call({ method: 'DELETE', path: `${PATH}/${apiKey.api_key_id}` });
    resources.invalidate(PATH);
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      title={`Revoke “${apiKey.name}”?`}
      verb="Revoke key"
      danger
      running={revoke.running}
      problem={revoke.problem}
      onClose={onClose}
      onConfirm={() => void revoke.run()}
    >
      <p>
        Whatever uses it is refused from the next request on, and its browser sessions end. This cannot be
        taken back; make another key instead.
      </p>
      <p className="muted">
        {typeof apiKey.last_used_at === 'string' ? (
          <>
            Last used <AgeText at={apiKey.last_used_at} />.
          </>
        ) : (
          'It was never used.'
        )}
      </p>
    </ConfirmDialog>
  );
}
