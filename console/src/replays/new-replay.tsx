import { type ReactNode, useId, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { ReplayEffect } from '../api/api-types.ts';
import { useServices } from '../api/console-services.ts';
import { useAction } from '../api/use-action.ts';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { useDestinations } from '../list/use-destinations.ts';
import { EffectText } from './effect-text.tsx';
import { NEW_DRAFT, replayBody, type ReplayDraft, type ReplayKind } from './replay-form.ts';

const KINDS: readonly { readonly value: ReplayKind; readonly title: string }[] = [
  { value: 'range', title: 'Everything recorded in a time' },
  { value: 'missing', title: 'What has no trace here since a time' },
  { value: 'attestations', title: 'Named attestations' },
];

const PATH = '/v1/siem/replays';

/** Asks for a replay in two steps: what it would do, then the start of it. */
export function NewReplay({ onStarted, onClose }: { onStarted: () => void; onClose: () => void }): ReactNode {
  const { client, resources } = useServices();
  const { destinations } = useDestinations();
  const [draft, setDraft] = useState<ReplayDraft>(NEW_DRAFT);
  const [effect, setEffect] = useState<ReplayEffect>();
  const body = replayBody(draft);
  const look = useAction(async () => {
    const answer = await client.call<{ readonly effect: ReplayEffect }>({
      method: 'POST',
      path: PATH,
      body: { ...body, dry_run: true },
    });
    setEffect(answer.effect);
  });
  const start = useAction(async () => {
    await client.call({ method: 'POST', path: PATH, body });
    resources.invalidate(PATH);
    onStarted();
  });
  // A changed choice has another effect.
  const change = (part: Partial<ReplayDraft>): void => {
    setDraft({ ...draft, ...part });
    setEffect(undefined);
  };
  return (
    <form
      className="card new-replay"
      onSubmit={(event) => {
        event.preventDefault();
        if (body !== undefined) void look.run();
      }}
    >
      <h2>New replay</h2>
      <div className="replay-fields">
        <Field label="Destination">
          {(id) => (
            <select
              id={id}
              value={draft.destinationId}
              required
              onChange={(event) => change({ destinationId: event.currentTarget.value })}
            >
              <option value="">Choose…</option>
              {destinations
                .filter(({ state }) => state !== 'disabled')
                .map(({ destination_id: value, name }) => (
                  <option key={value} value={value}>
                    {name}
                  </option>
                ))}
            </select>
          )}
        </Field>
        <Field label="What">
          {(id) => (
            <select
              id={id}
              value={draft.kind}
              onChange={(event) => change({ kind: event.currentTarget.value as ReplayKind })}
            >
              {KINDS.map(({ value, title }) => (
                <option key={value} value={value}>
                  {title}
                </option>
              ))}
            </select>
          )}
        </Field>
        {draft.kind !== 'attestations' && (
          <Field label={draft.kind === 'range' ? 'Recorded from' : 'Since'}>
            {(id) => (
              <input
                id={id}
                type="datetime-local"
                required
                value={draft.from}
                onChange={(event) => change({ from: event.currentTarget.value })}
              />
            )}
          </Field>
        )}
        {draft.kind === 'range' && (
          <Field label="to (now, when empty)">
            {(id) => (
              <input
                id={id}
                type="datetime-local"
                value={draft.to}
                onChange={(event) => change({ to: event.currentTarget.value })}
              />
            )}
          </Field>
        )}
        <Field label="At most a second">
          {(id) => (
            <input
              id={id}
              type="number"
              min={1}
              max={10_000}
              placeholder="as fast as it takes them"
              value={draft.rate}
              onChange={(event) => change({ rate: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label="Reason">
          {(id) => (
            <input
              id={id}
              maxLength={1_000}
              placeholder="for the audit trail"
              value={draft.reason}
              onChange={(event) => change({ reason: event.currentTarget.value })}
            />
          )}
        </Field>
      </div>
      {draft.kind === 'attestations' && (
        <Field label="Attestation ids, one a line">
          {(id) => (
            <textarea
              id={id}
              required
              value={draft.ids}
              onChange={(event) => change({ ids: event.currentTarget.value })}
            />
          )}
        </Field>
      )}
      {effect !== undefined && <EffectText effect={effect} />}
      {look.problem !== undefined && <ProblemNotice problem={look.problem} />}
      {start.problem !== undefined && <ProblemNotice problem={start.problem} />}
      <div className="actions">
        {effect === undefined ? (
          <Button
            type="submit"
            className="button primary"
            data-pending={look.running || undefined}
            isDisabled={body === undefined}
          >
            Show the effect
          </Button>
        ) : (
          <Button
            className="button primary"
            data-pending={start.running || undefined}
            isDisabled={effect.records === 0}
            onPress={() => void start.run()}
          >
            Start the replay
          </Button>
        )}
        <Button className="button" onPress={onClose}>
          Close
        </Button>
      </div>
    </form>
  );
}

function Field({ label, children }: { label: string; children: (id: string) => ReactNode }): ReactNode {
  const id = useId();
  return (
    <div className="replay-field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}
