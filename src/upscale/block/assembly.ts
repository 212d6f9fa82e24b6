import type { Backend, Tensor } from '../../backend/operations';
import { matrix } from '../../backend/shape';
import type { Block } from '../../llama/block';
import { TransportError } from '../../transport/errors';
import { UpscaleError } from './errors';
import { type NewBlock, type NewTensor, ownTensors } from './new-block';
import type { MakeContext } from '../contract/method';
import { blockTensor } from './block-tensor';
import type { PlanSummary } from './planned';

/** Collects the tensors of one new block, checks them, and frees them again when the block cannot be finished. */
export class BlockAssembly {
  readonly #context: MakeContext;
  readonly #method: string;
  readonly #tensors = new Map<string, NewTensor>();
  readonly #plans: PlanSummary[] = [];

  constructor(context: MakeContext, method: string) {
    this.#context = context;
    this.#method = method;
  }

  /** Runs `fill` and returns the block; on failure frees what was collected. */
  async build(fill: () => Promise<void>): Promise<NewBlock> {
    try {
      await fill();
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

  /** Takes over a computed tensor. @throws UpscaleError when a value is not finite. */
  async computed(key: string, tensor: Tensor): Promise<void> {
    this.#tensors.set(key, { origin: 'computed', tensor });
    if (await allFinite(this.#context.backend, tensor)) return;
    throw new UpscaleError(
      `${this.#where(key)}: expected finite values, got NaN or infinity. Try a larger ε, or a method without plans.`,
    );
  }

  /** α·x + (1 − α)·y of the parents' tensors, or of moved ones; the paper's α is ½. */
  async fuse(key: string, x: Tensor, y: Tensor): Promise<void> {
    const { backend, alpha } = this.#context;
    await this.computed(key, backend.weightedSum(x, alpha, y, 1 - alpha));
  }

  /** An exact copy of a parent's tensor. */
  copy(key: string, parent: 'previous' | 'next' = 'previous'): void {
    const { previous, previousIndex, nextIndex } = this.#context;
    if (parent === 'previous') this.copyOf(key, previous, previousIndex);
    else this.copyOf(key, this.next, nextIndex);
  }

  /** An exact copy of a tensor of base block `of`. */
  copyOf(key: string, block: Block, of: number): void {
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

  plan(summary: PlanSummary): void {
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
