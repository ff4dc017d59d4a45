import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import { Dialog } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import type { ApiProblem } from '../api/api-problem.ts';
import { ProblemNotice } from './problem-notice.tsx';

export interface ConfirmDialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Says the effect. */
  readonly children: ReactNode;
  /** The verb of the act, never "OK". */
  readonly verb: string;
  readonly danger?: boolean;
  readonly running?: boolean;
  readonly disabled?: boolean;
  readonly problem?: ApiProblem | undefined;
  readonly onConfirm: () => void;
}

/** Asks before an act: what it will do, a verb to do it, Escape to leave it. */
export function ConfirmDialog(props: ConfirmDialogProps): ReactNode {
  return (
    <ModalOverlay
      className="overlay"
      isOpen={props.isOpen}
      isDismissable
      onOpenChange={(open) => {
        if (!open) props.onClose();
      }}
    >
      <Modal className="modal">
        <Dialog className="dialog">
          <form
            onSubmit={(event) => {
              event.preventDefault();
              props.onConfirm();
            }}
          >
            <Heading slot="title">{props.title}</Heading>
            <div className="dialog-body">{props.children}</div>
            {props.problem !== undefined && <ProblemNotice problem={props.problem} />}
            <div className="dialog-acts">
              <Button className="button" onPress={props.onClose}>
                Cancel
              </Button>
              <Button
                type="submit"
                className={props.danger === true ? 'button danger' : 'button primary'}
                data-pending={props.running === true || undefined}
                isDisabled={props.disabled ?? false}
              >
                {props.verb}
              </Button>
            </div>
          </form>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
