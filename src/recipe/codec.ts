import { CONTROLS, type ControlName } from './controls';
import { readHub, writeHub } from './hub';
import { GAP_PRESETS } from './schema';
import type { GapPreset, ModelSource, Recipe, Slice } from './schema';
import { NUMBER, readParents, readSlices, writeParents, writeSlices } from './text';
import type { CellAddress, MatrixWindow } from './view';

/** Converts one kind of value to and from text. `decode` returns undefined for invalid text. */
export interface Codec<T> {
  readonly expected: string;
  encode(value: T): string;
  decode(text: string): T | undefined;
}

export function oneOf<const T extends string>(values: readonly T[]): Codec<T> {
  return {
    expected: values.join(', '),
    encode: (value) => value,
    decode: (text) => values.find((value) => value === text),
  };
}

export const decimal: Codec<number> = {
  // + 0 turns −0 into 0, because −0 is encoded as "0".
  expected: 'a number',
  encode: String,
  decode: (text) => (NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) + 0 : undefined),
};

/** Any text. The schema checks it further. */
export const anyText: Codec<string> = { expected: 'a text', encode: String, decode: String };

/** Id of a built-in lesson, `file`, or the address of a lesson. */
export const lesson: Codec<string> = {
  expected: 'the name of a lesson such as why-deeper, or an address such as https://host/lesson.json',
  encode: String,
  decode: (text) => (/^([a-z0-9][a-z0-9-]{0,39}|https?:\/\/\S{1,1000})$/.test(text) ? text : undefined),
};

export const index: Codec<number> = {
  expected: 'a whole number from 0',
  encode: String,
  decode: (text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined),
};

export const integerIn = (least: number, most: number): Codec<number> => ({
  expected: `a whole number from ${least} to ${most}`,
  encode: String,
  decode(text) {
    const value = index.decode(text);
    return value !== undefined && value >= least && value <= most ? value : undefined;
  },
});

/** A list of ids. An id contains no comma. */
export const ids: Codec<readonly string[]> = {
  expected: 'ids with commas between them',
  encode: (value) => value.join(','),
  decode: (text) => (text === '' ? [] : text.split(',')),
};

/** A number from `low` to `high`; with `above`, `low` itself is invalid. */
export const numberIn = (low: number, high: number, above = false): Codec<number> => ({
  expected: `a number ${above ? 'above' : 'from'} ${low} to ${high}`,
  encode: String,
  decode(text) {
    const value = decimal.decode(text);
    const fits = value !== undefined && value <= high && (above ? value > low : value >= low);
    return fits ? value : undefined;
  },
});

export function orNull<T>(codec: Codec<T>, word: string): Codec<T | null> {
  return {
    expected: `${codec.expected}, or ${word}`,
    encode: (value) => (value === null ? word : codec.encode(value)),
    decode: (text) => (text === word ? null : codec.decode(text)),
  };
}

export const model: Codec<ModelSource> = {
  expected: 'shipped, hub:owner/name@revision, local:NAME or the address of a model folder',
  encode: (source) => {
    if (source.kind === 'url') return source.url;
    if (source.kind === 'hub') return writeHub(source);
    return source.kind === 'local' ? `local:${source.name}` : source.kind;
  },
  decode: (text) => {
    if (text === 'shipped') return { kind: 'shipped' };
    if (text.startsWith('local:')) return { kind: 'local', name: text.slice('local:'.length) };
    if (text.startsWith('hub:')) {
      const hub = readHub(text);
      return hub && { kind: 'hub', ...hub };
    }
    return URL.canParse(text) ? { kind: 'url', url: text } : undefined;
  },
};

export const gaps: Codec<GapPreset | number[]> = {
  expected: `${GAP_PRESETS.join(', ')} or gap numbers such as 4,5,6`,
  encode: (value) => (typeof value === 'string' ? value : value.join(',')),
  decode: (text) => {
    const preset = GAP_PRESETS.find((name) => name === text);
    if (preset !== undefined) return preset;
    const list = text.split(',').map((part) => index.decode(part));
    return list.every((gap) => gap !== undefined) ? list : undefined;
  },
};

export const slices: Codec<Slice[]> = {
  expected: 'slices of base blocks such as 0-6,2-8:0.5',
  encode: writeSlices,
  decode: readSlices,
};

export const parents: Codec<Recipe['parents']> = {
  expected: 'parents by gap such as 3:2.5,6:4.7, or none',
  encode: (value) => writeParents(value) || 'none',
  decode: (text) => (text === 'none' ? {} : readParents(text)),
};

export const zeroInit: Codec<'method' | boolean> = {
  expected: 'method, on or off',
  encode: (value) => (typeof value === 'string' ? value : value ? 'on' : 'off'),
  decode: (text) => (text === 'method' ? text : text === 'on' ? true : text === 'off' ? false : undefined),
};

export const onOff: Codec<boolean> = {
  expected: 'on or off',
  encode: (value) => (value ? 'on' : 'off'),
  decode: (text) => (text === 'on' ? true : text === 'off' ? false : undefined),
};

/** A list of some of `values`. */
export function listOf<const T extends string>(values: readonly T[]): Codec<T[]> {
  return {
    expected: `a list of ${values.join(', ')}`,
    encode: (list) => list.join(','),
    decode: (text) => {
      const list = text.split(',').map((part) => values.find((value) => value === part));
      return list.every((value) => value !== undefined) ? list : undefined;
    },
  };
}

/** A set of controls, in the order of `CONTROLS`. */
export const controls: Codec<readonly ControlName[]> = {
  expected: 'names of controls such as share,export',
  encode: (names) => names.join(','),
  decode: (text) => {
    const names = new Set(text === '' ? [] : text.split(','));
    const known = CONTROLS.filter((name) => names.has(name));
    return known.length === names.size ? known : undefined;
  },
};

export const pair: Codec<[number, number]> = {
  expected: 'two numbers such as 0.9,0.95',
  encode: (values) => values.join(','),
  decode: (text) => {
    const [first, second, ...rest] = text.split(',').map((part) => decimal.decode(part));
    return first !== undefined && second !== undefined && rest.length === 0 ? [first, second] : undefined;
  },
};

export const cell: Codec<CellAddress> = {
  expected: 'row.column, for example 12.87',
  encode: (address) => `${address.row}.${address.column}`,
  decode: (text) => {
    const [row, column, ...rest] = text.split('.').map((part) => index.decode(part));
    return row !== undefined && column !== undefined && rest.length === 0 ? { row, column } : undefined;
  },
};

/** A map has two levels below the overview: blocks, then heads. */
const MAP_DEPTH = 2;

export const mapPath: Codec<readonly CellAddress[]> = {
  expected: 'blocks, or the pairs it was opened into, for example 6.7,0.1',
  encode: (pairs) => (pairs.length === 0 ? 'blocks' : pairs.map((pair) => cell.encode(pair)).join(',')),
  decode: (text) => {
    if (text === 'blocks') return [];
    const pairs = text.split(',').map((part) => cell.decode(part));
    return pairs.length <= MAP_DEPTH && pairs.every((pair) => pair !== undefined) ? pairs : undefined;
  },
};

export function oneOfNumbers<const T extends number>(values: readonly T[]): Codec<T> {
  return {
    expected: values.join(', '),
    encode: String,
    decode: (text) => values.find((value) => String(value) === text),
  };
}

export const matrixWindow: Codec<MatrixWindow> = {
  expected: 'row,column,rows of the part in sight, for example 16,40.5,32',
  // Thousandths of a cell are precise enough for a window.
  encode: ({ row, column, rows }) => [row, column, rows].map((part) => Number(part.toFixed(3))).join(','),
  decode: (text) => {
    const [row, column, rows, ...rest] = text
      .split(',')
      .map((part) => (/^\d{1,9}(\.\d{1,9})?$/.test(part) ? Number(part) : undefined));
    const complete = row !== undefined && column !== undefined && rows !== undefined && rest.length === 0;
    return complete && rows > 0 ? { row, column, rows } : undefined;
  },
};

export const positive: Codec<number> = {
  expected: 'a number above 0',
  encode: String,
  decode: (text) => {
    const value = decimal.decode(text);
    return value !== undefined && value > 0 ? value : undefined;
  },
};
