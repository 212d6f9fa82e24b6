import type { Backend, Tensor } from '../../backend/operations';
import { matrix } from '../../backend/shape';
import type { Block } from '../../llama/block';
import { TransportError } from '../../transport/errors';
import { UpscaleError } from './errors';
import { type NewBlock, type NewTensor, ownTensors } from './new-block';
import { blockTensor, isOutput } from './block-tensor';
import type { PlanSummary } from './planned';

/** Where a new block goes, what it is made from, and who waits for it. */
export interface AssemblyContext {
  readonly backend: Backend;
  readonly gap: number;
  /** The lower parent: base block `previousIndex`, which is `gap` unless parents were chosen by hand. */
  readonly previous: Block;
  readonly previousIndex: number;
  /** The upper parent, likewise `gap + 1`; undefined for methods that do not read it. */
  readonly next: Block | undefined;
  readonly nextIndex: number;
  /** Share of the lower parent in what is fused; the paper's is ½. */
  readonly alpha: number;
  /** Whether the block's output projections are zeroed. */
  readonly zeroInit: boolean;
  /** Zeros of a shape, shared and owned by the caller. */
  readonly zeros: (shape: readonly number[]) => Tensor;
  readonly signal?: AbortSignal | undefined;
  /** Called before each tensor is made. */
  readonly onTensor?: ((label: string, fraction: number) => void) | undefined;
}

/** Collects the tensors of one new block, checks them, and frees them again when the block cannot be finished. */
export class BlockAssembly {
  readonly #context: AssemblyContext;
  readonly #method: string;
  readonly #tensors = new Map<string, NewTensor>();
  readonly #plans: PlanSummary[] = [];

  /** @param method id of the method, for errors. */
  constructor(context: AssemblyContext, method: string) {
    this.#context = context;
    this.#method = method;
  }

  /** Runs `fill`, which makes every tensor of the block, and returns the block; on failure frees what was collected. */
  async build(fill: (assembly: BlockAssembly) => Promise<void>): Promise<NewBlock> {
    try {
      await fill(this);
      // In the order of the block's own tensors, whatever order they were made in.
      const tensors = new Map<string, NewTensor>();
      for (const key of this.#context.previous.keys()) {
        const tensor = this.#tensors.get(key);
        if (!tensor)
          throw new UpscaleError(`${this.#where(key)}: expected a tensor, got none. Choose another method.`);
        tensors.set(key, tensor);
      }
      return { gap: this.#context.gap, tensors, plans: this.#plans };
    } catch (error) {
      this.#context.backend.free(...ownTensors(this.#tensors.values()));
      this.#tensors.clear();
      throw error;
    }
  }

  /**
   * Makes the block tensor by tensor: zeros for output projections where they are zeroed, and what `make` says for every
   * other, given its key, the lower parent's tensor and its place in the block.
   * @throws what `make` throws; AbortError.
   */
  async forEachTensor(
    make: (key: string, previous: Tensor, index: number) => Promise<void> | void,
  ): Promise<void> {
    const { previous, zeroInit, signal, onTensor } = this.#context;
    for (const [index, [key, tensor]] of [...previous].entries()) {
      signal?.throwIfAborted();
      onTensor?.(key, index / previous.size);
      if (zeroInit && isOutput(key)) this.zero(key);
      else await make(key, tensor, index);
    }
  }

  /** Takes over a computed tensor. @throws UpscaleError when a value is not finite. */
  async addComputed(key: string, tensor: Tensor): Promise<void> {
    this.#tensors.set(key, { origin: 'computed', tensor });
    if (await allFinite(this.#context.backend, tensor)) return;
    throw new UpscaleError(
      `${this.#where(key)}: expected finite values, got NaN or infinity. Try a larger ε, or a method without plans.`,
    );
  }

  /** α·x + (1 − α)·y of the parents' tensors, or of moved ones. */
  async fuse(key: string, x: Tensor, y: Tensor): Promise<void> {
    const { backend, alpha } = this.#context;
    await this.addComputed(key, backend.weightedSum(x, alpha, y, 1 - alpha));
  }

  /** An exact copy of a parent's tensor. */
  copy(key: string, parent: 'previous' | 'next' = 'previous'): void {
    const { previous, previousIndex, nextIndex } = this.#context;
    if (parent === 'previous') this.copyFrom(key, previous, previousIndex);
    else this.copyFrom(key, this.next, nextIndex);
  }

  /** An exact copy of a tensor of base block `of`. */
  copyFrom(key: string, block: Block, of: number): void {
    // A copy of its own: the base block's tensor may be evicted while the new block lives.
    const tensor = this.#context.backend.weightedSum(blockTensor(block, key), 1);
    this.#tensors.set(key, { origin: 'copy', tensor, of });
  }

  zero(key: string): void {
    const { previous, zeros } = this.#context;
    this.#tensors.set(key, { origin: 'zero', tensor: zeros(blockTensor(previous, key).shape) });
  }

  /** The upper parent. @throws UpscaleError where there is none. */
  get next(): Block {
    const { next, gap } = this.#context;
    if (next) return next;
    throw new UpscaleError(
      `${this.#method}: expected a block after gap ${gap}, got none. Choose a lower gap.`,
    );
  }

  /** The upper parent's tensor. @throws UpscaleError where there is no such parent or tensor. */
  nextTensor(key: string): Tensor {
    return blockTensor(this.next, key);
  }

  addPlan(summary: PlanSummary): void {
    this.#plans.push(summary);
  }

  /** What failed while a tensor was made, with its place; cancellation and errors of the device stay what they are. */
  failure(key: string, error: unknown): unknown {
    if (!(error instanceof TransportError)) return error;
    return new UpscaleError(`${this.#where(key)}: ${error.message}`, { cause: error });
  }

  #where(key: string): string {
    return `${this.#method}, gap ${this.#context.gap}, ${key}`;
  }
}

/** Reads one sum per row: any value that is not finite makes its row's sum so, on every backend. */
async function allFinite(backend: Backend, tensor: Tensor): Promise<boolean> {
  const [rows, columns] = matrix(tensor);
  const values = rows === 1 ? await backend.read(tensor) : await rowSums(backend, tensor, columns);
  return values.every(Number.isFinite);
}

async function rowSums(backend: Backend, tensor: Tensor, columns: number): Promise<Float32Array> {
  const ones = backend.upload(new Float32Array(columns).fill(1), [1, columns], 'f32', 'ones');
  const sums = backend.matmul(tensor, ones, { orientation: 'nt' });
  try {
    return await backend.read(sums);
  } finally {
    backend.free(ones, sums);
  }
}
