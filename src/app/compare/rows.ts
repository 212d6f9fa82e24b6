import type { PlanSummary } from '../../engine/jobs';
import { differences } from '../../engine/differences';
import type { Recipe } from '../../recipe/schema';
import type { TensorName } from '../../recipe/view';
import { TENSORS } from '../../recipe/view';
import { computesBase } from '../methods/zero-start';
import type { AppState } from '../store/app';
import { BASE_ARM, shownComparison } from '../store/derived/comparison';
import { evaluationOf, textTitle } from '../store/derived/evaluation';
import { sharpnessOf } from '../store/derived/solve';
import type { EvaluationEntry, StoredMeasurement, SavedResult } from '../store/state/evaluations';
import { TENSOR_INFO } from '../words/tensors';
import type { MeasureId } from './measures';
import { measuresOf } from './measures';

/** Spread of one tensor's plans, as means over the new blocks. */
interface TensorSpread {
  readonly tensor: TensorName;
  /** Plan perplexity / n: 1 is uniform. */
  readonly spread: number;
  readonly sharpness: number;
}

/** One arm of the comparison. It has only numbers that were measured for the recipe and text on show. */
export interface ArmRow {
  readonly id: string;
  readonly title: string;
  readonly recipe: Recipe | null;
  readonly chosen: boolean;
  /** True if its recipe makes it compute what the base computes, whatever its new weights are. */
  readonly equalsBase: boolean;
  readonly status: EvaluationEntry['status'] | 'unknown';
  readonly entry: EvaluationEntry | undefined;
  readonly values: Partial<Readonly<Record<MeasureId, number>>>;
  readonly plans: readonly TensorSpread[];
  /** Number of plans whose solver stopped at its iteration cap. */
  readonly unconverged: number;
  /** Differences of the arm from the reference; empty for the base and the reference. */
  readonly differs: readonly string[];
  readonly measurement: StoredMeasurement | undefined;
  readonly saved: SavedResult | undefined;
  /** Name of the file, if the row comes from one. */
  readonly file?: string;
}

export type SortKey = 'arm' | MeasureId;

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function tensorSpreads(plans: readonly PlanSummary[]): TensorSpread[] {
  return TENSORS.flatMap((tensor) => {
    const own = plans.filter((plan) => plan.tensor === TENSOR_INFO[tensor].fullName);
    if (own.length === 0) return [];
    return {
      tensor,
      spread: mean(own.map((plan) => plan.planPerplexity / plan.rows)),
      sharpness: mean(own.map((plan) => sharpnessOf(plan.planPerplexity, plan.rows))),
    };
  });
}

type RowInput = Pick<ArmRow, 'id' | 'title' | 'recipe' | 'chosen' | 'entry'> & {
  readonly file?: string;
  /** Conditions besides the recipe (model, text, backend) that differ from those on show. */
  readonly conditions: readonly string[];
};

/** Rows of the comparison on show and of opened files. The base is first. */
export function compareRows(state: AppState): { rows: ArmRow[]; reference: string } {
  const comparison = shownComparison(state);
  const drafts: RowInput[] = comparison.arms.map((arm) => ({
    ...arm,
    chosen: comparison.chosen.includes(arm.id),
    entry: evaluationOf(state, arm.recipe),
    conditions: [],
  }));
  for (const [index, { file, saved }] of state.compare.imported.entries())
    drafts.push({
      id: `import ${index}`,
      title: saved.title,
      recipe: saved.recipe,
      chosen: true,
      entry: {
        status: 'done',
        result: saved.result,
        saved,
        ...(saved.measurement && { measurement: saved.measurement }),
      },
      file,
      conditions: conditions(state, saved),
    });
  const pinned = drafts.find(({ id }) => id === comparison.reference) ?? drafts[0];
  return {
    reference: pinned?.id ?? BASE_ARM.id,
    rows: drafts.map((draft) => {
      const layers = draft.entry?.saved?.model.layers ?? state.model.info?.layers ?? 0;
      return rowOf(draft, { base: baseOf(draft, drafts), reference: pinned, layers });
    }),
  };
}

/** The base of the same model, text, device and file. */
function baseOf(draft: RowInput, drafts: readonly RowInput[]): RowInput | undefined {
  const { saved } = draft.entry ?? {};
  if (draft.file === undefined || saved === undefined) return drafts[0];
  return drafts.find(
    ({ recipe, entry, file }) =>
      recipe === null &&
      file === draft.file &&
      entry?.saved?.text === saved.text &&
      entry.saved.tokens === saved.tokens &&
      entry.saved.device === saved.device &&
      entry.saved.model.name === saved.model.name,
  );
}

function conditions(state: AppState, saved: SavedResult): string[] {
  const { model, view, backend } = state;
  return [
    ...(saved.model.name === model.info?.name && saved.model.parameters === model.info.parameters
      ? []
      : ['model']),
    ...(saved.text === textTitle(state) && saved.tokens === view.tokens ? [] : ['text']),
    ...(saved.device === backend.summary?.description ? [] : ['backend']),
  ];
}

interface RowContext {
  readonly base: RowInput | undefined;
  readonly reference: RowInput | undefined;
  /** Blocks of the arm's base. */
  readonly layers: number;
}

function rowOf(draft: RowInput, { base, reference, layers }: RowContext): ArmRow {
  const { entry, recipe, file, conditions: other, ...rest } = draft;
  const result = entry?.result;
  const plans = tensorSpreads(result?.plans ?? []);
  const against = reference?.recipe ?? null;
  const own =
    recipe === null || against === null || draft === reference
      ? []
      : differences(against, { ...recipe, model: other.includes('model') ? recipe.model : against.model });
  return {
    ...rest,
    recipe,
    equalsBase: recipe !== null && computesBase(recipe, layers),
    status: entry?.status ?? 'unknown',
    entry,
    plans,
    unconverged: (result?.plans ?? []).filter(({ converged }) => !converged).length,
    differs: [...new Set([...own, ...other])],
    measurement: entry?.measurement,
    saved: entry?.saved,
    values: measuresOf(entry, {
      base: recipe === null ? undefined : base?.entry?.result,
      reference: draft === reference ? undefined : reference?.entry?.result,
    }),
    ...(file === undefined ? {} : { file }),
  };
}

/** Name of the arms that are equal by construction, together. */
export const EQUAL_TITLE = 'Zeroed arms, equal to the base';

/**
 * Arms of the comparison that are equal by construction, because each computes what the base computes: two or more, else
 * none. Those from files keep their own rows.
 */
export function equalArms(rows: readonly ArmRow[]): readonly ArmRow[] {
  const equal = rows.filter(({ equalsBase, file }) => equalsBase && file === undefined);
  return equal.length > 1 ? equal : [];
}

/** Sorts rows by a column. The base stays on top, and rows without a value go last in both directions. */
export function sortRows(rows: readonly ArmRow[], key: SortKey, descending: boolean): ArmRow[] {
  const [base, ...arms] = rows;
  const sign = descending ? -1 : 1;
  const order = new Map(arms.map(({ id }, index) => [id, index]));
  const sorted = arms.toSorted((a, b) => {
    if (key === 'arm') return sign * ((order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
    const [x, y] = [a.values[key], b.values[key]];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    return sign * (x - y);
  });
  return base === undefined ? [] : [base, ...sorted];
}
