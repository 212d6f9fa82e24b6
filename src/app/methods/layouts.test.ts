import { expect, test } from 'vitest';
import { DEFAULT_RECIPE } from '../../recipe/schema';
import { MODEL } from '../store/testing';
import { addedParameters, deeperDepth, newBlocks } from './gaps';
import { deeperOrder, firstSlices } from './layouts';

const recipe = { ...DEFAULT_RECIPE, method: 'solar' as const };

test('SOLAR of 8 blocks is 0–5 and 2–7, of which 2–5 stand there twice', () => {
  const order = deeperOrder(recipe, 8);
  expect(order.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 2, 3, 4, 5, 6, 7]);
  expect(newBlocks(recipe, 8)).toEqual([6, 7, 8, 9]);
  expect(addedParameters(recipe, MODEL)).toBe(400);
});

test('zeroing empties the outputs of repeated blocks alone', () => {
  const zeroed = deeperOrder({ ...recipe, zeroInit: true }, 8);
  expect(zeroed.map(({ kind }) => kind).join(' ')).toBe(
    'base base base base base base scaled scaled scaled scaled base base',
  );
});

test('slices may leave blocks out; those that cannot be made give nothing to draw', () => {
  const slices = { ...recipe, method: 'passthrough' as const };
  expect(deeperDepth({ ...slices, slices: [{ start: 0, end: 3 }] }, 8)).toBe(3);
  expect(addedParameters({ ...slices, slices: [{ start: 0, end: 3 }] }, MODEL)).toBe(-500);
  expect(deeperOrder({ ...slices, slices: [{ start: 0, end: 9 }] }, 8)).toEqual([]);
  expect(deeperOrder(slices, 8)).toEqual([]);
  expect(deeperOrder(DEFAULT_RECIPE, 8)).toEqual([]);
  expect(firstSlices(8)).toEqual([
    { start: 0, end: 6 },
    { start: 2, end: 8 },
  ]);
});
