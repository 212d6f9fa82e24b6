import type { TermId } from '../../lessons/glossary/terms';
import type { BlockMeasure, TensorMeasure } from '../../engine/jobs';
import type { EvaluationEntry, StoredEvaluation, StoredMeasurement } from '../store/state/evaluations';

/** Label and title of a measure of an arm. */
interface MeasureLabel {
  readonly label: string;
  /** Explanation, with the unit. */
  readonly title: string;
  /** Its entry of the glossary. */
  readonly term?: TermId;
}

/** Measures of an arm. Those of tensors and blocks are means over the new blocks that have a value. */
export const MEASURES = {
  loss: { label: 'Loss', term: 'loss', title: 'Mean negative log-likelihood per token, in nats' },
  delta: { label: 'Δ base', term: 'base', title: 'Loss minus the base model’s' },
  reference: { label: 'Δ reference', term: 'reference', title: 'Loss minus that of the pinned arm' },
  perplexity: { label: 'Perplexity', term: 'perplexity', title: 'exp of the loss' },
  logits: {
    label: 'Largest logit difference',
    term: 'logit-difference',
    title: 'Largest absolute difference of any logit from the base model’s',
  },
  spread: {
    label: 'Plan perplexity / n',
    term: 'sharpness',
    title: 'Mean over plans: 1 is uniform, 1/n is one partner each',
  },
  kl: { label: 'KL from base', term: 'kl', title: 'Mean over predictions of KL(base ‖ model), in nats' },
  normKept: {
    label: 'Norm kept',
    term: 'norm-kept',
    title:
      'Norm the plan leaves of the moved rows: 1 for a permutation, towards 0 where rows are averaged away',
  },
  agreement: {
    label: 'Agreement',
    term: 'agreement',
    title: 'Share of rows whose strongest partner in the plan is that of the exact assignment',
  },
  identity: {
    label: 'Identity share',
    title: 'trace(n·T)/n: 1 where every neuron stays at its index, 1/n where the plan is uniform',
  },
  scoreBefore: {
    label: 'Score by index',
    title:
      'Permutation score of leaving neurons at their index: 0 is as good as chance, 1 is a perfect match',
  },
  scoreAfter: { label: 'Score by plan', title: 'The same of the plan' },
  marginalError: {
    label: 'Marginal error',
    term: 'marginal-error',
    title: 'L1 error of the plans’ column marginals',
  },
  excess: {
    label: 'Cost / optimum',
    term: 'transport-cost',
    title: 'Transport cost of the plans as a multiple of the exact optimum’s: 1 is optimal',
  },
  excessMass: {
    label: 'Mass beyond null',
    title: 'Matched mass of the plans minus that of their nulls: 0 is no alignment',
  },
  excessCost: {
    label: 'Cost below null',
    title: 'By what share exact assignments cost less than those of their nulls: 0 is no alignment',
  },
  normToPrevious: {
    label: 'Norm / previous',
    term: 'parents',
    title: 'Norm of the new weights as a share of the previous block’s',
  },
  normToNext: {
    label: 'Norm / next',
    term: 'parents',
    title: 'Norm of the new weights as a share of the next block’s',
  },
  cosinePrevious: {
    label: 'cos previous',
    term: 'cosine',
    title: 'Cosine of the new weights and the previous block’s',
  },
  cosineNext: {
    label: 'cos next',
    term: 'cosine',
    title: 'Cosine of the new weights and the next block’s, and so also half of the next block’s',
  },
  halfNext: {
    label: 'Distance to ½ next',
    title: 'Norm of the difference from half of the next block, as a share of the next block’s norm',
  },
  residual: {
    label: 'Residual change',
    term: 'residual-change',
    title: 'How much the new blocks change the residual stream, as a share of its norm',
  },
  residualCosine: {
    label: 'Residual cosine',
    term: 'cosine',
    title: 'Cosine of input and output of the new blocks: 1 where they change nothing',
  },
  cka: {
    label: 'CKA with previous',
    term: 'cka',
    title: 'Linear CKA of the new blocks’ outputs with those of the previous block of each',
  },
  entropy: {
    label: 'Attention entropy',
    term: 'attention-entropy',
    title: 'Entropy of the new blocks’ attention, in nats',
  },
  lens: {
    label: 'Lens loss',
    term: 'logit-lens',
    title: 'Loss of the logit lens after the new blocks, in nats',
  },
  skipped: {
    label: 'Rise if skipped',
    term: 'ablation',
    title: 'Rise of the loss where a new block alone is left out, in nats',
  },
  doubled: {
    label: 'Rise if doubled',
    term: 'ablation',
    title: 'Rise of the loss where a new block alone runs twice in a row, in nats',
  },
  trainCost: {
    label: 'Training step',
    title: 'Cost of a training step as a share of training every block of the same model',
  },
  blocks: { label: 'Blocks', title: 'Blocks of the deeper model' },
  parameters: { label: 'Parameters', title: 'Parameters of the deeper model' },
  bytes: { label: 'Memory', term: 'dtype', title: 'Bytes of all weights, in the checkpoint’s dtypes' },
  milliseconds: { label: 'Time', title: 'How long the evaluation took' },
} as const satisfies Record<string, MeasureLabel>;
export type MeasureId = keyof typeof MEASURES;
/** Label, title and entry of a measure. */
export const labelOf = (id: MeasureId): MeasureLabel => MEASURES[id];
export const MEASURE_IDS = Object.keys(MEASURES) as MeasureId[];

/** Measures of a block that can be plotted. */
export const BLOCK_MEASURES = {
  residualChange: 'Change of the residual stream, as a share of its norm',
  residualCosine: 'Cosine of input and output of the block',
  ckaToPrevious: 'Linear CKA with the output of the previous block',
  attentionEntropy: 'Entropy of attention, in nats',
  logitLensLoss: 'Loss of the logit lens after the block, in nats',
  lossSkipped: 'Rise of the loss without the block, in nats',
  lossDoubled: 'Rise of the loss with the block twice in a row, in nats',
} as const satisfies Partial<Record<keyof BlockMeasure, string>>;
export type BlockMeasureId = keyof typeof BLOCK_MEASURES;
export const BLOCK_MEASURE_IDS = Object.keys(BLOCK_MEASURES) as BlockMeasureId[];

/** One value per block, null if unknown. For ablations it is the loss minus that of the whole model. */
export function blockValues(
  measurement: StoredMeasurement | undefined,
  id: BlockMeasureId,
): (number | null)[] {
  const whole = id === 'lossSkipped' || id === 'lossDoubled' ? (measurement?.sample?.loss ?? null) : 0;
  return (measurement?.blocks ?? []).map((block) => {
    const value = block[id] ?? null;
    return value === null || whole === null ? null : value - whole;
  });
}

interface ComparedWith {
  /** `delta` is the loss minus that of this evaluation. Undefined for the base itself. */
  readonly base: StoredEvaluation | undefined;
  /** Undefined for the reference itself. */
  readonly reference: StoredEvaluation | undefined;
}

/** All known measures of an arm. */
export function measuresOf(
  entry: EvaluationEntry | undefined,
  { base, reference }: ComparedWith,
): Partial<Record<MeasureId, number>> {
  const result = entry?.result;
  const measured = entry?.measurement;
  const found: Partial<Record<MeasureId, number | undefined>> = {
    loss: result?.loss,
    delta: result && base && result.loss - base.loss,
    reference: result && reference && result.loss - reference.loss,
    perplexity: result?.perplexity,
    logits: result?.maxLogitDifference,
    spread: mean(result?.plans.map(({ planPerplexity, rows }) => planPerplexity / rows)),
    kl: measured?.model?.klFromBase,
    normKept: meanOf(measured?.tensors, 'normKept'),
    agreement: meanOf(measured?.tensors, 'assignmentAgreement'),
    identity: meanOf(measured?.tensors, 'identityShare'),
    scoreBefore: meanOf(measured?.tensors, 'scoreBefore'),
    scoreAfter: meanOf(measured?.tensors, 'scoreAfter'),
    normToNext: meanOf(measured?.tensors, 'normToNext'),
    cosinePrevious: meanOf(measured?.tensors, 'cosinePrevious'),
    cosineNext: meanOf(measured?.tensors, 'cosineNext'),
    halfNext: meanOf(measured?.tensors, 'distanceHalfNext'),
    marginalError: meanOf(measured?.tensors, 'marginalError'),
    excess: mean(
      measured?.tensors.map(({ transportCost, exactCost }) =>
        transportCost === null || exactCost === null ? null : transportCost / exactCost,
      ),
    ),
    excessMass: meanOf(measured?.tensors, 'excessMass'),
    excessCost: meanOf(measured?.tensors, 'excessCost'),
    normToPrevious: meanOf(measured?.tensors, 'normToPrevious'),
    residual: ofNew(measured, 'residualChange'),
    residualCosine: ofNew(measured, 'residualCosine'),
    cka: ofNew(measured, 'ckaToPrevious'),
    entropy: ofNew(measured, 'attentionEntropy'),
    lens: ofNew(measured, 'logitLensLoss'),
    skipped: ofNew(measured, 'lossSkipped'),
    doubled: ofNew(measured, 'lossDoubled'),
    bytes: measured?.model?.bytes,
    trainCost: measured?.model?.trainStepShare,
    blocks: result?.layers,
    parameters: result?.parameters,
    milliseconds: result?.milliseconds,
  };
  return Object.fromEntries(
    Object.entries(found).filter(([, value]) => value !== undefined && !Number.isNaN(value)),
  );
}

function mean(values: readonly (number | null)[] | undefined): number | undefined {
  const known = (values ?? []).filter((value) => value !== null && Number.isFinite(value)) as number[];
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}

const meanOf = (tensors: readonly TensorMeasure[] | undefined, name: keyof TensorMeasure) =>
  mean(tensors?.map((tensor) => (tensor[name] ?? null) as number | null));

/** Mean over the new blocks. */
const ofNew = (measured: StoredMeasurement | undefined, id: BlockMeasureId) =>
  mean(blockValues(measured, id).filter((_, at) => measured?.blocks[at]?.isNew === true));
