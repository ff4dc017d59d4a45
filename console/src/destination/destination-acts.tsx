import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { Destination, TestVerdict } from '../api/api-types.ts';
import { useServices } from '../api/console-services.ts';
import { useAction } from '../api/use-action.ts';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { useMay } from '../session/session.ts';
import { Icon } from '../shell/icon.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { TestResult } from './test-result.tsx';

/** Test, pause or resume, enable, delete. */
export function DestinationActs({ destination }: { destination: Destination }): ReactNode {
  const { client, resources } = useServices();
  const [verdict, setVerdict] = useState<TestVerdict>();
  const [deleting, setDeleting] = useState(false);
  const mayWrite = useMay('destinations:write');
  const path = `/v1/siem/destinations/${destination.destination_id}`;
  const { version, state } = destination;

  const test = useAction(async () => {
    setVerdict(undefined);
    setVerdict(await client.call<TestVerdict>({ method: 'POST', path: `${path}/test`, body: {} }));
    resources.invalidate('/v1/audit');
  });
  const change = useAction(async (word: 'pause' | 'resume' | 'enable') => {
    await (word === 'enable'
      ? client.call({ method: 'PATCH', path, body: { enabled: true }, version })
      : client.call({ method: 'POST', path: `${path}/${word}`, body: {}, version }));
    resources.invalidate('/v1/');
  });

  if (!mayWrite) return null;
  const problem = test.problem ?? change.problem;
  return (
    <>
      <Button className="button" data-pending={test.running || undefined} onPress={() => void test.run()}>
        {test.running ? 'Testing…' : 'Test'}
      </Button>
      {state === 'active' && (
        <Button
          className="button"
          data-pending={change.running || undefined}
          onPress={() => void change.run('pause')}
        >
          <Icon name="pause" /> Pause
        </Button>
      )}
      {state === 'paused' && (
        <Button
          className="button primary"
          data-pending={change.running || undefined}
          onPress={() => void change.run('resume')}
        >
          <Icon name="play" /> Resume
        </Button>
      )}
      {state === 'disabled' && (
        <Button
          className="button primary"
          data-pending={change.running || undefined}
          onPress={() => void change.run('enable')}
        >
          <Icon name="play" /> Enable
        </Button>
      )}
      <Button className="button" onPress={() => setDeleting(true)}>
        Delete…
      </Button>
      {verdict !== undefined && (
        <TestResult verdict={verdict} type={destination.type} onClose={() => setVerdict(undefined)} />
      )}
      {problem !== undefined && (
        <div className="actions-note">
          <ProblemNotice problem={problem} />
        </div>
      )}
      <DeleteDialog destination={destination} isOpen={deleting} onClose={() => setDeleting(false)} />
    </>
  );
}
