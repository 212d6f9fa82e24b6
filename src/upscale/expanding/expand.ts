/*
 * expanding: makes the deeper model of a recipe. The order of blocks (`gaps`, `slices`, `block-specs`), checks (`check`,
 * `applicability`), new blocks (`expand`, `expansion`), and the transport problem of one tensor (`alignment`). Runs methods
 * through their contract and names none of them.
 */
import { gapName } from '../../recipe/gap-name';
import type { Backend, Tensor } from '../../backend/operations';
import type { Scratch } from '../../checkpoint/scratch';
import { expectSupported } from '../../llama/config';
import type { Weights } from '../../llama/weights';
import type { SolutionCache } from '../../transport/solution-cache';
import { BlockAssembly } from '../block/assembly';
import { type BlockSource, leaseBlocks, type BlockLease } from '../block/lease';
import { BlockStore, RESIDENT_BYTES } from '../block/block-store';
import { type NewBlock, ownTensors } from '../block/new-block';
import type { BlockContext, MethodContext } from '../contract/context';
import { type PreparedMethod, type GapMethod, isLayout } from '../contract/method';
import type { ExpandRecipe } from '../contract/recipe';
import { methodOf } from '../methods';
import { zeroInitOf } from '../methods/resolve';
import { checkApplies } from './check';
import { Expansion, type DeeperBlock } from './expansion';
import { featuresOf } from './features-of';
import { checkFits, expansionWork } from './forecast';
import { idleFilters, outerFactors } from './filters';
import { blockSpecs } from './block-specs';
import { fillScaled } from './scaled';
import type { BlockSpec } from './slices';

export interface ExpandOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: { label: string; fraction: number }) => void) | undefined;
  /**
   * True: solve every plan, for its summary. By default down_proj's plan is skipped if down_proj is zeroed, because it is
   * the largest problem and nothing reads its result.
   */
  readonly allPlans?: boolean;
  /** Features that are compared in place of weights, if the recipe compares activations. Owned by the caller. */
  readonly features?: BlockSource | undefined;
  /** Cache of transport problems solved on this backend. Owned by the caller. */
  readonly solutions?: SolutionCache | undefined;
  /** Temporary files for new blocks that do not fit into memory together. Without them all stay on the device. */
  readonly scratch?: Scratch | undefined;
  /** New blocks of more float32 bytes in all go to `scratch`. Default: 1 GiB on WebGPU, 512 MiB on the CPU. */
  readonly residentBytes?: number;
}

/** Fraction of the progress given to the shared preparation: LESA's training takes nearly all the time. */
const PREPARING = 0.95;

/** A block that needs weights of its own. */
type NewBlockSpec = Exclude<BlockSpec, { kind: 'base' | 'copy' }>;

/**
 * Makes the deeper model of a recipe, one new block at a time. At most two base blocks are leased at a time (except during
 * a method's shared preparation).
 * @throws GapError for gaps, parents or slices that do not exist; UpscaleError for a method that cannot apply, or blocks that
 *   cannot fit on the device; UpscaleError or TransportError if a block cannot be made; UnsupportedArchitectureError; AbortError.
 */
export async function expand(
  backend: Backend,
  weights: Weights,
  recipe: ExpandRecipe,
  options: ExpandOptions = {},
): Promise<Expansion> {
  const { config } = weights;
  expectSupported(config);
  checkApplies(recipe, config);
  // Without temporary files all new blocks stay on the device.
  const { scratch, residentBytes = scratch ? RESIDENT_BYTES[backend.info.kind] : Infinity } = options;
  const needs = expansionWork(recipe, config, backend.info, weights.blockBytes(0), residentBytes);
  checkFits(needs, backend.info);
  const store =
    scratch && needs.temporaryBytes > 0 ? new BlockStore(backend, weights.cache, scratch) : undefined;
  const work = new ExpansionBuilder(backend, weights, recipe, options, { blocks: needs.blocks, store });
  try {
    const places: DeeperBlock[] = [];
    for (const site of blockSpecs(recipe, config.layers)) {
      if (site.kind === 'base' || site.kind === 'copy') places.push(site);
      else places.push({ kind: 'new', block: await work.make(site) });
    }
    options.onProgress?.({ label: 'done', fraction: 1 });
    const { zeroInit, zeros } = work;
    const method = methodOf(recipe.method);
    const slices = isLayout(method) ? method.slices(config.layers, recipe) : [];
    const outer = outerFactors(slices, config);
    const notices = idleFilters(slices, config);
    return new Expansion(backend, config, { method: recipe.method, zeroInit, places, zeros, outer, notices });
  } catch (error) {
    work.discard();
    throw error;
  } finally {
    work.end();
  }
}

/** Makes the new blocks and owns them, and the shared zeros, until the expansion takes them. */
class ExpansionBuilder {
  readonly zeroInit: boolean;
  readonly #shared: MethodContext;
  readonly #recipe: ExpandRecipe;
  readonly #options: ExpandOptions;
  readonly #features: BlockSource | undefined;
  readonly #store: BlockStore | undefined;
  readonly #total: number;
  readonly #zeros = new Map<string, Tensor>();
  readonly #blocks: NewBlock[] = [];
  #prepared: PreparedMethod | undefined;
  /** Fraction of the progress that the shared preparation takes. */
  #sharedFraction = 0;

  constructor(
    backend: Backend,
    weights: Weights,
    recipe: ExpandRecipe,
    options: ExpandOptions,
    { blocks, store }: { readonly blocks: number; readonly store: BlockStore | undefined },
  ) {
    const { solver, cost, alpha, structured, seed } = recipe;
    const { signal, solutions } = options;
    this.zeroInit = zeroInitOf(recipe);
    this.#recipe = recipe;
    this.#options = options;
    this.#features = featuresOf(recipe, options.features);
    this.#total = blocks;
    this.#store = store;
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
    const like = !isLayout(method) && method.like === 'next' ? nextIndex : previousIndex;
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
        like,
        previous,
        previousIndex,
        next,
        nextIndex,
        compared: from && to && { previous: from, next: to },
        allPlans,
        zeros: (shape) => this.#zero(shape),
        store: this.#store,
        onTensor: this.#progress(`gap ${gapName(gap)}`),
      };
      const prepared = isLayout(method) ? undefined : await this.#prepare(method);
      const block = await new BlockAssembly(context, method.id).build((assembly) =>
        prepared
          ? prepared.fill(assembly, context)
          : fillScaled(assembly, context, site.kind === 'scaled' ? site.scale : 1, this.#recipe.dtype),
      );
      for (const tensor of ownTensors(block.tensors.values()))
        this.#shared.backend.countAs('weights', tensor);
      this.#blocks.push(block);
      return block;
    } finally {
      features?.release();
      lease.release();
    }
  }

  /** Frees all blocks and zeros, after a failure. */
  discard(): void {
    for (const block of this.#blocks) block.free();
    this.#shared.backend.free(...this.zeros);
  }

  /** Frees what only making the blocks needed. */
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
