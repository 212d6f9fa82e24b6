import type { Checkpoint } from '../checkpoint/checkpoint';
import type { LlamaModel } from '../llama/model';
import type { Recipe } from '../recipe/schema';
import type { BlockSource } from '../upscale/block/lease';
import type { Expansion } from '../upscale/expanding/expansion';
import { measureBlocks } from './blocks';
import { COSTLY_GROUPS, MEASURE_GROUPS, type MeasureGroup, type Measurement } from './measurement';
import type { NullCache } from './null-cache';
import { measureModel } from './model';
import { measureTensors } from './tensors';

/** The model to measure. */
export interface MeasuredModel {
  readonly model: LlamaModel;
  readonly checkpoint: Checkpoint;
  /** Undefined for the base model; then `recipe` is null. */
  readonly expansion: Expansion | undefined;
  readonly recipe: Recipe | null;
}

interface Options {
  readonly groups?: readonly MeasureGroup[] | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: { label: string; fraction: number }) => void) | undefined;
  /** Features that are compared in place of weights, if the recipe compares activations. */
  readonly features?: BlockSource | undefined;
  /** Nulls measured before, for recipes that share problems. Read and filled. */
  readonly nulls?: NullCache | undefined;
}

/** Default: all groups that cost no more than a few forward passes. */
const DEFAULT_GROUPS = MEASURE_GROUPS.filter((group) => !COSTLY_GROUPS.includes(group));

const BLOCK_GROUPS: readonly MeasureGroup[] = ['blocks', 'attention', 'lens', 'ablations'];

/**
 * Measures a model on windows of token ids, its blocks on `sample`, one window of at least two tokens.
 * @throws EvaluationError for a loss that is not finite; TransportError for a plan that cannot be solved; AbortError.
 */
export async function measure(
  { model, checkpoint, expansion, recipe }: MeasuredModel,
  windows: readonly Uint32Array[],
  sample: Uint32Array,
  { groups: asked = DEFAULT_GROUPS, signal, onProgress, features, nulls }: Options = {},
): Promise<Measurement> {
  const groups = new Set(asked);
  const options = (label: string) => ({
    signal,
    onProgress: (fraction: number) => onProgress?.({ label, fraction }),
  });
  const whole = groups.has('model')
    ? await measureModel(model, expansion, checkpoint, windows, options('Measuring the model'))
    : null;
  const blocks = BLOCK_GROUPS.some((group) => groups.has(group))
    ? await measureBlocks(model, expansion, sample, { groups, ...options('Measuring blocks') })
    : undefined;
  const tensors =
    (groups.has('tensors') || groups.has('null')) && recipe && expansion
      ? await measureTensors(model.backend, model.weights, recipe, expansion, {
          ...options('Measuring tensors'),
          features,
          groups,
          nulls,
        })
      : [];
  return {
    tensors,
    blocks: blocks?.blocks ?? [],
    cka: blocks?.cka ?? new Float32Array(),
    model: whole,
    sample: blocks?.sample ?? null,
  };
}
