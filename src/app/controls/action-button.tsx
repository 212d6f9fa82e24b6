import type { ComponentProps } from 'react';
import { useUnavailable } from './unavailable';

interface ActionButtonProps extends Omit<ComponentProps<'button'>, 'disabled' | 'aria-disabled'> {
  /** Why the button does nothing now; undefined: it works. */
  readonly unavailable: string | undefined;
}

/** A button that can be unavailable: it then stays focusable and says why. */
export function ActionButton({ unavailable, type = 'button', children, ...button }: ActionButtonProps) {
  const { attributes, note } = useUnavailable(unavailable);
  return (
    <>
      <button type={type} {...button} {...attributes}>
        {children}
      </button>
      {note}
    </>
  );
}
