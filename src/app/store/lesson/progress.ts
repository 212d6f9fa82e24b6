import * as v from 'valibot';
import type { Platform } from '../core/store';
import type { StepRecord } from '../state/lesson';

const STORAGE_KEY = 'interlayer.lessons';
const MOST_KEPT = 50;

/** How far a learner is in one lesson. */
export interface LessonProgress {
  /** Index of the step on show. */
  readonly step: number;
  readonly records: readonly StepRecord[];
}

const RecordSchema = v.object({
  done: v.boolean(),
  guess: v.exactOptional(v.nullable(v.number())),
  right: v.exactOptional(v.array(v.number())),
  readings: v.record(v.string(), v.union([v.string(), v.number()])),
});
const Schema = v.record(
  v.string(),
  v.object({ step: v.pipe(v.number(), v.integer(), v.minValue(0)), records: v.array(RecordSchema) }),
);

/** Returns the progress of all lessons, by id or address; what cannot be read is as if it was not there. */
export function loadProgress(platform: Pick<Platform, 'loadText'>): Readonly<Record<string, LessonProgress>> {
  try {
    return v.parse(Schema, JSON.parse(platform.loadText(STORAGE_KEY) ?? '{}'));
  } catch {
    return {};
  }
}

/** Stores the progress of one lesson beside that of the others; the oldest are dropped. */
export function saveProgress(platform: Platform, name: string, progress: LessonProgress): void {
  const { [name]: _, ...others } = loadProgress(platform);
  const kept = Object.entries(others).slice(-MOST_KEPT + 1);
  platform.saveText(STORAGE_KEY, JSON.stringify(Object.fromEntries([...kept, [name, progress]])));
}

/** True if every step is done. */
export const isFinished = ({ records }: LessonProgress): boolean => records.every(({ done }) => done);
