import { expect, test } from 'vitest';
import {
  NEAREST_FIRST,
  OPTIMUM,
  costOf,
  isComplete,
  isOptimal,
  splitSources,
} from '../../../lessons/by-hand/painted';
import { sum } from '../../../lessons/by-hand/problem';
import { NEW_PAINTING, addUnits, nextPainting, painting, pour, setUnits, undone } from './painting';

test('Show me paints a first pair, nearest pairs, the optimum, a split plan, and the optimum again', () => {
  const first = nextPainting(NEW_PAINTING);
  expect(sum(first.painted.flat())).toBe(5);
  expect(first.revealed).toBe(false);
  const nearest = nextPainting(first);
  expect(nearest.painted).toEqual(NEAREST_FIRST);
  expect(nearest.revealed).toBe(true);
  const best = nextPainting(nearest);
  expect(isOptimal(best.painted)).toBe(true);
  const split = nextPainting(best);
  expect(isComplete(split.painted)).toBe(true);
  expect(splitSources(split.painted)).toBe(2);
  expect(costOf(split.painted)).toBeGreaterThan(OPTIMUM.cost);
  expect(isOptimal(nextPainting(split).painted)).toBe(true);
});

test('it goes on from what a person painted, also from too much', () => {
  const overfull = [0, 1].reduce((state, row) => setUnits(state, { row, column: 2 }, 5), NEW_PAINTING);
  expect(isComplete(nextPainting(overfull).painted)).toBe(true);
  const begun = setUnits(NEW_PAINTING, { row: 4, column: 0 }, 5);
  expect(nextPainting(begun).painted[4]?.[0]).toBe(5);
});

test('every change can be undone, one that changes nothing is none', () => {
  const cell = { row: 1, column: 3 };
  const one = addUnits(NEW_PAINTING, cell, 1);
  expect(addUnits(one, { row: 0, column: 0 }, -1)).toBe(one);
  expect(undone(pour(one, cell)).painted).toEqual(one.painted);
  expect(pour(pour(one, cell), cell).painted).toEqual(NEW_PAINTING.painted);
  expect(undone(undone(one))).toEqual(undone(one));
  const many = Array.from({ length: 500 }, (_, k) => k % 6).reduce(
    (state, units) => painting(state, setUnits(state, cell, units).painted),
    NEW_PAINTING,
  );
  expect(many.before.length).toBe(200);
});
