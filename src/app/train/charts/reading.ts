import { count, fixed } from '../../words/numbers';
import type { RacePoint, RaceUnit } from './curves';
import { UNIT_WORDS } from './plot';

/** A place on the axis across, in words. */
export function atWords(x: number, unit: RaceUnit): string {
  return `${count(Math.round(x))} ${UNIT_WORDS[unit]}`;
}

/** The same of a point, with its step. */
export const placeWords = ({ step, x }: RacePoint, unit: RaceUnit): string =>
  `step ${step}, ${atWords(x, unit)}`;

/** A loss, or a dash where there is none. */
export const pointWords = (point: RacePoint | undefined): string =>
  point?.value === null || point === undefined ? '–' : fixed(point.value, 4);
