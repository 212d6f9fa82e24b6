import type { DeviceReport } from '../../engine/jobs';
import { quantity } from '../words/numbers';
import type { Table } from './table';

/** Variants that were measured to be the fastest here, by class of shapes. */
export const choiceTable = (choices: DeviceReport['choices']): Table => ({
  columns: ['shapes', 'variant', 'GFLOP/s'],
  rows: choices.map(({ shapeClass, variant, rate }) => [
    shapeClass,
    variant,
    rate === undefined ? '–' : quantity(rate, 3),
  ]),
});
