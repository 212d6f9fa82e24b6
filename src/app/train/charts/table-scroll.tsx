import type { ReactNode } from 'react';

/** Scrolls a table that is too wide. It can be focused, so that keys scroll it. */
export function TableScroll({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="race-scroll" role="region" aria-label={name} tabIndex={0}>
      {children}
    </div>
  );
}
