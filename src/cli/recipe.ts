import { extname } from 'node:path';
import { readMergekit } from '../recipe/mergekit';
import {
  COST_FEATURES,
  COST_METRICS,
  COST_ROWS,
  COST_SCALES,
  DEFAULT_RECIPE,
  FEATURE_TEXTS,
  ACCELERATIONS,
  PROGOT_SCHEDULES,
  type Recipe,
  SOLVER_KINDS,
  type Slice,
} from '../recipe/schema';
import { parseRecipe } from '../upscale/recipe';
import { readParents, readSlices } from '../recipe/text';
import { methodOf } from '../upscale/methods';
import { isLayout } from '../upscale/contract/method';
import { expectText, featuresText } from './features-text';
import { readJson, readText } from './folders';
import type { Session } from './session';
import { type Options, type Parsed, UsageError, gapsOf, methodIn, numberOf, textOf } from './usage';

/** Options for the settings of a recipe, except method and gaps. */
const SETTINGS = {
  eps: { value: 'E' },
  spread: { value: 'S' },
  perplexity: { value: 'SHARE' },
  solver: { value: SOLVER_KINDS.join('|') },
  tolerance: { value: 'T' },
  iterations: { value: 'N' },
  acceleration: { value: ACCELERATIONS.join('|') },
  rho: { value: 'R' },
  steps: { value: 'N' },
  schedule: { value: PROGOT_SCHEDULES.join('|') },
  'cost-metric': { value: COST_METRICS.join('|') },
  'cost-rows': { value: COST_ROWS.join('|') },
  'cost-scale': { value: COST_SCALES.join('|') },
  features: { value: COST_FEATURES.join('|') },
  'features-text': { value: `${FEATURE_TEXTS.join('|')}|FILE` },
  'features-tokens': { value: 'N' },
  alpha: { value: 'A' },
  group: { value: 'N' },
  slices: { value: '0-6,2-8[:scale]' },
  parents: { value: 'gap:previous.next,…' },
  rotate: {},
  'repair-norms': {},
  down: {},
  seed: { value: 'S' },
} as const satisfies Options;

/** Options that define a recipe, or name its file. */
export const RECIPE_OPTIONS = {
  recipe: { value: 'FILE' },
  method: { value: 'M' },
  ...SETTINGS,
} as const satisfies Options;

/** Options for the gaps of new blocks, and for zero start. */
export const DEPTH_OPTIONS = {
  gaps: { value: 'top|middle|bottom|ends|spread|3,4,5' },
  'no-zero': {},
  zero: {},
} as const satisfies Options;

/** These settings, as shown in the help. */
export const SETTINGS_USAGE = Object.entries(SETTINGS)
  .map(([name, option]) => `--${name}${'value' in option ? ` ${option.value}` : ''}`)
  .join(', ');

/** Content of a recipe file. */
interface RecipeFile {
  readonly fields: unknown;
  /** What in the file changes nothing. */
  readonly notes: readonly string[];
}

/**
 * Reads the file of `--recipe`, without checks: a recipe as exports write it, or a mergekit configuration (`.yaml`, `.yml`).
 * Returns undefined without that option.
 * @throws UsageError if a setting or an option in `others` is given too.
 */
export async function recipeFile(
  parsed: Parsed,
  path: (text: string) => string,
  others: readonly string[],
): Promise<RecipeFile | undefined> {
  const file = textOf(parsed, 'recipe');
  if (file === undefined) return undefined;
  // `--features-text` is allowed, because a recipe only names its text.
  const repeated = ['method', ...others, ...Object.keys(SETTINGS)].find(
    (name) => name !== 'features-text' && parsed.values[name] !== undefined,
  );
  if (repeated !== undefined) {
    throw new UsageError(
      `expected either --recipe or --${repeated}, got both: the recipe file already says it`,
    );
  }
  if (!['.yaml', '.yml'].includes(extname(file).toLowerCase())) {
    return { fields: await readJson(path(file)), notes: [] };
  }
  const { slices, dtype = null, outDtype = null, notes } = readMergekit(await readText(path(file)));
  return {
    fields: { ...DEFAULT_RECIPE, method: 'passthrough', slices, dtype, outDtype },
    notes: notes.map((note) => `${file}: ${note}`),
  };
}

/** A checked recipe, and what in its file changes nothing. */
interface DeeperRecipe {
  readonly recipe: Recipe;
  readonly notes: readonly string[];
}

/** Returns the checked recipe of `--recipe` or of the options, with the command line's model. */
export async function deeperRecipe(parsed: Parsed, session: Session, model: string): Promise<DeeperRecipe> {
  const file = await recipeFile(parsed, (path) => session.path(path), Object.keys(DEPTH_OPTIONS));
  const text = await featuresText(parsed, session);
  const fields = file?.fields ?? fieldsOf(parsed, text);
  const named = typeof fields === 'object' && fields !== null;
  const recipe = parseRecipe(named ? { ...fields, model: session.modelSource(model) } : fields);
  expectText(recipe, text);
  return { recipe, notes: file?.notes ?? [] };
}

function fieldsOf(parsed: Parsed, text: string | undefined): Recipe {
  const recipe = recipeOf(parsed, text);
  return { ...recipe, gaps: chosenGaps(parsed, recipe), zeroInit: zeroInitOf(parsed) };
}

/** Returns the gaps of `--gaps` or of the method; layouts of whole blocks have none. @throws UsageError if they are missing. */
function chosenGaps(parsed: Parsed, { method, gaps }: Recipe): Recipe['gaps'] {
  const text = textOf(parsed, 'gaps');
  if (text !== undefined) return gapsOf(text);
  const declaration = methodOf(method);
  if (isLayout(declaration)) return gaps;
  if (declaration.gaps) return declaration.gaps;
  throw new UsageError('expected --gaps top|middle|bottom|ends or a list such as 3,4,5, got none');
}

function zeroInitOf({ values }: Parsed): Recipe['zeroInit'] {
  const [zero, kept] = [values['zero'] === true, values['no-zero'] === true];
  if (zero && kept) throw new UsageError('expected either --zero or --no-zero, got both');
  return zero ? true : kept ? false : 'method';
}

/**
 * Returns the recipe of the options, with default gaps; the schema must still check its numbers.
 * @param text name of the text for activations, if given.
 * @throws UsageError.
 */
export function recipeOf(parsed: Parsed, text: string | undefined): Recipe {
  const { solver, cost } = DEFAULT_RECIPE;
  const { values } = parsed;
  return {
    ...DEFAULT_RECIPE,
    method: methodIn(parsed),
    solver: {
      kind: choice(parsed, 'solver', SOLVER_KINDS) ?? solver.kind,
      epsilon: numberOf(parsed, 'eps') ?? solver.epsilon,
      spread: numberOf(parsed, 'spread') ?? solver.spread,
      targetPerplexity: numberOf(parsed, 'perplexity') ?? solver.targetPerplexity,
      tolerance: numberOf(parsed, 'tolerance') ?? solver.tolerance,
      maxIterations: numberOf(parsed, 'iterations', 'integer') ?? solver.maxIterations,
      acceleration: choice(parsed, 'acceleration', ACCELERATIONS) ?? solver.acceleration,
      rho: numberOf(parsed, 'rho') ?? solver.rho,
      steps: numberOf(parsed, 'steps', 'integer') ?? solver.steps,
      schedule: choice(parsed, 'schedule', PROGOT_SCHEDULES) ?? solver.schedule,
    },
    cost: {
      metric: choice(parsed, 'cost-metric', COST_METRICS) ?? cost.metric,
      rows: choice(parsed, 'cost-rows', COST_ROWS) ?? cost.rows,
      scale: choice(parsed, 'cost-scale', COST_SCALES) ?? cost.scale,
      features: choice(parsed, 'features', COST_FEATURES) ?? cost.features,
      text: text ?? cost.text,
      tokens: numberOf(parsed, 'features-tokens', 'integer') ?? cost.tokens,
    },
    alpha: numberOf(parsed, 'alpha') ?? DEFAULT_RECIPE.alpha,
    group: numberOf(parsed, 'group', 'integer') ?? DEFAULT_RECIPE.group,
    slices: slicesOf(parsed),
    parents: parentsOf(parsed),
    structured: {
      rotate: values['rotate'] === true,
      repairNorms: values['repair-norms'] === true,
      down: values['down'] === true,
    },
    seed: numberOf(parsed, 'seed', 'integer') ?? DEFAULT_RECIPE.seed,
  };
}

export function choice<const T extends string>(
  parsed: Parsed,
  name: string,
  values: readonly T[],
): T | undefined {
  const text = textOf(parsed, name);
  if (text === undefined) return undefined;
  const value = values.find((candidate) => candidate === text);
  if (value) return value;
  throw new UsageError(`expected --${name} to be one of ${values.join(', ')}, got ${text}`);
}

function slicesOf(parsed: Parsed): Slice[] | null {
  const text = textOf(parsed, 'slices');
  if (text === undefined) return null;
  const slices = readSlices(text);
  if (slices) return slices;
  throw new UsageError(`expected --slices to be a list such as 0-6,2-8 or 0-8,4-8:0, got ${text}`);
}

function parentsOf(parsed: Parsed): Recipe['parents'] {
  const text = textOf(parsed, 'parents');
  if (text === undefined) return {};
  const parents = readParents(text);
  if (parents) return parents;
  throw new UsageError(`expected --parents to be a list such as 3:2.5,6:4.7, got ${text}`);
}
