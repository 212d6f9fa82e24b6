import { interpolateViridis } from 'd3-scale-chromatic';
import { expect, it } from 'vitest';
import { VIRIDIS_STEPS } from './viridis';

it('is viridis as d3 has it, step by step', () => {
  expect(VIRIDIS_STEPS).toEqual(Array.from({ length: 256 }, (_, i) => interpolateViridis(i / 255)));
});
