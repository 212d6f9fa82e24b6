import { type Facts, holds } from '../../../lessons/condition';
import type { Lesson, Step } from '../../../lessons/format';
import { readingsOf } from '../../../lessons/prose';
import type { StepRecord } from '../state/lesson';

export const NEW_RECORD: StepRecord = { done: false, readings: {} };

/** Names of the readings that are kept when a step is done: those of its own texts, and those later steps recall. */
function keptReadings({ steps }: Lesson, index: number): string[] {
  const { seen = '', predict } = steps[index] ?? {};
  const own = readingsOf(seen).flatMap(({ name, step }) => (step === undefined ? [name] : []));
  const recalled = steps
    .slice(index + 1)
    .flatMap((step) => [step.text, step.do ?? '', step.seen ?? ''].flatMap(readingsOf))
    .flatMap(({ name, step }) => (step === index + 1 ? [name] : []));
  return [...new Set([...own, ...recalled, ...(predict?.kind === 'value' ? [predict.reading] : [])])];
}

function rightAnswers({ predict }: Step, facts: Facts): number[] {
  if (predict?.kind !== 'choice') return [];
  return predict.answers.flatMap(({ right }, index) =>
    (typeof right === 'boolean' ? right : holds(right, facts)) ? [index] : [],
  );
}

/**
 * Returns the record of a step as it is now. A step is done when its condition holds, a prediction was made or skipped, and every
 * reading of what was seen is known, so that no sentence has a gap. What was read then stays.
 */
export function recordNow(lesson: Lesson, index: number, record: StepRecord, facts: Facts): StepRecord {
  const step = lesson.steps[index];
  if (step === undefined || record.done) return record;
  if (step.predict !== undefined && record.guess === undefined) return record;
  if (step.done !== undefined && !holds(step.done, facts)) return record;
  const readings: Record<string, number | string> = {};
  for (const name of keptReadings(lesson, index)) {
    const value = facts.read(name);
    if (value === undefined) return record;
    readings[name] = value;
  }
  return { ...record, done: true, readings, right: rightAnswers(step, facts) };
}
