import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Dialog } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { Icon } from './icon.tsx';
import { useShortcut, useShortcuts } from './shortcuts.tsx';

/** The sheet of keys that `?` opens: those of the page on show. */
export function HelpDialog(): ReactNode {
  const [open, setOpen] = useState(false);
  const registry = useShortcuts();
  useShortcut('?', 'Show this sheet', () => setOpen(true));
  return (
    <>
      <Button className="button quiet" onPress={() => setOpen(true)} aria-label="Keyboard shortcuts">
        <Icon name="help" />
      </Button>
      <ModalOverlay className="overlay" isOpen={open} onOpenChange={setOpen} isDismissable>
        <Modal className="modal">
          <Dialog className="dialog">
            <Heading slot="title">Keys</Heading>
            <dl className="keys">
              {registry.all().map(({ keys, title }) => (
                <div key={keys}>
                  <dt>
                    {keys.split(' ').map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{title}</dd>
                </div>
              ))}
            </dl>
            <p className="muted">
              Also over <a href="/docs">REST</a> and the command line: <code>aegis-siem help</code>.
            </p>
            <div className="dialog-acts">
              <Button className="button" slot="close">
                Close
              </Button>
            </div>
          </Dialog>
        </Modal>
      </ModalOverlay>
    </>
  );
}
