import { useEffect } from 'react';
import { useAppState } from '../store/use-app';
import { LessonPanel } from './lesson-panel';
import { TourCard } from './tour-card';
import { useLesson } from './use-lesson';
import '../styles/lesson.css';

/** Carries out requests for lessons, and shows the one that runs. */
export function LessonHost() {
  const lessons = useLesson();
  const asked = useAppState(({ lesson }) => lesson.asked);
  const running = useAppState(({ lesson }) => lesson.phase === 'running');
  const tour = useAppState(({ lesson }) => lesson.lesson?.tour === true);
  const language = useAppState((state) => state.language);

  useEffect(() => {
    if (asked) void lessons.open(asked);
  }, [lessons, asked]);
  useEffect(() => void lessons.translate(language), [lessons, language]);
  useEffect(() => {
    if (!running) return undefined;
    // The panel goes with the focus in it; where lessons are chosen is the nearest place that stays.
    return () => {
      requestAnimationFrame(() => {
        if (document.activeElement === document.body)
          document.querySelector<HTMLElement>('[data-control=lessons]')?.focus();
      });
    };
  }, [running]);

  if (!running) return null;
  return tour ? <TourCard /> : <LessonPanel />;
}
