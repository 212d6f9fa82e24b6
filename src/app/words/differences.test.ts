import { expect, it } from 'vitest';
import { DEFAULT_RECIPE } from '../../recipe/schema';
import { differenceName, differenceText } from './differences';

it('names the settings in which arms differ in plain words', () => {
  expect(differenceText(['method'])).toBe('differs from the reference in method');
  expect(differenceText(['method', 'zeroing', 'solver.kind'])).toBe(
    '3 things differ from the reference: method, zero start and solver',
  );
});

it('has words for every field of every group of a recipe', () => {
  const { solver, cost, structured, training } = DEFAULT_RECIPE;
  const fields = Object.entries({ solver, cost, structured, training }).flatMap(([group, settings]) =>
    Object.keys(settings).map((field) => `${group}.${field}`),
  );
  expect(fields.filter((field) => differenceName(field) === field)).toEqual([]);
});
