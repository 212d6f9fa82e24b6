// Training of arms: data, plans, steps, evaluations, states. Of the engine this room imports jobs, environment and workspace.

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
import type { TrainingData } from './data';
import { type BaseLosses, type SharedData, sharedData } from './shared-data';
import type { Workspace } from '../workspace/workspace';
import { digest } from '../../digest';

/** Default memory budget of a training. */
export const MEMORY_BYTES = 4 * 2 ** 30;
/** Default number of evaluations after the start, the last one included. */
const EVALUATIONS = 5;

const LOSS_NAMES = { heldout: 'held-out text', retention: 'retention text', response: 'held-out responses' };

/** One arm on the device: its deeper model, its training run and its measurements. */
export class Training {
  readonly key: string;
  readonly recipe: Recipe;
  readonly expansion: Expansion;
  readonly run: TrainingRun;
  /** The model before the first step. */
  readonly start: LlamaModel;
  /** Why training stopped early. */
  diverged: string | undefined;
  /** Why the state could not be stored. */
  unkept: string | undefined;
  /** Step of the stored state. */
  keptStep: number | undefined;
  readonly #shared: SharedData;
  readonly #trainable: Trainable;
  readonly #memory: MemoryPlan;
  /** Times of the steps done in this session. */
  readonly #times: StepTimes[] = [];

  private constructor(made: {
    key: string;
    recipe: Recipe;
    expansion: Expansion;
    run: TrainingRun;
    shared: SharedData;
    start: LlamaModel;
    trainable: Trainable;
    memory: MemoryPlan;
  }) {
    this.key = made.key;
    this.recipe = made.recipe;
    this.expansion = made.expansion;
    this.run = made.run;
    this.#shared = made.shared;
    this.start = made.start;
    this.#trainable = made.trainable;
    this.#memory = made.memory;
  }

  /** Makes the arm's deeper model and its training run. `key` identifies what they depend on. */
  static async open(
    workspace: Workspace,
    key: string,
    recipe: Recipe,
    { texts, memoryBytes = MEMORY_BYTES }: TrainRequest,
    job: JobContext,
  ): Promise<Training> {
    const { backend, weights } = workspace;
    const settings = recipe.training;
    const { signal, emit } = job;
    const shared = await sharedData(workspace, texts, settings, job);
    const { data } = shared;
    const expansion = await expand(backend, weights, recipe, {
      signal,
      onProgress: (progress) => emit({ type: 'progress', progress }),
    });
    try {
      const start = expansion.model(weights);
      const trainable = trainableOf(recipe, expansion);
      const { batch, context } = settings;
      const memory = planMemory(start, trainable, { batch, context, budgetBytes: memoryBytes });
      const { keepActivations } = memory;
      const run = await TrainingRun.open(
        start,
        { identity: await identityOf(recipe, start, signal), trainable, settings, data, keepActivations },
        signal,
      );
      return new Training({ key, recipe, expansion, run, shared, start, trainable, memory });
    } catch (error) {
      expansion.free();
      throw error;
    }
  }

  get model(): LlamaModel {
    return this.run.trainer.model;
  }

  /** The trained tensors by name; a large matrix is several bands, in order. */
  get tensors(): ReadonlyMap<string, readonly Tensor[]> {
    const tensors = new Map<string, Tensor[]>();
    for (const { name, value } of this.run.trainer.trained.parameters.all)
      tensors.set(name, [...(tensors.get(name) ?? []), value]);
    return tensors;
  }

  get #data(): TrainingData {
    return this.#shared.data;
  }

  /** Facts about the training so far, for the model card. */
  get cardFacts(): Trained {
    const { text, pairs, reports } = this.#data;
    return {
      steps: this.run.step,
      tokens: this.run.tokens,
      parameters: this.#parameters,
      tensors: [...this.tensors.keys()],
      losses: Object.fromEntries(this.#lossEnds()),
      texts: reports.slice(0, Number(text.length > 0) + Number(pairs.length > 0)).map(({ name }) => name),
    };
  }

  /** Does one step; it may become known later. @throws DivergedError, AbortError like `TrainingRun.advance`. */
  advance(signal: AbortSignal | undefined, onStep: (step: TrainStep) => void): Promise<void> {
    return this.run.advance({ signal, onStep: (step) => onStep(this.#reported(step)) });
  }

  /** Waits for all steps on their way. @throws DivergedError. */
  collect(onStep: (step: TrainStep) => void): Promise<void> {
    return this.run.collect((step) => onStep(this.#reported(step)));
  }

  /** Evaluates the current model, or returns the evaluation of this step if there is one. */
  async evaluate(signal: AbortSignal | undefined): Promise<RunEvaluation> {
    const { step } = this.run;
    if (step === 0) return this.evaluateStart(signal);
    const last = this.run.evaluations.at(-1);
    if (last?.step === step) return last;
    const moved = await this.run.trainer.trained.moved(signal);
    const losses = await this.#losses(this.model, signal);
    const evaluation: RunEvaluation = { step, ...losses, moved: Object.fromEntries(moved) };
    this.run.evaluations.push(evaluation);
    return evaluation;
  }

  /** The evaluation before the first step. It can also be made while the arm trains. */
  async evaluateStart(signal: AbortSignal | undefined): Promise<RunEvaluation> {
    const { evaluations, trainer } = this.run;
    if (evaluations[0]?.step === 0) return evaluations[0];
    const losses = this.expansion.preserving
      ? (this.#shared.baseLosses ??= await this.#losses(this.start, signal))
      : await this.#losses(this.start, signal);
    const moved = [...(await trainer.trained.moved(signal))].map(
      ([name, { from }]) => [name, { distance: 0, from }] as const,
    );
    const made = evaluations[0];
    // Another job may have made it meanwhile.
    if (made?.step === 0) return made;
    const evaluation: RunEvaluation = { step: 0, ...losses, moved: Object.fromEntries(moved) };
    evaluations.unshift(evaluation);
    return evaluation;
  }

  /** True if the model should be evaluated after the current step. */
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
      ...(this.keptStep === undefined ? {} : { keptStep: this.keptStep }),
    };
  }

  free(): void {
    this.run.free();
    this.expansion.free();
  }

  /** Losses at the first and the last evaluation, by what they were measured on. */
  *#lossEnds(): Generator<[string, [before: number, after: number]]> {
    const { evaluations } = this.run;
    for (const what of ['heldout', 'retention', 'response'] as const) {
      const [before, after] = [evaluations[0]?.[what], evaluations.at(-1)?.[what]];
      if (typeof before === 'number' && typeof after === 'number') yield [LOSS_NAMES[what], [before, after]];
    }
  }

  async #losses(model: LlamaModel, signal: AbortSignal | undefined): Promise<BaseLosses> {
    const measured = async (examples: TrainingData['heldout']): Promise<number | null> =>
      examples ? meanLoss(model, examples, signal) : null;
    const { heldout, retention, response } = this.#data;
    return {
      heldout: await measured(heldout),
      retention: await measured(retention),
      response: await measured(response),
    };
  }

  get #parameters(): number {
    return countTrainable(this.model.config, this.#trainable);
  }

  #reported(step: RunStep): TrainStep {
    this.#times.push(step.milliseconds);
    return { ...step, steps: this.run.steps, gradientNorms: this.#normsByName(step) };
  }

  #normsByName({ gradientNorms }: RunStep): Record<string, number> {
    const norms: Record<string, number> = {};
    for (const [i, { name }] of this.run.trainer.trained.parameters.all.entries())
      norms[name] = Math.hypot(norms[name] ?? 0, gradientNorms[i] ?? Number.NaN);
    return norms;
  }
}

/** Returns mean times over the steps, without the first, which compiles kernels and reads weights. */
function meanTimes(times: readonly StepTimes[]): StepTimes | null {
  const counted = times.length > 1 ? times.slice(1) : times;
  if (counted.length === 0) return null;
  const mean = (part: keyof StepTimes): number =>
    counted.reduce((sum, time) => sum + time[part], 0) / counted.length;
  return { forward: mean('forward'), backward: mean('backward'), optimizer: mean('optimizer') };
}

/** Returns what results depend on beside texts and training settings. The final norm's digest stands for all weights. */
async function identityOf(
  { version: _, model: __, ...deciding }: Recipe,
  { backend, config, weights }: LlamaModel,
  signal: AbortSignal | undefined,
): Promise<string> {
  const gain = await weights.withFinalNorm((tensor) => backend.read(tensor), signal);
  return JSON.stringify([deciding, config, digest(gain.join())]);
}
