import { type ReactNode, useState } from 'react';
import { useLocation } from 'wouter';
import { ApiProblem } from '../api/api-problem.ts';
import type { Destination } from '../api/api-types.ts';
import { useServices } from '../api/console-services.ts';
import { useAction } from '../api/use-action.ts';
import { ConfirmDialog } from '../elements/confirm-dialog.tsx';
import { countText } from '../elements/number-text.ts';

/** What the API says still depends on the destination. */
interface Busy {
  readonly openRows: number;
  readonly deadLetters: number;
}

interface DeleteDialogProps {
  readonly destination: Destination;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/**
 * Deletes in two steps: what is open is told by the API before anything happens, and skipping it needs a reason and the name of
 * the destination.
 */
export function DeleteDialog({ destination, isOpen, onClose }: DeleteDialogProps): ReactNode {
  const { client, resources } = useServices();
  const [, go] = useLocation();
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState<Busy>();
  const path = `/v1/siem/destinations/${destination.destination_id}`;

  const remove = useAction(async () => {
    const query =
      busy === undefined ? '' : `?${new URLSearchParams({ open: 'skip', reason: reason.trim() })}`;
    try {
      await client.call({ method: 'DELETE', path: `${path}${query}`, version: destination.version });
    } catch (error) {
      const found = error instanceof ApiProblem ? busyOf(error) : undefined;
      if (found === undefined || busy !== undefined) throw error;
      setBusy(found);
      return;
    }
    resources.invalidate('/v1/');
    go('/');
  });
  const close = (): void => {
    setBusy(undefined);
    setTyped('');
    remove.clear();
    onClose();
  };

  return (
    <ConfirmDialog
      title={`Delete ${destination.name}?`}
      isOpen={isOpen}
      onClose={close}
      verb={busy === undefined ? 'Delete' : 'Skip what is open and delete'}
      danger
      running={remove.running}
      disabled={typed !== destination.name || (busy !== undefined && reason.trim() === '')}
      problem={remove.problem}
      onConfirm={() => void remove.run()}
    >
      <p>
        It gets no further events, and its credentials are wiped. Its receipts and its audit trail stay. To
        stop sending for a while, pause it instead: events are kept then.
      </p>
      {busy !== undefined && (
        <>
          <div className="notice bad">
            <p>
              <strong>
                {countText(busy.openRows, 'event')} still {busy.openRows === 1 ? 'waits' : 'wait'} for it, and{' '}
                {countText(busy.deadLetters, 'dead letter')} {busy.deadLetters === 1 ? 'is' : 'are'}{' '}
                undecided.
              </strong>{' '}
              Deleting skips them: the SIEM will never get them from here.
            </p>
          </div>
          <label>
            Reason, kept with each of them
            <input
              value={reason}
              maxLength={1_000}
              required
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          </label>
        </>
      )}
      <label>
        Type <code>{destination.name}</code> to go on
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

function busyOf({ code, document }: ApiProblem): Busy | undefined {
  if (code !== 'destination_busy') return undefined;
  const { open_rows: openRows, dead_letters: deadLetters } = document as {
    open_rows?: unknown;
    dead_letters?: unknown;
  };
  return {
    openRows: typeof openRows === 'number' ? openRows : 0,
    deadLetters: typeof deadLetters === 'number' ? deadLetters : 0,
  };
}
