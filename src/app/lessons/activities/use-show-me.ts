import { useEffect, useRef } from 'react';
import { useAppState } from '../../store/use-app';

/**
 * Does what Show me asks of an activity: one thing after another, as a person would, until the step is done or there is nothing left.
 * @param press how often Show me was pressed in this step.
 * @param next does the next thing; false if there is none.
 */
export function useShowMe(press: number, next: () => boolean, everyMs: number): void {
  const done = useAppState(({ lesson, view }) => lesson.records[view.step - 1]?.done === true);
  const latest = useRef(next);
  useEffect(() => {
    latest.current = next;
  });
  useEffect(() => {
    if (press === 0 || done) return undefined;
    latest.current();
    const timer = setInterval(() => {
      if (!latest.current()) clearInterval(timer);
    }, everyMs);
    return () => clearInterval(timer);
  }, [press, done, everyMs]);
}
