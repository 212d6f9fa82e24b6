import type { ComponentProps } from 'react';
import { useUnavailable } from './unavailable';

interface CheckBoxProps extends Omit<ComponentProps<'input'>, 'type' | 'disabled' | 'aria-disabled'> {
  /** Why it cannot be changed now; undefined: it can. */
  readonly unavailable: string | undefined;
}

/** A check box that can be unavailable: it then stays focusable and says why. */
export function CheckBox({ unavailable, ...box }: CheckBoxProps) {
  const { attributes, note } = useUnavailable(unavailable);
  return (
    <>
      <input type="checkbox" {...box} {...attributes} />
      {note}
    </>
  );
}
