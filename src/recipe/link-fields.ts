import {
  above0,
  between,
  cell,
  type Codec,
  decimal,
  gaps,
  ids,
  index,
  listOf,
  model,
  oneOf,
  oneOfNumbers,
  onOff,
  orNull,
  pair,
  parents,
  path,
  placeWindow,
  real,
  slices,
  words,
  zeroInit,
} from './codec';
import {
  BLOCK_TENSORS,
  COST_FEATURES,
  COST_METRICS,
  COST_ROWS,
  COST_SCALES,
  DEFAULT_RECIPE,
  LEARNING_RATES,
  PROGOT_SCHEDULES,
  RecipeError,
  SOLVER_KINDS,
  TRAINED,
  parseRecipe,
} from './schema';
import type { MethodId, Recipe } from './schema';
import {
  BUDGETS,
  COMPARISONS,
  DEFAULT_VIEW,
  KERNELS,
  MAP_VALUES,
  ORDERS,
  PAIR_COUNTS,
  PANES,
  PICTURES,
  POOLINGS,
  RACES,
  SAMPLING_RANGES,
  SCALES,
  SPEEDS,
  TABS,
  TENSORS,
  TEXTS,
  TOKEN_BUDGETS,
  TOWER_MEASURES,
} from './view';
import type { SecondPicture, View } from './view';

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
  /**
   * @param methods ids of the methods there are.
   * @throws RecipeError when the text is not a value of this field.
   */
  decode(text: string, state: LinkState, methods: readonly MethodId[]): LinkState;
}

function read<T>(codec: Codec<T>, text: string): T {
  const value = codec.decode(text);
  if (value === undefined) throw new RecipeError(`expected ${codec.expected}, got "${text}"`);
  return value;
}

/** A field of the recipe. The schema has the last word on its value. */
function ofRecipe<K extends keyof Recipe>(key: string, name: K, codec: Codec<Recipe[K]>): Field {
  return {
    key,
    encode: ({ recipe }) => codec.encode(recipe[name]),
    decode: (text, { recipe, view }, methods) => ({
      recipe: parseRecipe({ ...recipe, [name]: read(codec, text) }, methods),
      view,
    }),
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
function ofGroup<G extends 'solver' | 'cost' | 'structured' | 'training', K extends keyof Recipe[G]>(
  key: string,
  group: G,
  name: K,
  codec: Codec<Recipe[G][K]>,
): Field {
  return {
    key,
    encode: ({ recipe }) => codec.encode(recipe[group][name]),
    decode: (text, { recipe, view }, methods) => ({
      recipe: parseRecipe({ ...recipe, [group]: { ...recipe[group], [name]: read(codec, text) } }, methods),
      view,
    }),
  };
}

/** A field of what the second picture differs in. */
function ofSecond<K extends keyof SecondPicture>(
  key: string,
  name: K,
  codec: Codec<SecondPicture[K]>,
): Field {
  return {
    key,
    encode: ({ view }) => codec.encode(view.second[name]),
    decode: (text, { recipe, view }) => ({
      recipe,
      view: { ...view, second: { ...view.second, [name]: read(codec, text) } },
    }),
  };
}

/** Every part of the state that a link carries, in its order there. */
export const FIELDS: readonly Field[] = [
  ofRecipe('model', 'model', model),
  {
    key: 'method',
    encode: ({ recipe }) => recipe.method,
    decode: (text, { recipe, view }, methods) => ({
      recipe: { ...recipe, method: read(oneOf(methods), text) },
      view,
    }),
  },
  ofRecipe('gaps', 'gaps', gaps),
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
  ofRecipe('alpha', 'alpha', decimal),
  ofRecipe('group', 'group', decimal),
  ofRecipe('slices', 'slices', orNull(slices, 'none')),
  ofRecipe('parents', 'parents', parents),
  ofGroup('rotate', 'structured', 'rotate', onOff),
  ofGroup('repair', 'structured', 'repairNorms', onOff),
  ofGroup('down', 'structured', 'down', onOff),
  ofGroup('trains', 'training', 'trains', oneOf(TRAINED)),
  ofGroup('train-tensors', 'training', 'tensors', orNull(listOf(BLOCK_TENSORS), 'all')),
  ofGroup('train-embedding', 'training', 'embedding', onOff),
  ofGroup('train-norm', 'training', 'finalNorm', onOff),
  ofGroup('train-head', 'training', 'head', onOff),
  ofGroup('train-steps', 'training', 'steps', decimal),
  ofGroup('tune-steps', 'training', 'tuningSteps', decimal),
  ofGroup('batch', 'training', 'batch', decimal),
  ofGroup('accumulation', 'training', 'accumulation', decimal),
  ofGroup('context', 'training', 'context', decimal),
  ofGroup('rate', 'training', 'rate', decimal),
  ofGroup('rate-schedule', 'training', 'schedule', oneOf(LEARNING_RATES)),
  ofGroup('warmup', 'training', 'warmup', decimal),
  ofGroup('decay', 'training', 'decay', decimal),
  ofGroup('weight-decay', 'training', 'weightDecay', decimal),
  ofGroup('betas', 'training', 'betas', pair),
  ofGroup('adam-eps', 'training', 'eps', decimal),
  ofGroup('clip', 'training', 'clip', orNull(decimal, 'off')),
  ofGroup('train-seed', 'training', 'seed', decimal),
  ofRecipe('zero', 'zeroInit', zeroInit),
  ofRecipe('seed', 'seed', decimal),
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
  ofView('window', 'window', orNull(placeWindow, 'all')),
  ofView('panes', 'panes', oneOf(PANES)),
  {
    key: 'b-method',
    encode: ({ view }) => view.second.method ?? 'same',
    decode: (text, { recipe, view }, methods) => ({
      recipe,
      view: { ...view, second: { ...view.second, method: read(orNull(oneOf(methods), 'same'), text) } },
    }),
  },
  ofSecond('b-eps', 'epsilon', orNull(above0, 'same')),
  ofSecond('b-gap', 'gap', orNull(index, 'same')),
  ofSecond('b-tensor', 'tensor', orNull(oneOf(TENSORS), 'same')),
  ofView('ribbons', 'ribbons', onOff),
  ofView('pairs', 'pairs', oneOfNumbers(PAIR_COUNTS)),
  ofView('speed', 'speed', oneOfNumbers(SPEEDS)),
  ofView('part', 'part', orNull(index, 'all')),
  ofView('map', 'mapPath', path),
  ofView('map-cell', 'mapCell', orNull(cell, 'none')),
  ofView('map-value', 'mapValue', oneOf(MAP_VALUES)),
  ofView('text', 'text', oneOf(TEXTS)),
  ofView('tokens', 'tokens', oneOfNumbers(TOKEN_BUDGETS)),
  ofView('arms', 'comparison', oneOf(COMPARISONS)),
  ofView('race', 'race', oneOf(RACES)),
  ofView('without', 'without', ids),
  ofView('seeds', 'seeds', between(1, 100)),
  ofView('budget', 'budget', oneOf(BUDGETS)),
  ofView('minutes', 'minutes', orNull(between(1, 10_000), 'off')),
  ofView('prompt', 'prompt', words),
  ofView('temperature', 'temperature', real(...SAMPLING_RANGES.temperature)),
  ofView('top-p', 'topP', real(...SAMPLING_RANGES.topP, true)),
  ofView('max-tokens', 'maxTokens', between(...SAMPLING_RANGES.maxTokens)),
  ofView('try-seed', 'trySeed', between(...SAMPLING_RANGES.trySeed)),
  ofView('measure', 'measure', oneOf(TOWER_MEASURES)),
  ofView('kernel', 'kernel', oneOf(KERNELS)),
  ofView('neuron', 'neuron', onOff),
  ofView('describe', 'describe', onOff),
];
