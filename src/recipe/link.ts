import {
  COST_FEATURES,
  COST_METRICS,
  COST_ROWS,
  COST_SCALES,
  DEFAULT_RECIPE,
  GAP_PRESETS,
  METHODS,
  PROGOT_SCHEDULES,
  RecipeError,
  SOLVER_KINDS,
  parseRecipe,
} from './schema';
import type { GapPreset, ModelSource, Recipe, Slice } from './schema';
import { readParents, readSlices, writeParents, writeSlices } from './text';
import {
  COMPARISONS,
  DEFAULT_VIEW,
  ORDERS,
  PICTURES,
  POOLINGS,
  SCALES,
  TABS,
  TENSORS,
  TEXTS,
  TOKEN_BUDGETS,
} from './view';
import type { CellAddress, View } from './view';

/** Everything a link carries. */
export interface LinkState {
  readonly recipe: Recipe;
  readonly view: View;
}

/** A field of a link that could not be read. The field keeps its default. */
export interface LinkProblem {
  readonly field: string;
  /** What was expected and what came. */
  readonly message: string;
}

export const DEFAULT_LINK: LinkState = { recipe: DEFAULT_RECIPE, view: DEFAULT_VIEW };

/** How one kind of value is written. `decode` returns undefined for what it cannot read. */
interface Codec<T> {
  readonly expected: string;
  encode(value: T): string;
  decode(text: string): T | undefined;
}

/** One row of the table: a key of the link and the place in the state it stands for. */
interface Field {
  readonly key: string;
  encode(state: LinkState): string;
  /** @throws RecipeError when the text is not a value of this field. */
  decode(text: string, state: LinkState): LinkState;
}

function oneOf<const T extends string>(values: readonly T[]): Codec<T> {
  return {
    expected: values.join(', '),
    encode: (value) => value,
    decode: (text) => values.find((value) => value === text),
  };
}

const decimal: Codec<number> = {
  expected: 'a number',
  encode: String,
  decode: (text) => (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined),
};

const index: Codec<number> = {
  expected: 'a whole number from 0',
  encode: String,
  decode: (text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined),
};

function orNull<T>(codec: Codec<T>, word: string): Codec<T | null> {
  return {
    expected: `${codec.expected}, or ${word}`,
    encode: (value) => (value === null ? word : codec.encode(value)),
    decode: (text) => (text === word ? null : codec.decode(text)),
  };
}

const model: Codec<ModelSource> = {
  expected: 'shipped, local:NAME or the address of a model folder',
  encode: (source) =>
    source.kind === 'url' ? source.url : source.kind === 'local' ? `local:${source.name}` : source.kind,
  decode: (text) => {
    if (text === 'shipped') return { kind: 'shipped' };
    if (text.startsWith('local:')) return { kind: 'local', name: text.slice('local:'.length) };
    return URL.canParse(text) ? { kind: 'url', url: text } : undefined;
  },
};

const gaps: Codec<GapPreset | number[]> = {
  expected: `${GAP_PRESETS.join(', ')} or gap numbers such as 4,5,6`,
  encode: (value) => (typeof value === 'string' ? value : value.join(',')),
  decode: (text) => {
    const preset = GAP_PRESETS.find((name) => name === text);
    if (preset !== undefined) return preset;
    const list = text.split(',').map((part) => index.decode(part));
    return list.every((gap) => gap !== undefined) ? list : undefined;
  },
};

const slices: Codec<Slice[]> = {
  expected: 'slices of base blocks such as 0-6,2-8:0.5',
  encode: writeSlices,
  decode: readSlices,
};

const parents: Codec<Recipe['parents']> = {
  expected: 'parents by gap such as 3:2.5,6:4.7, or none',
  encode: (value) => writeParents(value) || 'none',
  decode: (text) => (text === 'none' ? {} : readParents(text)),
};

const zeroInit: Codec<'method' | boolean> = {
  expected: 'method, on or off',
  encode: (value) => (typeof value === 'string' ? value : value ? 'on' : 'off'),
  decode: (text) => (text === 'method' ? text : text === 'on' ? true : text === 'off' ? false : undefined),
};

const onOff: Codec<boolean> = {
  expected: 'on or off',
  encode: (value) => (value ? 'on' : 'off'),
  decode: (text) => (text === 'on' ? true : text === 'off' ? false : undefined),
};

const cell: Codec<CellAddress> = {
  expected: 'row.column, for example 12.87',
  encode: (address) => `${address.row}.${address.column}`,
  decode: (text) => {
    const [row, column, ...rest] = text.split('.').map((part) => index.decode(part));
    return row !== undefined && column !== undefined && rest.length === 0 ? { row, column } : undefined;
  },
};

const tokens: Codec<View['tokens']> = {
  expected: TOKEN_BUDGETS.join(', '),
  encode: String,
  decode: (text) => TOKEN_BUDGETS.find((count) => String(count) === text),
};

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

const FIELDS: readonly Field[] = [
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
  ofView('text', 'text', oneOf(TEXTS)),
  ofView('tokens', 'tokens', tokens),
  ofView('arms', 'comparison', oneOf(COMPARISONS)),
];

/** Percent-encodes what a fragment cannot carry and leaves readable what it can. */
function escape(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(/%(?:3A|2C|2F|40)/g, decodeURIComponent);
}

/** The state as a URL fragment without `#`: only what differs from the defaults, so that the default state is empty. */
export function encodeLink(state: LinkState): string {
  const parts: string[] = [];
  for (const field of FIELDS) {
    const text = field.encode(state);
    if (text !== field.encode(DEFAULT_LINK)) parts.push(`${field.key}=${escape(text)}`);
  }
  return parts.join('&');
}

/**
 * Reads a URL fragment, with or without `#`. Never throws: a field that cannot be read keeps its default and is named in
 * `problems`.
 */
export function decodeLink(fragment: string): { state: LinkState; problems: readonly LinkProblem[] } {
  let state = DEFAULT_LINK;
  const problems: LinkProblem[] = [];
  for (const [key, text] of new URLSearchParams(fragment.replace(/^#/, ''))) {
    const field = FIELDS.find((candidate) => candidate.key === key);
    if (field === undefined) {
      problems.push({ field: key, message: `expected one of ${FIELDS.map((f) => f.key).join(', ')}` });
      continue;
    }
    try {
      state = field.decode(text, state);
    } catch (error) {
      if (!(error instanceof RecipeError)) throw error;
      problems.push({ field: key, message: error.message });
    }
  }
  return { state, problems };
}
