import { gapName } from '../../recipe/gap-name';
import { UnsupportedArchitectureError } from '../../llama/errors';
import { kindWords } from '../../llama/layer-kinds';
import { DEFAULT_RECIPE, type MethodId } from '../../recipe/schema';
import { GapError, UpscaleError } from '../block/errors';
import { solverKind } from '../contract/transport-flow';
import { takesEpsilonFromCost } from '../contract/matching';
import { flowOf, isLayout, type Method, type ModelShape, SETTINGS } from '../contract/method';
import type { ExpandRecipe } from '../contract/recipe';
import { methodOf } from '../methods';
import { comparesActivations } from '../methods/resolve';
import { blockSpecs } from './block-specs';
import { checkApplies } from './check';

/** Tells before any work if a recipe can be carried out on a model. */
export interface Applicability {
  /** The reason if not: expected, got, and one next step. Undefined if the recipe applies. */
  readonly refusal: string | undefined;
  /** Settings of the recipe that the method does not read, one sentence each. */
  readonly notices: readonly string[];
}

/** Checks a recipe with this method on a model of this shape. Returns errors of the recipe instead of throwing them. */
export function applicability(method: MethodId, config: ModelShape, recipe: ExpandRecipe): Applicability {
  const meant = { ...recipe, method };
  const notices = unusedSettings(meant);
  try {
    checkApplies(meant, config);
    return { refusal: undefined, notices: [...notices, ...unlikeParents(meant, config)] };
  } catch (error) {
    const known = [GapError, UpscaleError, UnsupportedArchitectureError].some((of) => error instanceof of);
    if (!known || !(error instanceof Error)) throw error;
    return { refusal: error.message, notices };
  }
}

/** Says whose settings a new block takes where its parents' differ. */
function unlikeParents(recipe: ExpandRecipe, { layers, kinds = [] }: ModelShape): string[] {
  const method = methodOf(recipe.method);
  if (isLayout(method) || method.parents !== 'pair') return [];
  const words = (index: number): string => {
    const kind = kinds[index];
    return kind ? kindWords(kind) : 'nothing';
  };
  const unlike = blockSpecs(recipe, layers).flatMap((spec) =>
    spec.kind === 'new' && kinds[spec.next] && !same(kinds[spec.previous], kinds[spec.next]) ? [spec] : [],
  );
  const [first] = unlike;
  if (!first) return [];
  const gaps = unlike.map(({ gap }) => gap);
  const like = method.like ?? 'previous';
  return [
    `The parents at ${gaps.length > 1 ? 'gaps' : 'gap'} ${gaps.join(', ')} are of two kinds, such as block ${first.previous} with ` +
      `${words(first.previous)} and block ${first.next} with ${words(first.next)}: the new block is of the kind of its ${like} parent.`,
  ];
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function unusedSettings(recipe: ExpandRecipe): string[] {
  const method = methodOf(recipe.method);
  const { id, reads } = method;
  // Samples and trainings read the seed too, so it is never unused.
  const notices = SETTINGS.filter((setting) => setting !== 'seed')
    .filter((setting) => !reads.includes(setting) && !same(recipe[setting], DEFAULT_RECIPE[setting]))
    .map((setting) => `${id} does not read ${setting}: what the recipe says of it changes nothing.`);
  if (reads.includes('group') && recipe.gaps !== 'spread' && recipe.group !== DEFAULT_RECIPE.group)
    notices.push('group is read with the gaps "spread" alone: here it changes nothing.');
  if (reads.includes('gaps')) notices.push(...unusedParents(recipe));
  if (reads.includes('solver')) notices.push(...unusedSolverFields(method, recipe));
  if (reads.includes('cost')) notices.push(...unusedFeatures(method, recipe));
  return notices;
}

function unusedFeatures({ reads }: Method, recipe: ExpandRecipe): string[] {
  const { cost, structured } = recipe;
  if (comparesActivations(recipe)) {
    return [
      ...(structured.down && reads.includes('structured')
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

function unusedParents({ gaps, parents }: ExpandRecipe): string[] {
  if (typeof gaps === 'string') return [];
  return Object.keys(parents)
    .filter((gap) => !gaps.includes(Number(gap)))
    .map(
      (gap) =>
        `parents are chosen for gap ${gapName(Number(gap))}, where no block goes: they change nothing.`,
    );
}

function unusedSolverFields(method: Method, { solver }: ExpandRecipe): string[] {
  const flow = flowOf(method);
  const defaults = DEFAULT_RECIPE.solver;
  const exact = flow !== undefined && solverKind(flow, solver) === 'exact';
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
    .map((name) => `solver.${name} is set but ${exact ? 'an exact plan' : method.id} does not read it here.`);
}
