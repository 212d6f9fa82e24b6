import type { LlamaConfig } from '../../llama/config';
import { DEFAULT_RECIPE, type MethodId } from '../../recipe/schema';
import { GapError, UpscaleError } from '../block/errors';
import { comparesActivations } from './compared';
import { takesEpsilonFromCost } from '../contract/flow';
import { MAX_ROWS, MIN_LAYERS } from '../lesa/limits';
import { METHODS } from '../methods';
import { isLayout } from '../contract/method';
import { outline } from './outline';
import type { ExpandRecipe } from '../contract/recipe';

/** Parts of a recipe that only some methods read. */
type Setting = 'gaps' | 'parents' | 'alpha' | 'solver' | 'cost' | 'group' | 'slices' | 'structured';

const PAIRS: readonly Setting[] = ['gaps', 'parents', 'group'];
const FUSED: readonly Setting[] = [...PAIRS, 'alpha'];
const MATCHED: readonly Setting[] = [...FUSED, 'solver', 'cost'];

/** What each method reads of a recipe beside `zeroInit` and `seed`. */
const READ: Readonly<Record<MethodId, readonly Setting[]>> = {
  'opt-deus:literal': MATCHED,
  'opt-deus:paper': MATCHED,
  'opt-deus:tf': MATCHED,
  'opt-deus:relative': MATCHED,
  'opt-deus:hard': MATCHED,
  'opt-deus:structured': [...MATCHED, 'structured'],
  'half-next': FUSED,
  average: FUSED,
  'average:zero': FUSED,
  'copy-previous': PAIRS,
  'copy-previous:zero': PAIRS,
  'copy-next': PAIRS,
  'copy-next:zero': PAIRS,
  random: FUSED,
  solar: [],
  'llama-pro': PAIRS,
  stack: [],
  lesa: PAIRS,
  passthrough: ['slices'],
};

/** Whether what a recipe says of a setting makes a difference to a method. */
export const reads = (method: MethodId, setting: Setting): boolean => READ[method].includes(setting);

/** What of a model decides whether a method applies. Without widths only the depth is judged. */
export type ModelShape = Pick<LlamaConfig, 'layers'> &
  Partial<Pick<LlamaConfig, 'hiddenSize' | 'intermediateSize'>>;

/** Whether a recipe can be carried out on a model, told before anything runs. */
export interface Applicability {
  /** Why it cannot: what was expected, what came and one next step. Undefined where it can. */
  readonly refusal: string | undefined;
  /** What the recipe says that the method does not read, one sentence each. */
  readonly notices: readonly string[];
}

/** Explains what would become of a recipe with this method on a model of this shape. Never throws for what it can name. */
export function applicability(method: MethodId, config: ModelShape, recipe: ExpandRecipe): Applicability {
  const meant = { ...recipe, method };
  const notices = ignored(meant);
  try {
    checkApplies(meant, config);
    return { refusal: undefined, notices };
  } catch (error) {
    if (!(error instanceof GapError || error instanceof UpscaleError)) throw error;
    return { refusal: error.message, notices };
  }
}

/**
 * @throws GapError for gaps, parents or slices that do not exist; UpscaleError for a model or a setting the method cannot
 * work with.
 */
export function checkApplies(recipe: ExpandRecipe, shape: ModelShape): void {
  const { method, structured } = recipe;
  if (method === 'lesa') checkLesa(shape);
  if (comparesActivations(recipe) && method === 'opt-deus:structured' && structured.rotate) {
    throw new UpscaleError(
      `${method}: expected no rotations where activations are compared, for they are fitted to weights, got rotate. ` +
        'Turn the rotations off, or choose features: weights.',
    );
  }
  outline(recipe, shape.layers);
}

/** What `lesa` would say itself, but not before its work had begun. */
function checkLesa({ layers, hiddenSize = 0, intermediateSize = 0 }: ModelShape): void {
  if (layers < MIN_LAYERS) {
    throw new UpscaleError(
      `lesa: expected a model of at least ${MIN_LAYERS} blocks, got ${layers}. Choose another method or a deeper model.`,
    );
  }
  const widest = Math.max(hiddenSize, intermediateSize);
  if (widest > MAX_ROWS) {
    throw new UpscaleError(
      `lesa: expected at most ${MAX_ROWS} neurons in a tensor, whose singular value decomposition takes time with their ` +
        `cube, got ${widest}. Choose another method or a smaller model.`,
    );
  }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function ignored(recipe: ExpandRecipe): string[] {
  const { method } = recipe;
  const settings: readonly Setting[] = [
    'gaps',
    'parents',
    'alpha',
    'solver',
    'cost',
    'group',
    'slices',
    'structured',
  ];
  const notices = settings
    .filter((setting) => !reads(method, setting) && !same(recipe[setting], DEFAULT_RECIPE[setting]))
    .map((setting) => `${method} does not read ${setting}: what the recipe says of it changes nothing.`);
  if (reads(method, 'group') && recipe.gaps !== 'spread' && recipe.group !== DEFAULT_RECIPE.group)
    notices.push('group is read with the gaps "spread" alone: here it changes nothing.');
  if (reads(method, 'gaps')) notices.push(...strayParents(recipe));
  if (reads(method, 'solver')) notices.push(...strayEpsilons(recipe));
  if (reads(method, 'cost')) notices.push(...strayFeatures(recipe));
  return notices;
}

function strayFeatures(recipe: ExpandRecipe): string[] {
  const { method, cost, structured } = recipe;
  if (comparesActivations(recipe)) {
    return [
      ...(structured.down && reads(method, 'structured')
        ? ['structured.down compares weights: where activations are compared it changes nothing.']
        : []),
      ...(cost.rows === DEFAULT_RECIPE.cost.rows
        ? []
        : ['Rows of activations have unit length already: cost.rows changes nothing.']),
    ];
  }
  return (['text', 'tokens'] as const)
    .filter((name) => cost[name] !== DEFAULT_RECIPE.cost[name])
    .map((name) => `cost.${name} is of activations: where weights are compared it changes nothing.`);
}

function strayParents({ gaps, parents }: ExpandRecipe): string[] {
  if (typeof gaps === 'string') return [];
  return Object.keys(parents)
    .filter((gap) => !gaps.includes(Number(gap)))
    .map((gap) => `parents are chosen for gap ${gap}, where no block goes: they change nothing.`);
}

function strayEpsilons({ method, solver }: ExpandRecipe): string[] {
  const found = METHODS[method];
  const defaults = DEFAULT_RECIPE.solver;
  const exact = solver.kind === 'exact' || (solver.kind === 'method' && method === 'opt-deus:hard');
  const flow = isLayout(found) ? undefined : found.flow;
  const relative = flow !== undefined && takesEpsilonFromCost(flow, solver);
  const bisected = relative && !exact && !['unbalanced', 'progot'].includes(solver.kind);
  const unread = [
    ...(exact || relative ? (['epsilon'] as const) : []),
    ...(bisected ? [] : (['targetPerplexity'] as const)),
    ...(exact || !relative || (bisected && solver.targetPerplexity !== null) ? (['spread'] as const) : []),
    ...(solver.kind === 'unbalanced' ? [] : (['rho'] as const)),
    ...(solver.kind === 'progot' ? [] : (['steps', 'schedule'] as const)),
  ];
  return unread
    .filter((name) => solver[name] !== defaults[name])
    .map((name) => `solver.${name} is set but ${exact ? 'an exact plan' : method} does not read it here.`);
}
