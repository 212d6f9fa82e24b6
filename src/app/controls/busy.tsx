import { useEffect, useState } from 'react';
import type { Progress } from '../../engine/jobs';

/** True once `busy` has lasted `delay` ms, so that short work shows no progress bar. */
export function useDelayedBusy(busy: boolean, delay = 300): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!busy) return undefined;
    const timer = setTimeout(() => setLasting(true), delay);
    return () => {
      clearTimeout(timer);
      setLasting(false);
    };
  }, [busy, delay]);
  return busy && lasting;
}

interface BusyProps {
  readonly label: string;
  readonly progress?: Progress | undefined;
  readonly onCancel?: () => void;
}

/** A progress bar with a label and an optional Cancel button. */
export function Busy({ label, progress, onCancel }: BusyProps) {
  const words = progress?.label ?? label;
  return (
    <div className="busy">
      <progress
        aria-label={words}
        {...(progress?.fraction === undefined ? {} : { value: progress.fraction, max: 1 })}
      />
      <span className="busy-label">{words}</span>
      {onCancel && (
        <button type="button" className="link-button" onClick={onCancel}>
          Cancel
        </button>
      )}
    </div>
  );
}
