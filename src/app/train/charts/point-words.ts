import { count, fixed } from '../../words/numbers';
import type { RacePoint, RaceUnit } from './curves';
import { UNIT_WORDS } from './plot';

/** A position on the x axis with its unit. */
export function axisWords(x: number, unit: RaceUnit): string {
  return `${count(Math.round(x))} ${UNIT_WORDS[unit]}`;
}

/** Step and x position of a point. */
export const stepWords = ({ step, x }: RacePoint, unit: RaceUnit): string =>
  `step ${step}, ${axisWords(x, unit)}`;

/** Value of a point; a dash if it has none. */
export const lossWords = (point: RacePoint | undefined): string =>
  point?.value === null || point === undefined ? '–' : fixed(point.value, 4);
