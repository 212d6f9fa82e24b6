import * as v from 'valibot';
import { readingName } from './readings';

/**
 * What must hold for a step to be done, or for an answer to be right.
 * `state`: every field of this link fragment has the given value now.
 * `reading`: this value is known, and if given, equals `is`, is above `above` and below `below`.
 */
export type Condition =
  | { readonly state: string }
  | {
      readonly reading: string;
      readonly is?: string | number | undefined;
      readonly above?: number | undefined;
      readonly below?: number | undefined;
    }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

const number = v.pipe(v.number(), v.finite('expected a finite number'));

/** Deeper conditions are refused, so that a file cannot exhaust the stack. */
const MAX_DEPTH = 4;

function nested(depth: number): v.GenericSchema<Condition> {
  const state = v.strictObject({ state: v.string() });
  const reading = v.strictObject({
    reading: readingName,
    is: v.exactOptional(v.union([v.string(), number])),
    above: v.exactOptional(number),
    below: v.exactOptional(number),
  });
  if (depth === 0) return v.union([state, reading], 'expected a state or a reading');
  const inner = nested(depth - 1);
  const list = v.pipe(v.array(inner), v.minLength(1), v.maxLength(8));
  return v.union(
    [
      state,
      reading,
      v.strictObject({ all: list }),
      v.strictObject({ any: list }),
      v.strictObject({ not: inner }),
    ],
    'expected one of {"state": …}, {"reading": …}, {"all": […]}, {"any": […]} and {"not": …}',
  );
}

export const conditionSchema = nested(MAX_DEPTH);

/** The present state of the page, as far as conditions ask for it. */
export interface Facts {
  /** True if every field of the link fragment has the given value now. */
  hasState(fragment: string): boolean;
  /** The value of a reading; undefined while it is not known. */
  read(name: string): number | string | undefined;
}

export function holds(condition: Condition, facts: Facts): boolean {
  if ('state' in condition) return facts.hasState(condition.state);
  if ('all' in condition) return condition.all.every((each) => holds(each, facts));
  if ('any' in condition) return condition.any.some((each) => holds(each, facts));
  if ('not' in condition) return !holds(condition.not, facts);
  const value = facts.read(condition.reading);
  if (value === undefined) return false;
  const { is, above = -Infinity, below = Infinity } = condition;
  if (is !== undefined && is !== value) return false;
  return typeof value === 'string' || (value > above && value < below);
}
