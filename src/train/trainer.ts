import type { AdamWOptions, Backend, Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import type { LlamaModel } from '../llama/model';
import type { Batch } from './batches';
import { Clock, divided, type StepTimes } from './clock';
import { DivergedError, TrainError } from './errors';
import { GradientPass } from './gradient-pass';
import { type Trainable, TrainedModel } from './trained';

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

/** Results on the device of a step that has not been reported yet. */
interface PendingStep {
  /** `[1]` of each batch. */
  readonly losses: readonly Tensor[];
  /** `[tensors]`. */
  readonly squaredNorms: Tensor;
  /** Measured with a wait after each part; undefined if there was none. */
  readonly times: StepTimes | undefined;
}

/** On a GPU, shorter steps are not waited for one by one, because a wait takes some milliseconds. */
const QUICK_STEP_MS = 50;
/** Time of computing after which quick steps are reported. */
const REPORT_MS = 100;

/**
 * Trains a part of a deeper model with AdamW; the rest is frozen. Steps can be enqueued without waiting for their results, so that
 * a GPU never idles between them.
 */
export class Trainer {
  readonly trained: TrainedModel;
  /** Number of AdamW steps since the moments were last zero. */
  steps = 0;
  readonly #options: TrainerOptions;
  readonly #pass: GradientPass;
  #pending: PendingStep[] = [];
  /** Time spent on the pending steps so far. */
  #spent = 0;
  /** Of the last step that was timed; the first one is. */
  #parts: StepTimes = { forward: 1, backward: 2, optimizer: 0 };
  /** Mean of the steps reported last. */
  #stepMs = Infinity;

  private constructor(trained: TrainedModel, options: TrainerOptions) {
    this.trained = trained;
    this.#options = options;
    this.#pass = new GradientPass(trained, options.keepActivations);
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

  /** True if the enqueued steps should be reported now: always on the CPU and for slow steps, else about ten times a second. */
  get reportDue(): boolean {
    return !this.#quick || this.#spent >= REPORT_MS;
  }

  /**
   * Does one step with learning rate `rate` on batches whose weights together sum to 1, and reports it.
   * @throws DivergedError if loss or gradient are not finite; the parameters are then lost. AbortError; it leaves them unchanged.
   */
  async step(batches: readonly Batch[], rate: number, signal?: AbortSignal): Promise<StepReport> {
    await this.enqueue(batches, rate, signal);
    const report = (await this.collect()).at(-1);
    if (!report) throw new TrainError('expected the report of a step, got none. Report this as a bug.');
    checkFinite(report);
    return report;
  }

  /** Enqueues one step; `collect` reports it. Waits only for earlier work. @throws AbortError; it leaves the parameters unchanged. */
  async enqueue(batches: readonly Batch[], rate: number, signal?: AbortSignal): Promise<void> {
    const { parameters } = this.trained;
    const { backend } = this.model;
    const waits = !this.#quick;
    const clock = new Clock();
    const lap = async (part: keyof StepTimes): Promise<void> => {
      if (!waits) return;
      await this.#finished();
      clock.lap(part);
    };
    const scope = new Scope(backend);
    try {
      parameters.clearGradients();
      const losses: Tensor[] = [];
      for (const batch of batches) {
        const loss = await this.#pass.run(batch, {
          signal,
          afterBlock: () => (waits ? backend.settle() : undefined),
          afterForward: () => lap('forward'),
        });
        losses.push(scope.own(loss));
        await lap('backward');
      }
      const squaredNorms = scope.own(backend.squaredNorms(parameters.all.map(({ gradient }) => gradient)));
      signal?.throwIfAborted();
      const { betas, eps, weightDecay, clip } = this.#options;
      const factor = clip === null ? undefined : scope.own(backend.clipFactor(squaredNorms, clip));
      const gradientFactor = factor ?? 1;
      const step = ++this.steps;
      backend.adamW(parameters.all, { rate, betas, eps, weightDecay, step, gradientFactor });
      await lap('optimizer');
      // Few submissions at a time, so that memory is bounded. They are enough to keep the device busy meanwhile.
      if (!waits) await backend.settle();
      for (const tensor of [...losses, squaredNorms]) scope.release(tensor);
      this.#pending.push({ losses, squaredNorms, times: waits ? clock.times : undefined });
    } finally {
      scope.free();
      this.#spent += clock.total;
    }
  }

  /** Waits for all enqueued steps and reports them in order. Their numbers may not be finite. */
  async collect(): Promise<StepReport[]> {
    const pending = this.#pending;
    if (pending.length === 0) return [];
    this.#pending = [];
    const clock = new Clock();
    const { backend } = this.model;
    const scope = new Scope(backend);
    try {
      for (const { losses, squaredNorms } of pending)
        for (const tensor of [...losses, squaredNorms]) scope.own(tensor);
      const tensors = this.trained.parameters.all.length;
      const allLosses = scope.own(
        rowsOf(
          backend,
          pending.flatMap(({ losses }) => losses),
        ),
      );
      const allNorms = scope.own(
        rowsOf(
          backend,
          pending.map(({ squaredNorms }) => squaredNorms),
        ),
      );
      const [lossRows, normRows] = await Promise.all([backend.read(allLosses), backend.read(allNorms)]);
      this.#stepMs = (this.#spent + clock.total) / pending.length;
      let first = 0;
      return pending.map(({ losses, times }, i) => {
        const parts = lossRows.subarray(first, (first += losses.length));
        const norms = Float64Array.from(normRows.subarray(i * tensors, (i + 1) * tensors), Math.sqrt);
        this.#parts = times ?? this.#parts;
        return {
          loss: parts.reduce((sum, loss) => sum + loss, 0),
          gradientNorm: Math.hypot(...norms),
          gradientNorms: norms,
          milliseconds: times ?? divided(this.#stepMs, this.#parts),
        };
      });
    } finally {
      scope.free();
      this.#spent = 0;
    }
  }

  free(): void {
    for (const { losses, squaredNorms } of this.#pending) this.model.backend.free(...losses, squaredNorms);
    this.#pending = [];
    this.#pass.free();
    this.trained.free();
  }

  get #quick(): boolean {
    return this.model.backend.info.kind === 'webgpu' && this.#stepMs < QUICK_STEP_MS;
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

/** Copies vectors of one length to the rows of a matrix, which the caller frees. */
function rowsOf(backend: Backend, vectors: readonly Tensor[]): Tensor {
  const [width = 1] = vectors[0]?.shape ?? [];
  const rows = backend.zeros([vectors.length, width], 'reports');
  for (const [i, vector] of vectors.entries()) backend.copyRows(vector, rows, i);
  return rows;
}

/** @throws DivergedError if loss or gradient are not finite. */
export function checkFinite({ loss, gradientNorm }: StepReport): void {
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
  throw new DivergedError(
    `expected a finite loss and gradient, got a loss of ${loss} and a gradient of norm ${gradientNorm}. Take a smaller learning rate.`,
  );
}
