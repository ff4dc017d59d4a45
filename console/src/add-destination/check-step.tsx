import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Link, useLocation } from 'wouter';
import type { Destination, Preview, TestVerdict } from '../api/api-types.ts';
import { useServices } from '../api/console-services.ts';
import { useAction } from '../api/use-action.ts';
import { PreviewResult } from '../destination/preview-result.tsx';
import { sampleAttestation } from '../destination/sample-attestation.ts';
import { TestResult } from '../destination/test-result.tsx';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { useMay } from '../session/session.ts';

/** A dry run with a sample, a real test with a named verdict, and the switch. */
export function CheckStep({ destination }: { destination: Destination }): ReactNode {
  const { client, resources } = useServices();
  const [, go] = useLocation();
  const [preview, setPreview] = useState<Preview>();
  const [verdict, setVerdict] = useState<TestVerdict>();
  const mayPreview = useMay('payloads:read');
  const path = `/v1/siem/destinations/${destination.destination_id}`;

  const dryRun = useAction(async () => {
    const attestation = sampleAttestation(destination.workspace_id);
    setPreview(
      await client.call<Preview>({ method: 'POST', path: `${path}/preview`, body: { attestation } }),
    );
  });
  const test = useAction(async () => {
    setVerdict(undefined);
    setVerdict(await client.call<TestVerdict>({ method: 'POST', path: `${path}/test`, body: {} }));
  });
  const enable = useAction(async () => {
    await client.call({ method: 'PATCH', path, body: { enabled: true }, version: destination.version });
    resources.invalidate('/v1/');
    go(`/destinations/${destination.destination_id}`);
  });

  return (
    <div className="stack">
      {mayPreview && (
        <section className="card panel" aria-label="Dry run">
          <div className="panel-head">
            <h3>Look at what would be sent</h3>
            <Button
              className="button"
              data-pending={dryRun.running || undefined}
              onPress={() => void dryRun.run()}
            >
              Dry run with a sample
            </Button>
          </div>
          {dryRun.problem !== undefined && <ProblemNotice problem={dryRun.problem} />}
          {preview === undefined ? (
            <p className="muted">
              The exact request for a made-up denied transfer. Nothing leaves this service.
            </p>
          ) : (
            <PreviewResult preview={preview} />
          )}
        </section>
      )}
      <section className="card panel" aria-label="Test">
        <div className="panel-head">
          <h3>Test the connection</h3>
          <Button
            className="button primary"
            data-pending={test.running || undefined}
            onPress={() => void test.run()}
          >
            {test.running ? 'Testing…' : verdict === undefined ? 'Send a test event' : 'Test again'}
          </Button>
        </div>
        {test.problem !== undefined && <ProblemNotice problem={test.problem} />}
        {verdict === undefined ? (
          <p className="muted">
            One event, marked as a test and without a number, through the real connection.
          </p>
        ) : (
          <TestResult verdict={verdict} type={destination.type} />
        )}
        {verdict?.ok === false && (
          <p>
            Mend it under <Link href={`/destinations/${destination.destination_id}/settings`}>settings</Link>{' '}
            or <Link href={`/destinations/${destination.destination_id}/credentials`}>credentials</Link>, then
            test again. If it is turned on as it is, its events are held and none is lost.
          </p>
        )}
      </section>
      <section className="card panel" aria-label="Turn on">
        <div className="panel-head">
          <h3>Turn it on</h3>
          <Button
            className={verdict?.ok === true ? 'button primary' : 'button'}
            data-pending={enable.running || undefined}
            onPress={() => void enable.run()}
          >
            Turn on
          </Button>
        </div>
        <p className="muted">
          From then on it gets every decision of <strong>{destination.workspace_id}</strong>. What was
          recorded before can be sent by a <Link href="/replays">replay</Link>.
        </p>
        {enable.problem !== undefined && <ProblemNotice problem={enable.problem} />}
      </section>
    </div>
  );
}
