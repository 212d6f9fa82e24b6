import { expect, it } from 'vitest';
import { colourOf, hexOf } from '../drawing/colours';
import { mapColours, mapValues, shownValue } from './map-values';
import { axisWords, placeWords } from './words';

const shown = (values: readonly number[], level: Parameters<typeof mapColours>[0]['level']) => {
  const rows = Math.sqrt(values.length);
  const distances = Float32Array.from(values);
  const result = {
    kind: level.kind,
    rows,
    columns: rows,
    distances,
    relative: distances,
    solver: 'exact',
  } as const;
  return { key: '', tensor: 'q', level, rows, result } as const;
};

const mapScale = (map: ReturnType<typeof shown>, value: 'distance') => mapColours(map, value, 'all').scale;

it('colours from the least to the largest value, but for a diagonal that is 0 by definition', () => {
  const values = [0, 2, 3, 2, 0, 5, 3, 5, 0];
  expect(mapScale(shown(values, { kind: 'blocks' }), 'distance')).toMatchObject({ low: 2, high: 5 });
  const same = { kind: 'neurons', previous: 1, next: 1, heads: [0, 0] } as const;
  expect(mapScale(shown(values, same), 'distance')).toMatchObject({ low: 2, high: 5 });
  const others = { kind: 'neurons', previous: 1, next: 1, heads: [0, 1] } as const;
  expect(mapScale(shown(values, others), 'distance')).toMatchObject({ low: 0, high: 5 });
  const scale = mapScale(shown(values, { kind: 'blocks' }), 'distance');
  // Yellow is near, as in every picture of neurons.
  expect([2, 5].map((value) => hexOf(colourOf(scale, value)))).toEqual(['#fde725', '#440154']);
  expect(mapScale(shown([0], { kind: 'blocks' }), 'distance')).toMatchObject({ low: 0, high: 1 });
});

it('names the neurons that a pooled place covers', () => {
  expect(placeWords(3, 8, 8)).toBe('3');
  expect(placeWords(3, 4, 8)).toBe('6–7');
  // 5 neurons in 2 pixels: both pixels contain the middle neuron.
  expect([placeWords(0, 2, 5), placeWords(1, 2, 5)]).toEqual(['0–2', '2–4']);
});

/** 56 pairs of 8 blocks: those with block 0 are far, the others near each other. */
const outlying = Array.from({ length: 64 }, (_, at) => {
  const [row, column] = [at >> 3, at & 7];
  if (row === column) return 0;
  return row * column === 0 ? 1.7 + 0.01 * (row + column) : 1.2 + 0.01 * Math.abs(row - column);
});

it('leaves outlying pairs out of the range of the colours and counts them', () => {
  const map = shown(outlying, { kind: 'blocks' });
  const { scale, note, values } = mapColours(map, 'distance', 'robust');
  expect([scale.low, scale.high]).toEqual([expect.closeTo(1.21, 6), expect.closeTo(1.26, 6)]);
  expect(note).toBe('14 of 56 pairs lie outside the colours: 14 above, up to 1.77');
  expect(values).toBe(map.result.distances);
  expect(mapColours(map, 'distance', 'all')).toMatchObject({
    note: '',
    scale: { low: map.result.distances[10] },
  });
});

it('keeps all values where none is outlying, and where most are equal', () => {
  const even = Array.from({ length: 64 }, (_, at) => 1 + Math.abs((at >> 3) - (at & 7)));
  expect(mapColours(shown(even, { kind: 'blocks' }), 'distance', 'robust')).toMatchObject({
    note: '',
    scale: { low: 2, high: 8 },
  });
  const equal = Array.from({ length: 64 }, (_, at) => (at === 1 ? 9 : 3));
  expect(mapColours(shown(equal, { kind: 'blocks' }), 'distance', 'robust')).toMatchObject({
    note: '',
    scale: { low: 3, high: 9 },
  });
});

it('colours by rank in equal steps, equal values alike, with the quartiles as ticks', () => {
  const values = [0, 10, 20, 10, 0, 5000, 20, 5000, 0];
  const { values: ranks, ticks, scale } = mapColours(shown(values, { kind: 'blocks' }), 'distance', 'ranks');
  const near = (value: number) => expect.closeTo(value, 6) as number;
  expect([...ranks].filter((_, at) => at % 4 !== 0)).toEqual([0.1, 0.5, 0.1, 0.9, 0.5, 0.9].map(near));
  expect(scale).toMatchObject({ low: 0, high: 1 });
  expect(ticks?.map(({ value }) => value)).toEqual([10, 10, 20, 5000, 5000]);
});

it('says what rows and columns are', () => {
  expect(axisWords({ kind: 'blocks' })).toEqual({
    rows: 'previous block, which is moved',
    columns: 'next block, onto which it is moved',
  });
  const pair = { previous: 2, next: 5 };
  expect(axisWords({ kind: 'heads', ...pair }).rows).toBe('head of block 2, the previous');
  expect(axisWords({ kind: 'neurons', ...pair, heads: [1, 3] }).columns).toBe(
    'neuron of head 3 of block 5, the next',
  );
});

it('shows distances as a share of the null where there is one, else relative ones', () => {
  const map = shown([0, 3, 3, 0], { kind: 'blocks' });
  const result = { ...map.result, relative: Float32Array.of(0, 0.5, 0.5, 0) };
  const without = { ...map, result };
  expect(shownValue(without, 'null')).toBe('relative');
  expect(mapValues(without, 'null')).toBe(result.relative);
  const beside = { ...map, result: { ...result, nullDistances: Float32Array.of(0, 4, 4, 2) } };
  expect(shownValue(beside, 'null')).toBe('null');
  expect(Array.from(mapValues(beside, 'null'))).toEqual([0, 0.75, 0.75, 0]);
  expect(mapValues(beside, 'distance')).toBe(result.distances);
});
