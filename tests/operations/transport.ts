import { describe, expect, it } from 'vitest';
import { HISTORY_ROWS, andersonStep } from '../../src/backend/anderson';
import { PLAN_ROW, PLAN_ROW_WIDTH } from '../../src/backend/operations';
import type { Tensor } from '../../src/backend/operations';
import { syntheticProblem, PROBLEM_SIZES, type SyntheticProblem } from '../problem';
import { Random } from '../random';
import * as reference from '../reference';
import { PACKABLE, type Subject } from '../subject';

/** Relative to the largest cost or potential: float32 rounds their differences, and ε·LSE is no larger. */
const POTENTIAL = 4e-6;
/** Relative to a plan entry, times the largest exponent: float32 rounds exponents relative to their size. */
const ENTRY = 1e-6;

const PIECES = [1, 2, 3] as const;
const EPSILONS = [1, 0.05] as const;

const totalMass = (problem: SyntheticProblem): number =>
  reference.plan(problem).reduce((total, entry) => total + entry, 0);

export function transportSuite(subject: Subject): void {
  /** State with numbers that would change a result if the first band did not overwrite them. */
  const stale = (m: number): Tensor => subject.values([2, m], new Float64Array(2 * m).fill(1e6)).tensor;
  const columnPass = (
    problem: SyntheticProblem,
    pieces: number,
    logMarginal: number,
    update: boolean,
  ): { error: Tensor; state: Tensor } => {
    const { backend } = subject;
    const state = stale(problem.m);
    for (const band of problem.bands(pieces)) backend.columnLogSum(band, problem.potentials, state);
    return { error: backend.columnPotential(state, problem.potentials, { logMarginal }, update), state };
  };

  describe.each(EPSILONS)('at ε = %f', (epsilon) => {
    it.each(PROBLEM_SIZES)('updates row potentials of %i × %i in bands', async (n, m) => {
      for (const pieces of PIECES) {
        const problem = syntheticProblem(subject, n, m, epsilon);
        const state = stale(m);
        for (const band of problem.bands(pieces)) {
          subject.backend.rowPotential(band, problem.potentials, { logMarginal: -Math.log(n) }, state);
        }
        const magnitude = problem.size + epsilon * Math.log(n * m + 1);
        const close = { tolerance: POTENTIAL, magnitude };
        const expected = reference.rowPotentials(problem, -Math.log(n));
        await subject.expectClose(problem.potentials.f, expected, close, [n]);
        await subject.expectExactly(problem.potentials.g, problem.g);
        // The sums that it leaves are those of the new plan.
        const plan = reference.plan({ ...problem, f: expected });
        const moved = subject.backend.columnPotential(
          state,
          problem.potentials,
          { logMarginal: -Math.log(m) },
          true,
        );
        const error = reference.columnError({ ...problem, f: expected }, 1 / m);
        const mass = plan.reduce((total, entry) => total + entry, 0);
        const rounding = { tolerance: ENTRY, magnitude: (problem.size / epsilon) * mass + 1 };
        await subject.expectClose(moved, Float64Array.of(error), rounding, [1]);
        const g = reference.columnPotentials({ ...problem, f: expected }, -Math.log(m));
        await subject.expectClose(problem.potentials.g, g, { ...close, magnitude: 2 * magnitude });
      }
    });

    it('updates only the row potentials of its band', async () => {
      const problem = syntheticProblem(subject, 33, 7, epsilon);
      const [, band] = problem.bands(3);
      if (!band) throw new Error('three bands');
      const state = subject.backend.zeros([2, 7], 'state');
      subject.backend.rowPotential({ ...band }, problem.potentials, { logMarginal: -3 }, state);
      const all = reference.rowPotentials(problem, -3);
      const inside = (i: number) => i >= band.rowStart && i < band.rowStart + band.rows;
      const expected = problem.f.map((old, i) => (inside(i) ? (all[i] ?? NaN) : old));
      const close = { tolerance: POTENTIAL, magnitude: problem.size };
      await subject.expectClose(problem.potentials.f, expected, close);
    });

    it.each(PROBLEM_SIZES)('sums columns and updates their potentials, %i × %i', async (n, m) => {
      const logMarginal = -Math.log(m);
      for (const pieces of PIECES) {
        const problem = syntheticProblem(subject, n, m, epsilon);
        const { error, state } = columnPass(problem, pieces, logMarginal, true);
        const exponents = reference.tabulate(
          m,
          n,
          (j, i) => ((problem.f[i] ?? NaN) - (problem.cost[i * m + j] ?? NaN)) / epsilon,
        );
        const largest = Array.from({ length: m }, (_, j) =>
          Math.max(...exponents.subarray(j * n, (j + 1) * n)),
        );
        const scaled = largest.map((most, j) =>
          reference.sum(n, (i) => Math.exp((exponents[j * n + i] ?? NaN) - most)),
        );
        const exponent = problem.size / epsilon;
        await subject.expectClose(
          state,
          reference.tabulate(2, m, (row, j) => Number(row === 0 ? largest[j] : scaled[j])),
          {
            tolerance: ENTRY,
            magnitude: reference.tabulate(2, m, (row, j) => (row === 0 ? 1 : (scaled[j] ?? NaN)) * exponent),
          },
        );
        const mass = totalMass(problem);
        await subject.expectClose(
          error,
          Float64Array.of(reference.columnError(problem, 1 / m)),
          { tolerance: ENTRY, magnitude: exponent * mass + 1 },
          [1],
        );
        const expected = reference.columnPotentials(problem, logMarginal);
        const magnitude = problem.size + epsilon * Math.log(n * m + 1);
        await subject.expectClose(problem.potentials.g, expected, { tolerance: POTENTIAL, magnitude });
        await subject.expectExactly(problem.potentials.f, problem.f);
      }
    });

    it.each([0.9, 0.01])('damps both updates by %f', async (damping) => {
      const [n, m] = [33, 7];
      const problem = syntheticProblem(subject, n, m, epsilon);
      const close = { tolerance: POTENTIAL, magnitude: problem.size };
      const state = subject.backend.zeros([2, m], 'state');
      for (const band of problem.bands(2)) subject.backend.columnLogSum(band, problem.potentials, state);
      subject.backend.columnPotential(state, problem.potentials, { logMarginal: -2, damping }, true);
      const g = reference.columnPotentials(problem, -2).map((value) => damping * value);
      await subject.expectClose(problem.potentials.g, g, close);
      for (const band of problem.bands(2)) {
        subject.backend.rowPotential(band, problem.potentials, { logMarginal: -3, damping }, state);
      }
      const f = reference.rowPotentials({ ...problem, g }, -3).map((value) => damping * value);
      await subject.expectClose(problem.potentials.f, f, close);
    });

    it('measures the rows of a plan by another cost than its own', async () => {
      const [n, m] = [33, 7];
      const problem = syntheticProblem(subject, n, m, epsilon);
      const plan = reference.entries(reference.plan(problem), m);
      const ground = subject.values([n + 1, m], new Random(8).uniforms((n + 1) * m, 0, 9));
      const price = reference.entries(ground.values, m);
      const [band] = problem.bands(1);
      if (!band) throw new Error('one band');
      const rows = subject.backend.planRows(band, problem.potentials, ground.tensor);
      const column = subject.backend.gather(rows, subject.indices([PLAN_ROW.cost]), { axis: 1 });
      const expected = reference.tabulate(n, 1, (i) => reference.sum(m, (j) => plan(i, j) * price(i, j)));
      const magnitude = expected.map((value) => (value * problem.size) / epsilon);
      await subject.expectClose(column, expected, { tolerance: ENTRY, magnitude });
    });

    it('measures the column error without an update', async () => {
      const problem = syntheticProblem(subject, 33, 129, epsilon);
      const { error } = columnPass(problem, 2, -Math.log(129), false);
      const mass = totalMass(problem);
      const expected = Float64Array.of(reference.columnError(problem, 1 / 129));
      const magnitude = (problem.size / epsilon) * mass + 1;
      await subject.expectClose(error, expected, { tolerance: ENTRY, magnitude });
      await subject.expectExactly(problem.potentials.g, problem.g);
    });

    it('meets the column marginal after an update', async () => {
      const problem = syntheticProblem(subject, 33, 33, epsilon);
      columnPass(problem, 1, -Math.log(33), true);
      const { error } = columnPass(problem, 3, -Math.log(33), false);
      const close = { tolerance: ENTRY, magnitude: problem.size / epsilon };
      await subject.expectClose(error, Float64Array.of(0), close);
    });

    it.each(PROBLEM_SIZES)('measures the rows of a plan, %i × %i', async (n, m) => {
      const problem = syntheticProblem(subject, n, m, epsilon);
      const plan = reference.entries(reference.plan(problem), m);
      const cost = reference.entries(problem.cost, m);
      const rows = Array.from({ length: n }, (_, i) => {
        const mass = reference.sum(m, (j) => plan(i, j));
        const entropy = -reference.sum(m, (j) => {
          const part = plan(i, j) / mass;
          return part > 0 ? part * Math.log(part) : 0;
        });
        const moved = reference.sum(m, (j) => plan(i, j) * cost(i, j));
        const row = Array.from({ length: m }, (_, j) => plan(i, j));
        const measures = new Float64Array(PLAN_ROW_WIDTH);
        measures[PLAN_ROW.mass] = mass;
        measures[PLAN_ROW.entropy] = entropy;
        measures[PLAN_ROW.cost] = moved;
        measures[PLAN_ROW.argmax] = row.indexOf(Math.max(...row));
        measures[PLAN_ROW.peak] = Math.log(Math.max(...row));
        return measures;
      });
      for (const pieces of PIECES) {
        for (const band of problem.bands(pieces)) {
          const part = rows.slice(band.rowStart, band.rowStart + band.rows);
          const exponent = problem.size / epsilon;
          await subject.expectClose(
            subject.backend.planRows(band, problem.potentials),
            Float64Array.from(part.flatMap((row) => [...row])),
            {
              tolerance: ENTRY,
              magnitude: Float64Array.from(
                part.flatMap((row) => [
                  exponent * (row[PLAN_ROW.mass] ?? NaN),
                  // The entropy's derivative by an exponent is at most the spread of exponents times a probability.
                  exponent * (1 + Math.log(m)),
                  exponent * (row[PLAN_ROW.cost] ?? NaN),
                  0,
                  exponent,
                ]),
              ),
            },
            [band.rows, PLAN_ROW_WIDTH],
          );
        }
      }
    });

    it.each(PROBLEM_SIZES)('applies a plan of %i × %i along both axes, in bands', async (n, m) => {
      const problem = syntheticProblem(subject, n, m, epsilon);
      const plan = reference.entries(reference.plan(problem), m);
      const random = new Random(n + m);
      for (const [pieces, width] of [
        [1, 7],
        [2, 1],
        [3, 35],
      ] as const) {
        const dtype = PACKABLE[pieces - 1] ?? 'f32';
        for (const axis of [0, 1] as const) {
          const shape = axis === 0 ? [n, width] : [width, n];
          const x = subject.operand(shape, dtype, random.normals(n * width));
          const source = reference.entries(x.values, axis === 0 ? width : n);
          const outShape = axis === 0 ? [m, width] : [width, m];
          const before = subject.values(outShape, random.normals(m * width));
          for (const band of problem.bands(pieces)) {
            subject.backend.applyPlan(band, problem.potentials, x.tensor, axis, -0.7 * n, before.tensor);
          }
          const total = (j: number, c: number, size: (value: number) => number) =>
            reference.sum(n, (i) => size(-0.7 * n * plan(i, j) * (axis === 0 ? source(i, c) : source(c, i))));
          const result = (scale: number, size: (value: number) => number) =>
            reference.tabulate(outShape[0] ?? 0, outShape[1] ?? 0, (r, c) => {
              const [j, column] = axis === 0 ? [r, c] : [c, r];
              const old = before.values[r * (outShape[1] ?? 0) + c] ?? NaN;
              return size(old) + scale * total(j, column, size);
            });
          await subject.expectClose(
            before.tensor,
            result(1, (value) => value),
            { tolerance: 2 * ENTRY, magnitude: result(1 + problem.size / epsilon, Math.abs) },
          );
        }
      }
    });
  });

  describe('a sequence of Sinkhorn iterations', () => {
    const iterations = (n: number, m: number, count: number, tolerance: number) => ({
      rows: { logMarginal: -Math.log(n) },
      columns: { logMarginal: -Math.log(m) },
      count,
      tolerance,
    });
    const whole = (problem: SyntheticProblem) => {
      const [band] = problem.bands(1);
      if (!band) throw new Error('one band');
      const state = stale(problem.m);
      subject.backend.columnLogSum(band, problem.potentials, state);
      return { band, state };
    };
    /** Potentials and errors after each iteration in float64. */
    const expected = (problem: SyntheticProblem, count: number) => {
      let { f, g } = problem;
      const errors = [reference.columnError(problem, 1 / problem.m)];
      for (let k = 0; k < count; k++) {
        g = reference.columnPotentials({ ...problem, f, g }, -Math.log(problem.m));
        f = reference.rowPotentials({ ...problem, f, g }, -Math.log(problem.n));
        errors.push(reference.columnError({ ...problem, f, g }, 1 / problem.m));
      }
      return { f, g, errors: Float64Array.from(errors) };
    };

    it.each([
      [7, 33],
      [129, 33],
      [19, 260],
      [3, 1001],
      // More columns than a thread of any backend keeps at a time.
      [5, 4357],
      [2, 14336],
    ])('does and measures them, %i × %i', async (n, m) => {
      const problem = syntheticProblem(subject, n, m, 0.5);
      const { band, state } = whole(problem);
      const errors = subject.backend.sinkhorn(band, problem.potentials, state, iterations(n, m, 3, 0));
      const right = expected(problem, 3);
      const exponent = problem.size / 0.5;
      const mass = totalMass(problem);
      await subject.expectClose(
        errors,
        right.errors,
        { tolerance: ENTRY, magnitude: Float64Array.of(exponent * mass + 1, exponent, exponent, exponent) },
        [4],
      );
      const close = { tolerance: POTENTIAL, magnitude: problem.size + Math.log(n * m) };
      await subject.expectClose(problem.potentials.f, right.f, close);
      await subject.expectClose(problem.potentials.g, right.g, close);
      const after = subject.backend.columnPotential(
        state,
        problem.potentials,
        { logMarginal: -Math.log(m) },
        false,
      );
      const last = Float64Array.of(right.errors.at(-1) ?? NaN);
      await subject.expectClose(after, last, { tolerance: ENTRY, magnitude: exponent });
    });

    it('gives the bits of single half-steps, however many are asked for at once', async () => {
      const [n, m] = [33, 129];
      const { backend } = subject;
      const numbers = async (counts: readonly number[]): Promise<Float32Array[]> => {
        const problem = syntheticProblem(subject, n, m, 0.05);
        const { band, state } = whole(problem);
        for (const count of counts) {
          if (count > 0) backend.sinkhorn(band, problem.potentials, state, iterations(n, m, count, 0));
          else {
            backend.columnPotential(state, problem.potentials, { logMarginal: -Math.log(m) }, true);
            backend.rowPotential(band, problem.potentials, { logMarginal: -Math.log(n) }, state);
          }
        }
        return Promise.all([problem.potentials.f, problem.potentials.g].map((each) => backend.read(each)));
      };
      const single = await numbers([0, 0, 0, 0, 0, 0]);
      expect(await numbers([6])).toEqual(single);
      expect(await numbers([1, 0, 3, 0])).toEqual(single);
    });

    it('ends at the tolerance, with the numbers of that iteration', async () => {
      const [n, m] = [33, 7];
      const { backend } = subject;
      const reached = syntheticProblem(subject, n, m, 0.5);
      const { errors: all } = expected(reached, 30);
      const last = all.findIndex((error) => error < 1e-3);
      expect(last).toBeGreaterThan(2);
      const long = whole(reached);
      const errors = await backend.read(
        backend.sinkhorn(long.band, reached.potentials, long.state, iterations(n, m, 30, 1e-3)),
      );
      expect(errors[last]).toBeLessThanOrEqual(1e-3);
      expect([...errors.subarray(last + 1)]).toEqual(Array.from({ length: 30 - last }, () => -1));
      const counted = syntheticProblem(subject, n, m, 0.5);
      const short = whole(counted);
      backend.sinkhorn(short.band, counted.potentials, short.state, iterations(n, m, last, 0));
      expect(await backend.read(reached.potentials.f)).toEqual(await backend.read(counted.potentials.f));
      expect(await backend.read(reached.potentials.g)).toEqual(await backend.read(counted.potentials.g));
      // Met already: one is done, because the error before the first may be that of a start without meaning.
      const again = await backend.read(
        backend.sinkhorn(long.band, reached.potentials, long.state, iterations(n, m, 2, 1e-3)),
      );
      expect(again[1]).toBeLessThan(errors[last] ?? NaN);
      expect(again[2]).toBe(-1);
    });

    it('sums columns that underflow in the plan as exactly as others', async () => {
      const [n, m, epsilon] = [9, 37, 0.01];
      const cost = new Random(5).uniforms(n * m, 0, 1);
      // Column 3 is 500 ε from every row: its entries of the plan are below the smallest float32.
      for (let i = 0; i < n; i++) cost[i * m + 3]! += 5;
      const { tensor, values } = subject.values([n, m], cost);
      const potentials = { f: subject.backend.zeros([n], 'f'), g: subject.backend.zeros([m], 'g'), epsilon };
      const state = stale(m);
      const step = { logMarginal: -Math.log(n) };
      subject.backend.rowPotential({ cost: tensor, rowStart: 0, rows: n }, potentials, step, state);
      subject.backend.columnPotential(state, potentials, { logMarginal: -Math.log(m) }, true);
      const start = { n, m, cost: values, f: new Float64Array(n), g: new Float64Array(m), epsilon };
      const f = reference.rowPotentials(start, -Math.log(n));
      const g = reference.columnPotentials({ ...start, f }, -Math.log(m));
      await subject.expectClose(potentials.g, g, { tolerance: POTENTIAL, magnitude: 6 });
    });

    it('mixed with those before, do the steps of the formula, and come to the same plan in fewer', async () => {
      const [n, m, epsilon] = [33, 37, 0.05];
      const { backend } = subject;
      const solve = async (mixed: boolean, count: number, tolerance: number) => {
        const problem = syntheticProblem(subject, n, m, epsilon);
        const { band, state } = whole(problem);
        const history = backend.zeros([HISTORY_ROWS, m], 'history');
        const options = { ...iterations(n, m, count, tolerance), ...(mixed ? { history } : {}) };
        const errors = await backend.read(backend.sinkhorn(band, problem.potentials, state, options));
        const { f, g } = problem.potentials;
        const plan = reference.plan({
          ...problem,
          f: Float64Array.from(await backend.read(f)),
          g: Float64Array.from(await backend.read(g)),
        });
        return { problem, plan, errors, done: errors.filter((error) => error !== -1).length - 1 };
      };
      // Four iterations in float64: two unmixed, then two that mix one and two differences.
      const { problem, errors } = await solve(true, 4, 0);
      let { f, g } = problem;
      const steps: number[] = [];
      const history = new Float64Array(HISTORY_ROWS * m);
      let error = reference.columnError(problem, 1 / m);
      for (let k = 0; k < 4; k++) {
        const met = reference.columnPotentials({ ...problem, f, g }, -Math.log(m));
        const step = andersonStep(
          history,
          m,
          met.map((value, j) => value - (g[j] ?? NaN)),
          error,
        );
        g = g.map((value, j) => value + (step[j] ?? NaN));
        f = reference.rowPotentials({ ...problem, f, g }, -Math.log(n));
        error = reference.columnError({ ...problem, f, g }, 1 / m);
        steps.push(error);
      }
      const rounding = { tolerance: 100 * ENTRY, magnitude: problem.size / epsilon };
      await subject.expectClose(problem.potentials.g, g, {
        tolerance: 100 * POTENTIAL,
        magnitude: problem.size,
      });
      await subject.expectClose(
        subject.values([4], Float64Array.from(errors.subarray(1))).tensor,
        Float64Array.from(steps),
        rounding,
      );

      const plain = await solve(false, 300, 1e-4);
      const mixed = await solve(true, 300, 1e-4);
      expect(plain.done).toBeGreaterThan(20);
      expect(mixed.done).toBeLessThan(plain.done / 2);
      const distance = reference.sum(n * m, (k) => Math.abs((plain.plan[k] ?? NaN) - (mixed.plan[k] ?? NaN)));
      expect(distance).toBeLessThan(0.02);
    });

    it('mixed, take back a step that leads nowhere, which an error of at most 2 does not tell', async () => {
      const [n, m, epsilon] = [8, 8, 0.06];
      const { backend } = subject;
      // Five rows are near two columns, three near six: mass must cross, against costs of 66 ε.
      const near = (i: number, j: number): boolean => [0, 1, 2, 4, 5].includes(i) === [2, 5].includes(j);
      const values = reference.tabulate(
        n,
        m,
        (i, j) => (near(i, j) ? 0.02 : 3.97) + 0.003 * ((i + 3 * j) % 5),
      );
      const { tensor, values: cost } = subject.values([n, m], values);
      const potentials = { f: backend.zeros([n], 'f'), g: backend.zeros([m], 'g'), epsilon };
      const band = { cost: tensor, rowStart: 0, rows: n };
      const state = stale(m);
      backend.columnLogSum(band, potentials, state);
      const history = backend.zeros([HISTORY_ROWS, m], 'history');
      const options = { ...iterations(n, m, 600, 1e-5), history };
      const errors = await backend.read(backend.sinkhorn(band, potentials, state, options));
      expect(errors.every(Number.isFinite)).toBe(true);
      const base = { n, m, cost, epsilon };
      let [rows, others] = [new Float64Array(n), new Float64Array(m)] as [Float64Array, Float64Array];
      for (let k = 0; k < 1000; k++) {
        others = reference.columnPotentials({ ...base, f: rows, g: others }, -Math.log(m));
        rows = reference.rowPotentials({ ...base, f: rows, g: others }, -Math.log(n));
      }
      const [f, g] = [await backend.read(potentials.f), await backend.read(potentials.g)];
      const made = reference.plan({ ...base, f: Float64Array.from(f), g: Float64Array.from(g) });
      const plan = reference.plan({ ...base, f: rows, g: others });
      expect(Math.max(...made.map((mass, k) => Math.abs(mass - (plan[k] ?? NaN))))).toBeLessThan(1e-5);
    });

    it.each([1.5, 0.5])('moves potentials %f times as far', async (relaxation) => {
      const [n, m] = [33, 7];
      const problem = syntheticProblem(subject, n, m, 0.5);
      const { band, state } = whole(problem);
      const { backend } = subject;
      backend.columnPotential(state, problem.potentials, { logMarginal: -2, relaxation }, true);
      const g = reference
        .columnPotentials(problem, -2)
        .map((met, j) => (problem.g[j] ?? NaN) + relaxation * (met - (problem.g[j] ?? NaN)));
      const close = { tolerance: POTENTIAL, magnitude: 2 * problem.size };
      await subject.expectClose(problem.potentials.g, g, close);
      backend.rowPotential(band, problem.potentials, { logMarginal: -3, relaxation }, state);
      const f = reference
        .rowPotentials({ ...problem, g }, -3)
        .map((met, i) => (problem.f[i] ?? NaN) + relaxation * (met - (problem.f[i] ?? NaN)));
      await subject.expectClose(problem.potentials.f, f, close);
      const moved = { ...problem, f, g };
      const error = backend.columnPotential(state, problem.potentials, { logMarginal: -2 }, false);
      const magnitude = (problem.size / 0.5) * totalMass({ ...problem, ...moved }) + 1;
      const right = Float64Array.of(reference.columnError(moved, Math.exp(-2)));
      await subject.expectClose(error, right, { tolerance: 2 * ENTRY, magnitude });
    });
  });

  it('names the first of equal largest entries of a row', async () => {
    const m = 129;
    const { backend } = subject;
    const cost = new Float64Array(3 * m).fill(2);
    cost[m + 40] = 1;
    cost[m + 90] = 1;
    cost[3 * m - 1] = 1;
    const band = { cost: subject.values([3, m], cost).tensor, rowStart: 0, rows: 3 };
    const potentials = { f: backend.zeros([3], 'f'), g: backend.zeros([m], 'g'), epsilon: 0.5 };
    const rows = await backend.read(backend.planRows(band, potentials));
    expect([0, 1, 2].map((i) => rows[PLAN_ROW_WIDTH * i + PLAN_ROW.argmax])).toEqual([0, 40, m - 1]);
  });

  it('solves: alternating half-steps meet both marginals', async () => {
    const [n, m] = [33, 7];
    const problem = syntheticProblem(subject, n, m, 0.5);
    for (let step = 0; step < 40; step++) {
      columnPass(problem, 2, -Math.log(m), true);
      for (const band of problem.bands(2)) {
        subject.backend.rowPotential(band, problem.potentials, { logMarginal: -Math.log(n) }, stale(m));
      }
      await subject.backend.settle();
    }
    const { error } = columnPass(problem, 1, -Math.log(m), false);
    // 40 steps at this ε converge far below float32 precision, so the remaining error is rounding.
    expect((await subject.backend.read(error))[0]).toBeLessThan(2e-5);
    const [band] = problem.bands(1);
    if (!band) throw new Error('one band');
    const measures = await subject.backend.read(subject.backend.planRows(band, problem.potentials));
    for (let i = 0; i < n; i++) {
      expect(Math.abs((measures[PLAN_ROW_WIDTH * i + PLAN_ROW.mass] ?? NaN) * n - 1)).toBeLessThan(2e-5);
    }
  });

  it('stays finite and right where costs are 10⁴ times ε', async () => {
    const [n, m, epsilon] = [33, 33, 4e-4];
    const { backend } = subject;
    const problem = syntheticProblem(subject, n, m, epsilon);
    const close = { tolerance: POTENTIAL, magnitude: problem.size };
    const { error } = columnPass(problem, 2, -Math.log(m), true);
    const g = reference.columnPotentials(problem, -Math.log(m));
    await subject.expectClose(problem.potentials.g, g, close);
    // The plan before the update has entries of e^±5000: the error may overflow, and must not be NaN.
    expect((await backend.read(error))[0]).not.toBeNaN();
    const state = stale(m);
    for (const band of problem.bands(3)) {
      backend.rowPotential(band, problem.potentials, { logMarginal: -Math.log(n) }, state);
    }
    const f = reference.rowPotentials({ ...problem, g }, -Math.log(n));
    await subject.expectClose(problem.potentials.f, f, close);

    const [band] = problem.bands(1);
    if (!band) throw new Error('one band');
    const rows = await backend.read(backend.planRows(band, problem.potentials));
    for (let i = 0; i < n; i++) {
      const score = (j: number) => (g[j] ?? NaN) - (problem.cost[i * m + j] ?? NaN);
      const largest = Math.max(...Array.from({ length: m }, (_, j) => score(j)));
      // Exponents of 10⁴ have an error of 10⁻³ in float32.
      expect(Math.abs((rows[PLAN_ROW_WIDTH * i + PLAN_ROW.mass] ?? NaN) * n - 1)).toBeLessThan(0.02);
      expect(rows[PLAN_ROW_WIDTH * i + PLAN_ROW.entropy]).toBeGreaterThan(-0.02);
      expect(rows[PLAN_ROW_WIDTH * i + PLAN_ROW.entropy]).toBeLessThan(Math.log(m));
      expect(score(rows[PLAN_ROW_WIDTH * i + PLAN_ROW.argmax] ?? NaN)).toBeGreaterThan(largest - 1e-5);
    }
    const ones = subject.values([n, 1], new Float64Array(n).fill(1)).tensor;
    const into = backend.zeros([m, 1], 'columns');
    backend.applyPlan(band, problem.potentials, ones, 0, n, into);
    const total = (await backend.read(into)).reduce((sum, value) => sum + value, 0);
    expect(Math.abs(total / n - 1)).toBeLessThan(0.02);
  });
}
