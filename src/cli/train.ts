import { readFile } from 'node:fs/promises';
import { SourceError } from '../checkpoint/errors';
import type { TrainRequest, TrainResult } from '../engine/jobs';
import { writeWhole } from '../engine/environment/write-whole';
import type { Recipe } from '../recipe/schema';
import { parseRecipe } from '../upscale/recipe';
import { type Command, table } from './command';
import { expectNewFolder } from './folders';
import { notices } from './notices';
import { DEPTH_OPTIONS, deeperRecipe, RECIPE_OPTIONS } from './recipe';
import type { Session } from './session';
import { save, SAVING_OPTIONS } from './saving';
import { lossEnds, fileOf, limitsOf, formatMs, TRAINING_OPTIONS, textNotes, trainingOf } from './training';
import { type Parsed, UsageError, backendOf, modelOf, numberOf, required, textOf } from './usage';

const ARM = 'trained';

export const train: Command = {
  usage:
    'train MODEL (--recipe FILE | --method M [--gaps G] [--no-zero | --zero]) [--text FILE] [--sft FILE] --out DIR ' +
    `[--dtype ${SAVING_OPTIONS.dtype.value}] ` +
    '[--sft-steps N] [--heldout FILE] [--retention FILE] [--sft-heldout FILE] [--state FILE] [TRAINING] [--seed S] [--backend auto|webgpu|cpu]',
  summary:
    'Makes a model deeper and trains it: on a text, then on instruction pairs. --state keeps the training in a file and goes on from it.',
  options: {
    ...RECIPE_OPTIONS,
    ...DEPTH_OPTIONS,
    ...TRAINING_OPTIONS,
    text: { value: 'FILE' },
    sft: { value: 'FILE' },
    'sft-steps': { value: 'N' },
    heldout: { value: 'FILE' },
    retention: { value: 'FILE' },
    'sft-heldout': { value: 'FILE' },
    state: { value: 'FILE' },
    ...SAVING_OPTIONS,
    backend: { value: 'auto|webgpu|cpu' },
  },
  async run(parsed, session) {
    const model = modelOf(parsed);
    const backend = backendOf(parsed);
    const out = session.path(required(parsed, 'out', 'DIR'));
    const { recipe, notes } = await trainingRecipeOf(parsed, session, model);
    const texts = {
      train: await fileOf(parsed, 'text', session),
      pairs: await fileOf(parsed, 'sft', session),
      heldout: await fileOf(parsed, 'heldout', session),
      retention: await fileOf(parsed, 'retention', session),
      heldoutPairs: await fileOf(parsed, 'sft-heldout', session),
    };
    await expectNewFolder(out);
    const opened = await session.open(model, backend);
    const given = Object.fromEntries(Object.entries(texts).filter(([, text]) => text));
    const request: TrainRequest = { arm: ARM, recipe, texts: given, ...limitsOf(parsed) };
    const result = await trainInParts(session, request, textOf(parsed, 'state'));
    const text = texts.heldout ?? texts.train;
    const saved = await save(parsed, session, { recipe, arm: ARM, path: out, text });
    const noted = notices(recipe, opened, [...notes, ...saved.result.notices]);
    const [heldoutStart, heldout] = lossEnds(result.evaluations, 'heldout');
    const [retentionStart, retention] = lossEnds(result.evaluations, 'retention');
    const [responseStart, response] = lossEnds(result.evaluations, 'response');
    const { losses, stepMs, trainable, tokens, layers, newLayers, memory, diverged } = result;
    return {
      json: {
        losses,
        heldout,
        retention,
        response,
        heldoutStart,
        retentionStart,
        responseStart,
        stepMs,
        trainable,
        tokens,
        layers,
        newLayers,
        memory,
        texts: result.texts,
        backend: result.backend,
        out,
        ...saved.json,
        ...(diverged === undefined ? {} : { diverged }),
        ...noted.json,
      },
      text: [
        formatResult(result, [['out', out], ...saved.rows]),
        ...textNotes(result.texts),
        ...noted.lines,
      ].join('\n'),
    };
  },
};

/** Returns the recipe. Here `--steps`, `--schedule` and `--seed` belong to training, and override a recipe file. */
async function trainingRecipeOf(
  parsed: Parsed,
  session: Session,
  model: string,
): Promise<{ recipe: Recipe; notes: readonly string[] }> {
  const { steps: _, schedule: __, seed: ___, ...others } = parsed.values;
  const { recipe, notes } = await deeperRecipe({ ...parsed, values: others }, session, model);
  const [text, pairs] = [textOf(parsed, 'text') !== undefined, textOf(parsed, 'sft') !== undefined];
  if (!text && !pairs) throw new UsageError('expected --text FILE or --sft FILE to learn from, got neither');
  const training = trainingOf(parsed, recipe.training);
  const { steps } = training;
  const tuningSteps = numberOf(parsed, 'sft-steps', 'integer') ?? (recipe.training.tuningSteps || steps);
  if (!pairs && textOf(parsed, 'sft-steps') !== undefined)
    throw new UsageError('expected --sft FILE with --sft-steps, got none');
  const whole = parseRecipe({
    ...recipe,
    seed: textOf(parsed, 'recipe') === undefined ? training.seed : recipe.seed,
    training: { ...training, steps: text ? steps : 0, tuningSteps: pairs ? tuningSteps : 0 },
  });
  return { recipe: whole, notes };
}

/** Trains to the end; with a state file, in parts after which the state is saved there. */
async function trainInParts(
  session: Session,
  request: TrainRequest,
  stateFile: string | undefined,
): Promise<TrainResult> {
  if (stateFile === undefined) return session.run('train', request);
  const path = session.path(stateFile);
  const { steps, tuningSteps } = request.recipe.training;
  const maxSteps = Math.max(1, Math.ceil((steps + tuningSteps) / 10));
  const state = await readState(path);
  for (;;) {
    const result = await session.run('train', {
      ...request,
      maxSteps,
      ...(state ? { state: new Uint8Array(state) } : {}),
    });
    const kept = await session.run('trainingState', { arm: request.arm });
    await writeWhole(path, kept.state, `${path}.part`).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      session.note(
        `the training goes on, but its state at step ${kept.step} could not be kept in ${path} (${reason}). Free some space.`,
      );
    });
    if (result.done) return result;
  }
}

/** Returns the bytes of a state file; undefined if there is none yet. @throws SourceError if it is there and cannot be read. */
async function readState(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    if (code === 'ENOENT') return undefined;
    throw new SourceError(
      `expected the state of a training in ${path}, got ${code}. Name another file, or make this one readable.`,
      { cause },
    );
  }
}

/** @param saved rows on what was saved. */
function formatResult(result: TrainResult, saved: readonly (readonly string[])[]): string {
  const { losses, evaluations, step, steps, tokens, trainable, parameters, stepMs, memory, diverged } =
    result;
  const fixed = (value: number | null | undefined): string => value?.toFixed(4) ?? '–';
  const row = (name: string, what: Parameters<typeof lossEnds>[1]): string[][] => {
    const [start, end] = lossEnds(evaluations, what);
    return start === null ? [] : [[name, `${fixed(start)} → ${fixed(end)}`]];
  };
  return table([
    ['steps', `${step} of ${steps}, ${tokens.toLocaleString('en-US')} tokens`],
    ['loss', `${fixed(losses[0])} → ${fixed(losses.at(-1))}`],
    ...row('held-out loss', 'heldout'),
    ...row('retention loss', 'retention'),
    ...row('response loss', 'response'),
    ['trained', `${trainable.toLocaleString('en-US')} of ${parameters.toLocaleString('en-US')} parameters`],
    [
      'memory',
      `${Math.ceil(memory.total / 2 ** 20)} MiB planned, activations ${memory.keepActivations ? 'kept' : 'computed again'}`,
    ],
    ['ms per step', `${formatMs(stepMs)} (forward, backward, optimiser)`],
    ['backend', result.backend],
    ...saved,
    ...(diverged === undefined ? [] : [['stopped', diverged]]),
  ]);
}
