import { expect, it } from 'vitest';
import { conclusion, type RaceRow, summarise } from './summary';

const rows = (arm: string, heldout: readonly (number | null)[]): RaceRow[] =>
  heldout.map((value, seed) => ({ arm, title: arm.toUpperCase(), seed, heldout: value, retention: value }));

const ALL = [
  ...rows('ref', [3.0, 3.2, 3.4]),
  ...rows('better', [2.9, 3.11, 3.29]),
  ...rows('alike', [3.09, 3.1, 3.4]),
  ...rows('failed', [null, null, null]),
];

it('gives means, standard errors and differences paired by seed', () => {
  const summary = summarise(ALL, 'ref');
  expect(summary.map(({ arm }) => arm)).toEqual(['better', 'alike', 'ref', 'failed']);
  const [better, alike, ref, failed] = summary;
  expect(ref?.heldout?.mean).toBeCloseTo(3.2, 12);
  // Standard deviation 0.2 over √3.
  expect(ref?.heldout?.standardError).toBeCloseTo(0.2 / Math.sqrt(3), 12);
  expect(ref?.difference).toBeNull();
  // −0.1, −0.09, −0.11: mean −0.1, standard deviation 0.01.
  expect(better?.difference?.mean).toBeCloseTo(-0.1, 12);
  expect(better?.difference?.standardError).toBeCloseTo(0.01 / Math.sqrt(3), 12);
  expect(better?.difference?.inStandardErrors).toBeCloseTo(-10 * Math.sqrt(3), 9);
  expect(better?.told).toBe(true);
  // 0.09, −0.1, 0: nothing.
  expect(alike?.difference?.mean).toBeCloseTo(-0.01 / 3, 12);
  expect(alike?.told).toBe(false);
  expect(failed).toMatchObject({ heldout: null, difference: null, told: false });
});

it('needs more than two seeds’ luck: 4.3 standard errors at two degrees of freedom', () => {
  const close = [...rows('a', [1, 1, 1]), ...rows('b', [1.1, 1.2, 1.3])];
  // 0.2 ± 0.0577: 3.46 standard errors.
  const found = summarise(close, 'a').find(({ arm }) => arm === 'b');
  expect(found?.difference?.inStandardErrors).toBeCloseTo(2 * Math.sqrt(3), 9);
  expect(found?.told).toBe(false);
});

it('says what it shows, and what it does not', () => {
  const budget = { seeds: 3, steps: 80, tokens: 1024 };
  const words = conclusion(summarise(ALL, 'ref'), 'ref', budget);
  expect(words).toContain('Against REF, over 3 seeds — lower held-out loss: BETTER; not told apart: ALIKE.');
  expect(words).toContain('80 steps of 1024 tokens');
  const one = summarise([...rows('ref', [3]), ...rows('b', [2])], 'ref');
  expect(one[0]?.difference).toMatchObject({ mean: -1, standardError: null, inStandardErrors: null });
  expect(one.every(({ told }) => !told)).toBe(true);
  expect(conclusion(one, 'ref', { ...budget, seeds: 1 })).toContain(
    'no difference between these arms should be believed',
  );
});
