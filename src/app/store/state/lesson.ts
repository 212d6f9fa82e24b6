import type { Lesson } from '../../../lessons/format';

/** Values of readings, by name. */
export type ReadingValues = Readonly<Record<string, number | string>>;

/** What happened in one step. */
export interface StepRecord {
  readonly done: boolean;
  /** The learner's prediction: index of an answer, or the value; null: skipped. */
  readonly guess?: number | null;
  /** Indices of the answers that turned out right; known when the step is done. */
  readonly right?: readonly number[];
  /** Readings of the step's texts, as they were when the step was done. */
  readonly readings: ReadingValues;
}

/** A request to open a lesson, or with `name` null to leave the one that runs. */
export interface AskedLesson {
  /** Id of a built-in lesson, or the address of a file. */
  readonly name: string | null;
  /** Index of the step to begin with; absent: where the learner was. */
  readonly step?: number;
  /** The whole state of a link to set then, as a fragment. */
  readonly state?: string;
  /** A lesson that was dropped or opened as a file, or comes from the editor. */
  readonly file?: { readonly name: string; readonly text: string };
}

export interface LessonState {
  readonly phase: 'closed' | 'loading' | 'running';
  /** Waits for the code of lessons to be loaded. */
  readonly asked?: AskedLesson | undefined;
  readonly lesson?: Lesson | undefined;
  /** One per step. */
  readonly records: readonly StepRecord[];
  /** What the activity of the step on show reports. */
  readonly activity: ReadingValues;
  /** How often Show me was pressed for the activity on show. */
  readonly press: number;
}

export interface WithLesson {
  readonly lesson: LessonState;
}

export const INITIAL_LESSON: LessonState = { phase: 'closed', records: [], activity: {}, press: 0 };
