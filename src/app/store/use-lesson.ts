import type { App } from './app';
import { type LessonActions, type ReadFacts, createLesson } from './lesson/lesson';

const made = new WeakMap<App, LessonActions>();

/** Returns the lesson actions of the page; creates them on first use. @param factsOf reads the values that lessons speak of. */
export function lessonActionsOf(app: App, factsOf: ReadFacts): LessonActions {
  const known = made.get(app);
  if (known) return known;
  const actions = createLesson(app, factsOf);
  made.set(app, actions);
  return actions;
}
