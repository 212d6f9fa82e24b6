import { BASE_ARM } from '../store/derived/comparison';
import type { MeasureId } from './measures';
import type { ArmRow } from './rows';

const ALWAYS: readonly MeasureId[] = ['loss', 'delta'];
const REST: readonly MeasureId[] = ['perplexity', 'logits', 'spread'];
const MEASURED: readonly MeasureId[] = [
  'kl',
  'normKept',
  'agreement',
  'normToNext',
  'cosinePrevious',
  'cosineNext',
];
const NULLS: readonly MeasureId[] = ['excessMass', 'excessCost'];
const LAST: readonly MeasureId[] = ['blocks', 'parameters', 'milliseconds'];

/** Measures that depend on plans. They are marked as doubtful if a solver stopped at its iteration cap. */
export const FROM_PLANS: ReadonlySet<MeasureId> = new Set([
  'loss',
  'delta',
  'reference',
  'spread',
  ...MEASURED,
  'excessMass',
]);

/** Columns of the table. The reference's is left out where it is the base, or computes the same. */
export function columnsOf(rows: readonly ArmRow[], reference: string): readonly MeasureId[] {
  const measured = rows.some((row) => row.measurement !== undefined);
  const againstNull = rows.some(({ measurement }) =>
    measurement?.tensors.some(({ excessCost }) => typeof excessCost === 'number'),
  );
  const asBase = rows.find(({ id }) => id === reference)?.equalsBase ?? true;
  return [
    ...ALWAYS,
    ...(reference === BASE_ARM.id || asBase ? [] : ['reference' as const]),
    ...REST,
    ...(measured ? MEASURED : []),
    ...(againstNull ? NULLS : []),
    ...LAST,
  ];
}
