import { type ReactNode, useId, useState } from 'react';
import { useServices } from '../api/console-services.ts';
import { useAction } from '../api/use-action.ts';
import { ConfirmDialog } from '../elements/confirm-dialog.tsx';
import { countText, numberText } from '../elements/number-text.ts';
import { Skeleton } from '../elements/skeleton.tsx';
import { type ChosenLetters, choiceBody, type LetterAct, type LetterChoice } from './letter-choice.ts';
import { useLetterEffect } from './use-letter-effect.ts';

/** Says first what a retry or skip would do, then does it, in as many calls as it takes. */
export function ActDialog({
  act,
  choice,
  onClose,
  onDone,
}: {
  act: LetterAct;
  choice: LetterChoice;
  onClose: () => void;
  onDone: (count: number) => void;
}): ReactNode {
  const { client, resources } = useServices();
  const reasonId = useId();
  const [reason, setReason] = useState('');
  const { effect, problem: lookProblem } = useLetterEffect(act, choice);
  const [done, setDone] = useState(0);
  const path = `/v1/siem/dead-letters/${act}`;
  const confirm = useAction(async () => {
    const body = { ...choiceBody(choice), ...(act === 'skip' ? { reason: reason.trim() } : {}) };
    // What a filter gives up is given up twice: the first answer has the confirmation for the second.
    const confirmation =
      act === 'skip' && choice.kind === 'filter'
        ? await client.call<{ readonly confirm: string }>({
            method: 'POST',
            path,
            body: { ...body, dry_run: true },
          })
        : undefined;
    let total = 0;
    for (;;) {
      const taken = await client.call<ChosenLetters>({
        method: 'POST',
        path,
        body: { ...body, ...(confirmation === undefined ? {} : { confirm: confirmation.confirm }) },
      });
      total += taken.count;
      setDone(total);
      // All that were named are done by one call; a filter may find more.
      if (!taken.more || taken.count === 0 || choice.kind === 'ids') break;
    }
    resources.invalidate('/v1/siem/');
    onDone(total);
  });
  const count = effect?.count ?? 0;
  const letters =
    effect?.more === true ? `${numberText(count)} or more dead letters` : countText(count, 'dead letter');
  return (
    <ConfirmDialog
      isOpen
      title={act === 'retry' ? 'Send them again?' : 'Give them up?'}
      verb={
        act === 'retry'
          ? `Retry ${effect === undefined ? '' : countWord(effect)}`
          : `Skip ${effect === undefined ? '' : countWord(effect)}`
      }
      danger={act === 'skip'}
      running={confirm.running}
      disabled={count === 0 || (act === 'skip' && reason.trim() === '')}
      problem={lookProblem ?? confirm.problem}
      onClose={onClose}
      onConfirm={() => void confirm.run()}
    >
      {effect === undefined ? (
        lookProblem === undefined && <Skeleton lines={2} />
      ) : count === 0 ? (
        <p>Nothing is left to {act}: they were dealt with meanwhile.</p>
      ) : act === 'retry' ? (
        <p>
          <strong>{letters}</strong> will be sent again under new numbers, with the same{' '}
          <code>metadata.uid</code> and marked as replayed. Mend first what the SIEM refused: else they come
          back here.
        </p>
      ) : (
        <p>
          <strong>{letters}</strong> will never be sent. Their places in the stream stay filled by tombstones;
          your reason and name are kept.
        </p>
      )}
      {act === 'skip' && (
        <div>
          <label htmlFor={reasonId}>Reason</label>
          <input
            id={reasonId}
            value={reason}
            maxLength={1_000}
            required
            autoComplete="off"
            placeholder="Why nobody needs them in the SIEM"
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        </div>
      )}
      {confirm.running && done > 0 && (
        <p role="status" className="muted">
          {countText(done, 'done', 'done')} …
        </p>
      )}
    </ConfirmDialog>
  );
}

function countWord({ count, more }: ChosenLetters): string {
  return more ? 'all' : numberText(count);
}
