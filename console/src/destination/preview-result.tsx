import type { ReactNode } from 'react';
import type { Preview } from '../api/api-types.ts';
import { CopyButton } from '../elements/copy-button.tsx';
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
          <div className="panel-head">
            <h2>Body</h2>
            <CopyButton text={request.body} what="the body" />
          </div>
          <pre className="code wrap" tabIndex={0} aria-label="Body, exactly">
            {request.body}
          </pre>
        </>
      )}
    </section>
  );
}
