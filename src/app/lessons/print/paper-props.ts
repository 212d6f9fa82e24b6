import type { Lesson } from '../../../lessons/format';
import type { LessonWords } from '../../../lessons/words/words';
import type { StepRecord } from '../../store/state/lesson';

/** What a sheet is made from. */
export interface PaperProps {
  readonly lesson: Lesson;
  /** What the learner measured, by step; empty if they have not done the lesson. */
  readonly records: readonly StepRecord[];
  readonly words: LessonWords['paper'];
  /** Address of the lesson; undefined if it has none. */
  readonly address: string | undefined;
}
