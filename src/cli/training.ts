import { basename } from 'node:path';
import type { NamedText, TextReport, TrainRequest, TrainResult } from '../engine/jobs';
import { BLOCK_TENSORS, LEARNING_RATES, type Recipe, TRAINED } from '../recipe/schema';
import { readText } from './folders';
import { choice } from './recipe';
import type { Session } from './session';
import { type Options, type Parsed, UsageError, numberOf, textOf } from './usage';

/** Options for the training settings of a recipe. */
export const TRAINING_OPTIONS = {
  steps: { value: 'N' },
  batch: { value: 'B' },
  accumulate: { value: 'N' },
  context: { value: 'T' },
  lr: { value: 'X' },
  schedule: { value: LEARNING_RATES.join('|') },
  warmup: { value: 'SHARE' },
  decay: { value: 'SHARE' },
  'weight-decay': { value: 'W' },
  clip: { value: 'NORM|off' },
  trains: { value: TRAINED.join('|') },
  tensors: { value: 'q_proj,down_proj,…' },
  embedding: {},
  'final-norm': {},
  head: {},
  'evaluate-every': { value: 'N' },
  memory: { value: 'MIB' },
} as const satisfies Options;

/** These options, as shown in the help. */
export const TRAINING_USAGE = Object.entries(TRAINING_OPTIONS)
  .map(([name, option]) => `--${name}${'value' in option ? ` ${option.value}` : ''}`)
  .join(', ');

type Settings = Recipe['training'];

/** Overrides training settings by the options given; the schema must still check the numbers. @throws UsageError. */
export function trainingOf(parsed: Parsed, settings: Settings): Settings {
  const clip = textOf(parsed, 'clip');
  const number = (name: string, kind?: 'integer'): number | undefined => numberOf(parsed, name, kind);
  return {
    ...settings,
    trains: choice(parsed, 'trains', TRAINED) ?? settings.trains,
    tensors: tensorsOf(parsed) ?? settings.tensors,
    embedding: parsed.values['embedding'] === true || settings.embedding,
    finalNorm: parsed.values['final-norm'] === true || settings.finalNorm,
    head: parsed.values['head'] === true || settings.head,
    steps: number('steps', 'integer') ?? settings.steps,
    batch: number('batch', 'integer') ?? settings.batch,
    accumulation: number('accumulate', 'integer') ?? settings.accumulation,
    context: number('context', 'integer') ?? settings.context,
    rate: number('lr') ?? settings.rate,
    schedule: choice(parsed, 'schedule', LEARNING_RATES) ?? settings.schedule,
    warmup: number('warmup') ?? settings.warmup,
    decay: number('decay') ?? settings.decay,
    weightDecay: number('weight-decay') ?? settings.weightDecay,
    clip: clip === 'off' ? null : (number('clip') ?? settings.clip),
    seed: number('seed', 'integer') ?? settings.seed,
  };
}

/** Converts `--memory` and `--evaluate-every` to fields of a request. @throws UsageError. */
export function limitsOf(parsed: Parsed): Pick<TrainRequest, 'memoryBytes' | 'evaluateEvery'> {
  const mebibytes = numberOf(parsed, 'memory');
  const evaluateEvery = numberOf(parsed, 'evaluate-every', 'integer');
  if (mebibytes !== undefined && !(mebibytes > 0))
    throw new UsageError(`expected --memory above 0, in MiB, got ${mebibytes}`);
  if (evaluateEvery !== undefined && evaluateEvery < 1)
    throw new UsageError(`expected --evaluate-every to be at least 1, got ${evaluateEvery}`);
  return {
    ...(mebibytes === undefined ? {} : { memoryBytes: mebibytes * 2 ** 20 }),
    ...(evaluateEvery === undefined ? {} : { evaluateEvery }),
  };
}

/** Reads the file that an option names; undefined without the option. */
export async function fileOf(parsed: Parsed, name: string, session: Session): Promise<NamedText | undefined> {
  const file = textOf(parsed, name);
  return file === undefined ? undefined : textFile(session.path(file));
}

export async function textFile(path: string): Promise<NamedText> {
  return { name: basename(path), content: await readText(path) };
}

/** Returns a loss at the start and the end of a training; null if it was not measured. */
export function lossEnds(
  evaluations: TrainResult['evaluations'],
  what: 'heldout' | 'retention' | 'response',
): [start: number | null, end: number | null] {
  return [evaluations[0]?.[what] ?? null, evaluations.at(-1)?.[what] ?? null];
}

/** Returns notices about texts: unknown tokens, and pairs that did not fit. */
export function textNotes(texts: readonly TextReport[]): string[] {
  return texts.flatMap(({ name, tokens, unknown, cut = 0, dropped = 0 }) => [
    ...(unknown > 0 ? [`${name}: ${unknown} of ${tokens} tokens are not in the model's vocabulary`] : []),
    ...(cut > 0 ? [`${name}: ${cut} pairs were cut at the context`] : []),
    ...(dropped > 0 ? [`${name}: ${dropped} pairs were left out, their prompt fills the context`] : []),
  ]);
}

export const formatMs = (times: TrainResult['stepMs']): string =>
  times === null
    ? '–'
    : [times.forward, times.backward, times.optimizer].map((part) => part.toFixed(0)).join(' + ');

function tensorsOf(parsed: Parsed): Settings['tensors'] | undefined {
  const text = textOf(parsed, 'tensors');
  if (text === undefined) return undefined;
  return text.split(',').map((part) => {
    const found = BLOCK_TENSORS.find((name) => name === part || name.endsWith(`.${part}`));
    if (found) return found;
    throw new UsageError(`expected --tensors to be a list of ${BLOCK_TENSORS.join(', ')}, got ${part}`);
  });
}
