import { describe, expect, it } from 'vitest';
import { DEFAULT_RECIPE, type Recipe } from '../../recipe/schema';
import { computesBase } from './zero-start';

const computes = (change: Partial<Recipe>) => computesBase({ ...DEFAULT_RECIPE, ...change }, 8);

describe('an untrained deeper model computes what the base computes', () => {
  it('if new blocks have a zero start, by the recipe or by the method', () => {
    expect(computes({ zeroInit: true, method: 'average' })).toBe(true);
    expect(computes({ method: 'opt-deus:paper' })).toBe(true);
    expect(computes({ method: 'average' })).toBe(false);
    expect(computes({ zeroInit: false })).toBe(false);
  });

  it('if whole blocks stand in order and all that are repeated are zeroed', () => {
    expect(computes({ method: 'solar', zeroInit: true })).toBe(true);
    expect(computes({ method: 'solar' })).toBe(false);
    const slices = (...list: Recipe['slices'] & object) => computes({ method: 'passthrough', slices: list });
    expect(slices({ start: 0, end: 8 })).toBe(true);
    expect(slices({ start: 0, end: 6 }, { start: 2, end: 6, scale: 0 }, { start: 6, end: 8 })).toBe(true);
    expect(slices({ start: 0, end: 6 }, { start: 2, end: 8, scale: 0 })).toBe(false);
    expect(slices({ start: 0, end: 7 })).toBe(false);
    expect(slices({ start: 0, end: 8, scale: [{ value: 0 }] })).toBe(false);
    expect(slices({ start: 4, end: 8 }, { start: 0, end: 4 })).toBe(false);
  });
});
