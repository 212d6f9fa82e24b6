import { expect, test } from 'vitest';
import { DEFAULT_RECIPE } from '../../recipe/schema';
import { MODEL } from '../store/testing';
import { addedParameters, deeperDepth, newBlocks } from './gaps';
import { deeperBlocks, defaultSlices } from './layouts';

const recipe = { ...DEFAULT_RECIPE, method: 'solar' as const };

test('SOLAR of 8 blocks is 0–5 and 2–7, of which 2–5 stand there twice', () => {
  const order = deeperBlocks(recipe, 8);
  expect(order.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 2, 3, 4, 5, 6, 7]);
  expect(newBlocks(recipe, 8)).toEqual([6, 7, 8, 9]);
  expect(addedParameters(recipe, MODEL)).toBe(400);
});

test('zeroing empties the outputs of repeated blocks alone', () => {
  const zeroed = deeperBlocks({ ...recipe, zeroInit: true }, 8);
  expect(zeroed.map(({ kind }) => kind).join(' ')).toBe(
    'base base base base base base scaled scaled scaled scaled base base',
  );
});

test('slices may leave blocks out; those that cannot be made give nothing to draw', () => {
  const slices = { ...recipe, method: 'passthrough' as const };
  expect(deeperDepth({ ...slices, slices: [{ start: 0, end: 3 }] }, 8)).toBe(3);
  expect(addedParameters({ ...slices, slices: [{ start: 0, end: 3 }] }, MODEL)).toBe(-500);
  expect(deeperBlocks({ ...slices, slices: [{ start: 0, end: 9 }] }, 8)).toEqual([]);
  expect(deeperBlocks(slices, 8)).toEqual([]);
  expect(deeperBlocks(DEFAULT_RECIPE, 8)).toEqual([]);
  expect(defaultSlices(8)).toEqual([
    { start: 0, end: 6 },
    { start: 2, end: 8 },
  ]);
});
