import type { FocusEvent, KeyboardEvent, MouseEvent, ReactNode } from 'react';
import { useId, useRef } from 'react';
import { placeBelow } from '../drawing/place-below';

/** Attributes of a control that does nothing now. It stays in the tab order, so that its reason can be read. */
interface UnavailableAttributes {
  'aria-disabled'?: true;
  'aria-describedby'?: string;
  title?: string;
  onFocus?: (event: FocusEvent<HTMLElement>) => void;
  onBlur?: () => void;
  onPointerLeave?: () => void;
  onMouseDownCapture?: (event: MouseEvent<HTMLElement>) => void;
  onClickCapture?: (event: MouseEvent<HTMLElement>) => void;
  onKeyDownCapture?: (event: KeyboardEvent<HTMLElement>) => void;
}

/**
 * Makes a button, list or box unavailable for a reason; undefined: available. The reason is its accessible description, and
 * is shown beside it on focus, on a click and on a tap. The control needs `attributes` after its own, and `note` beside it.
 */
export function useUnavailable(reason: string | undefined): {
  attributes: UnavailableAttributes;
  note: ReactNode;
} {
  const id = useId();
  const note = useRef<HTMLSpanElement>(null);
  if (reason === undefined) return { attributes: {}, note: null };

  function show(control: HTMLElement): void {
    if (note.current === null || note.current.matches(':popover-open')) return;
    note.current.showPopover();
    placeBelow(control, note.current);
  }
  const hide = () => note.current?.hidePopover();

  return {
    attributes: {
      'aria-disabled': true,
      'aria-describedby': id,
      title: reason,
      onFocus: ({ currentTarget }) => {
        if (currentTarget.matches(':focus-visible')) show(currentTarget);
      },
      onBlur: hide,
      onPointerLeave: hide,
      onMouseDownCapture(event) {
        // A list would open.
        if (!(event.currentTarget instanceof HTMLSelectElement)) return;
        event.preventDefault();
        event.currentTarget.focus();
      },
      onClickCapture(event) {
        event.preventDefault();
        event.stopPropagation();
        show(event.currentTarget);
      },
      onKeyDownCapture(event) {
        if (event.key === 'Escape') hide();
        const isList = event.currentTarget instanceof HTMLSelectElement;
        if (isList && event.key !== 'Tab' && event.key !== 'Escape') event.preventDefault();
      },
    },
    note: (
      <span ref={note} id={id} className="reason" popover="auto">
        {reason}
      </span>
    ),
  };
}
