import * as v from 'valibot';
import type { Platform } from '../core/store';
import type { StepRecord } from '../state/lesson';

const STORAGE_KEY = 'interlayer.lessons';
const MOST_KEPT = 50;
/** Most steps of a lesson. */
const MOST_STEPS = 40;

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
const Schema = v.object({
  step: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_STEPS)),
  records: v.array(RecordSchema),
});

/** What is stored, by id or address of the lesson; nothing if it cannot be read. */
function stored(platform: Pick<Platform, 'loadText'>): Readonly<Record<string, unknown>> {
  try {
    return v.parse(v.record(v.string(), v.unknown()), JSON.parse(platform.loadText(STORAGE_KEY) ?? '{}'));
  } catch {
    return {};
  }
}

/** Returns the progress of all lessons, by id or address, without what cannot be read. */
export function loadProgress(platform: Pick<Platform, 'loadText'>): Readonly<Record<string, LessonProgress>> {
  return Object.fromEntries(
    Object.entries(stored(platform)).flatMap(([name, data]) => {
      const { success, output } = v.safeParse(Schema, data);
      return success ? [[name, output]] : [];
    }),
  );
}

/**
 * Stores the progress of one lesson beside that of the others, also what another version of the page has stored of them; the
 * oldest are dropped. @returns false if it could not be stored.
 */
export function saveProgress(platform: Platform, name: string, progress: LessonProgress): boolean {
  const { [name]: _, ...others } = stored(platform);
  const kept = Object.entries(others).slice(-MOST_KEPT + 1);
  return platform.saveText(STORAGE_KEY, JSON.stringify(Object.fromEntries([...kept, [name, progress]])));
}

/** True if every step is done. */
export const isFinished = ({ records }: LessonProgress): boolean => records.every(({ done }) => done);
