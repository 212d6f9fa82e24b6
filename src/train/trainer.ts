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
import { repeated, turnedBack } from './rotation';
import { type Trainable, TrainedModel } from './trained';
import { withBlock } from './with-block';

export interface TrainerOptions extends Pick<AdamWOptions, 'betas' | 'eps'> {
  /** Decoupled, on every trained tensor. */
  readonly weightDecay: number;
  /** Gradients are shrunk to this norm over all tensors; null leaves them. */
  readonly clip: number | null;
  /** Keep the activations of the blocks that are gone back through, rather than their inputs alone and compute them again. */
  readonly keepActivations: boolean;
}

export interface StepReport {
  /** Of all batches of the step, before it. */
  readonly loss: number;
  /** Of the whole gradient, before clipping. */
  readonly gradientNorm: number;
  /** Of each tensor's gradient, as `Parameters.all`. */
  readonly gradientNorms: Float64Array;
  readonly milliseconds: StepTimes;
}

/** A block's activations on its way from the forward to the backward pass: taped, or its input to tape them from. */
type Kept = { readonly tape: Tape } | { readonly input: Tensor };

/**
 * Trains a part of a deeper model with AdamW while all else stays frozen. Back-propagation stops at the lowest trained
 * tensor; below it nothing is kept.
 */
export class Trainer {
  readonly trained: TrainedModel;
  /** Steps of AdamW that its moments have seen. */
  steps = 0;
  readonly #options: TrainerOptions;

  private constructor(trained: TrainedModel, options: TrainerOptions) {
    this.trained = trained;
    this.#options = options;
  }

  /** @throws TrainError when nothing would learn, or for a block that is not there. */
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
   * One step at a learning rate, on batches whose weights sum to 1 over all of them. An abort leaves all parameters as they
   * were.
   * @throws DivergedError for a loss or a gradient that is not finite, with all parameters as they were; AbortError.
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

  /** Adds a batch's gradients, and returns its part of the loss. */
  async #gradients(batch: Batch, clock: Clock, signal: AbortSignal | undefined): Promise<number> {
    const { trained, model } = this;
    const { backend, config, weights } = model;
    const { inputs, windows } = batch;
    const { lowest } = trained;
    const table = repeated(ropeTable(config, inputs.length / windows), windows);
    const scope = new Scope(backend);
    const kept: Kept[] = [];
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
      scope.own(head.slope);
      const [loss = Number.NaN] = await backend.read(head.loss);
      clock.lap('forward');

      const ofGain = trained.finalNorm?.gradient;
      let slope = scope.own(
        await weights.withFinalNorm(
          (gain) => backend.rmsNormGradient(stream, gain, head.slope, eps, ofGain),
          signal,
        ),
      );
      const back = turnedBack(table, config.headDim);
      const turnBack = scope.own(backend.upload(back, shape, 'f32', 'rope table'));
      for (let depth = model.layers.length - 1; depth >= lowest; depth--) {
        signal?.throwIfAborted();
        const below = await this.#back(depth, kept.pop(), slope, position, turnBack, signal);
        scope.free(slope);
        slope = scope.own(below);
        await backend.settle();
      }
      this.#backToEmbedding(inputs, slope);
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

  #keep(kept: Kept[], stream: Tensor): Tape | undefined {
    const { backend } = this.model;
    if (this.#options.keepActivations) {
      const tape = new Tape(backend);
      kept.push({ tape });
      return tape;
    }
    kept.push({ input: backend.weightedSum(stream, 1) });
    return undefined;
  }

  /** Back through one block; frees what was kept of it. */
  async #back(
    depth: number,
    kept: Kept | undefined,
    slope: Tensor,
    position: Position,
    turnBack: Tensor,
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
        return backwardBlock(backend, config, block, tape, slope, gradients, { windows, turnBack });
      });
    } finally {
      tape.free();
      if ('input' in kept) backend.free(kept.input);
    }
  }

  #backToEmbedding(ids: Uint32Array, slope: Tensor): void {
    const { backend, weights } = this.model;
    const learning = weights.embedding.filter((band) => this.trained.bands.has(band));
    if (learning.length === 0) return;
    const index = backend.upload(ids, [ids.length], 'u32', 'token ids');
    try {
      for (const band of learning) {
        const into = this.trained.bands.get(band)?.gradient;
        if (into) backend.scatterAdd(slope, index, into, band.rowStart);
      }
    } finally {
      backend.free(index);
    }
  }

  /** Waits until the device has done all it was given. */
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
