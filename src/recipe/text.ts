import type { Recipe, Scale, Slice } from './schema';

/** Text format of slices and parents in links and on the command line. */

/**
 * A decimal number. No part of it can be read in two ways, because a search that has to try all of them takes the square of a
 * long text's length.
 */
export const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const SLICE = /^(\d{1,9})-(\d{1,9})(?::(.+))?$/;
const PARENTS = /^(0|[1-9]\d{0,8}):(\d{1,9})\.(\d{1,9})$/;

/** `0-6,2-8:0.5`: first base block, one past the last, and a scale: a number, or filters such as `q_proj=0.5;=1`. */
export const writeSlices = (slices: readonly Slice[]): string =>
  slices
    .map(
      ({ start, end, scale }) =>
        `${start}-${end}${scale === undefined || scale === null ? '' : `:${writeScale(scale)}`}`,
    )
    .join(',');

/** Reads slices; undefined for invalid text. */
export function readSlices(text: string): Slice[] | undefined {
  const slices = text.split(',').map((part): Slice | undefined => {
    const [, start, end, scale] = SLICE.exec(part) ?? [];
    if (start === undefined) return undefined;
    const slice = { start: Number(start), end: Number(end) };
    if (scale === undefined) return slice;
    const read = readScale(scale);
    return read === undefined ? undefined : Object.assign(slice, { scale: read });
  });
  return slices.every((slice) => slice !== undefined) ? slices : undefined;
}

/** A filter may have any characters, so those that part the text are escaped; one without a name is `=1`. */
const writeScale = (scale: Scale): string =>
  typeof scale === 'number'
    ? String(scale)
    : scale.map(({ filter = '', value }) => `${encodeURIComponent(filter)}=${value}`).join(';');

function readScale(text: string): Scale | undefined {
  if (NUMBER.test(text)) return Number(text);
  const filters = text.split(';').map((part) => {
    const [name = '', value = '', ...rest] = part.split('=');
    if (!NUMBER.test(value) || rest.length > 0) return undefined;
    try {
      return { ...(name === '' ? {} : { filter: decodeURIComponent(name) }), value: Number(value) };
    } catch {
      return undefined;
    }
  });
  return filters.every((filter) => filter !== undefined) ? filters : undefined;
}

/** `3:2.5`: base blocks 2 and 5 as the parents of gap 3. */
export const writeParents = (parents: Recipe['parents']): string =>
  Object.entries(parents)
    .map(([gap, pair]) => `${gap}:${pair.join('.')}`)
    .join(',');

/** Reads parents; undefined for invalid text. */
export function readParents(text: string): Recipe['parents'] | undefined {
  const entries = text.split(',').map((part): [string, [number, number]] | undefined => {
    const [, gap, previous, next] = PARENTS.exec(part) ?? [];
    return gap === undefined ? undefined : [gap, [Number(previous), Number(next)]];
  });
  return entries.every((entry) => entry !== undefined) ? Object.fromEntries(entries) : undefined;
}
