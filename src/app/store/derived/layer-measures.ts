import type { BlockMeasure, MeasureGroup, TensorMeasure } from '../../../engine/jobs';
import type { TermId } from '../../../lessons/glossary/terms';
import type { TowerMeasure } from '../../../recipe/view';
import { fixed, quantity } from '../../words/numbers';
import { TENSOR_INFO } from '../../words/tensors';
import type { WithAlign } from '../state/align';
import type { MeasuredLayers } from '../state/layers';
import type { LayersNeeds } from './layers';
import { layersOf } from './layers';
import { knownSharpness } from './sharpness';

/** How a measure is labelled and drawn. */
interface MeasureLabel {
  readonly label: string;
  readonly title: string;
  /** Its entry of the glossary. */
  readonly term: TermId;
  /** True if it is a measure of the tensor on show, which only new blocks have. */
  readonly ofTensor: boolean;
  /** Fixed ends of its axis; without them they follow from the values. */
  readonly low?: number;
  readonly high?: number;
  /** `loss`: the loss of the whole model is drawn as the reference. */
  readonly beside?: 'loss';
}

export const MEASURE_LABELS: Readonly<Record<TowerMeasure, MeasureLabel>> = {
  sharpness: {
    label: 'Sharpness',
    term: 'sharpness',
    title: 'How far each new block’s plan is from uniform (0) on the way to one partner each (1)',
    ofTensor: true,
    low: 0,
    high: 1,
  },
  excessMass: {
    label: 'Mass beyond null',
    term: 'excess',
    title: 'Matched mass of each new block’s plan minus that of its null; 0 is no alignment',
    ofTensor: true,
    low: 0,
  },
  excessCost: {
    label: 'Cost below null',
    term: 'excess',
    title: 'By what share the cost of the exact assignment is below that of its null; 0 is no alignment',
    ofTensor: true,
    low: 0,
  },
  residualChange: {
    label: 'Residual change',
    term: 'residual-change',
    title: 'How much a block changes the residual stream, as a share of its norm; 0 is the identity',
    ofTensor: false,
    low: 0,
  },
  residualCosine: {
    label: 'Residual cosine',
    term: 'cosine',
    title: 'Cosine of a block’s input and output; 1 is the same direction',
    ofTensor: false,
    high: 1,
  },
  ckaToPrevious: {
    label: 'CKA to previous block',
    title: 'Linear CKA of a block’s output with that of the previous block; 1 is the same up to rotation',
    term: 'cka',
    ofTensor: false,
    high: 1,
  },
  attentionEntropy: {
    label: 'Attention entropy',
    term: 'attention-entropy',
    title: 'Mean entropy of attention over heads and tokens, in nats; 0 looks at one token',
    ofTensor: false,
    low: 0,
  },
  logitLensLoss: {
    label: 'Lens loss',
    term: 'logit-lens',
    title: 'Loss of the final norm and head applied after the block, in nats; the line is the whole model',
    ofTensor: false,
    beside: 'loss',
  },
  lossSkipped: {
    label: 'Loss if skipped',
    term: 'ablation',
    title: 'Loss of the model without this block, in nats; the line is the whole model',
    ofTensor: false,
    beside: 'loss',
  },
  lossDoubled: {
    label: 'Loss if doubled',
    term: 'ablation',
    title: 'Loss of the model with this block twice in a row, in nats; the line is the whole model',
    ofTensor: false,
    beside: 'loss',
  },
  normKept: {
    label: 'Norm kept',
    term: 'norm-kept',
    title:
      'Norm that the plan leaves of the rows it moves: 1 for a permutation, towards 0 where averaged away',
    ofTensor: true,
    low: 0,
    high: 1,
  },
  normToPrevious: {
    label: 'Norm / previous',
    term: 'parents',
    title: 'Norm of the new weight as a share of the previous block’s; 0 where it starts at zero',
    ofTensor: true,
    low: 0,
  },
  normToNext: {
    label: 'Norm / next',
    term: 'parents',
    title: 'Norm of the new weight as a share of the next block’s; 0 where it starts at zero',
    ofTensor: true,
    low: 0,
  },
};

/** The groups to measure for it: all that cost no more than the one needed. None for sharpness, which plans give. */
export function groupsOf(measure: TowerMeasure): readonly MeasureGroup[] {
  if (measure === 'sharpness') return [];
  if (measure === 'excessMass' || measure === 'excessCost') return ['null'];
  if (measure === 'lossSkipped' || measure === 'lossDoubled') return ['ablations'];
  return MEASURE_LABELS[measure].ofTensor ? ['tensors'] : ['blocks', 'attention', 'lens'];
}

/** Values of a measure by block. */
export interface LayerValues {
  readonly base: Readonly<Record<number, number>>;
  /** Values of new blocks, by gap. */
  readonly byGap: Readonly<Record<number, number>>;
  /** Values by index in the deeper model, for methods that reorder whole blocks. */
  readonly byIndex: Readonly<Record<number, number>>;
  /** Value of the whole model. */
  readonly reference?: number;
}

const NOTHING: LayerValues = { base: {}, byGap: {}, byIndex: {} };

type BlockMeasureName = Exclude<keyof BlockMeasure, 'layer' | 'isNew' | 'base'>;

/** The known values of the chosen measure; undefined if it has not been measured. */
export function layerValues(state: LayersNeeds & WithAlign): LayerValues | undefined {
  const { measure, tensor } = state.view;
  if (measure === 'sharpness') return { ...NOTHING, byGap: knownSharpness(state) };
  const measured = layersOf(state, groupsOf(measure));
  if (measured === undefined) return undefined;
  return MEASURE_LABELS[measure].ofTensor
    ? ofTensor(measured, measure as keyof TensorMeasure, TENSOR_INFO[tensor].fullName)
    : ofBlocks(measured, measure as BlockMeasureName, MEASURE_LABELS[measure].beside);
}

function ofTensor(
  { tensors }: MeasuredLayers,
  name: keyof TensorMeasure,
  tensor: TensorMeasure['tensor'],
): LayerValues {
  const byGap: Record<number, number> = {};
  for (const entry of tensors) {
    const value = entry[name];
    if (entry.tensor === tensor && typeof value === 'number' && Number.isFinite(value))
      byGap[entry.gap] = value;
  }
  return { ...NOTHING, byGap };
}

function ofBlocks(
  { blocks, sample }: MeasuredLayers,
  name: BlockMeasureName,
  beside: MeasureLabel['beside'],
): LayerValues {
  const [base, byGap, byIndex]: Record<number, number>[] = [{}, {}, {}];
  for (const block of blocks) {
    const value = block[name];
    if (value === null || !Number.isFinite(value)) continue;
    (byIndex ?? {})[block.layer] = value;
    ((block.isNew ? byGap : base) ?? {})[block.base] = value;
  }
  const values = { base: base ?? {}, byGap: byGap ?? {}, byIndex: byIndex ?? {} };
  const loss = sample?.loss ?? undefined;
  return beside === undefined || loss === undefined ? values : { ...values, reference: loss };
}

/** The axis of a measure. */
export interface LayerAxis {
  readonly low: number;
  readonly high: number;
  /** Where bars start, 0 to 1: at the whole model, else at the value that means “no change”. */
  readonly origin: number;
  /** Position of a value, clamped to 0 … 1. */
  at(value: number): number;
}

/**
 * Computes the axis of a measure. Block 0 is left out if there are others, because it works on the bare embedding and its
 * value is often far off; it is then clamped.
 */
export function layerAxis(measure: TowerMeasure, values: LayerValues): LayerAxis {
  const { low: fixedLow, high: fixedHigh } = MEASURE_LABELS[measure];
  const rest = Object.entries(values.base).flatMap(([block, value]) => (block === '0' ? [] : [value]));
  const byIndex = Object.entries(values.byIndex).flatMap(([layer, value]) => (layer === '0' ? [] : [value]));
  const all = [
    ...rest,
    ...byIndex,
    ...Object.values(values.byGap),
    ...(values.reference === undefined ? [] : [values.reference]),
  ];
  const known = all.length > 0 ? all : Object.values(values.base);
  const low = fixedLow ?? Math.min(...known, fixedHigh ?? Infinity);
  const high = fixedHigh ?? Math.max(...known, low);
  const span = high - low || 1;
  const at = (value: number) => Math.max(0, Math.min(1, (value - low) / span));
  const origin =
    values.reference !== undefined
      ? at(values.reference)
      : fixedLow === undefined && fixedHigh !== undefined
        ? 1
        : 0;
  return { low, high, origin, at };
}

/** A value as short text for the tower. */
export function layerNumber(value: number): string {
  if (value === 0) return '0';
  return Math.abs(value) >= 0.005 && Math.abs(value) < 100 ? fixed(value, 2) : quantity(value, 2);
}
