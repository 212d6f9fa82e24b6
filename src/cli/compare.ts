import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAbort } from '../engine/jobs/errors';
import { COSTLY_GROUPS, type Evaluation, MEASURE_GROUPS, type Measurement } from '../engine/jobs';
import { differences } from '../upscale/differences';
import { type Arm, COMPARE_PRESETS, type ComparePreset, comparePresets } from '../recipe/presets';
import { DEFAULT_RECIPE, type MethodId, type Recipe } from '../recipe/schema';
import { methodTitle } from '../upscale/methods';
import { type Command, table } from './command';
import { readText } from './folders';
import type { Session } from './session';
import { type Parsed, UsageError, backendOf, modelOf, numberOf, required, textOf } from './usage';

const DEFAULT_TEXT = new URL('../../public/corpus/fairy-heldout.txt', import.meta.url);
const DEFAULT_TOKENS = 512;
const PRESETS = COMPARE_PRESETS.join('|');

/** Result of one arm. Numbers are null if the arm failed; the other arms still run. */
interface Row {
  readonly arm: string;
  readonly title: string;
  /** null for the base model. */
  readonly method: MethodId | null;
  readonly zeroed: boolean | null;
  /** The arm's differences from the preset's reference; the effects of two or more cannot be separated. */
  readonly differs: readonly string[];
  readonly loss: number | null;
  readonly perplexity: number | null;
  /** Loss minus the base model's. */
  readonly deltaBase: number | null;
  readonly maxLogitDifference: number | null;
  /** Tensor → mean over gaps of plan perplexity / n; 1 is uniform. Empty without plans. */
  readonly meanPlanPerplexityShare: Readonly<Record<string, number>>;
  /** Plans whose solver stopped before its tolerance. */
  readonly notConverged: number;
  readonly parameters: number | null;
  readonly layers: number | null;
  /** Time to make and evaluate the model. */
  readonly milliseconds: number | null;
  readonly error?: string;
  readonly measures?: object;
}

export const compare: Command = {
  usage: `compare MODEL --preset ${PRESETS} [--arms ID,…] [--text FILE] [--tokens N] [--measures] [--ablations] [--null] [--backend auto|webgpu|cpu]`,
  summary:
    'Ways to make a model deeper, side by side on one text. --measures also measures blocks and tensors, --ablations also the ' +
    'loss without every single block and with it twice, --null also what of the matches is more than their null has.',
  options: {
    preset: { value: PRESETS },
    arms: { value: 'ID,…' },
    text: { value: 'FILE' },
    tokens: { value: 'N' },
    measures: {},
    ablations: {},
    null: {},
    backend: { value: 'auto|webgpu|cpu' },
  },
  async run(parsed, session) {
    const model = modelOf(parsed);
    const backend = backendOf(parsed);
    const preset = presetOf(parsed, { ...DEFAULT_RECIPE, model: session.modelSource(model) });
    const arms = armsOf(parsed, preset);
    const tokens = tokensOf(parsed);
    const file = textOf(parsed, 'text');
    const path = file === undefined ? fileURLToPath(DEFAULT_TEXT) : session.path(file);
    const text = await readText(path);
    await session.open(model, backend);
    const ablations = parsed.values['ablations'] === true;
    const againstNull = parsed.values['null'] === true;
    const measures = parsed.values['measures'] === true || ablations || againstNull;
    const rows: Row[] = [];
    const comparison: Comparison = { session, preset, text, tokens, measures, ablations, againstNull };
    for (const arm of arms) rows.push(await rowOf(comparison, arm, rows[0]));
    return {
      json: { preset: preset.id, text: basename(path), tokens, backend: session.backend, rows },
      text: formatRows(preset, rows),
    };
  },
};

interface Comparison {
  readonly session: Session;
  readonly preset: ComparePreset;
  readonly text: string;
  readonly tokens: number;
  readonly measures: boolean;
  readonly ablations: boolean;
  readonly againstNull: boolean;
}

async function rowOf(comparison: Comparison, arm: Arm, base: Row | undefined): Promise<Row> {
  const { session, preset, text, tokens, measures } = comparison;
  const { recipe } = arm;
  const reference = preset.arms.find(({ id }) => id === preset.reference)?.recipe;
  const described = {
    arm: arm.id,
    title: arm.title,
    method: recipe?.method ?? null,
    zeroed: recipe ? recipe.zeroInit === true : null,
    differs: recipe && reference ? differences(reference, recipe) : [],
  };
  try {
    const compareWithBase = recipe !== null;
    const result = await session.run('evaluate', { recipe, text, maxTokens: tokens, compareWithBase });
    const { loss, perplexity, maxLogitDifference, plans, parameters, layers, milliseconds } = result;
    return {
      ...described,
      loss,
      perplexity,
      deltaBase: recipe === null ? 0 : base?.loss == null ? null : loss - base.loss,
      maxLogitDifference: recipe === null ? 0 : (maxLogitDifference ?? null),
      meanPlanPerplexityShare: meanPerplexityShares(plans),
      notConverged: plans.filter(({ converged }) => !converged).length,
      parameters,
      layers,
      milliseconds,
      ...(measures ? { measures: await measureModel(comparison, recipe) } : {}),
    };
  } catch (error) {
    if (isAbort(error)) throw error;
    return { ...described, ...FAILED, error: error instanceof Error ? error.message : String(error) };
  }
}

const FAILED = {
  loss: null,
  perplexity: null,
  deltaBase: null,
  maxLogitDifference: null,
  meanPlanPerplexityShare: {},
  notConverged: 0,
  parameters: null,
  layers: null,
  milliseconds: null,
} as const;

async function measureModel(
  { session, text, tokens, ablations, againstNull }: Comparison,
  recipe: Recipe | null,
): Promise<object> {
  const groups = MEASURE_GROUPS.filter(
    (group) =>
      !COSTLY_GROUPS.includes(group) ||
      (ablations && group === 'ablations') ||
      (againstNull && group === 'null'),
  );
  const result: Measurement = await session.run('measure', { recipe, text, maxTokens: tokens, groups });
  return { ...result, cka: Array.from(result.cka) };
}

function meanPerplexityShares(plans: Evaluation['plans']): Record<string, number> {
  const sums = new Map<string, { sum: number; count: number }>();
  for (const { tensor, planPerplexity, rows } of plans) {
    const { sum, count } = sums.get(tensor) ?? { sum: 0, count: 0 };
    sums.set(tensor, { sum: sum + planPerplexity / rows, count: count + 1 });
  }
  return Object.fromEntries([...sums].map(([tensor, { sum, count }]) => [tensor, sum / count]));
}

function presetOf(parsed: Parsed, base: Recipe): ComparePreset {
  const id = required(parsed, 'preset', PRESETS);
  const found = comparePresets(base, methodTitle).find((preset) => preset.id === id);
  if (found) return found;
  throw new UsageError(`expected --preset to be one of ${COMPARE_PRESETS.join(', ')}, got ${id}`);
}

/** Returns the base model and the arms of `--arms`, or all arms. */
function armsOf(parsed: Parsed, { id, arms }: ComparePreset): readonly Arm[] {
  const names = textOf(parsed, 'arms')?.split(',');
  if (!names) return arms;
  const unknown = names.find((name) => !arms.some((arm) => arm.id === name));
  if (unknown === undefined) return arms.filter((arm) => arm.recipe === null || names.includes(arm.id));
  throw new UsageError(
    `expected --arms among ${arms.map((arm) => arm.id).join(', ')} of the preset ${id}, got ${unknown}`,
  );
}

function tokensOf(parsed: Parsed): number {
  const tokens = numberOf(parsed, 'tokens', 'integer') ?? DEFAULT_TOKENS;
  if (tokens >= 1) return tokens;
  throw new UsageError(`expected --tokens to be at least 1, got ${tokens}`);
}

function formatRows({ title, reference }: ComparePreset, rows: readonly Row[]): string {
  const fixed = (value: number | null, digits: number): string => value?.toFixed(digits) ?? '–';
  const head = ['arm', 'loss', 'vs base', 'max |Δlogit|', 'plan spread', 'layers', ''];
  const lines = rows.map((row) => {
    const spread = Object.values(row.meanPlanPerplexityShare);
    const notes = [
      ...(row.differs.length > 1 ? [`differs from ${reference} in ${row.differs.join(' and ')}`] : []),
      ...(row.notConverged > 0 ? [`${row.notConverged} plans not converged`] : []),
      ...(row.error === undefined ? [] : [`failed: ${row.error}`]),
    ];
    return [
      row.title,
      fixed(row.loss, 4),
      fixed(row.deltaBase, 4),
      row.maxLogitDifference?.toPrecision(3) ?? '–',
      spread.length > 0 ? (spread.reduce((sum, value) => sum + value, 0) / spread.length).toFixed(3) : '–',
      String(row.layers ?? '–'),
      notes.join('; '),
    ];
  });
  return `${title}\n${table([head, ...lines])}`;
}
