import type { ReactNode } from 'react';
import type { OnDemand } from '../store/core/on-demand';
import { Busy } from './busy';

interface DemandProps {
  /** What would be computed. */
  readonly id: string;
  readonly state: Pick<OnDemand<unknown>, 'running' | 'progress' | 'failed'>;
  /** What is being done, while it is. */
  readonly doing: string;
  /** What the button does. */
  readonly action: string;
  readonly onRun: () => void;
  readonly onCancel: () => void;
  /** Beside the button. */
  readonly children?: ReactNode;
}

/** Something that is computed only when asked for: a button, how far it is, or why it failed. */
export function ComputeButton({ id, state, doing, action, onRun, onCancel, children }: DemandProps) {
  const { running, progress, failed } = state;
  if (running === id) return <Busy label={doing} progress={progress} onCancel={onCancel} />;
  const failure = failed?.key === id ? failed.failure : undefined;
  return (
    <>
      {failure && (
        <p className="problem" role="alert">
          {failure.message}
        </p>
      )}
      <div className="row demand">
        <button type="button" className="button" onClick={onRun}>
          {failure ? 'Try again' : action}
        </button>
        {children && <p className="hint">{children}</p>}
      </div>
    </>
  );
}
