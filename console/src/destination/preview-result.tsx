import { type ReactNode, useState } from 'react';
import type { Preview } from '../api/api-types.ts';
import { CopyButton } from '../elements/copy-button.tsx';
import { laidOutJson } from '../elements/laid-out-json.ts';
import { bytesText, numberText } from '../elements/number-text.ts';

const OUTCOMES: Readonly<Record<Preview['outcome'], { readonly tone: string; readonly text: string }>> = {
  sent: { tone: 'good', text: 'It would be sent.' },
  left_out: {
    tone: 'wait',
    text: 'The filter leaves it out: nothing would be sent, and it takes no number.',
  },
  refused: {
    tone: 'bad',
    text: 'It would become a dead letter. Shown is the tombstone that takes its place in the stream.',
  },
  held: { tone: 'bad', text: 'Nothing would be sent while the settings are as they are.' },
};

/** A request as the SIEM would get it, byte for byte before compression. */
export function PreviewResult({ preview }: { preview: Preview }): ReactNode {
  const { outcome, request, error, notes, stream, event_bytes: eventBytes } = preview;
  const { tone, text } = OUTCOMES[outcome];
  return (
    <section className="card panel" aria-label="Request" aria-live="polite">
      <div className={`notice ${tone}`}>
        <p>
          <strong>{text}</strong>{' '}
          {error !== null && (
            <>
              {error.message} <code>{error.code}</code>
            </>
          )}
        </p>
        {notes.map((note) => (
          <p key={note}>{note}</p>
        ))}
      </div>
      {request !== null && (
        <>
          <p className="muted">
            Number {numberText(stream.seq)} of epoch {stream.epoch} · {bytesText(request.body_bytes)} body
            {eventBytes !== null && <> · {bytesText(eventBytes)} event</>}
          </p>
          <pre className="code">
            <strong>
              {request.method} {request.url}
            </strong>
            {Object.entries(request.headers).map(([name, value]) => `\n${name}: ${value}`)}
          </pre>
          <BodyText body={request.body} />
        </>
      )}
    </section>
  );
}

/** Byte for byte, or laid out for reading where it is one JSON value. */
function BodyText({ body }: { body: string }): ReactNode {
  const [exact, setExact] = useState(false);
  const laidOut = laidOutJson(body);
  const isExact = exact || laidOut === undefined;
  return (
    <>
      <div className="panel-head">
        <h2>Body</h2>
        <div className="actions">
          {laidOut !== undefined && (
            <button
              type="button"
              className="button small"
              aria-pressed={isExact}
              onClick={() => setExact(!exact)}
            >
              {isExact ? 'Lay out' : 'Exact bytes'}
            </button>
          )}
          <CopyButton text={body} what="the exact body" />
        </div>
      </div>
      <pre
        className={isExact ? 'code wrap' : 'code'}
        tabIndex={0}
        aria-label={isExact ? 'Body, exactly' : 'Body, laid out'}
      >
        {isExact ? body : laidOut}
      </pre>
    </>
  );
}
