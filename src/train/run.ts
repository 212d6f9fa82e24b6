/**
 * This folder trains the new blocks of a model: batches from texts, gradients, AdamW, schedules, and states that a run goes on from
 * to the same numbers. It trains what it is given; how blocks are made, where states are kept and what is shown is decided
 * above it.
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
import { type StepReport, Trainer } from './trainer';

export type TrainingSettings = Recipe['training'];

/** What is learnt from: texts first, then pairs of an instruction and its response. */
export interface RunData {
  readonly text: readonly Example[];
  readonly pairs: readonly Example[];
}

export interface RunStep extends StepReport {
  /** From 1, over both stages. */
  readonly step: number;
  readonly stage: 'text' | 'pairs';
  readonly rate: number;
  /** Predictions that counted. */
  readonly tokens: number;
}

interface RunOptions {
  /** What else decides the numbers, such as the model; a state of another identity is refused. */
  readonly identity: string;
  readonly trainable: Trainable;
  readonly settings: TrainingSettings;
  readonly data: RunData;
  readonly keepActivations: boolean;
}

/** A loss this many times that of an even guess, log V, is a run that goes astray, and so is half as much again as at the start. */
const ASTRAY = 2;
const WORSE = 1.5;

/**
 * A training from its first step to its last: texts for `steps`, then pairs for `tuningSteps` with moments and schedule anew.
 * The same settings and data give the same numbers on one backend, however often it was interrupted.
 */
export class TrainingRun {
  readonly trainer: Trainer;
  readonly losses: number[] = [];
  /** Predictions learnt from so far. */
  tokens = 0;
  /** What was measured on the way; the caller's to add to. It is a part of the state. */
  readonly evaluations: RunEvaluation[] = [];
  /** The last saved state whose loss was sound; one is saved every tenth of the steps. */
  sound: Uint8Array<ArrayBuffer> | undefined;
  readonly #settings: TrainingSettings;
  readonly #data: RunData;
  readonly #key: string;
  #astray = false;

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

  /** Steps done. */
  get step(): number {
    return this.losses.length;
  }

  /** Steps in all. */
  get steps(): number {
    return this.#settings.steps + this.#settings.tuningSteps;
  }

  /** Nothing is left to do: all steps are done, or it went astray. */
  get done(): boolean {
    return this.#astray || this.step >= this.steps;
  }

  /**
   * One more step. An abort leaves everything as it was.
   * @throws DivergedError when loss or gradient are not finite or far too large. The last sound state is restored and the run
   *   is done; AbortError.
   */
  async advance(signal?: AbortSignal): Promise<RunStep> {
    const step = this.step + 1;
    const { steps, tuningSteps, batch, accumulation, seed } = this.#settings;
    const texts = step <= steps;
    const [within, length] = texts ? [step, steps] : [step - steps, tuningSteps];
    if (within === 1 && this.trainer.steps > 0) this.#beginStage();
    const due = this.sound === undefined || this.step % Math.max(10, Math.ceil(this.steps / 10)) === 0;
    const state = due ? await this.save() : undefined;
    this.sound ??= state;
    const from = texts ? this.#data.text : this.#data.pairs;
    const picked = examplesOfStep(within, batch * accumulation, from.length, seed).flatMap(
      (i) => from[i] ?? [],
    );
    const rate = learningRate(this.#settings, length, within);
    try {
      const report = await this.trainer.step(batchesOf(picked, batch), rate, signal);
      this.#check(report.loss);
      this.sound = state ?? this.sound;
      this.losses.push(report.loss);
      const tokens = picked.reduce((sum, { ids, from: first }) => sum + ids.length - first, 0);
      this.tokens += tokens;
      return { ...report, step, stage: texts ? 'text' : 'pairs', rate, tokens };
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error;
      this.#astray = true;
      if (this.sound) this.restore(this.sound);
      throw new DivergedError(`step ${step}: ${error.message} The state of step ${this.step} is kept.`, {
        cause: error,
      });
    }
  }

  /** The state as bytes; `restore` in a run of the same settings and data goes on from there. */
  save(): Promise<Uint8Array<ArrayBuffer>> {
    const { trained, steps: moments } = this.trainer;
    const { step, tokens, losses, evaluations } = this;
    const progress = { step, moments, tokens, losses, evaluations };
    return saveState(trained.model.backend, trained.parameters, this.#key, progress);
  }

  /** @throws TrainError for bytes that are not a state of this training. */
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

  #check(loss: number): void {
    const even = Math.log(this.trainer.model.config.vocabSize);
    const most = Math.max(ASTRAY * even, WORSE * (this.losses[0] ?? 0));
    if (loss <= most || this.losses.length === 0) return;
    throw new DivergedError(
      `expected a loss of at most ${most.toFixed(2)}, got ${loss.toFixed(2)}. Take a smaller learning rate.`,
    );
  }
}

/** FNV-1a over all ids and where they begin to count. */
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
