import type { ComponentProps } from 'react';
import { useUnavailable } from './unavailable';

interface ChoiceListProps extends Omit<ComponentProps<'select'>, 'disabled' | 'aria-disabled'> {
  /** Why nothing can be chosen now; undefined: it can. */
  readonly unavailable: string | undefined;
}

/** A drop-down list that can be unavailable: it then stays focusable and says why. */
export function ChoiceList({ unavailable, children, ...list }: ChoiceListProps) {
  const { attributes, note } = useUnavailable(unavailable);
  return (
    <>
      <select {...list} {...attributes}>
        {children}
      </select>
      {note}
    </>
  );
}
