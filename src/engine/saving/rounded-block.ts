import type { Backend, Tensor } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import type { Block } from '../../llama/block';
import type { BlockHandle } from '../../llama/block-handle';
import { deviceDType } from '../../llama/check';
import { roundedBytes, type SavedTensor } from '../../upscale/saving/save';

/** Uploads exact values rounded to what they are saved in. @throws CheckpointError if a value is too large for that. */
export function uploadRounded(
  backend: Backend,
  tensor: Pick<SavedTensor, 'name' | 'dtype'>,
  exact: Float32Array,
  shape: readonly number[],
): Tensor {
  const { name, dtype } = tensor;
  return backend.upload(roundedBytes(tensor, exact), shape, deviceDType(name, dtype), name);
}

/** A block with some of its tensors rounded to what they are saved in, for as long as somebody holds it. */
export class RoundedBlock implements BlockHandle {
  readonly #backend: Backend;
  readonly #exact: BlockHandle;
  readonly #rounded: ReadonlyMap<string, SavedTensor>;
  readonly #held: Scope[] = [];

  /** @param rounded the tensors to round, keyed as in `blockShapes`. */
  constructor(backend: Backend, exact: BlockHandle, rounded: ReadonlyMap<string, SavedTensor>) {
    this.#backend = backend;
    this.#exact = exact;
    this.#rounded = rounded;
  }

  async acquire(signal?: AbortSignal): Promise<Block> {
    const block = new Map(await this.#exact.acquire(signal));
    const scope = new Scope(this.#backend, 'weights');
    this.#held.push(scope);
    try {
      for (const [key, saved] of this.#rounded) {
        signal?.throwIfAborted();
        const exact = block.get(key);
        if (!exact) continue;
        const values = await this.#backend.read(exact);
        block.set(key, scope.own(uploadRounded(this.#backend, saved, values, exact.shape)));
      }
      return block;
    } catch (error) {
      this.release();
      throw error;
    }
  }

  release(): void {
    this.#held.pop()?.free();
    this.#exact.release();
  }
}
