import type { Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import { backwardBlock } from '../llama/backward';
import { forwardBlock, type Position } from '../llama/forward';
import type { LlamaModel } from '../llama/model';
import { ropeTable, tiled } from '../llama/rope';
import { Tape } from '../llama/tape';
import type { Batch } from './batches';
import { TrainError } from './errors';
import { headPass } from './head';
import { inverseRotary } from './rotary-table';
import type { TrainedModel } from './trained';
import { withBlock } from '../llama/layer';

/** What the backward pass of a block needs: the tape of its activations, or its input to recompute them from. */
type SavedActivations = { readonly tape: Tape } | { readonly input: Tensor };

interface PassOptions {
  readonly signal?: AbortSignal | undefined;
  /** Awaited after every block. */
  readonly afterBlock: () => Promise<void> | void;
  /** Awaited between the forward and the backward pass. */
  readonly afterForward: () => Promise<void> | void;
}

/** Rotary tables of equally long windows, one below the other, and of the inverse rotation. */
interface Rotation {
  readonly length: number;
  readonly windows: number;
  readonly rope: Tensor;
  readonly inverse: Tensor;
}

/**
 * Forward and backward pass of a deeper model with trained parts. Back-propagation stops at the lowest trained tensor; no
 * activations are kept below it.
 */
export class GradientPass {
  readonly #trained: TrainedModel;
  readonly #keepActivations: boolean;
  readonly #scope: Scope;
  /** That of the last batch; most batches are of one shape. */
  #rotation: Rotation | undefined;

  constructor(trained: TrainedModel, keepActivations: boolean) {
    this.#trained = trained;
    this.#keepActivations = keepActivations;
    this.#scope = new Scope(trained.model.backend, 'activations');
  }

  /** Adds the gradients of one batch and returns its share of the loss `[1]`, which the caller frees. */
  async run(batch: Batch, { signal, afterBlock, afterForward }: PassOptions): Promise<Tensor> {
    const trained = this.#trained;
    const { model, lowest } = trained;
    const { backend, config, weights } = model;
    const { inputs, windows } = batch;
    const scope = new Scope(backend, 'activations');
    const kept: SavedActivations[] = [];
    try {
      const { rope, inverse } = this.#rotationOf(inputs.length / windows, windows);
      const position: Position = { rope, past: 0, windows };
      const stream = scope.own(await model.embed(inputs, signal));
      for (const [depth, layer] of model.layers.entries()) {
        signal?.throwIfAborted();
        await withBlock(model.weights, layer, signal, (block) => {
          const tape = depth >= lowest ? this.#keep(kept, stream) : undefined;
          forwardBlock(backend, config, block, stream, position, tape);
        });
        await afterBlock();
      }
      const eps = config.rmsNormEps;
      const hidden = scope.own(
        await weights.withFinalNorm((gain) => backend.rmsNorm(stream, gain, eps), signal),
      );
      const head = await headPass(trained, hidden, batch, signal);
      scope.own(head.loss);
      scope.own(head.hiddenGradient);
      await afterForward();

      const ofGain = trained.finalNorm?.gradient;
      let streamGradient = scope.own(
        await weights.withFinalNorm(
          (gain) => backend.rmsNormGradient(stream, gain, head.hiddenGradient, eps, ofGain),
          signal,
        ),
      );
      for (let depth = model.layers.length - 1; depth >= lowest; depth--) {
        signal?.throwIfAborted();
        const below = await this.#back(depth, kept.pop(), streamGradient, position, inverse, signal);
        scope.free(streamGradient);
        streamGradient = scope.own(below);
        await afterBlock();
      }
      this.#backToEmbedding(inputs, streamGradient);
      return scope.release(head.loss);
    } finally {
      for (const left of kept) {
        if ('tape' in left) left.tape.free();
        else backend.free(left.input);
      }
      scope.free();
    }
  }

  free(): void {
    this.#rotation = undefined;
    this.#scope.free();
  }

  #rotationOf(length: number, windows: number): Rotation {
    const known = this.#rotation;
    if (known?.length === length && known.windows === windows) return known;
    this.free();
    const { backend, config } = this.#trained.model;
    const table = tiled(ropeTable(config, length), windows);
    const upload = (values: Float32Array): Tensor =>
      this.#scope.own(backend.upload(values, [length * windows, config.headDim], 'f32', 'rope table'));
    const rotation = {
      length,
      windows,
      rope: upload(table),
      inverse: upload(inverseRotary(table, config.headDim)),
    };
    this.#rotation = rotation;
    return rotation;
  }

  #keep(kept: SavedActivations[], stream: Tensor): Tape | undefined {
    const { backend } = this.#trained.model;
    if (this.#keepActivations) {
      const tape = new Tape(backend);
      kept.push({ tape });
      return tape;
    }
    kept.push({ input: backend.countAs('activations', backend.weightedSum(stream, 1)) });
    return undefined;
  }

  /** Backward pass of one block. Returns the gradient by its input, owned by the caller, and frees `kept`. */
  async #back(
    depth: number,
    kept: SavedActivations | undefined,
    upstream: Tensor,
    position: Position,
    inverseRope: Tensor,
    signal: AbortSignal | undefined,
  ): Promise<Tensor> {
    const model: LlamaModel = this.#trained.model;
    const { backend, config, layers } = model;
    const layer = layers[depth];
    if (!layer || !kept)
      throw new TrainError(`expected the activations of block ${depth}, got none. Report this as a bug.`);
    const tape = 'tape' in kept ? kept.tape : new Tape(backend);
    try {
      return await withBlock(model.weights, layer, signal, (block) => {
        if ('input' in kept) forwardBlock(backend, config, block, kept.input, position, tape);
        const { windows = 1 } = position;
        const gradients = this.#trained.gradients(depth);
        return backwardBlock(backend, config, block, tape, upstream, gradients, { windows, inverseRope });
      });
    } finally {
      tape.free();
      if ('input' in kept) backend.free(kept.input);
    }
  }

  #backToEmbedding(ids: Uint32Array, streamGradient: Tensor): void {
    const { bands, model } = this.#trained;
    const { backend, weights } = model;
    const learning = weights.embedding.filter((band) => bands.has(band));
    if (learning.length === 0) return;
    const index = backend.upload(ids, [ids.length], 'u32', 'token ids');
    try {
      for (const band of learning) {
        const into = bands.get(band)?.gradient;
        if (into) backend.scatterAdd(streamGradient, index, into, band.rowStart);
      }
    } finally {
      backend.free(index);
    }
  }
}
