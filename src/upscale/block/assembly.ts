import { gapName } from '../../recipe/gap-name';
import type { Backend, Tensor } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import { matrix } from '../../backend/shape';
import type { Block } from '../../llama/block';
import { TransportError } from '../../transport/errors';
import { UpscaleError } from './errors';
import type { BlockStore } from './block-store';
import { NewBlock, type NewTensor, ownTensors } from './new-block';
import { blockTensor, isOutputProjection } from './block-tensor';
import type { PlanSummary } from './planned';

/** The input of `BlockAssembly`: gap, parents and settings of one new block. */
export interface AssemblyContext {
  readonly backend: Backend;
  readonly gap: number;
  /** The base block whose settings the new block takes. */
  readonly like: number;
  /** The previous parent: base block `previousIndex`, which is `gap` unless parents were chosen by hand. */
  readonly previous: Block;
  readonly previousIndex: number;
  /** The next parent, by default base block `gap + 1`; undefined for methods that do not read it. */
  readonly next: Block | undefined;
  readonly nextIndex: number;
  /** Weight of the previous parent when tensors are fused; ½ in the paper. */
  readonly alpha: number;
  /** True: the block's output projections are zero. */
  readonly zeroInit: boolean;
  /** Returns a tensor of zeros, which is shared and owned by the caller. */
  readonly zeros: (shape: readonly number[]) => Tensor;
  /** Takes every tensor as soon as it is made, if the new blocks do not fit into memory together. */
  readonly store?: BlockStore | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called before each tensor is made. */
  readonly onTensor?: ((label: string, fraction: number) => void) | undefined;
}

/** Collects and checks the tensors of one new block. Frees them if the block cannot be finished. */
export class BlockAssembly {
  readonly #context: AssemblyContext;
  readonly #method: string;
  readonly #tensors = new Map<string, NewTensor>();
  readonly #plans: PlanSummary[] = [];

  /** @param method id of the method, for error messages. */
  constructor(context: AssemblyContext, method: string) {
    this.#context = context;
    this.#method = method;
  }

  /** Runs `fill`, which adds every tensor, and returns the block. On failure frees all collected tensors. */
  async build(fill: (assembly: BlockAssembly) => Promise<void>): Promise<NewBlock> {
    try {
      await fill(this);
      // In the order of the base block's tensors.
      const tensors = new Map<string, NewTensor>();
      for (const key of this.#context.previous.keys()) {
        const tensor = this.#tensors.get(key);
        if (!tensor)
          throw new UpscaleError(`${this.#where(key)}: expected a tensor, got none. Choose another method.`);
        tensors.set(key, await this.#stored(key, tensor));
      }
      const { backend, gap, like, store } = this.#context;
      return new NewBlock(backend, { gap, like, tensors, plans: this.#plans }, store);
    } catch (error) {
      this.#context.backend.free(...ownTensors(this.#tensors.values()));
      for (const made of this.#tensors.values()) if ('file' in made) void made.file.remove();
      this.#tensors.clear();
      throw error;
    }
  }

  /**
   * Calls `make` for every tensor of the block, with its key, the previous parent's tensor and its index. Adds zeros itself
   * for output projections if they are zeroed.
   * @throws errors of `make`; AbortError.
   */
  async forEachTensor(
    make: (key: string, previous: Tensor, index: number) => Promise<void> | void,
  ): Promise<void> {
    const { previous, zeroInit, signal, onTensor } = this.#context;
    for (const [index, [key, tensor]] of [...previous].entries()) {
      signal?.throwIfAborted();
      onTensor?.(key, index / previous.size);
      if (zeroInit && isOutputProjection(key)) this.zero(key);
      else await make(key, tensor, index);
    }
  }

  /** Adds a computed tensor and takes ownership of it. @throws UpscaleError if a value is not finite. */
  async addComputed(key: string, tensor: Tensor): Promise<void> {
    const made = { origin: 'computed', tensor } as const;
    this.#tensors.set(key, made);
    if (!(await allFinite(this.#context.backend, tensor)))
      throw new UpscaleError(
        `${this.#where(key)}: expected finite values, got NaN or infinity. Try a larger ε, or a method without plans.`,
      );
    await this.#stored(key, made);
  }

  /** Adds α·x + (1 − α)·y. `x` comes from the previous parent, `y` from the next. */
  async fuse(key: string, x: Tensor, y: Tensor): Promise<void> {
    const { backend, alpha } = this.#context;
    await this.addComputed(key, backend.weightedSum(x, alpha, y, 1 - alpha));
  }

  /** Adds an exact copy of a parent's tensor. */
  copy(key: string, parent: 'previous' | 'next' = 'previous'): void {
    const { previous, previousIndex, nextIndex } = this.#context;
    if (parent === 'previous') this.copyFrom(key, previous, previousIndex);
    else this.copyFrom(key, this.next, nextIndex);
  }

  /** Adds an exact copy of a tensor of base block `of`. */
  copyFrom(key: string, block: Block, of: number): void {
    // Copied, because the base block's tensor may be evicted while the new block is in use.
    const tensor = this.#context.backend.weightedSum(blockTensor(block, key), 1);
    this.#tensors.set(key, { origin: 'copy', tensor, of });
  }

  zero(key: string): void {
    const { previous, zeros } = this.#context;
    this.#tensors.set(key, { origin: 'zero', tensor: zeros(blockTensor(previous, key).shape) });
  }

  /** The next parent. @throws UpscaleError if there is none. */
  get next(): Block {
    const { next, gap } = this.#context;
    if (next) return next;
    throw new UpscaleError(
      `${this.#method}: expected a next block of gap ${gapName(gap)}, got none. Choose a lower gap.`,
    );
  }

  /** The next parent's tensor. @throws UpscaleError if the parent or the tensor is missing. */
  nextTensor(key: string): Tensor {
    return blockTensor(this.next, key);
  }

  addPlan(summary: PlanSummary): void {
    this.#plans.push(summary);
  }

  /** Adds method, gap and tensor to an error's message. Cancellation and device errors are returned unchanged. */
  failure(key: string, error: unknown): unknown {
    if (!(error instanceof TransportError)) return error;
    return new UpscaleError(`${this.#where(key)}: ${error.message}`, { cause: error });
  }

  /** Moves a tensor of the block's own to a file, if there is a store. */
  async #stored(key: string, made: NewTensor): Promise<NewTensor> {
    const { store } = this.#context;
    if (!store || made.origin === 'zero' || !('tensor' in made)) return made;
    const { tensor, ...origin } = made;
    // The store frees the tensor, also if it fails.
    this.#tensors.delete(key);
    const stored: NewTensor = { ...origin, ...(await store.put(tensor)) };
    this.#tensors.set(key, stored);
    return stored;
  }

  #where(key: string): string {
    return `${this.#method}, gap ${gapName(this.#context.gap)}, ${key}`;
  }
}

/** Reads one sum per row: a value that is not finite makes the row's sum not finite, on every backend. */
async function allFinite(backend: Backend, tensor: Tensor): Promise<boolean> {
  const [rows, columns] = matrix(tensor);
  const values = rows === 1 ? await backend.read(tensor) : await rowSums(backend, tensor, columns);
  return values.every(Number.isFinite);
}

async function rowSums(backend: Backend, tensor: Tensor, columns: number): Promise<Float32Array> {
  const scope = new Scope(backend);
  try {
    const ones = scope.own(backend.upload(new Float32Array(columns).fill(1), [1, columns], 'f32', 'ones'));
    return await backend.read(scope.own(backend.matmul(tensor, ones, { orientation: 'nt' })));
  } finally {
    scope.free();
  }
}
