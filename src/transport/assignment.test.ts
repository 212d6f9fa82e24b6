import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign } from './assignment';
import { TransportError } from './errors';
import { cases } from './testing';

const distances = (a: number[][], b: number[][]): Float64Array =>
  Float64Array.from(a.flatMap((x) => b.map((y) => Math.hypot(...x.map((value, k) => value - (y[k] ?? 0))))));

/** Returns the lowest total cost over all injective maps of rows to columns. */
function bruteForce(cost: Float64Array, n: number, m: number, row = 0, used = 0): number {
  if (row === n) return 0;
  let best = Infinity;
  for (let column = 0; column < m; column++) {
    if (used & (1 << column)) continue;
    const value = (cost[row * m + column] ?? 0) + bruteForce(cost, n, m, row + 1, used | (1 << column));
    best = Math.min(best, value);
  }
  return best;
}

describe('assign', () => {
  const square = cases.filter(({ A, B }) => A.length === B.length);
  it.each(square.map((c) => [c.name, c] as const))('agrees with the linear programme: %s', async (_, c) => {
    const { assignment, cost } = await assign(distances(c.A, c.B), c.A.length, c.B.length);
    expect(cost).toBeCloseTo(c.exact.transport_cost, 9);
    expect([...assignment]).toEqual(c.exact.assignment);
  });

  it('recovers a planted permutation', async () => {
    const planted = cases.find((c) => c.planted);
    if (!planted?.planted) throw new Error('fixture without a planted permutation');
    const { assignment } = await assign(distances(planted.A, planted.B), planted.A.length, planted.B.length);
    // B[j] = A[p[j]], so row p[j] goes to column j.
    for (const [column, row] of planted.planted.entries()) expect(assignment[row]).toBe(column);
  });

  it('is optimal among all assignments, square, rectangular and tied', async () => {
    const problem = fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 2 }), fc.boolean())
      .chain(([n, extra, tied]) =>
        fc.record({
          n: fc.constant(n),
          m: fc.constant(n + extra),
          cost: fc.array(
            tied
              ? fc.integer({ min: 0, max: 2 })
              : fc.double({ min: -3, max: 3, noNaN: true, noDefaultInfinity: true }),
            { minLength: n * (n + extra), maxLength: n * (n + extra) },
          ),
        }),
      );
    await fc.assert(
      fc.asyncProperty(problem, async ({ n, m, cost }) => {
        const { assignment, cost: mean } = await assign(Float64Array.from(cost), n, m);
        expect(new Set(assignment).size).toBe(n);
        expect(Math.max(...assignment)).toBeLessThan(m);
        expect(mean * n).toBeCloseTo(bruteForce(Float64Array.from(cost), n, m), 9);
      }),
      { numRuns: 150 },
    );
  });

  it('reaches a known optimum at n = 384', async () => {
    const n = 384;
    let state = 1;
    const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
    const u = Array.from({ length: n }, random);
    const v = Array.from({ length: n }, random);
    // By duality Σ u_i + Σ v_j is a lower bound; the assignment with slack 0, the shifted diagonal, reaches it.
    const cost = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++)
        cost[i * n + j] = (u[i] ?? 0) + (v[j] ?? 0) + (j === (i + 7) % n ? 0 : 1e-3 * random());
    }
    const { assignment, cost: mean } = await assign(cost, n, n);
    expect(mean * n).toBeCloseTo(
      [...u, ...v].reduce((sum, value) => sum + value),
      9,
    );
    expect([...assignment]).toEqual(Array.from({ length: n }, (_, i) => (i + 7) % n));
  });

  it('stops when asked to', async () => {
    const n = 1500;
    const cost = Float64Array.from({ length: n * n }, (_, k) => Math.floor(k / n) * (k % n));
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 30);
    await expect(assign(cost, n, n, { signal: controller.signal })).rejects.toThrow(/abort/i);
  });

  it('refuses costs that do not fit or are not finite', async () => {
    await expect(assign(new Float64Array(6), 3, 2)).rejects.toThrow(TransportError);
    await expect(assign(new Float64Array(5), 2, 3)).rejects.toThrow(/got 5 values/);
    await expect(assign(Float32Array.of(0, 1, Number.NaN, 0), 2, 2)).rejects.toThrow(/row 1, column 0/);
  });
});
