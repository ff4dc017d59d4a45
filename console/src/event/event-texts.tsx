import { type ReactNode, useState } from 'react';
import type { SentPlace, SentPlaces } from '../api/delivery-types.ts';
import { DifferenceTable } from './difference-table.tsx';
import { JsonView } from './json-view.tsx';

const PROOF_TEXTS: Readonly<Record<SentPlace['proof'], string>> = {
  same_bytes: 'Byte for byte as it was sent: the hash in the receipt is that of this text.',
  other_bytes:
    'Not the bytes that were sent: this text was made again by a newer release, and its hash differs from the receipt.',
  not_renderable: 'It cannot be made again: a key is missing, or the record gives no event.',
  epoch_unknown: 'It cannot be made again: nothing tells the name of its epoch any more.',
  hidden: 'Hidden: you have no right to see payloads.',
};

/** The record beside the event that a SIEM got of it, and where the events of two SIEMs differ. */
export function EventTexts({ sent }: { sent: SentPlaces }): ReactNode {
  const [chosen, setChosen] = useState(0);
  const place = sent.items[Math.min(chosen, sent.items.length - 1)];
  if (sent.record_text === null) {
    return (
      <p className="notice">
        What was decided is hidden: you may see that it was delivered, and not its content. The right for that
        is <code>payloads:read</code>.
      </p>
    );
  }
  return (
    <>
      <h2>What was decided, and what was sent</h2>
      <div className="texts">
        <JsonView text={sent.record_text} title="Attestation as recorded" />
        {place === undefined ? (
          <p className="muted">No SIEM has an event of it yet.</p>
        ) : (
          <div className="sent-text">
            {sent.items.length > 1 && (
              <label className="compared-one">
                Sent to{' '}
                <select value={chosen} onChange={(event) => setChosen(Number(event.currentTarget.value))}>
                  {sent.items.map((item, index) => (
                    <option key={`${item.destination_id} ${item.stream.seq}`} value={index}>
                      {placeTitle(item)}
                    </option>
                  ))}
                </select>
              </label>
            )}
            {place.event_text !== null && (
              <JsonView
                text={place.event_text}
                title={place.kind === 'tombstone' ? 'Tombstone as sent' : 'OCSF event as sent'}
              />
            )}
            <p className={place.proof === 'same_bytes' ? 'proof good' : 'proof wait'}>
              {PROOF_TEXTS[place.proof]}
            </p>
          </div>
        )}
      </div>
      <Differences
        items={sent.items.filter(({ kind, event_text: text }) => kind === 'event' && text !== null)}
      />
    </>
  );
}

function Differences({ items }: { items: readonly SentPlace[] }): ReactNode {
  const [left, setLeft] = useState(0);
  const [right, setRight] = useState(1);
  const one = items[left] ?? items[0];
  const other = items[right] ?? items[1];
  if (one === undefined || other === undefined) return null;
  const choice = (label: string, value: number, set: (index: number) => void): ReactNode => (
    <label className="compared-one">
      {label}{' '}
      <select value={value} onChange={(event) => set(Number(event.currentTarget.value))}>
        {items.map((item, index) => (
          <option key={`${item.destination_id} ${item.stream.seq}`} value={index}>
            {placeTitle(item)}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <section aria-labelledby="differences">
      <h2 id="differences">Where they differ</h2>
      <div className="compared">
        {choice('Between', left, setLeft)}
        {choice('and', right, setRight)}
      </div>
      <DifferenceTable left={one} right={other} />
    </section>
  );
}

function placeTitle({ destination_name: name, stream }: SentPlace): string {
  return `${name}, number ${stream.seq}`;
}
