/**
 * This folder runs Llama-type models: configuration, weights, forward and backward passes, loss, generation and tokenizer. It
 * computes on `../backend` and reads from `../checkpoint`; rooms above make models deeper and train them.
 */
import type { Backend, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { Block } from './block';
import { architectureOf, expectSupported, type LlamaConfig } from './config';
import { EvaluationError } from './errors';
import { forwardBlock, type Position } from './forward';
import type { KvCache } from './kv-cache';
import type { LayerKind } from './layer-kinds';
import { RopeTables, type Stack } from './rope-tables';
import { joined } from './stacks';
import type { WeightSource } from './weights';
import { kindOf, type Layer, withBlock } from './layer';

export interface ForwardOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the finished share, 0 … 1. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** The residual stream of one window between two blocks. */
export interface ResidualStream {
  /** Number of blocks passed so far. */
  readonly depth: number;
  readonly window: number;
  /** `[tokens, hidden]`. The model keeps writing to it: copy it to keep it. */
  readonly stream: Tensor;
  /** The next block and its kind; undefined after the last. */
  readonly next: { readonly block: Block; readonly kind: LayerKind } | undefined;
}

/** The residual streams of all windows before block `depth`, each `[tokens, hidden]`. */
export interface ResidualStreams {
  readonly depth: number;
  readonly streams: readonly Tensor[];
}

interface HiddenOptions extends ForwardOptions {
  /** Starts from copies of these streams instead of the embedding; they must be the output of the model's first `depth` blocks. */
  readonly start?: ResidualStreams | undefined;
  /** Called for every window before each block and after the last. */
  readonly onStream?: ((view: ResidualStream) => Promise<void>) | undefined;
}

const LOGIT_BYTES = 64 * 2 ** 20;

/**
 * A Llama model of any depth: base blocks come from `weights`, new blocks are passed in. It owns no tensors, so it has no `free`.
 */
export class LlamaModel {
  readonly backend: Backend;
  readonly config: LlamaConfig;
  readonly weights: WeightSource;
  readonly layers: readonly Layer[];
  /** Number of rows of logits that fit in one tensor of at most 64 MiB; at least 1. */
  readonly logitRows: number;

  /** @throws UnsupportedArchitectureError if it is not known what a block computes. */
  constructor(backend: Backend, config: LlamaConfig, weights: WeightSource, layers: readonly Layer[]) {
    expectSupported(config);
    this.backend = backend;
    this.config = config;
    this.weights = weights;
    this.layers = layers;
    const bytes = Math.min(backend.info.maxTensorBytes, LOGIT_BYTES);
    this.logitRows = Math.max(1, Math.floor(bytes / (4 * config.vocabSize)));
  }

  /** Creates the base model. */
  static base(backend: Backend, config: LlamaConfig, weights: WeightSource): LlamaModel {
    const layers = Array.from({ length: config.layers }, (_, index): Layer => ({ kind: 'base', index }));
    return new LlamaModel(backend, config, weights, layers);
  }

  /**
   * Computes final-normed hidden states `[tokens, hidden]`, one per window; the caller frees them. Each window starts at
   * position 0, attends only to itself and may be longer than the context. Blocks are the outer loop, so each is read once.
   * Ids are not checked: one outside the vocabulary is embedded as zeros.
   */
  hidden(windows: readonly Uint32Array[], options: HiddenOptions = {}): Promise<Tensor[]> {
    return this.#hidden(
      windows.map((ids) => [ids]),
      options,
    );
  }

  /** As `hidden`, for stacks of equally long windows (see `stacksOf`): returns `[windows · tokens, hidden]`, one per stack. */
  hiddenOfStacks(stacks: readonly (readonly Uint32Array[])[], options: ForwardOptions): Promise<Tensor[]> {
    return this.#hidden(stacks, options);
  }

  async #hidden(stacks: readonly (readonly Uint32Array[])[], options: HiddenOptions): Promise<Tensor[]> {
    const scope = new Scope(this.backend, 'activations');
    const shapes = stacks.map((windows): Stack => ({
      length: windows[0]?.length ?? 0,
      windows: windows.length,
    }));
    const ropes = new RopeTables(
      this.backend,
      this.config,
      Math.max(1, ...shapes.map(({ length }) => length)),
    );
    try {
      const streams: Tensor[] = [];
      for (const [i, windows] of stacks.entries()) {
        const known = options.start?.streams[i];
        streams.push(
          scope.own(known ? this.#copy(known) : await this.embed(joined(windows), options.signal)),
        );
      }
      const position = (kind: LayerKind, i: number): Position => {
        const shape = shapes[i] ?? { length: 1, windows: 1 };
        return { rope: ropes.of(kind, shape), past: 0, windows: shape.windows };
      };
      await this.#blocks(streams, (kind, _, i) => position(kind, i), options);
      const states: Tensor[] = [];
      for (const stream of streams) states.push(scope.own(await this.normed(stream, options.signal)));
      return states.map((state) => scope.release(state));
    } finally {
      ropes.free();
      scope.free();
    }
  }

  /**
   * Computes final-normed hidden states `[tokens, hidden]` of the next tokens of a sequence; the caller frees them. Appends their
   * keys and values to `cache`.
   * @throws EvaluationError if `cache` has no room for them.
   */
  async extend(ids: Uint32Array, cache: KvCache, signal?: AbortSignal): Promise<Tensor> {
    const past = cache.length;
    if (past + ids.length > cache.capacity) {
      throw new EvaluationError(
        `Expected at most ${cache.capacity - past} further tokens, got ${ids.length}. Make room for more of them.`,
      );
    }
    const scope = new Scope(this.backend, 'activations');
    try {
      const stream = scope.own(await this.embed(ids, signal));
      await this.#blocks(
        [stream],
        (kind, layer) => ({ rope: cache.rope(kind), past, cache: cache.layer(layer) }),
        { signal },
      );
      cache.length += ids.length;
      return await this.normed(stream, signal);
    } finally {
      scope.free();
    }
  }

  /** Computes the logits `[rows, vocabulary]` of rows `rowStart …` of a hidden state; the caller frees them. */
  async logits(hidden: Tensor, rowStart: number, rows: number, signal?: AbortSignal): Promise<Tensor> {
    const scope = new Scope(this.backend, 'activations');
    try {
      const whole = rowStart === 0 && rows === hidden.shape[0];
      const picked = whole ? hidden : scope.own(this.rows(hidden, rowStart, rows));
      const logits = scope.own(this.backend.zeros([rows, this.config.vocabSize], 'logits'));
      for (const band of this.weights.head) {
        const place = { orientation: 'nt', into: logits, columnOffset: band.rowStart } as const;
        await this.weights.withBand(band, (head) => this.backend.matmul(picked, head, place), signal);
        await this.#settleBetweenBands();
      }
      return scope.release(this.#finished(scope, logits));
    } finally {
      scope.free();
    }
  }

  /** Applies the factor and the soft cap of the logits, where the model has them. The result is owned by `scope`. */
  #finished(scope: Scope, products: Tensor): Tensor {
    const { logitScale, logitCap } = this.config;
    const scaled = logitScale === 1 ? products : scope.own(this.backend.weightedSum(products, logitScale));
    return logitCap === null ? scaled : scope.own(this.backend.softCap(scaled, logitCap));
  }

  /**
   * Backward pass of the factor and the soft cap of `logits`: returns the gradient by the products with the head, which the caller
   * frees; `outputGradient` itself where the model has neither.
   * @param logits the result of `logits`.
   */
  backwardFinish(logits: Tensor, outputGradient: Tensor): Tensor {
    const { logitScale, logitCap } = this.config;
    const { backend } = this;
    const uncapped =
      logitCap === null ? outputGradient : backend.softCapGradient(logits, outputGradient, logitCap);
    if (logitScale === 1) return uncapped;
    const scaled = backend.weightedSum(uncapped, logitScale);
    if (uncapped !== outputGradient) backend.free(uncapped);
    return scaled;
  }

  /**
   * Backward pass of the head: gradient `[rows, vocabulary]` by its products (see `backwardFinish`) to `[rows, hidden]` by hidden
   * states; the caller frees it.
   */
  async backwardLogits(outputGradient: Tensor, signal?: AbortSignal): Promise<Tensor> {
    const scope = new Scope(this.backend, 'optimizer');
    const [rows = 1] = outputGradient.shape;
    try {
      const back = scope.own(this.backend.zeros([rows, this.config.hiddenSize], 'slope of hidden states'));
      for (const band of this.weights.head) {
        const columns = this.columns(outputGradient, band.rowStart, band.rows);
        if (columns !== outputGradient) scope.own(columns);
        const place = { into: back, accumulate: true };
        await this.weights.withBand(band, (head) => this.backend.matmul(columns, head, place), signal);
        await this.#settleBetweenBands();
      }
      return scope.release(back);
    } finally {
      scope.free();
    }
  }

  /** Bands may not fit on the device together. A single one needs no wait. */
  async #settleBetweenBands(): Promise<void> {
    if (this.weights.head.length > 1) await this.backend.settle();
  }

  /** Returns some columns of a matrix as a copy that the caller frees; if they are all columns, the matrix itself. */
  columns(x: Tensor, start: number, count: number): Tensor {
    if (count === x.shape[1]) return x;
    const index = this.#upload(Uint32Array.from({ length: count }, (_, column) => start + column));
    try {
      return this.backend.gather(x, index, { axis: 1 });
    } finally {
      this.backend.free(index);
    }
  }

  /** Returns a copy of some rows of a matrix; the caller frees it. */
  rows(hidden: Tensor, rowStart: number, rows: number): Tensor {
    const index = this.#upload(Uint32Array.from({ length: rows }, (_, row) => rowStart + row));
    try {
      return this.backend.gather(hidden, index);
    } finally {
      this.backend.free(index);
    }
  }

  /** Returns embeddings `[ids, hidden]`, times the model's factor; the caller frees them. An id outside the vocabulary gets zeros. */
  async embed(ids: Uint32Array, signal?: AbortSignal): Promise<Tensor> {
    const scope = new Scope(this.backend, 'activations');
    try {
      const index = scope.own(this.#upload(ids));
      const stream = scope.own(this.backend.zeros([ids.length, this.config.hiddenSize], 'residual stream'));
      for (const band of this.weights.embedding) {
        const end = band.rowStart + band.rows;
        if (!ids.some((id) => id >= band.rowStart && id < end)) continue;
        const place = { offset: band.rowStart, into: stream };
        await this.weights.withBand(band, (rows) => this.backend.gather(rows, index, place), signal);
      }
      const { embeddingScale } = this.config;
      return embeddingScale === 1
        ? scope.release(stream)
        : this.backend.countAs('activations', this.backend.weightedSum(stream, embeddingScale));
    } finally {
      scope.free();
    }
  }

  async #blocks(
    streams: readonly Tensor[],
    position: (kind: LayerKind, layer: number, stream: number) => Position,
    { signal, onProgress, onStream, start }: HiddenOptions,
  ): Promise<void> {
    const first = start?.depth ?? 0;
    let done = first * streams.length;
    for (const [depth, layer] of this.layers.entries()) {
      if (depth < first) continue;
      const { backend, config } = this;
      const kind = kindOf(config, layer);
      await withBlock(this.weights, layer, signal, async (block) => {
        for (const [window, stream] of streams.entries()) {
          signal?.throwIfAborted();
          await onStream?.({ depth, window, stream, next: { block, kind } });
          forwardBlock({ backend, config, block, kind }, stream, position(kind, depth, window));
          await backend.settle();
          onProgress?.(++done / (this.layers.length * streams.length));
        }
      });
    }
    const depth = this.layers.length;
    for (const [window, stream] of streams.entries())
      await onStream?.({ depth, window, stream, next: undefined });
  }

  #copy(stream: Tensor): Tensor {
    const copy = this.backend.zeros(stream.shape, 'residual stream');
    this.backend.copyRows(stream, copy, 0);
    return copy;
  }

  /** Returns a residual stream after the final norm; the caller frees it. */
  normed(stream: Tensor, signal?: AbortSignal): Promise<Tensor> {
    const { gainOffset } = architectureOf(this.config);
    return this.weights.withFinalNorm(
      (gain) => this.backend.rmsNorm(stream, gain, this.config.rmsNormEps, gainOffset),
      signal,
    );
  }

  #upload(ids: Uint32Array): Tensor {
    return this.backend.upload(ids, [ids.length], 'u32', 'token ids');
  }
}
