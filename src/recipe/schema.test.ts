import { describe, expect, it } from 'vitest';
import { DEFAULT_RECIPE, parseRecipe as parse, RecipeError } from './schema';

/** Ids of methods, because the schema does not import the list of methods. */
const METHODS = ['opt-deus:paper', 'opt-deus:hard', 'average'];

const parseRecipe = (data: unknown) => parse(data, METHODS);

/** A recipe in the format before later methods and their settings were added. */
const OLD = {
  version: 1,
  model: { kind: 'shipped' },
  method: 'opt-deus:hard',
  gaps: [3, 5],
  solver: { epsilon: 0.01, tolerance: 1e-5, maxIterations: 500 },
  zeroInit: false,
  seed: 7,
};

describe('parseRecipe', () => {
  it('reads recipes written before there were further settings, with their defaults', () => {
    expect(parseRecipe(OLD)).toEqual({
      ...DEFAULT_RECIPE,
      ...OLD,
      solver: { ...DEFAULT_RECIPE.solver, ...OLD.solver },
    });
  });

  it('leaves a whole recipe as it is, for every method', () => {
    for (const method of METHODS)
      expect(parseRecipe({ ...DEFAULT_RECIPE, method })).toEqual({ ...DEFAULT_RECIPE, method });
  });

  it('fills in what a group of settings leaves out', () => {
    const { cost, structured } = parseRecipe({
      ...OLD,
      cost: { metric: 'cosine' },
      structured: { rotate: true },
    });
    expect(cost).toEqual({ ...DEFAULT_RECIPE.cost, metric: 'cosine' });
    expect(structured).toEqual({ ...DEFAULT_RECIPE.structured, rotate: true });
  });

  it.each([
    [{ alpha: -0.1 }, /^alpha: expected alpha from 0 to 1, got -0.1/],
    [{ alpha: Number.NaN }, /^alpha/],
    [{ group: 0 }, /^group: expected groups of at least 1/],
    [{ slices: [] }, /^slices: expected at least one slice/],
    [{ slices: [{ start: 3, end: 3 }] }, /^slices\.0: expected a slice whose end is above its start/],
    [{ slices: [{ start: 0, end: 1, scale: Infinity }] }, /^slices\.0\.scale/],
    [{ parents: { a: [1, 2] } }, /^parents\.a: expected gap numbers/],
    [{ parents: { 1: [1] } }, /^parents\.1/],
    [{ parents: { 1: [1, 2, 3] } }, /^parents\.1/],
    [{ cost: { metric: 'l1' } }, /^cost\.metric: expected .*got "l1"/],
    [{ solver: { ...OLD.solver, kind: 'emd' } }, /^solver\.kind/],
    [{ solver: { ...OLD.solver, targetPerplexity: 0 } }, /^solver\.targetPerplexity/],
    [{ solver: { ...OLD.solver, spread: 0 } }, /^solver\.spread: expected a spread above 0/],
    [{ solver: { ...OLD.solver, steps: 65 } }, /^solver\.steps/],
    [{ training: { rate: 0 } }, /^training\.rate: expected a learning rate above 0/],
    [{ training: { rate: 2 } }, /^training\.rate/],
    [{ training: { batch: 0 } }, /^training\.batch: expected the batch to be a whole number from 1/],
    [{ training: { steps: 1.5 } }, /^training\.steps/],
    [{ training: { context: 1 } }, /^training\.context/],
    [{ training: { warmup: 1.5 } }, /^training\.warmup/],
    [{ training: { betas: [0.9] } }, /^training\.betas/],
    [{ training: { clip: 0 } }, /^training\.clip/],
    [{ training: { tensors: ['lm_head'] } }, /^training\.tensors/],
    [
      { method: 'mean' },
      /^method: expected \("opt-deus:paper" \| "opt-deus:hard" \| "average"\), got "mean"/,
    ],
  ])('names the field in %j', (fields, message) => {
    expect(() => parseRecipe({ ...OLD, ...fields })).toThrow(RecipeError);
    expect(() => parseRecipe({ ...OLD, ...fields })).toThrow(message);
  });
});
