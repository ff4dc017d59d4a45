import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { Destination, Preview } from '../api/api-types.ts';
import { useServices } from '../api/console-services.ts';
import { useAction } from '../api/use-action.ts';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { PreviewResult } from './preview-result.tsx';
import { sampleAttestation } from './sample-attestation.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const FIELD = 'preview-attestation';

/** The exact request that an attestation would give: one that is recorded, or one of the reader's own. Nothing is sent. */
export function PreviewPart({ destination }: { destination: Destination }): ReactNode {
  const { client } = useServices();
  const [text, setText] = useState(() => sampleAttestation(destination.workspace_id));
  const [preview, setPreview] = useState<Preview>();
  const show = useAction(async () => {
    setPreview(undefined);
    const given = text.trim();
    setPreview(
      await client.call<Preview>({
        method: 'POST',
        path: `/v1/siem/destinations/${destination.destination_id}/preview`,
        body: UUID.test(given) ? { attestation_id: given.toLowerCase() } : { attestation: given },
      }),
    );
  });
  return (
    <div className="stack">
      <form
        className="card panel"
        onSubmit={(event) => {
          event.preventDefault();
          void show.run();
        }}
      >
        <label htmlFor={FIELD}>
          <h2>An attestation, or the id of one that is recorded</h2>
        </label>
        <p className="muted">
          Shown is what would be sent, by the code that sends. Nothing is sent, and no number is used.
        </p>
        <textarea
          id={FIELD}
          rows={10}
          value={text}
          spellCheck={false}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <div className="actions">
          <Button type="submit" className="button primary" data-pending={show.running || undefined}>
            Show the request
          </Button>
          <Button className="button" onPress={() => setText(sampleAttestation(destination.workspace_id))}>
            Use the sample
          </Button>
        </div>
      </form>
      {show.problem !== undefined && <ProblemNotice problem={show.problem} />}
      {preview !== undefined && <PreviewResult preview={preview} />}
    </div>
  );
}
