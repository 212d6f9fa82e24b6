import type { ReactNode } from 'react';
import type { JobFailure } from '../../engine/jobs';

interface CellProps {
  /** Name of the model, shown when columns stand one below the other. */
  readonly title: string;
  readonly stale?: boolean;
  readonly failure?: JobFailure | undefined;
  readonly children: ReactNode;
}

/** One model's result in a row of results. */
export function ResultCell({ title, stale = false, failure, children }: CellProps) {
  return (
    <div className="try-cell" role="group" aria-label={title} data-stale={stale}>
      <h4 className="try-cell-title">{title}</h4>
      {children}
      {failure && (
        <p className="problem-box" role="alert">
          {failure.message}
        </p>
      )}
    </div>
  );
}
