import type { Backend, Tensor } from '../backend/operations';
import { copiesOf } from '../backend/scope';
import type { ForwardOptions, LlamaModel, ResidualStreams } from './model';

/** Texts with larger states are not cached. */
const MAX_BYTES = 2 ** 26;

/**
 * Caches states that models of the same weights share on a text: the residual streams below the first block that differs from
 * the base model, and the base model's final states. Holds only the last text and depth, on the device. Comparing several models
 * with the base then only runs the blocks that differ.
 */
export class HiddenStateCache {
  readonly #backend: Backend;
  #windows: readonly Uint32Array[] = [];
  #below: ResidualStreams | undefined;
  #base: readonly Tensor[] | undefined;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Returns the same as `model.hidden`, bit for bit. All models until the next `free` must have the same weights. */
  async hidden(
    model: LlamaModel,
    windows: readonly Uint32Array[],
    options: ForwardOptions = {},
  ): Promise<Tensor[]> {
    const tokens = windows.reduce((sum, { length }) => sum + length, 0);
    if (2 * 4 * tokens * model.config.hiddenSize > MAX_BYTES) return model.hidden(windows, options);
    if (!sameWindows(windows, this.#windows)) {
      this.free();
      this.#windows = windows.map((ids) => ids.slice());
    }
    const depth = sharedDepth(model);
    const isBase = depth === model.layers.length && depth === model.config.layers;
    if (isBase && this.#base) {
      options.onProgress?.(1);
      return this.#copies(this.#base);
    }
    const start = this.#below && this.#below.depth <= depth ? this.#below : undefined;
    // For the base model no depth is known yet at which the next model will differ.
    const seen = isBase || start?.depth === depth ? undefined : new Map<number, Tensor>();
    let states: readonly Tensor[] = [];
    try {
      states = await model.hidden(windows, {
        ...options,
        start,
        onStream: async (view) => {
          if (view.depth !== depth || !seen) return;
          for (const copy of this.#copies([view.stream])) seen.set(view.window, copy);
        },
      });
      if (isBase) this.#base = this.#copies(states);
      if (seen) this.#keepBelow({ depth, streams: windows.flatMap((_, window) => seen.get(window) ?? []) });
      return [...states];
    } catch (error) {
      this.#backend.free(...states);
      if (seen) this.#backend.free(...seen.values());
      throw error;
    }
  }

  /** Frees all cached states. The object stays usable. */
  free(): void {
    this.#keepBelow(undefined);
    this.#backend.free(...(this.#base ?? []));
    this.#base = undefined;
    this.#windows = [];
  }

  #keepBelow(below: ResidualStreams | undefined): void {
    this.#backend.free(...(this.#below?.streams ?? []));
    this.#below = below;
  }

  #copies(tensors: readonly Tensor[]): Tensor[] {
    return copiesOf(this.#backend, 'activations', tensors);
  }
}

/** Returns how many of the first blocks are those of the base model, in the same order. */
function sharedDepth({ layers }: LlamaModel): number {
  const first = layers.findIndex((layer, depth) => layer.kind !== 'base' || layer.index !== depth);
  return first < 0 ? layers.length : first;
}

const sameWindows = (a: readonly Uint32Array[], b: readonly Uint32Array[]): boolean =>
  a.length === b.length &&
  a.every((ids, w) => ids.length === b[w]?.length && ids.every((id, i) => id === b[w]?.[i]));
