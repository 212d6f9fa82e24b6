/*
 * expanding: from a recipe to a deeper model. Where blocks go (`layout`, `slices`, `outline`), whether that can be
 * (`check`, `applicability`), the new blocks themselves (`expand`, `expansion`), and one tensor's problem without a block
 * (`alignment`). It runs methods by their contract: none is named here.
 */
import type { Backend, Tensor } from '../../backend/operations';
import type { Weights } from '../../llama/weights';
import type { Solutions } from '../../transport/solutions';
import { BlockAssembly } from '../block/assembly';
import { type BlockSource, leaseBlocks, type BlockLease } from '../block/lease';
import { type NewBlock, ownTensors } from '../block/new-block';
import type { BlockContext, MethodContext } from '../contract/context';
import { type PreparedMethod, type GapMethod, isLayout } from '../contract/method';
import type { ExpandRecipe } from '../contract/recipe';
import { methodOf } from '../methods';
import { zeroInitOf } from '../methods/choices';
import { checkApplies } from './check';
import { Expansion, type DeeperBlock } from './expansion';
import { featuresOf } from './features-of';
import { blockSpecs } from './block-specs';
import { fillScaled } from './scaled';
import type { BlockSpec } from './slices';

export interface ExpandOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: { label: string; fraction: number }) => void) | undefined;
  /**
   * Solve every plan the method speaks of, for its summary. By default down_proj's is left out where down_proj is zeroed:
   * it is the largest problem and nothing reads its result.
   */
  readonly allPlans?: boolean;
  /** What stands for the weights of blocks where the recipe compares activations. It stays the caller's. */
  readonly features?: BlockSource | undefined;
  /** Solutions of transport problems solved before on this backend. They stay the caller's. */
  readonly solutions?: Solutions | undefined;
}

/** Part of the whole that work for all gaps takes where there is any: training takes nearly all of it. */
const PREPARING = 0.95;

/** Where a block with weights of its own goes. */
type NewBlockSpec = Exclude<BlockSpec, { kind: 'base' | 'copy' }>;

/**
 * Makes the deeper model of a recipe, one new block after the other, with at most two base blocks in use at a time (but for
 * work that a method does once for all gaps).
 * @throws GapError for gaps, parents or slices that do not exist; UpscaleError for a method that cannot apply;
 *   UpscaleError or TransportError when a block cannot be made; AbortError.
 */
export async function expand(
  backend: Backend,
  weights: Weights,
  recipe: ExpandRecipe,
  options: ExpandOptions = {},
): Promise<Expansion> {
  const { config } = weights;
  checkApplies(recipe, config);
  const specs = blockSpecs(recipe, config.layers);
  const work = new ExpansionBuilder(backend, weights, recipe, specs, options);
  try {
    const places: DeeperBlock[] = [];
    for (const site of specs) {
      if (site.kind === 'base' || site.kind === 'copy') places.push(site);
      else places.push({ kind: 'new', block: await work.make(site) });
    }
    options.onProgress?.({ label: 'done', fraction: 1 });
    const { zeroInit, zeros } = work;
    return new Expansion(backend, config, { method: recipe.method, zeroInit, places, zeros });
  } catch (error) {
    work.discard();
    throw error;
  } finally {
    work.end();
  }
}

/** What is made on the way, to be freed when it cannot be finished. */
class ExpansionBuilder {
  readonly zeroInit: boolean;
  readonly #shared: MethodContext;
  readonly #recipe: ExpandRecipe;
  readonly #options: ExpandOptions;
  readonly #features: BlockSource | undefined;
  readonly #total: number;
  readonly #zeros = new Map<string, Tensor>();
  readonly #blocks: NewBlock[] = [];
  #prepared: PreparedMethod | undefined;
  /** Part of the whole that work for all gaps takes. */
  #sharedFraction = 0;

  constructor(
    backend: Backend,
    weights: Weights,
    recipe: ExpandRecipe,
    specs: readonly BlockSpec[],
    options: ExpandOptions,
  ) {
    const { solver, cost, alpha, structured, seed } = recipe;
    const { signal, solutions } = options;
    this.zeroInit = zeroInitOf(recipe);
    this.#recipe = recipe;
    this.#options = options;
    this.#features = featuresOf(recipe, options.features);
    this.#total = specs.filter(({ kind }) => kind === 'new' || kind === 'scaled').length;
    this.#shared = {
      backend,
      weights,
      config: weights.config,
      zeroInit: this.zeroInit,
      solver,
      cost,
      alpha,
      structured,
      seed,
      solutions,
      signal,
      onTensor: (label, fraction) => options.onProgress?.({ label, fraction }),
    };
  }

  get zeros(): Tensor[] {
    return [...this.#zeros.values()];
  }

  async make(site: NewBlockSpec): Promise<NewBlock> {
    const { signal, allPlans = false } = this.#options;
    signal?.throwIfAborted();
    const method = methodOf(this.#recipe.method);
    const {
      gap,
      previous: previousIndex,
      next: nextIndex,
    } = site.kind === 'new' ? site : { gap: site.index, previous: site.index, next: site.index };
    const pair = !isLayout(method) && method.parents === 'pair';
    const used = pair ? [previousIndex, nextIndex] : [previousIndex];
    const lease = await leaseBlocks(this.#shared.weights, used, signal);
    let features: BlockLease | undefined;
    try {
      features = this.#features && (await leaseBlocks(this.#features, used, signal));
      const [previous = new Map(), next] = lease.blocks;
      const [from, to] = features?.blocks ?? [];
      const context: BlockContext = {
        ...this.#shared,
        gap,
        previous,
        previousIndex,
        next,
        nextIndex,
        compared: from && to && { previous: from, next: to },
        allPlans,
        zeros: (shape) => this.#zero(shape),
        onTensor: this.#progress(`gap ${gap}`),
      };
      const prepared = isLayout(method) ? undefined : await this.#prepare(method);
      const block = await new BlockAssembly(context, method.id).build((assembly) =>
        prepared
          ? prepared.fill(assembly, context)
          : fillScaled(assembly, context, site.kind === 'scaled' ? site.scale : 1),
      );
      this.#blocks.push(block);
      return block;
    } finally {
      features?.release();
      lease.release();
    }
  }

  /** Frees all that was made. */
  discard(): void {
    const own = this.#blocks.flatMap(({ tensors }) => ownTensors(tensors.values()));
    this.#shared.backend.free(...this.zeros, ...own);
  }

  /** Frees what only the making needed. */
  end(): void {
    this.#prepared?.free();
  }

  async #prepare(method: GapMethod): Promise<PreparedMethod> {
    if (this.#prepared) return this.#prepared;
    if ('prepare' in method) {
      this.#sharedFraction = PREPARING;
      const onTensor = (label: string, fraction: number): void =>
        this.#options.onProgress?.({ label: `all gaps: ${label}`, fraction: PREPARING * fraction });
      this.#prepared = await method.prepare({ ...this.#shared, onTensor });
    } else {
      this.#prepared = { fill: method.fill, free: () => undefined };
    }
    return this.#prepared;
  }

  #zero(shape: readonly number[]): Tensor {
    const key = shape.join('×');
    const tensor = this.#zeros.get(key) ?? this.#shared.backend.zeros(shape, `zeros ${key}`);
    this.#zeros.set(key, tensor);
    return tensor;
  }

  #progress(place: string): (label: string, fraction: number) => void {
    const done = this.#blocks.length;
    return (label, fraction) =>
      this.#options.onProgress?.({
        label: `${place}: ${label}`,
        fraction: this.#sharedFraction + ((1 - this.#sharedFraction) * (done + fraction)) / this.#total,
      });
  }
}
