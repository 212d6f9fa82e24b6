import type { Store } from '../core/store';
import { patch } from '../core/store';
import type { AskedLesson, WithLesson } from '../state/lesson';

/** Asks for a lesson. Its code is loaded then, if it is the first one. */
export const askLesson = (store: Store<WithLesson>, asked: AskedLesson): void =>
  patch(store, 'lesson', { asked });
