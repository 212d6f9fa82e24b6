import { fileURLToPath } from 'node:url';
import { isAbort } from '../engine/jobs/errors';
import type { TrainingTexts, TrainResult } from '../engine/jobs';
import { RACE_PRESETS, type RaceArm, type RacePreset, racePreset } from '../recipe/race';
import { DEFAULT_RECIPE } from '../recipe/schema';
import { parseRecipe } from '../upscale/recipe';
import { type ArmSummary, conclusion, type RaceRow, type Spread, summarise } from '../train/summary';
import { methodTitle } from '../upscale/methods';
import { type Command, table } from './command';
import type { Session } from './session';
import { lossEnds, limitsOf, formatMs, textFile, TRAINING_OPTIONS, textNotes, trainingOf } from './training';
import { type Parsed, UsageError, backendOf, modelOf, numberOf, required, textOf } from './usage';

const PRESETS = RACE_PRESETS.join('|');

/** Shipped texts: training text, held-out text of the same domain, and text of the shipped model's own domain. */
const TEXTS = {
  text: 'observatory-train.txt',
  heldout: 'observatory-heldout.txt',
  retention: 'fairy-heldout.txt',
};

/** Result of one arm with one seed. Numbers are null if it failed; the other arms still run. */
interface Row extends RaceRow {
  readonly losses: readonly number[];
  readonly heldoutStart: number | null;
  readonly retentionStart: number | null;
  readonly evaluations: readonly { step: number; heldout: number | null; retention: number | null }[];
  readonly stepMs: TrainResult['stepMs'];
  /** Cost of a step by the model of method.md 7.5, in forward passes of one block. */
  readonly stepCost: number | null;
  readonly trainable: number | null;
  readonly diverged?: string;
  readonly error?: string;
}

export const race: Command = {
  usage: `race MODEL --preset ${PRESETS} [--arms ID,…] [--seeds K] [--text FILE] [--heldout FILE] [--retention FILE] [TRAINING] [--backend auto|webgpu|cpu]`,
  summary:
    'Trains ways to make a model deeper on the same batches, seed after seed, and says which can be told apart.',
  options: {
    preset: { value: PRESETS },
    arms: { value: 'ID,…' },
    seeds: { value: 'K' },
    ...TRAINING_OPTIONS,
    text: { value: 'FILE' },
    heldout: { value: 'FILE' },
    retention: { value: 'FILE' },
    backend: { value: 'auto|webgpu|cpu' },
  },
  async run(parsed, session) {
    const model = modelOf(parsed);
    const backend = backendOf(parsed);
    const id = presetOf(parsed);
    const seeds = seedsOf(parsed);
    const recipe = parseRecipe({
      ...DEFAULT_RECIPE,
      model: session.modelSource(model),
      training: trainingOf(parsed, DEFAULT_RECIPE.training),
    });
    const texts = await textsOf(parsed, session);
    const { layers } = await session.open(model, backend);
    const preset = withArms(racePreset(id, recipe, layers, methodTitle), textOf(parsed, 'arms'));
    const rows: Row[] = [];
    let notes: string[] = [];
    for (let seed = 0; seed < seeds; seed++) {
      for (const arm of preset.arms) {
        const { row, result } = await rowOf(session, arm, seed, texts, parsed);
        rows.push(row);
        notes = result ? textNotes(result.texts) : notes;
      }
    }
    const summary = summarise(rows, preset.reference);
    const { steps, batch, accumulation, context } = recipe.training;
    const tokens = batch * accumulation * context;
    const words = conclusion(summary, preset.reference, { seeds, steps, tokens });
    const { reference } = preset;
    return {
      json: {
        preset: id,
        reference,
        seeds,
        steps,
        tokens: steps * tokens,
        backend: session.backend,
        rows,
        summary,
        conclusion: words,
      },
      text: [formatRows(preset, rows, summary), '', words, ...notes].join('\n'),
    };
  },
};

async function rowOf(
  session: Session,
  { id, title, recipe }: RaceArm,
  seed: number,
  texts: TrainingTexts,
  parsed: Parsed,
): Promise<{ row: Row; result?: TrainResult }> {
  const arm = `${title}, seed ${seed}`;
  const seeded = { ...recipe, seed, training: { ...recipe.training, seed } };
  try {
    const result = await session.run('train', { arm, recipe: seeded, texts, ...limitsOf(parsed) });
    const { losses, evaluations, stepMs, stepCost, trainable, diverged } = result;
    const [heldoutStart, heldout] = lossEnds(evaluations, 'heldout');
    const [retentionStart, retention] = lossEnds(evaluations, 'retention');
    // An arm that stopped early was trained on fewer tokens, so its losses are not compared.
    const stopped = diverged !== undefined;
    const row: Row = {
      arm: id,
      title,
      seed,
      losses,
      heldoutStart,
      heldout: stopped ? null : heldout,
      retentionStart,
      retention: stopped ? null : retention,
      evaluations: evaluations.map((at) => ({ step: at.step, heldout: at.heldout, retention: at.retention })),
      stepMs,
      stepCost,
      trainable,
      ...(stopped ? { diverged } : {}),
    };
    return { row, result };
  } catch (error) {
    if (isAbort(error)) throw error;
    return {
      row: { arm: id, title, seed, ...FAILED, error: error instanceof Error ? error.message : String(error) },
    };
  } finally {
    await session.run('dropTraining', { arm }).catch(() => undefined);
  }
}

const FAILED = {
  losses: [],
  heldoutStart: null,
  heldout: null,
  retentionStart: null,
  retention: null,
  evaluations: [],
  stepMs: null,
  stepCost: null,
  trainable: null,
} as const;

function presetOf(parsed: Parsed): (typeof RACE_PRESETS)[number] {
  const text = required(parsed, 'preset', PRESETS);
  const id = RACE_PRESETS.find((candidate) => candidate === text);
  if (id) return id;
  throw new UsageError(`expected --preset to be one of ${RACE_PRESETS.join(', ')}, got ${text}`);
}

/** Leaves only the named arms, and the reference, which the others are compared with. @throws UsageError for an unknown name. */
function withArms(preset: RacePreset, names: string | undefined): RacePreset {
  if (names === undefined) return preset;
  const wanted = names.split(',');
  const unknown = wanted.find((name) => !preset.arms.some(({ id }) => id === name));
  if (unknown !== undefined) {
    const all = preset.arms.map(({ id }) => id).join(', ');
    throw new UsageError(`expected --arms from ${all}, got ${unknown}`);
  }
  const arms = preset.arms.filter(({ id }) => id === preset.reference || wanted.includes(id));
  return { ...preset, arms };
}

function seedsOf(parsed: Parsed): number {
  const seeds = numberOf(parsed, 'seeds', 'integer') ?? 1;
  if (seeds >= 1 && seeds <= 100) return seeds;
  throw new UsageError(`expected --seeds from 1 to 100, got ${seeds}`);
}

async function textsOf(parsed: Parsed, session: Session): Promise<TrainingTexts> {
  const read = (name: keyof typeof TEXTS): ReturnType<typeof textFile> => {
    const file = textOf(parsed, name);
    const shipped = new URL(`../../public/corpus/${TEXTS[name]}`, import.meta.url);
    return textFile(file === undefined ? fileURLToPath(shipped) : session.path(file));
  };
  return { train: await read('text'), heldout: await read('heldout'), retention: await read('retention') };
}

function formatRows(
  { title, reference }: RacePreset,
  rows: readonly Row[],
  summary: readonly ArmSummary[],
): string {
  const spread = (value: Spread | null): string =>
    value === null
      ? '–'
      : `${value.mean.toFixed(4)}${value.standardError === null ? '' : ` ± ${value.standardError.toFixed(4)}`}`;
  const lines = summary.map((arm) => {
    const own = rows.filter((row) => row.arm === arm.arm);
    const errors = arm.difference?.inStandardErrors ?? null;
    const failed = own.flatMap(({ seed, diverged, error }) => {
      const why = diverged ?? error;
      return why === undefined ? [] : [`seed ${seed} stopped: ${why}`];
    });
    return [
      arm.title,
      spread(arm.heldout),
      arm.arm === reference ? 'reference' : spread(arm.difference),
      errors === null ? '–' : `${errors.toFixed(1)}${arm.told ? ' *' : ''}`,
      spread(arm.retention),
      formatMs(own[0]?.stepMs ?? null),
      `${own[0]?.stepCost ?? '–'}`,
      failed.join('; '),
    ];
  });
  const head = [
    'arm',
    'held-out loss',
    'minus reference',
    'in std errors',
    'retention loss',
    'ms per step',
    'cost',
    '',
  ];
  return `${title}\n${table([head, ...lines])}\n* told apart at 95 %, paired by seed`;
}
