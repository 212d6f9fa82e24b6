import type { Backend, Tensor } from '../backend/operations';
import type { ForwardOptions, LlamaModel, Streams } from './model';

/** Texts whose states take more are run from the start every time. */
const MOST_BYTES = 2 ** 26;

/**
 * What models made from the same weights have in common on a text: the residual streams below the first block in which one
 * differs from the base model, and the base model's final states. Kept on the device for the text and the depth last
 * asked for, so that one model after another is compared with the base at the price of the blocks that are its own.
 */
export class SharedStates {
  readonly #backend: Backend;
  #windows: readonly Uint32Array[] = [];
  #below: Streams | undefined;
  #base: readonly Tensor[] | undefined;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** What `model.hidden` returns, bit for bit. All models asked for until `free` share their weights. */
  async hidden(
    model: LlamaModel,
    windows: readonly Uint32Array[],
    options: ForwardOptions = {},
  ): Promise<Tensor[]> {
    const tokens = windows.reduce((sum, { length }) => sum + length, 0);
    if (2 * 4 * tokens * model.config.hiddenSize > MOST_BYTES) return model.hidden(windows, options);
    if (!sameWindows(windows, this.#windows)) {
      this.free();
      this.#windows = windows.map((ids) => ids.slice());
    }
    const depth = baseBlocks(model);
    const isBase = depth === model.layers.length && depth === model.config.layers;
    if (isBase && this.#base) {
      options.onProgress?.(1);
      return this.#base.map((state) => this.#copy(state));
    }
    const start = this.#below && this.#below.depth <= depth ? this.#below : undefined;
    // The base model differs nowhere; where the next model will is not known yet.
    const seen = isBase || start?.depth === depth ? undefined : new Map<number, Tensor>();
    try {
      const states = await model.hidden(windows, {
        ...options,
        start,
        onStream: async (view) => {
          if (view.depth === depth) seen?.set(view.window, this.#copy(view.stream));
        },
      });
      if (isBase) this.#base = states.map((state) => this.#copy(state));
      if (seen) this.#keepBelow({ depth, streams: windows.flatMap((_, window) => seen.get(window) ?? []) });
      return states;
    } catch (error) {
      if (seen) this.#backend.free(...seen.values());
      throw error;
    }
  }

  /** Forgets everything; the next text starts anew. */
  free(): void {
    this.#keepBelow(undefined);
    this.#backend.free(...(this.#base ?? []));
    this.#base = undefined;
    this.#windows = [];
  }

  #keepBelow(below: Streams | undefined): void {
    this.#backend.free(...(this.#below?.streams ?? []));
    this.#below = below;
  }

  #copy(x: Tensor): Tensor {
    const copy = this.#backend.zeros(x.shape, `${x.label} kept`);
    this.#backend.copyRows(x, copy, 0);
    return copy;
  }
}

/** The number of blocks from below that are the base model's own, each in its place. */
function baseBlocks({ layers }: LlamaModel): number {
  const first = layers.findIndex((layer, depth) => layer.kind !== 'base' || layer.index !== depth);
  return first < 0 ? layers.length : first;
}

const sameWindows = (a: readonly Uint32Array[], b: readonly Uint32Array[]): boolean =>
  a.length === b.length &&
  a.every((ids, w) => ids.length === b[w]?.length && ids.every((id, i) => id === b[w]?.[i]));
