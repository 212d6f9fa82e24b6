import type { ReactNode } from 'react';
import { BASE_ARM } from '../store/derived/comparison';
import { bytes, count, duration, fixed, quantity } from '../words/numbers';
import { FROM_PLANS } from './columns';
import type { MeasureId } from './measures';
import type { ArmRow } from './rows';

const signed = (value: number) => (value === 0 ? '0' : `${value > 0 ? '+' : ''}${fixed(value, 4)}`);
const share = (value: number) => fixed(value, 3);

const WORDS: Partial<Readonly<Record<MeasureId, (value: number) => string>>> = {
  loss: (value) => fixed(value, 4),
  delta: signed,
  reference: signed,
  perplexity: (value) => fixed(value, 2),
  logits: (value) => (value === 0 ? '0 — exactly' : quantity(value, 3)),
  kl: (value) => quantity(value, 3),
  normKept: share,
  agreement: share,
  normToNext: share,
  cosinePrevious: share,
  cosineNext: share,
  blocks: String,
  parameters: count,
  bytes,
  milliseconds: duration,
};

/** Formats a measure with its usual number of digits. */
export const measureText = (measure: MeasureId, value: number): string => (WORDS[measure] ?? quantity)(value);

/** One bar per tensor; its height is the sharpness of the plan. */
function Sharpness({ row }: { row: ArmRow }) {
  if (row.plans.length === 0) return <span className="none">no plan</span>;
  const words = row.plans.map(({ tensor, spread }) => `${tensor} ${fixed(spread, 2)}`).join(', ');
  return (
    <span
      className="sharpness"
      role="img"
      aria-label={`perplexity / n: ${words}`}
      title={`Plan perplexity / n (1 is uniform): ${words}`}
    >
      {row.plans.map(({ tensor, sharpness }) => (
        <span key={tensor}>
          <i>
            <b style={{ height: `${Math.max(4, 100 * sharpness)}%` }} />
          </i>
          {tensor[0]}
        </span>
      ))}
    </span>
  );
}

export type OpenRecipe = (row: ArmRow, anchor: HTMLElement) => void;

/** A number, which opens the recipe behind it. */
export function Value({
  row,
  measure,
  onOpen,
}: {
  row: ArmRow;
  measure: MeasureId;
  onOpen: OpenRecipe;
}): ReactNode {
  const value = row.values[measure];
  const isBase = row.id === BASE_ARM.id;
  if (isBase && ['delta', 'logits', 'spread'].includes(measure)) return '';
  if (measure === 'spread') return row.status === 'done' ? <Sharpness row={row} /> : '–';
  if (value === undefined) return '–';
  const doubtful = row.unconverged > 0 && FROM_PLANS.has(measure);
  return (
    <button
      type="button"
      className="number-button"
      title={
        doubtful
          ? `${row.unconverged} plans did not converge. The recipe behind it…`
          : 'The recipe behind it…'
      }
      aria-haspopup="dialog"
      onClick={({ currentTarget }) => onOpen(row, currentTarget)}
    >
      {measureText(measure, value)}
      {doubtful && <sup aria-label="not converged">†</sup>}
    </button>
  );
}
