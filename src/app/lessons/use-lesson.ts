import type { LessonActions } from '../store/lesson/lesson';
import { useApp } from '../store/use-app';
import { lessonActionsOf } from '../store/use-lesson';
import { factsOf } from './readings';

/** Returns the lesson actions of this page; creates them on first use. */
export const useLesson = (): LessonActions => lessonActionsOf(useApp(), factsOf);
