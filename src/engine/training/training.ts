// Arms in training: their data, plans, steps, evaluations and states. Imports of the engine jobs, environment and workspace.

import type { Tensor } from '../../backend/operations';
import { LlamaModel } from '../../llama/model';
import type { Recipe } from '../../recipe/schema';
import { meanLoss, type RunEvaluation } from '../../train/evaluation';
import { countTrainable, type MemoryPlan, planMemory } from '../../train/memory';
import { type RunStep, TrainingRun } from '../../train/run';
import type { StepTimes } from '../../train/clock';
import type { Trainable } from '../../train/trained';
import type { Trained } from '../../upscale/saving/card';
import { expand } from '../../upscale/expanding/expand';
import type { Expansion } from '../../upscale/expanding/expansion';
import type { JobContext } from '../workspace/context';
import type { TrainRequest, TrainResult, TrainStep } from '../jobs';
import { stepCostOf, trainableOf } from './trainable';
import { type TrainingData, trainingData } from './data';
import type { Workspace } from '../workspace/workspace';
import { digest } from '../../digest';

/** Bytes a training may hold unless the request says otherwise. */
export const MEMORY_BYTES = 4 * 2 ** 30;
/** Evaluations on the way, that of the end included, unless the request says otherwise. */
const EVALUATIONS = 5;

/** One arm on the device: its deeper model, the training of it, and what was measured on the way. */
export class Training {
  readonly key: string;
  readonly recipe: Recipe;
  readonly expansion: Expansion;
  readonly run: TrainingRun;
  /** Why it stopped before its end. */
  diverged: string | undefined;
  /** Why its state could not be kept for another visit. */
  unkept: string | undefined;
  readonly #data: TrainingData;
  readonly #trainable: Trainable;
  readonly #memory: MemoryPlan;
  /** Of the steps done here. */
  readonly #times: StepTimes[] = [];

  private constructor(made: {
    key: string;
    recipe: Recipe;
    expansion: Expansion;
    run: TrainingRun;
    data: TrainingData;
    trainable: Trainable;
    memory: MemoryPlan;
  }) {
    this.key = made.key;
    this.recipe = made.recipe;
    this.expansion = made.expansion;
    this.run = made.run;
    this.#data = made.data;
    this.#trainable = made.trainable;
    this.#memory = made.memory;
  }

  /** Makes the arm's deeper model and everything its training needs; `key` says what it depends on. */
  static async open(
    workspace: Workspace,
    key: string,
    recipe: Recipe,
    { texts, memoryBytes = MEMORY_BYTES }: TrainRequest,
    { signal, emit }: JobContext,
  ): Promise<Training> {
    const { backend, weights, model } = workspace;
    const settings = recipe.training;
    const data = await trainingData(model, texts, settings);
    const expansion = await expand(backend, weights, recipe, {
      signal,
      onProgress: (progress) => emit({ type: 'progress', progress }),
    });
    try {
      const base = new LlamaModel(backend, model.config, weights, expansion.layers);
      const trainable = trainableOf(recipe, expansion);
      const { batch, context } = settings;
      const memory = planMemory(base, trainable, { batch, context, budgetBytes: memoryBytes });
      const { keepActivations } = memory;
      const run = await TrainingRun.open(
        base,
        { identity: await identityOf(recipe, base, signal), trainable, settings, data, keepActivations },
        signal,
      );
      return new Training({ key, recipe, expansion, run, data, trainable, memory });
    } catch (error) {
      expansion.free();
      throw error;
    }
  }

  get model(): LlamaModel {
    return this.run.trainer.model;
  }

  /** The trained tensors by name, band after band of a matrix. */
  get tensors(): ReadonlyMap<string, readonly Tensor[]> {
    const tensors = new Map<string, Tensor[]>();
    for (const { name, value } of this.run.trainer.trained.parameters.all)
      tensors.set(name, [...(tensors.get(name) ?? []), value]);
    return tensors;
  }

  /** What a model card says of the training so far. */
  get cardFacts(): Trained {
    const { text, pairs, reports } = this.#data;
    return {
      steps: this.run.step,
      tokens: this.run.tokens,
      parameters: this.#parameters,
      tensors: [...this.tensors.keys()],
      texts: reports.slice(0, Number(text.length > 0) + Number(pairs.length > 0)).map(({ name }) => name),
    };
  }

  /** One more step, as events tell it. @throws DivergedError, AbortError as `TrainingRun.advance`. */
  async advance(signal: AbortSignal | undefined): Promise<TrainStep> {
    const report = await this.run.advance(signal);
    this.#times.push(report.milliseconds);
    return { ...report, steps: this.run.steps, gradientNorms: this.#normsByName(report) };
  }

  /** Measures the model as it is now. One of the same step is not measured again. */
  async evaluate(signal: AbortSignal | undefined): Promise<RunEvaluation> {
    const { step } = this.run;
    const last = this.run.evaluations.at(-1);
    if (last?.step === step) return last;
    const { heldout, retention, response } = this.#data;
    const measured = async (examples: TrainingData['heldout']): Promise<number | null> =>
      examples ? meanLoss(this.model, examples, signal) : null;
    const moved = await this.run.trainer.trained.moved(signal);
    const evaluation: RunEvaluation = {
      step,
      heldout: await measured(heldout),
      retention: await measured(retention),
      response: await measured(response),
      moved: Object.fromEntries(moved),
    };
    this.run.evaluations.push(evaluation);
    return evaluation;
  }

  /** Whether the step just done is one to evaluate after. */
  shouldEvaluate(every: number | undefined): boolean {
    const { step, steps, done } = this.run;
    return done || step % (every ?? Math.max(1, Math.ceil(steps / EVALUATIONS))) === 0;
  }

  result(arm: string, backend: TrainResult['backend']): TrainResult {
    const { step, steps, done, losses } = this.run;
    const { expansion } = this;
    const layers = expansion.layers.length;
    return {
      arm,
      step,
      steps,
      done,
      losses: [...losses],
      evaluations: [...this.run.evaluations],
      stepMs: meanTimes(this.#times),
      stepCost: stepCostOf(this.recipe, expansion),
      trainable: this.#parameters,
      parameters: expansion.parameters,
      layers,
      newLayers: expansion.newLayers,
      tokens: this.run.tokens,
      memory: this.#memory,
      texts: this.#data.reports,
      backend,
      ...(this.diverged === undefined ? {} : { diverged: this.diverged }),
      ...(this.unkept === undefined ? {} : { unkept: this.unkept }),
    };
  }

  free(): void {
    this.run.free();
    this.expansion.free();
  }

  get #parameters(): number {
    return countTrainable(this.model.config, this.#trainable);
  }

  #normsByName({ gradientNorms }: RunStep): Record<string, number> {
    const norms: Record<string, number> = {};
    for (const [i, { name }] of this.run.trainer.trained.parameters.all.entries())
      norms[name] = Math.hypot(norms[name] ?? 0, gradientNorms[i] ?? Number.NaN);
    return norms;
  }
}

/** Means over steps; the first compiles kernels and reads weights, and does not count. */
function meanTimes(times: readonly StepTimes[]): StepTimes | null {
  const counted = times.length > 1 ? times.slice(1) : times;
  if (counted.length === 0) return null;
  const mean = (part: keyof StepTimes): number =>
    counted.reduce((sum, time) => sum + time[part], 0) / counted.length;
  return { forward: mean('forward'), backward: mean('backward'), optimizer: mean('optimizer') };
}

/** What decides the numbers beside text and training, whatever the model is called. Its final norm stands for all weights. */
async function identityOf(
  { version: _, model: __, ...deciding }: Recipe,
  { backend, config, weights }: LlamaModel,
  signal: AbortSignal | undefined,
): Promise<string> {
  const gain = await weights.withFinalNorm((tensor) => backend.read(tensor), signal);
  return JSON.stringify([deciding, config, digest(gain.join())]);
}
