import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { CheckpointKey, Page } from '../api/api-types.ts';
import { useServices } from '../api/console-services.ts';
import { useAction } from '../api/use-action.ts';
import { useResource } from '../api/use-resource.ts';
import { ConfirmDialog } from '../elements/confirm-dialog.tsx';
import { CopyButton } from '../elements/copy-button.tsx';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { StateBadge } from '../elements/state-badge.tsx';
import { TimeText } from '../elements/time-text.tsx';
import { useMay } from '../session/session.ts';
import { Icon } from '../shell/icon.tsx';

const PATH = '/v1/siem/checkpoint-keys';

/** The keys that sign checkpoints: their public parts, to be kept by whoever verifies. */
export function CheckpointKeyList(): ReactNode {
  const { data, problem } = useResource<Page<CheckpointKey>>(PATH);
  const isAdmin = useMay('admin');
  const [isAsking, setIsAsking] = useState(false);
  return (
    <section aria-labelledby="checkpoint-keys" className="keys-part">
      <div className="part-head">
        <h2 id="checkpoint-keys">Checkpoint keys</h2>
        {isAdmin && (
          <Button className="button" onPress={() => setIsAsking(true)}>
            New signing key…
          </Button>
        )}
      </div>
      <p className="muted">
        Checkpoints in the SIEM are signed with these. Keep the public parts apart from this service: with
        them <code>aegis-siem verify</code> proves that an export is complete, without asking us.
      </p>
      {problem !== undefined && <ProblemNotice problem={problem} />}
      <ul className="checkpoint-keys">
        {data?.items.map((key) => (
          <li key={key.key_id} className="card">
            <div className="checkpoint-head">
              <code>{key.key_id}</code>
              {key.signs ? (
                <StateBadge tone="good">Signs now</StateBadge>
              ) : (
                <StateBadge tone="idle">Earlier</StateBadge>
              )}
              <span className="muted">
                {key.algorithm}, made <TimeText at={key.created_at} />
              </span>
              <span className="actions">
                <CopyButton text={key.public_key_pem} what="public key" />
                <a
                  className="button small"
                  href={`data:application/x-pem-file;base64,${btoa(key.public_key_pem)}`}
                  download={`checkpoint-key-${key.key_id}.pem`}
                >
                  <Icon name="download" /> Download
                </a>
              </span>
            </div>
            <pre tabIndex={0} role="region" aria-label={`Public key ${key.key_id}`}>
              <code>{key.public_key_pem}</code>
            </pre>
          </li>
        ))}
      </ul>
      {isAsking && <RotateDialog onClose={() => setIsAsking(false)} />}
    </section>
  );
}

function RotateDialog({ onClose }: { onClose: () => void }): ReactNode {
  const { client, resources } = useServices();
  const rotate = useAction(async () => {
    await client.call({ method: 'POST', path: PATH });
    resources.invalidate(PATH);
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      title="Make a new signing key?"
      verb="Make new key"
      running={rotate.running}
      problem={rotate.problem}
      onClose={onClose}
      onConfirm={() => void rotate.run()}
    >
      <p>
        Each stream goes over to it at its next checkpoint, which the key of now signs too: whoever has
        today’s public key can follow the change. Keep the new public part beside the old one.
      </p>
    </ConfirmDialog>
  );
}
