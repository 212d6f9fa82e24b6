import type { ReactNode } from 'react';
import { useId, useRef, useState } from 'react';
import type { ControlName } from '../../recipe/controls';
import { placeBelow } from '../drawing/place-below';

interface PopoverProps {
  /** Its name, by which lessons point at it and links hide it. */
  readonly control?: ControlName;
  readonly className?: string;
  /** Accessible name of the button, if its content is not enough. */
  readonly name?: string;
  readonly label: ReactNode;
  readonly title: string;
  /** `id` is the panel's: a button with it as `popoverTarget` closes the panel. */
  readonly children: (id: string) => ReactNode;
}

/** A button that opens a panel below it. The browser closes the panel on Escape and on a click outside. */
export function Popover({ control, className, name, label, title, children }: PopoverProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);

  function place(): void {
    if (button.current === null || panel.current === null) return;
    placeBelow(button.current, panel.current);
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        data-control={control}
        className={className}
        aria-label={name}
        aria-expanded={open}
        aria-haspopup="dialog"
        popoverTarget={id}
      >
        {label}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={title}
        className="popover"
        onToggle={(event) => {
          setOpen(event.newState === 'open');
          if (event.newState === 'open') place();
        }}
      >
        {open && children(id)}
      </div>
    </>
  );
}
