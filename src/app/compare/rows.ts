import type { PlanSummary } from '../../engine/jobs';
import type { TensorName } from '../../recipe/view';
import { TENSORS } from '../../recipe/view';
import { methodWords } from '../methods';
import { sharpnessOf } from '../store/align';
import type { ArmId } from '../store/compare';
import { ARMS, armEvaluation } from '../store/compare';
import type { Evaluated } from '../store/evaluations';
import type { AppState } from '../store/state';
import { TENSOR_WORDS } from '../tensors';

/** Mean over the new blocks of one tensor's plan. */
interface TensorSpread {
  readonly tensor: TensorName;
  /** Plan perplexity / n: 1 is uniform. */
  readonly spread: number;
  readonly sharpness: number;
}

/** One arm of the comparison. Numbers are undefined until they are measured for exactly the recipe and text on show. */
export interface Row {
  readonly arm: ArmId;
  readonly title: string;
  readonly status: Evaluated['status'] | 'unknown';
  readonly entry: Evaluated | undefined;
  readonly loss?: number | undefined;
  readonly perplexity?: number | undefined;
  /** Loss minus the base model's. */
  readonly delta?: number | undefined;
  readonly logits?: number | undefined;
  readonly plans: readonly TensorSpread[];
  /** Mean of the tensors' spreads. */
  readonly spread?: number | undefined;
  readonly blocks?: number | undefined;
  readonly parameters?: number | undefined;
  readonly milliseconds?: number | undefined;
}

export type SortKey =
  'arm' | 'loss' | 'delta' | 'perplexity' | 'logits' | 'spread' | 'blocks' | 'parameters' | 'milliseconds';

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function spreads(plans: readonly PlanSummary[]): TensorSpread[] {
  return TENSORS.flatMap((tensor) => {
    const own = plans.filter((plan) => plan.tensor === TENSOR_WORDS[tensor].planned);
    if (own.length === 0) return [];
    return {
      tensor,
      spread: mean(own.map((plan) => plan.planPerplexity / plan.rows)),
      sharpness: mean(own.map((plan) => sharpnessOf(plan.planPerplexity, plan.rows))),
    };
  });
}

/** All arms, with what is known of each. */
export function compareRows(state: AppState): Row[] {
  const base = armEvaluation(state, 'base')?.result;
  return ARMS.map((arm) => {
    const entry = armEvaluation(state, arm);
    const result = entry?.result;
    const plans = spreads(result?.plans ?? []);
    return {
      arm,
      title: arm === 'base' ? 'Base model' : methodWords(arm).title,
      status: entry?.status ?? 'unknown',
      entry,
      loss: result?.loss,
      perplexity: result?.perplexity,
      delta: result && base && arm !== 'base' ? result.loss - base.loss : undefined,
      logits: result?.maxLogitDifference,
      plans,
      spread: plans.length > 0 ? mean(plans.map((plan) => plan.spread)) : undefined,
      blocks: result?.layers,
      parameters: result?.parameters,
      milliseconds: result?.milliseconds,
    };
  });
}

/** Rows by one column; the base stays on top, and what is not known goes last either way. */
export function sortRows(rows: readonly Row[], key: SortKey, descending: boolean): Row[] {
  const [base, ...arms] = rows;
  const sign = descending ? -1 : 1;
  const sorted = arms.toSorted((a, b) => {
    if (key === 'arm') return sign * (ARMS.indexOf(a.arm) - ARMS.indexOf(b.arm));
    const [x, y] = [a[key], b[key]];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    return sign * (x - y);
  });
  return base === undefined ? [] : [base, ...sorted];
}
