import { expect, it } from 'vitest';
import { PARSERS } from './parsers';

/** `npm run fuzz` tries ten times as many. */
const CASES = 2000;

it.each(PARSERS.map((parser) => [parser.name, parser] as const))(
  '%s: every input is read right or refused with a named error',
  { timeout: 180_000 },
  async (_, parser) => {
    const { failure, accepted, refused } = await parser.fuzz({ seed: 1, cases: CASES, limitMs: 5000 });
    expect(failure && `${failure.message}\n${failure.input}`).toBeUndefined();
    // Otherwise the inputs would say little of the parser.
    expect(accepted).toBeGreaterThan(CASES / 50);
    if (parser.refuses) expect(refused).toBeGreaterThan(0);
  },
);
