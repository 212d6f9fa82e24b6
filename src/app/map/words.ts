import type { Recipe } from '../../recipe/schema';
import type { CellAddress, TensorName } from '../../recipe/view';
import type { MapLevel } from '../store/state/map';
import { TENSOR_INFO } from '../words/tensors';

/** Name of one row of a level. */
export const ROW_NAMES: Readonly<Record<MapLevel['kind'], string>> = {
  blocks: 'block',
  heads: 'head',
  neurons: 'neuron',
};

export const VALUE_WORDS = {
  distance: {
    label: 'distance',
    title: 'What moving the one’s neurons onto the other’s costs, at mass 1',
    unit: 'distance',
  },
  relative: {
    label: 'relative',
    title: 'The distance as a share of what a random matching of the same neurons costs',
    unit: 'share of a random matching',
  },
  null: {
    label: 'against null',
    title:
      'The distance as a share of that to the same rows with their entries shuffled: 1 is no alignment, what is below it is',
    unit: 'share of the null',
  },
} as const;

/** Breadcrumb of a level: the pair that was opened. */
export function breadcrumbWords(depth: number, { row, column }: CellAddress): string {
  return `${depth === 0 ? 'blocks' : 'heads'} ${row} → ${column}`;
}

export const COLOUR_WORDS = {
  robust: {
    label: 'robust',
    title: 'Colours span the values that are not outlying; the legend counts the others',
  },
  all: {
    label: 'all values',
    title: 'Colours span all values: one outlying block makes the others look alike',
  },
  ranks: { label: 'ranks', title: 'Colours by rank: equal steps for equal numbers of pairs' },
} as const;

/** Titles of the axes: what a row is, which is moved onto what a column is. */
export function axisWords(level: MapLevel): { readonly rows: string; readonly columns: string } {
  if (level.kind === 'blocks')
    return { rows: 'previous block, which is moved', columns: 'next block, onto which it is moved' };
  const part = (at: 0 | 1) =>
    level.kind === 'heads'
      ? 'head'
      : level.heads === undefined
        ? 'neuron'
        : `neuron of head ${level.heads[at]}`;
  return {
    rows: `${part(0)} of block ${level.previous}, the previous`,
    columns: `${part(1)} of block ${level.next}, the next`,
  };
}

const METRICS = {
  method: 'Euclidean',
  euclidean: 'Euclidean',
  squared: 'squared Euclidean',
  cosine: 'cosine',
} as const;

/** Name of the cost between two neurons. */
export function costWords({ metric, rows, scale }: Recipe['cost']): string {
  const divided = scale === 'method' || scale === 'none' ? '' : `, divided by the ${scale}`;
  return `${METRICS[metric]} distance of ${rows === 'unit' ? 'unit' : 'raw'} rows${divided}`;
}

/** One sentence on what a level compares. */
export function levelWords(
  level: MapLevel,
  tensor: TensorName,
  solver: 'exact' | 'entropic' | 'none',
): string {
  const { fullName } = TENSOR_INFO[tensor];
  const solved =
    solver === 'entropic' ? 'entropic transport, as there are over 512 neurons' : 'the exact assignment';
  if (level.kind === 'blocks')
    return `Every pair of blocks: the transport cost between their rows of ${fullName}, by ${solved}.`;
  const pair = `rows are of block ${level.previous}, columns of block ${level.next}`;
  if (level.kind === 'heads')
    return `Every pair of heads, ${pair}: the transport cost between their rows of ${fullName}, by ${solved}.`;
  const heads = level.heads ? ` of heads ${level.heads[0]} and ${level.heads[1]}` : '';
  return `Every pair of neurons${heads}, ${pair}: the cost itself.`;
}

/** Index of a map's pixel, or the range of neurons if it is pooled. */
export function placeWords(index: number, pixels: number, rows: number): string {
  if (pixels === rows) return String(index);
  const [from, to] = [Math.floor((index * rows) / pixels), Math.ceil(((index + 1) * rows) / pixels) - 1];
  return from >= to ? String(from) : `${from}–${to}`;
}
