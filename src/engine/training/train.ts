import { continuationText } from '../../llama/continuation';
import { generate } from '../../llama/generate';
import type { LlamaModel } from '../../llama/model';
import type { Recipe } from '../../recipe/schema';
import { parseRecipe } from '../../upscale/recipe';
import { DivergedError, TrainError } from '../../train/errors';
import type { Job, JobContext } from '../workspace/context';
import { isAbort, RequestError } from '../jobs/errors';
import type { TrainingState, TrainRequest, TrainStep } from '../jobs';
import { ByteStoreError } from '../environment/byte-store';
import { Training } from './training';
import { trainings } from './trainings';
import type { Workspace } from '../workspace/workspace';
import { createYielder } from '../../yielder';

/** How long to compute before the event loop may handle messages. */
const SLICE_MS = 8;

/**
 * Starts or continues the training of an arm. After a cancel the arm keeps the state of its last whole step, and the next
 * request continues from it.
 */
export const train: Job<'train'> = async (workspace, request, context) => {
  const { signal, emit } = context;
  const { arm, maxSteps = Infinity, evaluateEvery } = request;
  if (!(maxSteps >= 1))
    throw new RequestError(`train: expected at least 1 step to do, got ${maxSteps}. Ask for more.`);
  const training = await trainingOf(workspace, request, context);
  const { run } = training;
  const pause = createYielder(SLICE_MS);
  const measure = async (): Promise<void> => {
    emit({ type: 'evaluation', arm, evaluation: await training.evaluate(signal) });
    if (request.sample)
      emit({
        type: 'sample',
        arm,
        step: run.step,
        text: await sampleText(workspace, training.model, request.sample, signal),
      });
  };
  // The last request may have been cancelled after a step and before its evaluation.
  const known = run.evaluations.at(-1)?.step === run.step;
  const measuresNow = run.step === 0 ? !request.startLater : training.shouldEvaluate(evaluateEvery);
  if (!known && measuresNow) await measure();
  const onStep = (step: TrainStep): void => emit({ type: 'step', arm, step });
  const advance = async (): Promise<void> => {
    for (let done = 0; done < maxSteps && !run.done; done++) {
      const lastGoodState = run.lastGoodState;
      await training.advance(signal, onStep);
      if (request.keep && run.lastGoodState && run.lastGoodState !== lastGoodState)
        await keepLastGood(workspace, { arm, keep: request.keep }, training, context);
      if (training.shouldEvaluate(evaluateEvery)) {
        await training.collect(onStep);
        await measure();
      }
      await pause();
    }
    await training.collect(onStep);
  };
  try {
    await advance().catch(async (error: unknown) => {
      // Steps on their way are whole, so they count.
      if (isAbort(error)) await training.collect(onStep);
      throw error;
    });
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    training.diverged = error.message;
    await measure();
  }
  return training.result(arm, workspace.summary.kind);
};

export const prepareTraining: Job<'prepareTraining'> = async (workspace, request, context) => {
  const { run } = await trainingOf(workspace, request, context);
  return { step: run.step };
};

export const evaluateStart: Job<'evaluateStart'> = async (workspace, request, context) => {
  const { signal, emit } = context;
  const { arm, sample } = request;
  const training = await trainingOf(workspace, request, context);
  const evaluation = await training.evaluateStart(signal);
  emit({ type: 'evaluation', arm, evaluation });
  if (sample) {
    const text = await sampleText(workspace, training.start, sample, signal);
    emit({ type: 'sample', arm, step: 0, text });
  }
  return evaluation;
};

export const bringTraining: Job<'bringTraining'> = async (workspace, request, context) => {
  const { arm, keep } = request;
  const held = workspace.get(trainings).get(arm) !== undefined;
  const state = !held && keep !== undefined ? await workspace.byteStore.read(keep) : undefined;
  if (!held && !state)
    throw new RequestError(`expected what ${arm} had learnt, found nothing kept of it. Train it again.`);
  const { run } = await trainingOf(workspace, state ? { ...request, state } : request, context);
  return { step: run.step };
};

export const keepTraining: Job<'keepTraining'> = async (workspace, { arm, keep }) => {
  const training = workspace.get(trainings).require(arm);
  const { run } = training;
  const lasting = await workspace.byteStore.write(keep, await run.save());
  if (lasting) training.keptStep = run.step;
  return { step: run.step, lasting };
};

export const dropTraining: Job<'dropTraining'> = async (workspace, { arm, keep }) => {
  workspace.get(trainings).drop(arm);
  if (keep !== undefined) await workspace.byteStore.remove(keep);
  return null;
};

/** Returns the arm's state as bytes, to pass to `train` later. */
export const trainingState: Job<'trainingState'> = async (workspace, { arm }): Promise<TrainingState> => {
  const { run } = workspace.get(trainings).require(arm);
  return { arm, step: run.step, state: await run.save() };
};

/** Stores the last good state. If there is no room, training goes on without it. */
async function keepLastGood(
  workspace: Workspace,
  { arm, keep }: { readonly arm: string; readonly keep: string },
  training: Training,
  { emit }: JobContext,
): Promise<void> {
  const { lastGoodState: state, lastGoodStep: step } = training.run;
  if (state === undefined) return;
  try {
    const lasting = await workspace.byteStore.write(keep, state);
    training.unkept = undefined;
    if (!lasting) return;
    training.keptStep = step;
    emit({ type: 'kept', arm, step });
  } catch (error) {
    if (!(error instanceof ByteStoreError)) throw error;
    training.unkept = error.message;
  }
}

async function sampleText(
  { model }: Workspace,
  trained: LlamaModel,
  { prompt, maxTokens }: NonNullable<TrainRequest['sample']>,
  signal: AbortSignal | undefined,
): Promise<string> {
  const tokenizer = await model.tokenizer();
  const ids = tokenizer.encode(prompt);
  return continuationText(tokenizer, ids, await generate(trained, ids, { maxTokens, signal }));
}

async function trainingOf(
  workspace: Workspace,
  request: TrainRequest,
  context: Parameters<Job<'train'>>[2],
): Promise<Training> {
  const { arm, state } = request;
  const recipe = parseRecipe(request.recipe);
  const key = keyOf(workspace, recipe, request);
  const held = workspace.get(trainings).get(arm);
  if (held?.key === key) return held;
  if (held)
    throw new RequestError(
      `train: expected arms of different names, got two different ones named ${JSON.stringify(arm)}. Rename one, or drop the first.`,
    );
  const training = await Training.open(workspace, key, recipe, request, context);
  try {
    const given = workspace.get(trainings).lostState(arm, key) ?? state;
    const kept = given ? undefined : request.keep && (await workspace.byteStore.read(request.keep));
    if (given) training.run.restore(given);
    if (kept) restoreKept(training, arm, kept, context);
    // A cancelled arm may have been dropped meanwhile.
    context.signal?.throwIfAborted();
  } catch (error) {
    training.free();
    throw error;
  }
  // Another job may have made the same arm meanwhile.
  const made = workspace.get(trainings).get(arm);
  if (made?.key === key) {
    training.free();
    return made;
  }
  workspace.get(trainings).add(arm, training);
  return training;
}

/** Goes on from what was kept of an arm. If that is damaged the arm starts anew, which comes to the same numbers, and says so. */
function restoreKept(training: Training, arm: string, kept: Uint8Array, { emit }: JobContext): void {
  try {
    training.run.restore(kept);
    training.keptStep = training.run.step;
  } catch (error) {
    if (!(error instanceof TrainError)) throw error;
    emit({
      type: 'notice',
      text: `What was kept of ${arm} is damaged or of another training, so it is trained again from its start.`,
    });
  }
}

/** Returns a key of everything that a training's results depend on, except the backend. */
function keyOf(
  { model }: Workspace,
  { version: _, model: __, ...recipe }: Recipe,
  { texts }: TrainRequest,
): string {
  return JSON.stringify([model.id, recipe, texts]);
}
