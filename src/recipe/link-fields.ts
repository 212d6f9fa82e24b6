import {
  cell,
  type Codec,
  decimal,
  gaps,
  index,
  model,
  oneOf,
  onOff,
  orNull,
  parents,
  path,
  slices,
  tokens,
  words,
  zeroInit,
} from './codec';
import {
  COST_FEATURES,
  COST_METRICS,
  COST_ROWS,
  COST_SCALES,
  DEFAULT_RECIPE,
  METHODS,
  PROGOT_SCHEDULES,
  RecipeError,
  SOLVER_KINDS,
  parseRecipe,
} from './schema';
import type { Recipe } from './schema';
import {
  COMPARISONS,
  DEFAULT_VIEW,
  MAP_VALUES,
  ORDERS,
  PICTURES,
  POOLINGS,
  SCALES,
  TABS,
  TENSORS,
  TEXTS,
} from './view';
import type { View } from './view';

/** Everything a link carries. */
export interface LinkState {
  readonly recipe: Recipe;
  readonly view: View;
}

export const DEFAULT_LINK: LinkState = { recipe: DEFAULT_RECIPE, view: DEFAULT_VIEW };

/** One row of the table: a key of the link and the place in the state it stands for. */
interface Field {
  readonly key: string;
  encode(state: LinkState): string;
  /** @throws RecipeError when the text is not a value of this field. */
  decode(text: string, state: LinkState): LinkState;
}

function read<T>(codec: Codec<T>, text: string): T {
  const value = codec.decode(text);
  if (value === undefined) throw new RecipeError(`expected ${codec.expected}, got "${text}"`);
  return value;
}

/** A field of the recipe. The schema has the last word on its value. */
function ofRecipe<T>(
  key: string,
  codec: Codec<T>,
  get: (recipe: Recipe) => T,
  set: (recipe: Recipe, value: T) => Recipe,
): Field {
  return {
    key,
    encode: ({ recipe }) => codec.encode(get(recipe)),
    decode: (text, { recipe, view }) => ({ recipe: parseRecipe(set(recipe, read(codec, text))), view }),
  };
}

function ofView<K extends keyof View>(key: string, name: K, codec: Codec<View[K]>): Field {
  return {
    key,
    encode: ({ view }) => codec.encode(view[name]),
    decode: (text, { recipe, view }) => ({ recipe, view: { ...view, [name]: read(codec, text) } }),
  };
}

/** A field of one of the recipe's groups of settings. */
function ofGroup<G extends 'solver' | 'cost' | 'structured', K extends keyof Recipe[G]>(
  key: string,
  group: G,
  name: K,
  codec: Codec<Recipe[G][K]>,
): Field {
  return ofRecipe(
    key,
    codec,
    (recipe) => recipe[group][name],
    (recipe, value) => ({ ...recipe, [group]: { ...recipe[group], [name]: value } }),
  );
}

/** Every part of the state that a link carries, in its order there. */
export const FIELDS: readonly Field[] = [
  ofRecipe(
    'model',
    model,
    (r) => r.model,
    (r, value) => ({ ...r, model: value }),
  ),
  ofRecipe(
    'method',
    oneOf(METHODS),
    (r) => r.method,
    (r, value) => ({ ...r, method: value }),
  ),
  ofRecipe(
    'gaps',
    gaps,
    (r) => r.gaps,
    (r, value) => ({ ...r, gaps: value }),
  ),
  ofGroup('solver', 'solver', 'kind', oneOf(SOLVER_KINDS)),
  ofGroup('eps', 'solver', 'epsilon', decimal),
  ofGroup('spread', 'solver', 'spread', decimal),
  ofGroup('perplexity', 'solver', 'targetPerplexity', orNull(decimal, 'off')),
  ofGroup('tolerance', 'solver', 'tolerance', decimal),
  ofGroup('iterations', 'solver', 'maxIterations', decimal),
  ofGroup('rho', 'solver', 'rho', decimal),
  ofGroup('steps', 'solver', 'steps', decimal),
  ofGroup('schedule', 'solver', 'schedule', oneOf(PROGOT_SCHEDULES)),
  ofGroup('metric', 'cost', 'metric', oneOf(COST_METRICS)),
  ofGroup('rows', 'cost', 'rows', oneOf(COST_ROWS)),
  ofGroup('cost-scale', 'cost', 'scale', oneOf(COST_SCALES)),
  ofGroup('features', 'cost', 'features', oneOf(COST_FEATURES)),
  ofGroup('features-text', 'cost', 'text', words),
  ofGroup('features-tokens', 'cost', 'tokens', decimal),
  ofRecipe(
    'alpha',
    decimal,
    (r) => r.alpha,
    (r, value) => ({ ...r, alpha: value }),
  ),
  ofRecipe(
    'group',
    decimal,
    (r) => r.group,
    (r, value) => ({ ...r, group: value }),
  ),
  ofRecipe(
    'slices',
    orNull(slices, 'none'),
    (r) => r.slices,
    (r, value) => ({ ...r, slices: value }),
  ),
  ofRecipe(
    'parents',
    parents,
    (r) => r.parents,
    (r, value) => ({ ...r, parents: value }),
  ),
  ofGroup('rotate', 'structured', 'rotate', onOff),
  ofGroup('repair', 'structured', 'repairNorms', onOff),
  ofGroup('down', 'structured', 'down', onOff),
  ofRecipe(
    'zero',
    zeroInit,
    (r) => r.zeroInit,
    (r, value) => ({ ...r, zeroInit: value }),
  ),
  ofRecipe(
    'seed',
    decimal,
    (r) => r.seed,
    (r, value) => ({ ...r, seed: value }),
  ),
  ofView('tab', 'tab', oneOf(TABS)),
  ofView('gap', 'gap', orNull(index, 'top')),
  ofView('tensor', 'tensor', oneOf(TENSORS)),
  ofView('picture', 'picture', oneOf(PICTURES)),
  ofView('order', 'order', oneOf(ORDERS)),
  ofView('scale', 'scale', oneOf(SCALES)),
  ofView('fit', 'fit', onOff),
  ofView('pooling', 'pooling', oneOf(POOLINGS)),
  ofView('step', 'halfStep', orNull(index, 'last')),
  ofView('cell', 'cell', orNull(cell, 'none')),
  ofView('part', 'part', orNull(index, 'all')),
  ofView('map', 'mapPath', path),
  ofView('map-cell', 'mapCell', orNull(cell, 'none')),
  ofView('map-value', 'mapValue', oneOf(MAP_VALUES)),
  ofView('text', 'text', oneOf(TEXTS)),
  ofView('tokens', 'tokens', tokens),
  ofView('arms', 'comparison', oneOf(COMPARISONS)),
];
