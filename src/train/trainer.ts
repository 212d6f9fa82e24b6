import type { AdamWOptions, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import { backwardBlock } from '../llama/backward';
import { forwardBlock, type Position } from '../llama/forward';
import type { LlamaModel } from '../llama/model';
import { ropeTable } from '../llama/rope';
import { Tape } from '../llama/tape';
import type { Batch } from './batches';
import { Clock, type StepTimes } from './clock';
import { DivergedError, TrainError } from './errors';
import { headPass } from './head';
import { tiled, inverseRotary } from './rotary-table';
import { type Trainable, TrainedModel } from './trained';
import { withBlock } from './with-block';

export interface TrainerOptions extends Pick<AdamWOptions, 'betas' | 'eps'> {
  /** Decoupled weight decay, on every trained tensor. */
  readonly weightDecay: number;
  /** Largest gradient norm over all tensors; larger gradients are scaled down to it. null: no clipping. */
  readonly clip: number | null;
  /** If false, only the blocks' inputs are kept and the backward pass recomputes their activations. */
  readonly keepActivations: boolean;
}

export interface StepReport {
  /** Loss over all batches of the step, before the update. */
  readonly loss: number;
  /** Norm of the whole gradient, before clipping. */
  readonly gradientNorm: number;
  /** Norm of each tensor's gradient, in the order of `Parameters.all`. */
  readonly gradientNorms: Float64Array;
  readonly milliseconds: StepTimes;
}

/** What the backward pass of a block needs: the tape of its activations, or its input to recompute them from. */
type SavedActivations = { readonly tape: Tape } | { readonly input: Tensor };

/**
 * Trains a part of a deeper model with AdamW; the rest is frozen. Back-propagation stops at the lowest trained tensor; no
 * activations are kept below it.
 */
export class Trainer {
  readonly trained: TrainedModel;
  /** Number of AdamW steps since the moments were last zero. */
  steps = 0;
  readonly #options: TrainerOptions;

  private constructor(trained: TrainedModel, options: TrainerOptions) {
    this.trained = trained;
    this.#options = options;
  }

  /** @throws TrainError if nothing would be trained, or a block does not exist. */
  static async open(
    base: LlamaModel,
    trainable: Trainable,
    options: TrainerOptions,
    signal?: AbortSignal,
  ): Promise<Trainer> {
    return new Trainer(await TrainedModel.open(base, trainable, signal), options);
  }

  /** The model as trained so far. */
  get model(): LlamaModel {
    return this.trained.model;
  }

  /**
   * Does one step with learning rate `rate` on batches whose weights together sum to 1.
   * @throws DivergedError if loss or gradient are not finite; AbortError. Both leave all parameters unchanged.
   */
  async step(batches: readonly Batch[], rate: number, signal?: AbortSignal): Promise<StepReport> {
    const { parameters } = this.trained;
    const clock = new Clock();
    parameters.clearGradients();
    let loss = 0;
    for (const batch of batches) loss += await this.#gradients(batch, clock, signal);
    const gradientNorms = await parameters.gradientNorms();
    clock.lap('backward');
    const gradientNorm = Math.hypot(...gradientNorms);
    const step = this.steps + 1;
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm))
      throw new DivergedError(
        `expected a finite loss and gradient, got a loss of ${loss} and a gradient of norm ${gradientNorm}. Take a smaller learning rate.`,
      );
    signal?.throwIfAborted();
    const { betas, eps, weightDecay, clip } = this.#options;
    const gradientFactor = clip !== null && gradientNorm > clip ? clip / gradientNorm : 1;
    const { backend } = this.model;
    for (const { value, gradient, moments } of parameters.all)
      backend.adamW(value, gradient, moments, { rate, betas, eps, weightDecay, step, gradientFactor });
    this.steps = step;
    await this.#finished();
    clock.lap('optimizer');
    return { loss, gradientNorm, gradientNorms, milliseconds: clock.times };
  }

  free(): void {
    this.trained.free();
  }

  /** Adds the gradients of one batch and returns its share of the loss. */
  async #gradients(batch: Batch, clock: Clock, signal: AbortSignal | undefined): Promise<number> {
    const { trained, model } = this;
    const { backend, config, weights } = model;
    const { inputs, windows } = batch;
    const { lowest } = trained;
    const table = tiled(ropeTable(config, inputs.length / windows), windows);
    const scope = new Scope(backend);
    const kept: SavedActivations[] = [];
    try {
      const shape = [inputs.length, config.headDim];
      const rope = scope.own(backend.upload(table, shape, 'f32', 'rope table'));
      const position: Position = { rope, past: 0, windows };
      const stream = scope.own(await model.embed(inputs, signal));
      for (const [depth, layer] of model.layers.entries()) {
        signal?.throwIfAborted();
        await withBlock(model, layer, signal, (block) => {
          const tape = depth >= lowest ? this.#keep(kept, stream) : undefined;
          forwardBlock(backend, config, block, stream, position, tape);
        });
        await backend.settle();
      }
      const eps = config.rmsNormEps;
      const hidden = scope.own(
        await weights.withFinalNorm((gain) => backend.rmsNorm(stream, gain, eps), signal),
      );
      const head = await headPass(trained, hidden, batch, signal);
      scope.own(head.loss);
      scope.own(head.hiddenGradient);
      const [loss = Number.NaN] = await backend.read(head.loss);
      clock.lap('forward');

      const ofGain = trained.finalNorm?.gradient;
      let streamGradient = scope.own(
        await weights.withFinalNorm(
          (gain) => backend.rmsNormGradient(stream, gain, head.hiddenGradient, eps, ofGain),
          signal,
        ),
      );
      const back = inverseRotary(table, config.headDim);
      const inverseRope = scope.own(backend.upload(back, shape, 'f32', 'rope table'));
      for (let depth = model.layers.length - 1; depth >= lowest; depth--) {
        signal?.throwIfAborted();
        const below = await this.#back(depth, kept.pop(), streamGradient, position, inverseRope, signal);
        scope.free(streamGradient);
        streamGradient = scope.own(below);
        await backend.settle();
      }
      this.#backToEmbedding(inputs, streamGradient);
      await this.#finished();
      clock.lap('backward');
      return loss;
    } finally {
      for (const left of kept) {
        if ('tape' in left) left.tape.free();
        else backend.free(left.input);
      }
      scope.free();
    }
  }

  #keep(kept: SavedActivations[], stream: Tensor): Tape | undefined {
    const { backend } = this.model;
    if (this.#options.keepActivations) {
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
    const { backend, config, layers } = this.model;
    const layer = layers[depth];
    if (!layer || !kept)
      throw new TrainError(`expected the activations of block ${depth}, got none. Report this as a bug.`);
    const tape = 'tape' in kept ? kept.tape : new Tape(backend);
    try {
      return await withBlock(this.model, layer, signal, (block) => {
        if ('input' in kept) forwardBlock(backend, config, block, kept.input, position, tape);
        const { windows = 1 } = position;
        const gradients = this.trained.gradients(depth);
        return backwardBlock(backend, config, block, tape, upstream, gradients, { windows, inverseRope });
      });
    } finally {
      tape.free();
      if ('input' in kept) backend.free(kept.input);
    }
  }

  #backToEmbedding(ids: Uint32Array, streamGradient: Tensor): void {
    const { backend, weights } = this.model;
    const learning = weights.embedding.filter((band) => this.trained.bands.has(band));
    if (learning.length === 0) return;
    const index = backend.upload(ids, [ids.length], 'u32', 'token ids');
    try {
      for (const band of learning) {
        const into = this.trained.bands.get(band)?.gradient;
        if (into) backend.scatterAdd(streamGradient, index, into, band.rowStart);
      }
    } finally {
      backend.free(index);
    }
  }

  /** Waits until the device has finished all queued work. */
  async #finished(): Promise<void> {
    const { backend } = this.model;
    const probe = backend.zeros([1], 'probe');
    try {
      await backend.read(probe);
    } finally {
      backend.free(probe);
    }
  }
}
