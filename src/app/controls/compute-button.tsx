import type { ReactNode } from 'react';
import type { OnDemand } from '../store/core/on-demand';
import { Busy } from './busy';

interface DemandProps {
  /** Key of the result to compute. */
  readonly id: string;
  readonly state: Pick<OnDemand<unknown>, 'running' | 'progress' | 'failed'>;
  /** Label of the progress bar. */
  readonly doing: string;
  /** Label of the button. */
  readonly action: string;
  readonly onRun: () => void;
  readonly onCancel: () => void;
  /** Hint beside the button. */
  readonly children?: ReactNode;
}

/** A button that computes a result on request; shows progress while running and the failure after one. */
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
