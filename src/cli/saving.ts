import { type ExportResult, type NamedText, SAVED_DTYPES, type SavedLosses } from '../engine/jobs';
import type { Recipe } from '../recipe/schema';
import { choice } from './recipe';
import type { Session } from './session';
import type { Options, Parsed } from './usage';

/** Tokens of a text that losses are measured on before saving. */
const TOKENS = 256;

/** Options of commands that save a checkpoint. */
export const SAVING_OPTIONS = {
  dtype: { value: SAVED_DTYPES.join('|') },
  out: { value: 'DIR' },
} as const satisfies Options;

export interface Saved {
  readonly result: ExportResult;
  /** The part of the output on what was saved. */
  readonly json: object;
  readonly rows: readonly (readonly [string, string])[];
}

/** What to save, and what to measure it on before. */
interface Saving {
  readonly recipe: Recipe;
  readonly arm?: string;
  readonly path: string;
  readonly text?: NamedText | undefined;
}

/** Saves a checkpoint in the folder `path`. With a text, first measures there what the saved model makes of it. */
export async function save(
  parsed: Parsed,
  session: Session,
  { path, text, ...asked }: Saving,
): Promise<Saved> {
  const dtype = choice(parsed, 'dtype', SAVED_DTYPES) ?? 'source';
  // A recipe with a dtype rounds base tensors too, which only the saved model shows.
  const recast = asked.recipe.dtype !== null || asked.recipe.outDtype !== null;
  const measured =
    text &&
    !recast &&
    (await session.run('savedLoss', { ...asked, dtype, text: text.content, maxTokens: TOKENS }));
  const losses: SavedLosses | undefined = text && measured ? { text: text.name, ...measured } : undefined;
  const result = await session.run('export', {
    ...asked,
    dtype,
    name: 'deeper',
    destination: { kind: 'folder', path },
    ...(losses ? { losses } : {}),
  });
  const { files, bytes, tensors, unchanged, rounded } = result;
  return {
    result,
    json: {
      dtype,
      ...(losses ? { savedLoss: losses } : {}),
      bytes,
      files,
      rounded,
      verified: { tensors, unchanged },
    },
    rows: [
      ['files', files.map(({ name }) => name).join(', ')],
      ['size', `${bytes.toLocaleString('en-US')} bytes`],
      ['verified', `${tensors} tensors read back, ${unchanged} of them the base’s byte for byte`],
      ...(losses ? lossRows(losses) : roundingRow(rounded, recast)),
    ],
  };
}

function roundingRow(rounded: number, recast: boolean): [string, string][] {
  if (recast)
    return [['rounding', 'as the recipe says; evaluate the saved model to see what it does to the loss']];
  if (rounded === 0) return [];
  return [['rounding', `${rounded} tensors; what it does to the loss was not measured, no text was given`]];
}

function lossRows({ text, tokens, base, exact, saved }: SavedLosses): [string, string][] {
  const difference = saved - exact;
  const rounding = difference === 0 ? 'no difference' : difference.toExponential(1);
  return [
    ['losses', `base ${base.toFixed(4)}, deeper ${exact.toFixed(4)}, as saved ${saved.toFixed(4)}`],
    ['rounding', `${rounding}, on ${tokens} tokens of ${text}`],
  ];
}
