import { type ReactNode, useState } from 'react';
import { useLocation } from 'wouter';
import { ApiProblem } from '../api/api-problem.ts';
import type { Destination } from '../api/api-types.ts';
import { useServices } from '../api/console-services.ts';
import { useAction } from '../api/use-action.ts';
import { ConfirmDialog } from '../elements/confirm-dialog.tsx';
import { countText } from '../elements/number-text.ts';
import { afterRefusal, type DeleteStep, deleteQuery } from './delete-steps.ts';

interface DeleteDialogProps {
  readonly destination: Destination;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

const FIRST: DeleteStep = { kind: 'ask' };

/**
 * Deletes a destination that nothing waits for at once. Else the API says what would be lost: skipping that needs a reason, and
 * then a second word, which the API takes only together with its own confirmation.
 */
export function DeleteDialog({ destination, isOpen, onClose }: DeleteDialogProps): ReactNode {
  const { client, resources } = useServices();
  const [, go] = useLocation();
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const [step, setStep] = useState(FIRST);
  const path = `/v1/siem/destinations/${destination.destination_id}`;

  const remove = useAction(async () => {
    const query = deleteQuery(step, reason.trim());
    try {
      await client.call({ method: 'DELETE', path: `${path}${query}`, version: destination.version });
    } catch (error) {
      const next = error instanceof ApiProblem ? afterRefusal(step, error.document) : undefined;
      if (next === undefined) throw error;
      setStep(next);
      return;
    }
    resources.invalidate('/v1/');
    go('/');
  });
  const close = (): void => {
    setStep(FIRST);
    setTyped('');
    remove.clear();
    onClose();
  };

  return (
    <ConfirmDialog
      title={`Delete ${destination.name}?`}
      isOpen={isOpen}
      onClose={close}
      verb={VERBS[step.kind]}
      danger
      running={remove.running}
      disabled={typed !== destination.name || (step.kind === 'busy' && reason.trim() === '')}
      problem={remove.problem}
      onConfirm={() => void remove.run()}
    >
      <p>
        It gets no further events, and its credentials are wiped. Its receipts and its audit trail stay. To
        stop sending for a while, pause it instead: events are kept then.
      </p>
      {step.kind !== 'ask' && (
        <div className="notice bad" role="status">
          <p>
            <strong>
              {countText(step.openRows, 'delivery', 'deliveries')} and{' '}
              {countText(step.deadLetters, 'dead letter')}
            </strong>{' '}
            {step.kind === 'busy'
              ? 'wait for it. Deleting gives them up: this SIEM will never get them from here.'
              : 'are given up for ever by the next click.'}
          </p>
        </div>
      )}
      {step.kind === 'busy' && (
        <label>
          Reason, kept with each of them
          <input
            value={reason}
            maxLength={1_000}
            required
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        </label>
      )}
      <label>
        <span>
          Type <code>{destination.name}</code> to go on
        </span>
        <input
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
    </ConfirmDialog>
  );
}

const VERBS: Readonly<Record<DeleteStep['kind'], string>> = {
  ask: 'Delete',
  busy: 'See what is given up',
  told: 'Give up and delete',
};
