import { type Against, againstText, parseAgainst } from './against';
import {
  positive,
  integerIn,
  lesson,
  cell,
  type Codec,
  controls,
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
  mapPath,
  matrixWindow,
  numberIn,
  slices,
  anyText,
  zeroInit,
} from './codec';
import {
  BLOCK_TENSORS,
  COST_FEATURES,
  COST_METRICS,
  COST_ROWS,
  COST_SCALES,
  DEFAULT_RECIPE,
  DTYPES,
  LEARNING_RATES,
  ACCELERATIONS,
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
  DEPTHS,
  DEFAULT_VIEW,
  KERNELS,
  MAP_COLOURS,
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

/** The state that a link stores. */
export interface LinkState {
  readonly recipe: Recipe;
  readonly view: View;
}

export const DEFAULT_LINK: LinkState = { recipe: DEFAULT_RECIPE, view: DEFAULT_VIEW };

/** One field of a link: its key, and how it reads and writes its part of the state. */
interface Field {
  readonly key: string;
  encode(state: LinkState): string;
  /**
   * @param methods ids of all methods.
   * @throws RecipeError if the text is not a value of this field.
   */
  decode(text: string, state: LinkState, methods: readonly MethodId[]): LinkState;
}

function read<T>(codec: Codec<T>, text: string): T {
  const value = codec.decode(text);
  if (value === undefined) throw new RecipeError(`expected ${codec.expected}, got "${text}"`);
  return value;
}

/** A field of the recipe. The recipe's schema also checks its value. */
function recipeField<K extends keyof Recipe>(key: string, name: K, codec: Codec<Recipe[K]>): Field {
  return {
    key,
    encode: ({ recipe }) => codec.encode(recipe[name]),
    decode: (text, { recipe, view }, methods) => ({
      recipe: parseRecipe({ ...recipe, [name]: read(codec, text) }, methods),
      view,
    }),
  };
}

function viewField<K extends keyof View>(key: string, name: K, codec: Codec<View[K]>): Field {
  return {
    key,
    encode: ({ view }) => codec.encode(view[name]),
    decode: (text, { recipe, view }) => ({ recipe, view: { ...view, [name]: read(codec, text) } }),
  };
}

/** A field of a group of settings of the recipe. */
function groupField<G extends 'solver' | 'cost' | 'structured' | 'training', K extends keyof Recipe[G]>(
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

/** A field of the second picture. */
function secondField<K extends keyof SecondPicture>(
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

const against: Codec<Against> = {
  expected: 'next, or null or copy with a number, for example null:0',
  encode: againstText,
  decode: parseAgainst,
};

/** All fields of a link, in order. */
export const FIELDS: readonly Field[] = [
  recipeField('model', 'model', model),
  {
    key: 'method',
    encode: ({ recipe }) => recipe.method,
    decode: (text, { recipe, view }, methods) => ({
      recipe: { ...recipe, method: read(oneOf(methods), text) },
      view,
    }),
  },
  recipeField('gaps', 'gaps', gaps),
  groupField('solver', 'solver', 'kind', oneOf(SOLVER_KINDS)),
  groupField('eps', 'solver', 'epsilon', decimal),
  groupField('spread', 'solver', 'spread', decimal),
  groupField('perplexity', 'solver', 'targetPerplexity', orNull(decimal, 'off')),
  groupField('tolerance', 'solver', 'tolerance', decimal),
  groupField('iterations', 'solver', 'maxIterations', decimal),
  groupField('acceleration', 'solver', 'acceleration', oneOf(ACCELERATIONS)),
  groupField('rho', 'solver', 'rho', decimal),
  groupField('steps', 'solver', 'steps', decimal),
  groupField('schedule', 'solver', 'schedule', oneOf(PROGOT_SCHEDULES)),
  groupField('metric', 'cost', 'metric', oneOf(COST_METRICS)),
  groupField('rows', 'cost', 'rows', oneOf(COST_ROWS)),
  groupField('cost-scale', 'cost', 'scale', oneOf(COST_SCALES)),
  groupField('features', 'cost', 'features', oneOf(COST_FEATURES)),
  groupField('features-text', 'cost', 'text', anyText),
  groupField('features-tokens', 'cost', 'tokens', decimal),
  recipeField('alpha', 'alpha', decimal),
  recipeField('group', 'group', decimal),
  recipeField('slices', 'slices', orNull(slices, 'none')),
  recipeField('dtype', 'dtype', orNull(oneOf(DTYPES), 'own')),
  recipeField('out-dtype', 'outDtype', orNull(oneOf(DTYPES), 'own')),
  recipeField('parents', 'parents', parents),
  groupField('rotate', 'structured', 'rotate', onOff),
  groupField('repair', 'structured', 'repairNorms', onOff),
  groupField('down', 'structured', 'down', onOff),
  groupField('trains', 'training', 'trains', oneOf(TRAINED)),
  groupField('train-tensors', 'training', 'tensors', orNull(listOf(BLOCK_TENSORS), 'all')),
  groupField('train-embedding', 'training', 'embedding', onOff),
  groupField('train-norm', 'training', 'finalNorm', onOff),
  groupField('train-head', 'training', 'head', onOff),
  groupField('train-steps', 'training', 'steps', decimal),
  groupField('tune-steps', 'training', 'tuningSteps', decimal),
  groupField('batch', 'training', 'batch', decimal),
  groupField('accumulation', 'training', 'accumulation', decimal),
  groupField('context', 'training', 'context', decimal),
  groupField('rate', 'training', 'rate', decimal),
  groupField('rate-schedule', 'training', 'schedule', oneOf(LEARNING_RATES)),
  groupField('warmup', 'training', 'warmup', decimal),
  groupField('decay', 'training', 'decay', decimal),
  groupField('weight-decay', 'training', 'weightDecay', decimal),
  groupField('betas', 'training', 'betas', pair),
  groupField('adam-eps', 'training', 'eps', decimal),
  groupField('clip', 'training', 'clip', orNull(decimal, 'off')),
  groupField('train-seed', 'training', 'seed', decimal),
  recipeField('zero', 'zeroInit', zeroInit),
  recipeField('seed', 'seed', decimal),
  viewField('tab', 'tab', oneOf(TABS)),
  viewField('gap', 'gap', orNull(index, 'top')),
  viewField('tensor', 'tensor', oneOf(TENSORS)),
  viewField('picture', 'picture', oneOf(PICTURES)),
  viewField('order', 'order', oneOf(ORDERS)),
  viewField('scale', 'scale', oneOf(SCALES)),
  viewField('fit', 'fit', onOff),
  viewField('pooling', 'pooling', oneOf(POOLINGS)),
  viewField('step', 'halfStep', orNull(index, 'last')),
  viewField('cell', 'cell', orNull(cell, 'none')),
  viewField('window', 'window', orNull(matrixWindow, 'all')),
  viewField('against', 'against', against),
  viewField('panes', 'panes', oneOf(PANES)),
  {
    key: 'b-method',
    encode: ({ view }) => view.second.method ?? 'same',
    decode: (text, { recipe, view }, methods) => ({
      recipe,
      view: { ...view, second: { ...view.second, method: read(orNull(oneOf(methods), 'same'), text) } },
    }),
  },
  secondField('b-eps', 'epsilon', orNull(positive, 'same')),
  secondField('b-gap', 'gap', orNull(index, 'same')),
  secondField('b-tensor', 'tensor', orNull(oneOf(TENSORS), 'same')),
  secondField('b-against', 'against', orNull(against, 'same')),
  viewField('ribbons', 'ribbons', onOff),
  viewField('pairs', 'pairs', oneOfNumbers(PAIR_COUNTS)),
  viewField('speed', 'speed', oneOfNumbers(SPEEDS)),
  viewField('part', 'part', orNull(index, 'all')),
  viewField('map', 'mapPath', mapPath),
  viewField('map-cell', 'mapCell', orNull(cell, 'none')),
  viewField('map-value', 'mapValue', oneOf(MAP_VALUES)),
  viewField('map-colours', 'mapColours', oneOf(MAP_COLOURS)),
  viewField('text', 'text', oneOf(TEXTS)),
  viewField('tokens', 'tokens', oneOfNumbers(TOKEN_BUDGETS)),
  viewField('arms', 'comparison', oneOf(COMPARISONS)),
  viewField('chosen', 'chosen', orNull(ids, 'default')),
  viewField('depth', 'depth', oneOf(DEPTHS)),
  viewField('race', 'race', oneOf(RACES)),
  viewField('without', 'without', ids),
  viewField('seeds', 'seeds', integerIn(1, 100)),
  viewField('first-page', 'firstPage', onOff),
  viewField('budget', 'budget', oneOf(BUDGETS)),
  viewField('minutes', 'minutes', orNull(integerIn(1, 10_000), 'off')),
  viewField('measured', 'measurements', orNull(integerIn(2, 1000), 'auto')),
  viewField('prompt', 'prompt', anyText),
  viewField('temperature', 'temperature', numberIn(...SAMPLING_RANGES.temperature)),
  viewField('top-p', 'topP', numberIn(...SAMPLING_RANGES.topP, true)),
  viewField('max-tokens', 'maxTokens', integerIn(...SAMPLING_RANGES.maxTokens)),
  viewField('try-seed', 'trySeed', integerIn(...SAMPLING_RANGES.trySeed)),
  viewField('measure', 'measure', oneOf(TOWER_MEASURES)),
  viewField('kernel', 'kernel', oneOf(KERNELS)),
  viewField('neuron', 'neuron', onOff),
  viewField('describe', 'describe', onOff),
  viewField('lesson', 'lesson', orNull(lesson, 'none')),
  viewField('lesson-step', 'step', integerIn(1, 40)),
  viewField('hide', 'hide', controls),
  viewField('presenter', 'presenter', onOff),
];
