import type { Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import { backwardBlock } from '../llama/backward';
import { architectureOf } from '../llama/config';
import { forwardBlock } from '../llama/forward';
import type { LlamaModel } from '../llama/model';
import { RopeTables, type Stack } from '../llama/rope-tables';
import { Tape } from '../llama/tape';
import type { Batch } from './batches';
import { TrainError } from './errors';
import { headPass } from './head';
import type { TrainedModel } from './trained';
import { kindOf, withBlock } from '../llama/layer';

/** What the backward pass of a block needs: the tape of its activations, or its input to recompute them from. */
type SavedActivations = { readonly tape: Tape } | { readonly input: Tensor };

interface PassOptions {
  readonly signal?: AbortSignal | undefined;
  /** Awaited after every block. */
  readonly afterBlock: () => Promise<void> | void;
  /** Awaited between the forward and the backward pass. */
  readonly afterForward: () => Promise<void> | void;
}

/**
 * Forward and backward pass of a deeper model with trained parts. Back-propagation stops at the lowest trained tensor; no
 * activations are kept below it.
 */
export class GradientPass {
  readonly #trained: TrainedModel;
  readonly #keepActivations: boolean;
  readonly #ropes: RopeTables;
  /** Only tables of `dynamic` RoPE depend on the length of each window; others serve all batches of one padded length. */
  readonly #readsLengths: boolean;
  /** Shape of the last batch, which most batches share. */
  #stack: Stack = { length: 0, windows: 0 };

  constructor(trained: TrainedModel, keepActivations: boolean) {
    this.#trained = trained;
    this.#keepActivations = keepActivations;
    const { backend, config } = trained.model;
    this.#ropes = new RopeTables(backend, config);
    this.#readsLengths = config.ropes.some((rope) => rope?.scaling?.type === 'dynamic');
  }

  /** Adds the gradients of one batch and returns its share of the loss `[1]`, which the caller frees. */
  async run(batch: Batch, { signal, afterBlock, afterForward }: PassOptions): Promise<Tensor> {
    const trained = this.#trained;
    const { model, lowest } = trained;
    const { backend, config, weights } = model;
    const { inputs, windows, lengths } = batch;
    const scope = new Scope(backend, 'activations');
    const kept: SavedActivations[] = [];
    try {
      const stack = this.#stackOf({
        length: inputs.length / windows,
        windows,
        lengths: this.#readsLengths ? lengths : undefined,
      });
      const stream = scope.own(await model.embed(inputs, signal));
      for (const [depth, layer] of model.layers.entries()) {
        signal?.throwIfAborted();
        await withBlock(model.weights, layer, signal, (block) => {
          const tape = depth >= lowest ? this.#keep(kept, stream) : undefined;
          const kind = kindOf(config, layer);
          const position = { rope: this.#ropes.of(kind, stack), past: 0, windows };
          forwardBlock({ backend, config, block, kind }, stream, position, tape);
        });
        await afterBlock();
      }
      const hidden = scope.own(await model.normed(stream, signal));
      const head = await headPass(trained, hidden, batch, signal);
      scope.own(head.loss);
      scope.own(head.hiddenGradient);
      await afterForward();

      const ofGain = trained.finalNorm?.gradient;
      const eps = config.rmsNormEps;
      const { gainOffset } = architectureOf(config);
      let streamGradient = scope.own(
        await weights.withFinalNorm(
          (gain) => backend.rmsNormGradient(stream, gain, head.hiddenGradient, eps, ofGain, gainOffset),
          signal,
        ),
      );
      for (let depth = model.layers.length - 1; depth >= lowest; depth--) {
        signal?.throwIfAborted();
        const below = await this.#back(depth, kept.pop(), streamGradient, stack, signal);
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
    this.#ropes.free();
  }

  #stackOf(stack: Stack): Stack {
    if (JSON.stringify(this.#stack) !== JSON.stringify(stack)) {
      this.#ropes.free();
      this.#stack = stack;
    }
    return this.#stack;
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
    stack: Stack,
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
        const kind = kindOf(config, layer);
        const context = { backend, config, block, kind };
        const { windows } = stack;
        if ('input' in kept)
          forwardBlock(context, kept.input, { rope: this.#ropes.of(kind, stack), past: 0, windows }, tape);
        const inverseRope = this.#ropes.inverseOf(kind, stack);
        const gradients = this.#trained.gradients(depth);
        return backwardBlock({ ...context, tape, gradients }, upstream, { windows, inverseRope });
      });
    } finally {
      tape.free();
      if ('input' in kept) backend.free(kept.input);
    }
  }

  #backToEmbedding(ids: Uint32Array, streamGradient: Tensor): void {
    const { bands, model } = this.#trained;
    const { backend, config, weights } = model;
    const learning = weights.embedding.filter((band) => bands.has(band));
    if (learning.length === 0) return;
    const scope = new Scope(backend, 'optimizer');
    try {
      const index = scope.own(backend.upload(ids, [ids.length], 'u32', 'token ids'));
      const { embeddingScale } = config;
      const rows =
        embeddingScale === 1
          ? streamGradient
          : scope.own(backend.weightedSum(streamGradient, embeddingScale));
      for (const band of learning) {
        const into = bands.get(band)?.gradient;
        if (into) backend.scatterAdd(rows, index, into, band.rowStart);
      }
    } finally {
      scope.free();
    }
  }
}
