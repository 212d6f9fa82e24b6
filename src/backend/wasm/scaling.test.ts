import { afterEach, describe, expect, it, vi } from 'vitest';
import { Random } from '../../../tests/random';
import * as reference from '../../../tests/reference';
import { OutOfMemoryError } from '../errors';
import type { HalfStep, Potentials, Tensor } from '../operations';
import { WasmBackend } from './backend';
import { Heap } from './heap';
import { WasmTensor } from './tensor';
import { nodeThreads } from './thread-node';

/** Relative to the largest cost or potential, as in the operations suite. */
const POTENTIAL = 4e-6;

const farthest = (actual: ArrayLike<number>, expected: ArrayLike<number>): number =>
  Math.max(...Array.from(expected, (value, k) => Math.abs((actual[k] ?? NaN) - value)));

/** A problem on a backend with the same numbers in float64, and steps that move both. */
class Twin {
  readonly cost: Tensor;
  readonly state: Tensor;
  readonly potentials: Potentials;
  readonly problem: {
    n: number;
    m: number;
    cost: Float64Array;
    f: Float64Array;
    g: Float64Array;
    epsilon: number;
  };

  constructor(
    readonly backend: WasmBackend,
    n: number,
    m: number,
    epsilon: number,
    values: ArrayLike<number>,
  ) {
    const cost = Float32Array.from(values);
    this.cost = backend.upload(cost, [n, m], 'f32', 'cost');
    this.state = backend.zeros([2, m], 'state');
    this.potentials = { f: backend.zeros([n], 'f'), g: backend.zeros([m], 'g'), epsilon };
    const zeros = { f: new Float64Array(n), g: new Float64Array(m) };
    this.problem = { n, m, cost: Float64Array.from(cost), ...zeros, epsilon };
  }

  get band() {
    return { cost: this.cost, rowStart: 0, rows: this.problem.n };
  }

  step(size: number, rest: Partial<HalfStep> = {}): HalfStep {
    return { logMarginal: -Math.log(size), ...rest };
  }

  /** Sets g on both sides. */
  writeG(values: Float32Array): void {
    this.backend.write(this.potentials.g, values);
    this.problem.g = Float64Array.from(values);
  }

  moveRows(rest: Partial<HalfStep> = {}): void {
    const step = this.step(this.problem.n, rest);
    this.backend.rowPotential(this.band, this.potentials, step, this.state);
    this.problem.f = next(this.problem.f, reference.rowPotentials(this.problem, step.logMarginal), step);
  }

  moveColumns(rest: Partial<HalfStep> = {}): void {
    const step = this.step(this.problem.m, rest);
    this.backend.free(this.backend.columnPotential(this.state, this.potentials, step, true));
    this.problem.g = next(this.problem.g, reference.columnPotentials(this.problem, step.logMarginal), step);
  }

  async expectSame(magnitude: number): Promise<void> {
    const { f, g } = this.potentials;
    expect(farthest(await this.backend.read(f), this.problem.f)).toBeLessThan(POTENTIAL * magnitude);
    expect(farthest(await this.backend.read(g), this.problem.g)).toBeLessThan(POTENTIAL * magnitude);
  }

  /** Marginal error by `state` and by sums computed anew in the log domain. */
  async errors(): Promise<[left: number, fresh: number]> {
    const fresh = this.backend.zeros(this.state.shape, 'fresh sums');
    this.backend.columnLogSum(this.band, this.potentials, fresh);
    const errors = [this.state, fresh].map((state) =>
      this.backend.columnPotential(state, this.potentials, this.step(this.problem.m), false),
    );
    const values = await Promise.all(errors.map((error) => this.backend.read(error)));
    this.backend.free(fresh, ...errors);
    return [values[0]?.[0] ?? NaN, values[1]?.[0] ?? NaN];
  }

  free(): void {
    this.backend.free(this.cost, this.state, this.potentials.f, this.potentials.g);
  }
}

const next = (
  old: Float64Array,
  met: Float64Array,
  { damping = 1, relaxation = 1 }: HalfStep,
): Float64Array =>
  met.map((value, k) => {
    const from = old[k] ?? NaN;
    return from + relaxation * (damping * value - from);
  });

afterEach(() => vi.restoreAllMocks());

describe('Sinkhorn by scaling', () => {
  it.each([
    ['at once', {}],
    ['a tenth at a time', { relaxation: 0.1 }],
    ['too far', { relaxation: 1.5 }],
    ['damped', { damping: 0.95 }],
  ])('follows potentials that move by hundreds of ε, %s', async (_, step) => {
    const [n, m, epsilon] = [37, 53, 0.003];
    const backend = await WasmBackend.open();
    const twin = new Twin(backend, n, m, epsilon, new Random(7).uniforms(n * m, 0, 4));
    const start = Float32Array.from(new Random(8).uniforms(m, -1, 1));
    twin.writeG(start);
    twin.moveRows();
    for (let iteration = 0; iteration < 60; iteration++) {
      twin.moveColumns(step);
      twin.moveRows(step);
      if (iteration % 6 === 0) await twin.expectSame(6);
    }
    await twin.expectSame(6);
    expect(farthest(twin.problem.g, start) / epsilon).toBeGreaterThan(200);
    const [left, fresh] = await twin.errors();
    expect(Math.abs(left - fresh)).toBeLessThan(1e-6 * (1 + fresh));
    backend.dispose();
  });

  it('has entries that are too small where the kernel is formed and matter later', async () => {
    const [n, m, epsilon] = [5, 8, 0.02];
    const backend = await WasmBackend.open();
    const costs = new Random(3).uniforms(n * m, 0, 10 * epsilon);
    // Column 2 is 70 ε away from all rows, row 3 from all columns but the last, which is as far as that from the other rows.
    const cost = costs.map((value, k) => {
      const [i, j] = [Math.floor(k / m), k % m];
      return value + (j === 2 || (i === 3) !== (j === m - 1) ? 70 * epsilon : 0);
    });
    const twin = new Twin(backend, n, m, epsilon, cost);
    twin.moveRows();
    for (let lifted = 0; lifted < 12; lifted++) {
      // Within the drift that a kernel allows, until it has added up.
      twin.writeG(Float32Array.from(twin.problem.g, (value, j) => value + (j === 2 ? 15 * epsilon : 0)));
      twin.moveRows();
      await twin.expectSame(4);
      const fresh = Math.exp(-Math.log(m));
      const [left] = await twin.errors();
      const right = reference.columnError(twin.problem, fresh);
      expect(Math.abs(left - right)).toBeLessThan(1e-5 * (1 + right));
    }
    const plan = reference.plan(twin.problem);
    expect(reference.sum(n, (i) => plan[i * m + 2] ?? NaN)).toBeGreaterThan(0.9);
    twin.moveColumns();
    await twin.expectSame(4);
    backend.dispose();
  });

  it('does not use what it formed from a cost that was overwritten, or freed', async () => {
    const [n, m] = [33, 41];
    const backend = await WasmBackend.open();
    const values = (seed: number) => Float32Array.from(new Random(seed).uniforms(n * m, 0, 2));
    const twin = new Twin(backend, n, m, 0.1, values(1));
    const expectAsFresh = async (cost: Tensor): Promise<void> => {
      const band = { cost, rowStart: 0, rows: n };
      const states = [twin.state, backend.zeros([2, m], 'fresh')];
      const results = states.map(async (state) => {
        const moved = { ...twin.potentials, f: backend.zeros([n], 'f') };
        backend.rowPotential(band, moved, twin.step(n), state);
        return [await backend.read(moved.f), await backend.read(state)];
      });
      const [kept, fresh] = await Promise.all(results);
      expect(kept).toEqual(fresh);
    };
    twin.moveRows();
    backend.write(twin.cost, values(2));
    await expectAsFresh(twin.cost);
    const other = backend.upload(values(3), [n, m], 'f32', 'other');
    backend.copyRows(other, twin.cost, 0);
    await expectAsFresh(twin.cost);
    // A tensor with a copy in float64.
    const line = { ...twin.potentials, g: backend.zeros([1, m], 'line') };
    backend.rowPotential(twin.band, line, twin.step(n), twin.state);
    backend.copyRows(line.g, twin.cost, 5);
    await expectAsFresh(twin.cost);
    const points = backend.upload(values(4), [n, m], 'f32', 'points');
    const columns = backend.upload(values(5).slice(0, m * 4), [m, 4], 'f32', 'columns');
    const rows = backend.upload(values(6).slice(0, n * 4), [n, 4], 'f32', 'rows');
    backend.pairwiseDistance(rows, columns, 0, n, twin.cost);
    await expectAsFresh(twin.cost);
    await expectAsFresh(points);
    const { at } = twin.cost as WasmTensor;
    await expectAsFresh(twin.cost);
    backend.free(twin.cost);
    const again = backend.upload(values(7), [n, m], 'f32', 'in the same memory');
    expect((again as WasmTensor).at).toBe(at);
    await expectAsFresh(again);
    backend.dispose();
  });

  it('frees its memory with the column sums, and counts it until then', async () => {
    const backend = await WasmBackend.open();
    const before = backend.memory().bytes;
    const twin = new Twin(backend, 60, 70, 0.1, new Random(1).uniforms(60 * 70, 0, 1));
    const tensors = backend.memory().bytes;
    twin.moveRows();
    const held = backend.memory().bytes;
    expect(held - tensors).toBeGreaterThan(4 * 60 * 70);
    for (let round = 0; round < 5; round++) {
      twin.moveColumns();
      twin.moveRows();
    }
    expect(backend.memory().bytes).toBe(held);
    // A problem of another size takes the place of the first.
    const small = backend.zeros([3, 70], 'small');
    const potentials = { ...twin.potentials, f: backend.zeros([3], 'f') };
    const band = { cost: small, rowStart: 0, rows: 3 };
    backend.rowPotential(band, potentials, twin.step(3), twin.state);
    expect(backend.memory().bytes).toBeLessThan(held);
    backend.free(small, potentials.f);
    twin.free();
    expect(backend.memory().bytes).toBe(before);
    backend.dispose();
  });

  it('is done without where there is no memory for it', async () => {
    const backend = await WasmBackend.open();
    const twin = new Twin(backend, 33, 41, 0.05, new Random(2).uniforms(33 * 41, 0, 1));
    const allocate = Heap.prototype.allocate;
    const refuse = vi.spyOn(Heap.prototype, 'allocate').mockImplementation(function (
      this: Heap,
      bytes,
      label,
    ) {
      if (label.startsWith('Gibbs kernel')) throw new OutOfMemoryError('no room');
      return allocate.call(this, bytes, label);
    });
    const tensors = backend.memory().bytes;
    for (let iteration = 0; iteration < 5; iteration++) {
      twin.moveRows();
      twin.moveColumns();
    }
    await twin.expectSame(2);
    expect(refuse.mock.calls.some(([, label]) => label.startsWith('Gibbs kernel'))).toBe(true);
    // Only the two potentials in float64.
    expect(backend.memory().bytes - tensors).toBe(8 * (33 + 41));
    backend.dispose();
  });

  it('gives the same bits when a difference of plans is drawn between half-steps', async () => {
    const solve = async (drawn: boolean): Promise<Float32Array> => {
      const backend = await WasmBackend.open();
      const twin = new Twin(backend, 33, 41, 0.05, new Random(2).uniforms(33 * 41, 0, 1));
      const { potentials, cost, band } = twin;
      const window = { rowStart: 0, rowEnd: 33, columnStart: 0, columnEnd: 41 };
      for (let iteration = 0; iteration < 5; iteration++) {
        twin.moveRows();
        if (drawn) {
          const into = backend.zeros([4, 4, 2], 'picture');
          backend.picture(band, potentials, window, into, { cost });
        }
        twin.moveColumns();
      }
      const g = await backend.read(potentials.g);
      backend.dispose();
      return g;
    };
    expect(await solve(true)).toEqual(await solve(false));
  });

  it('gives the same bits on any number of threads', async () => {
    const [n, m] = [530, 1100];
    const values = new Random(5).uniforms(n * m, 0, 1);
    // A column whose sum is computed in the log domain.
    for (let i = 0; i < n; i++) values[i * m + 77]! += 5;
    const results = async (count: number): Promise<Float32Array[]> => {
      const backend = await WasmBackend.open({ ...nodeThreads(), count });
      const twin = new Twin(backend, n, m, 0.01, values);
      twin.backend.columnLogSum(twin.band, twin.potentials, twin.state);
      const iterations = { rows: twin.step(n), columns: twin.step(m), count: 12, tolerance: 0 };
      const errors = backend.sinkhorn(twin.band, twin.potentials, twin.state, iterations);
      const made = [errors, twin.state, twin.potentials.f, twin.potentials.g];
      const all = await Promise.all(made.map((tensor) => backend.read(tensor)));
      backend.dispose();
      return all;
    };
    const expected = await results(1);
    for (const count of [2, 3]) expect(await results(count)).toEqual(expected);
  });
});
