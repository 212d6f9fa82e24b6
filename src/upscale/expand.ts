import type { Backend, Tensor } from '../backend/operations';
import { countParameters } from '../llama/block';
import type { LlamaConfig } from '../llama/config';
import type { Layer } from '../llama/model';
import type { Weights } from '../llama/weights';
import type { MethodId, Recipe } from '../recipe/schema';
import { borrow } from './borrow';
import { arrangement, newIndices, resolveGaps } from './layout';
import { METHODS } from './methods';
import { asBlock, type NewBlock, ownTensors } from './new-block';
import type { PlanSummary } from './planned';

/** The part of a recipe that decides a deeper model. */
export type ExpandRecipe = Pick<Recipe, 'method' | 'gaps' | 'solver' | 'zeroInit' | 'seed'>;

export interface ExpandOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: { label: string; fraction: number }) => void) | undefined;
  /**
   * Solve every plan the method speaks of, for its summary. By default down_proj's is left out where down_proj is zeroed:
   * it is the largest problem and nothing reads its result.
   */
  readonly allPlans?: boolean;
}

/** A deeper model: the new blocks, on the backend until `free`, and where they stand among the base blocks. */
export class Expansion {
  readonly method: MethodId;
  readonly zeroInit: boolean;
  /** Ascending; gap g follows base block g. */
  readonly gaps: readonly number[];
  /** Indices of the new blocks in the deeper model, as `gaps`. */
  readonly newLayers: readonly number[];
  /** As `gaps`. */
  readonly blocks: readonly NewBlock[];
  /** All blocks, bottom to top, as `LlamaModel` takes them. */
  readonly layers: readonly Layer[];
  /** Of the whole deeper model. */
  readonly parameters: number;
  readonly #backend: Backend;
  #owned: Tensor[];

  constructor(
    backend: Backend,
    config: LlamaConfig,
    made: { method: MethodId; zeroInit: boolean; blocks: readonly NewBlock[]; zeros: readonly Tensor[] },
  ) {
    this.#backend = backend;
    this.method = made.method;
    this.zeroInit = made.zeroInit;
    this.blocks = made.blocks;
    this.gaps = made.blocks.map(({ gap }) => gap);
    this.newLayers = newIndices(this.gaps);
    const byGap = new Map(made.blocks.map((block) => [block.gap, asBlock(block)] as const));
    this.layers = arrangement(this.gaps, config.layers).flatMap((place): Layer[] => {
      if (place.kind === 'base') return [place];
      const block = byGap.get(place.gap);
      return block ? [{ ...place, block }] : [];
    });
    this.parameters = countParameters(config, config.layers + made.blocks.length);
    this.#owned = [...made.zeros, ...made.blocks.flatMap(({ tensors }) => ownTensors(tensors.values()))];
  }

  /** Summaries of all plans that were solved, gap by gap. */
  get plans(): PlanSummary[] {
    return this.blocks.flatMap(({ plans }) => plans);
  }

  /** Frees the new blocks; models made from `layers` can no longer run. Twice is harmless. */
  free(): void {
    this.#backend.free(...this.#owned);
    this.#owned = [];
  }
}

/**
 * Makes the new blocks of a recipe, one gap after the other, with at most two base blocks in use at a time.
 * @throws GapError for gaps that do not exist; UpscaleError or TransportError when a block cannot be made; AbortError.
 */
export async function expand(
  backend: Backend,
  weights: Weights,
  recipe: ExpandRecipe,
  options: ExpandOptions = {},
): Promise<Expansion> {
  const { config } = weights;
  const method = METHODS[recipe.method];
  const gaps = resolveGaps(recipe.gaps, config.layers, method.parents);
  const zeroInit = recipe.zeroInit === 'method' ? method.zeroInit : recipe.zeroInit;
  const shared = new Map<string, Tensor>();
  const zeros = (shape: readonly number[]): Tensor => {
    const key = shape.join('×');
    const tensor = shared.get(key) ?? backend.zeros(shape, `zeros ${key}`);
    shared.set(key, tensor);
    return tensor;
  };
  const blocks: NewBlock[] = [];
  try {
    for (const [rank, gap] of gaps.entries()) {
      options.signal?.throwIfAborted();
      const onTensor = (key: string, fraction: number): void =>
        options.onProgress?.({ label: `gap ${gap}: ${key}`, fraction: (rank + fraction) / gaps.length });
      const { solver, seed } = recipe;
      const { signal, allPlans = false } = options;
      const rest = { backend, gap, solver, seed, zeroInit, allPlans, zeros, signal, onTensor };
      const used = method.parents === 'pair' ? [gap, gap + 1] : [gap];
      const borrowed = await borrow(weights, used, signal);
      try {
        const [previous, next] = borrowed.blocks;
        if (previous) blocks.push(await method.make({ ...rest, previous, next }));
      } finally {
        borrowed.release();
      }
    }
    options.onProgress?.({ label: 'done', fraction: 1 });
    return new Expansion(backend, config, {
      method: method.id,
      zeroInit,
      blocks,
      zeros: [...shared.values()],
    });
  } catch (error) {
    backend.free(...shared.values(), ...blocks.flatMap(({ tensors }) => ownTensors(tensors.values())));
    throw error;
  }
}
