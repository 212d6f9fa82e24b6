import { useEffect, useState } from 'react';
import type { ActivityName } from '../../../lessons/format';
import { useAppState } from '../../store/use-app';

const kept = new Map<ActivityName, unknown>();

/**
 * State of an activity that goes on from step to step of a lesson. It begins afresh in the first step that has the activity, unless
 * that step was done before.
 */
export function useKept<T>(activity: ActivityName, initial: T): [T, (change: (before: T) => T) => void] {
  const begins = useAppState(({ lesson: { lesson, records }, view }) => {
    const first = lesson?.steps.findIndex((step) => step.activity === activity) ?? -1;
    return first === view.step - 1 && records[first]?.done !== true;
  });
  const [state, setState] = useState<T>(() => (begins ? initial : ((kept.get(activity) as T) ?? initial)));
  useEffect(() => void kept.set(activity, state), [activity, state]);
  return [state, setState];
}
