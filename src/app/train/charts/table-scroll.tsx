import type { ReactNode } from 'react';

/** Room for a table that may be wider than its place; it takes the focus so that keys can scroll it. */
export function TableScroll({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="race-scroll" role="region" aria-label={name} tabIndex={0}>
      {children}
    </div>
  );
}
