import { expect, it } from 'vitest';
import { colourOf, hexOf } from '../drawing/colours';
import { mapScale } from './map-values';
import { placeWords } from './words';

const shown = (values: readonly number[], level: Parameters<typeof mapScale>[0]['level']) => {
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
