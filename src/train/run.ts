/**
 * This folder trains the new blocks of a model: batches from texts, gradients, AdamW, schedules, and saved states from which a run
 * resumes with the same numbers. Rooms above decide how blocks are made, where states are stored and what is shown.
 */
import type { LlamaModel } from '../llama/model';
import type { Recipe } from '../recipe/schema';
import { batchesOf, examplesOfStep } from './batches';
import { DivergedError } from './errors';
import type { RunEvaluation } from './evaluation';
import type { Example } from './examples';
import { learningRate } from './schedule';
import { restoreState, saveState } from './state';
import type { Trainable } from './trained';
import { checkFinite, type StepReport, Trainer } from './trainer';

export type TrainingSettings = Recipe['training'];

/** Training data: texts first, then instruction–response pairs. */
export interface RunData {
  readonly text: readonly Example[];
  readonly pairs: readonly Example[];
}

export interface RunStep extends StepReport {
  /** From 1, over both stages. */
  readonly step: number;
  readonly stage: 'text' | 'pairs';
  readonly rate: number;
  /** Number of counted predictions. */
  readonly tokens: number;
}

interface RunOptions {
  /** Everything else that decides the numbers, such as the model. `restore` refuses a state of another identity. */
  readonly identity: string;
  readonly trainable: Trainable;
  readonly settings: TrainingSettings;
  readonly data: RunData;
  readonly keepActivations: boolean;
}

/** A step that is on its way: what its report does not say, and the state before it if that was saved. */
interface EnqueuedStep extends Pick<RunStep, 'step' | 'stage' | 'rate' | 'tokens'> {
  readonly state: Uint8Array<ArrayBuffer> | undefined;
}

/** Options of an advance: `onStep` is called with the steps that have become known, in order. */
interface AdvanceOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((step: RunStep) => void) | undefined;
}

/** A run has diverged if its loss exceeds both 2·log V (log V: loss of a uniform guess) and 1.5 times its first loss. */
const DIVERGED_UNIFORM_FACTOR = 2;
const DIVERGED_FIRST_FACTOR = 1.5;

/**
 * A training from first to last step: texts for `steps`, then pairs for `tuningSteps` with new moments and a new schedule.
 * On one backend, the same settings and data give the same numbers, however often it is interrupted and restored.
 */
export class TrainingRun {
  readonly trainer: Trainer;
  readonly losses: number[] = [];
  /** Number of counted predictions so far. */
  tokens = 0;
  /** The caller adds evaluations here; they are saved with the state. */
  readonly evaluations: RunEvaluation[] = [];
  /** The last automatically saved state (every tenth of the steps) after which the run had not diverged. */
  lastGoodState: Uint8Array<ArrayBuffer> | undefined;
  /** Steps that were done in it. */
  lastGoodStep = 0;
  readonly #settings: TrainingSettings;
  readonly #data: RunData;
  readonly #key: string;
  #enqueued: EnqueuedStep[] = [];
  #diverged = false;

  private constructor(trainer: Trainer, { identity, settings, data, trainable }: RunOptions) {
    this.trainer = trainer;
    this.#settings = settings;
    this.#data = data;
    const { blocks, embedding, finalNorm, head } = trainable;
    const what = JSON.stringify([identity, settings, blocks, embedding, finalNorm, head]);
    this.#key = `${what} ${digest([...data.text, ...data.pairs])}`;
  }

  static async open(base: LlamaModel, options: RunOptions, signal?: AbortSignal): Promise<TrainingRun> {
    const { betas, eps, weightDecay, clip } = options.settings;
    const { trainable, keepActivations } = options;
    const adamW = { betas, eps, weightDecay, clip, keepActivations };
    return new TrainingRun(await Trainer.open(base, trainable, adamW, signal), options);
  }

  /** Number of steps done, with those on their way. */
  get step(): number {
    return this.losses.length + this.#enqueued.length;
  }

  /** Total number of steps. */
  get steps(): number {
    return this.#settings.steps + this.#settings.tuningSteps;
  }

  /** True if all steps are done or the run has diverged. */
  get done(): boolean {
    return this.#diverged || this.step >= this.steps;
  }

  /**
   * Does one step. It may be reported by a later call or by `collect`, the last step by this call. An abort changes nothing.
   * @throws DivergedError if loss or gradient are not finite or the loss is far too large; then `lastGoodState` is restored and
   *   the run is done. AbortError.
   */
  async advance({ signal, onStep }: AdvanceOptions = {}): Promise<void> {
    const done = this.step;
    const step = done + 1;
    const { steps, tuningSteps, batch, accumulation, seed } = this.#settings;
    const texts = step <= steps;
    const [within, length] = texts ? [step, steps] : [step - steps, tuningSteps];
    const due = this.lastGoodState === undefined || done % Math.max(10, Math.ceil(this.steps / 10)) === 0;
    if (due) await this.collect(onStep);
    if (within === 1 && this.trainer.steps > 0) this.#beginStage();
    const state = due ? await this.save() : undefined;
    if (this.lastGoodState === undefined) [this.lastGoodState, this.lastGoodStep] = [state, done];
    const from = texts ? this.#data.text : this.#data.pairs;
    const picked = examplesOfStep(within, batch * accumulation, from.length, seed).flatMap(
      (i) => from[i] ?? [],
    );
    const rate = learningRate(this.#settings, length, within);
    await this.trainer.enqueue(batchesOf(picked, batch), rate, signal);
    const tokens = picked.reduce((sum, { ids, from: first }) => sum + ids.length - first, 0);
    this.#enqueued.push({ step, stage: texts ? 'text' : 'pairs', rate, tokens, state });
    if (this.trainer.reportDue || this.done) await this.collect(onStep);
  }

  /** Waits for the steps on their way. @throws DivergedError as `advance`. */
  async collect(onStep?: AdvanceOptions['onStep']): Promise<void> {
    const enqueued = this.#enqueued;
    const reports = await this.trainer.collect();
    this.#enqueued = [];
    for (const [i, { state, ...facts }] of enqueued.entries()) {
      const report = reports[i];
      if (!report) continue;
      this.#check(facts.step, report);
      if (state) [this.lastGoodState, this.lastGoodStep] = [state, facts.step - 1];
      this.losses.push(report.loss);
      this.tokens += facts.tokens;
      onStep?.({ ...report, ...facts });
    }
  }

  /** Returns the state as bytes, for `restore` in a run of the same settings and data. */
  async save(): Promise<Uint8Array<ArrayBuffer>> {
    await this.collect();
    const { trained, steps: moments } = this.trainer;
    const { step, tokens, losses, evaluations } = this;
    const progress = { step, moments, tokens, losses, evaluations };
    return saveState(trained.model.backend, trained.parameters, this.#key, progress);
  }

  /** @throws TrainError if the bytes are not a state of this training. */
  restore(state: Uint8Array): void {
    const { trained } = this.trainer;
    const progress = restoreState(trained.model.backend, trained.parameters, this.#key, state);
    this.trainer.steps = progress.moments;
    this.tokens = progress.tokens;
    this.losses.splice(0, Infinity, ...progress.losses);
    this.evaluations.splice(0, Infinity, ...progress.evaluations);
  }

  free(): void {
    this.trainer.free();
  }

  #beginStage(): void {
    this.trainer.trained.parameters.clearMoments();
    this.trainer.steps = 0;
  }

  /** @throws DivergedError after restoring the last good state. */
  #check(step: number, report: StepReport): void {
    try {
      checkFinite(report);
      const uniform = Math.log(this.trainer.model.config.vocabSize);
      const first = DIVERGED_FIRST_FACTOR * (this.losses[0] ?? Infinity);
      const most = Math.max(DIVERGED_UNIFORM_FACTOR * uniform, first);
      if (report.loss <= most) return;
      throw new DivergedError(
        `expected a loss of at most ${most.toFixed(2)}, got ${report.loss.toFixed(2)}. Take a smaller learning rate.`,
      );
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error;
      this.#diverged = true;
      if (this.lastGoodState) this.restore(this.lastGoodState);
      throw new DivergedError(`step ${step}: ${error.message} The state of step ${this.step} is kept.`, {
        cause: error,
      });
    }
  }
}

/** FNV-1a hash of all token ids, lengths and `from` indices. */
function digest(examples: readonly Example[]): string {
  let hash = 0x811c9dc5;
  const add = (value: number): void => {
    hash = Math.imul(hash ^ value, 0x01000193);
  };
  for (const { ids, from } of examples) {
    add(from);
    add(ids.length);
    for (const id of ids) add(id);
  }
  return (hash >>> 0).toString(16);
}
