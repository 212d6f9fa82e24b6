/*
 * Room `controls`: components that several rooms use: dialog, popover, segments, fields, icons, progress. Imports `words`
 * and the store, no stage.
 */

import type { ReactNode } from 'react';
import { useEffect, useId, useRef } from 'react';
import { CloseIcon } from './icons';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** A modal dialog, open while mounted. Escape, its close button and a click outside close it. */
export function Dialog({ title, onClose, wide = false, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const closed = useRef(onClose);
  const heading = useId();

  useEffect(() => {
    closed.current = onClose;
  });

  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return undefined;
    const before = document.activeElement;
    if (!dialog.open) dialog.showModal();
    const onMouseDown = (event: MouseEvent) => {
      if (event.target !== dialog) return;
      // Else the press takes the focus away from where it was before.
      event.preventDefault();
      dialog.close();
    };
    dialog.addEventListener('mousedown', onMouseDown);
    // The event `close` waits for the next frame, and a key pressed before that would not open the dialog again.
    const observer = new MutationObserver(() => {
      if (!dialog.open) closed.current();
    });
    observer.observe(dialog, { attributeFilter: ['open'] });
    return () => {
      observer.disconnect();
      dialog.removeEventListener('mousedown', onMouseDown);
      // The browser restores focus only when a dialog is closed, not when it is removed.
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);

  return (
    <dialog ref={ref} className={wide ? 'dialog wide' : 'dialog'} aria-labelledby={heading}>
      <div className="dialog-body">
        <header className="dialog-head">
          <h2 id={heading}>{title}</h2>
          <button
            type="button"
            className="icon-button"
            aria-label="Close"
            onClick={() => ref.current?.close()}
          >
            <CloseIcon />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
