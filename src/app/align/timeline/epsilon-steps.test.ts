import { describe, expect, it } from 'vitest';
import { EPSILON_STEPS, fromSlider, toSlider } from './epsilon-steps';

describe('the slider of ε', () => {
  it('is logarithmic: equal ways are equal factors', () => {
    expect([0, 100, 200, 300].map(fromSlider)).toEqual([0.001, 0.01, 0.1, 1]);
    expect([0.001, 0.01, 0.1, 1].map(toSlider)).toEqual([0, 100, 200, 300]);
  });

  it('comes back to the ε it was put at, within the two digits it shows', () => {
    for (let step = 0; step <= EPSILON_STEPS; step++) {
      const epsilon = fromSlider(step);
      expect(Math.abs(fromSlider(toSlider(epsilon)) / epsilon - 1)).toBeLessThan(0.06);
    }
  });

  it('stands at an end for what it cannot reach', () => {
    expect([toSlider(1e-9), toSlider(50)]).toEqual([0, EPSILON_STEPS]);
  });
});
