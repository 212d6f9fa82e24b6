import { afterEach, describe, expect, it, vi } from 'vitest';
import { Random } from '../../../tests/random';
import * as reference from '../../../tests/reference';
import { Subject } from '../../../tests/subject';
import { openCpu } from './open';
import type { Backend, Tensor } from '../operations';
import { WasmBackend } from './backend';
import { nodeThreads } from './thread-node';

const withThreads = (count: number) => WasmBackend.open({ ...nodeThreads(), count });

/** Rows, columns and inner size, larger than a tile, a block, `DEPTH` and a slab of columns. */
const SIZES = [
  [1, 130, 1100],
  [6, 131, 1025],
  [70, 266, 530],
  [2, 40, 70_000],
] as const;
/** Tolerance relative to Σ|a||b|, for float32 sums of 512 products and sums of these sums. */
const MATMUL = 8e-6;

it.each([1, 3])(
  '%i rows by a matrix as it lies add to columns of a wider one, on any number of threads',
  async (rows) => {
    const [columns, inner, width, offset] = [268, 1502, 300, 8];
    const results: Float32Array[] = [];
    for (const threads of [1, 2]) {
      const subject = new Subject({ open: () => withThreads(threads), toleranceScale: 1 });
      await subject.start();
      const a = subject.values([rows, inner], new Random(1).normals(rows * inner));
      const b = subject.values([inner, columns], new Random(2).normals(columns * inner));
      const old = subject.values([rows, width], new Random(3).normals(rows * width));
      const { values, magnitude } = reference.product('nn', a.values, b.values, rows, columns, inner);
      const within = (k: number): number => (k % width) - offset;
      const at = (k: number): number => Math.floor(k / width) * columns + within(k);
      const inside = (k: number): boolean => within(k) >= 0 && within(k) < columns;
      const { backend } = subject;
      backend.matmul(a.tensor, b.tensor, { into: old.tensor, columnOffset: offset, accumulate: true });
      await subject.expectClose(
        old.tensor,
        old.values.map((value, k) => value + (inside(k) ? (values[at(k)] ?? NaN) : 0)),
        {
          tolerance: MATMUL,
          magnitude: old.values.map(
            (value, k) => Math.abs(value) + (inside(k) ? (magnitude[at(k)] ?? NaN) : 0),
          ),
        },
      );
      results.push(await backend.read(old.tensor));
      subject.stop();
    }
    expect(results[1]).toEqual(results[0]);
  },
);

describe.each(['nn', 'nt', 'tn'] as const)('matmul %s over several blocks', (orientation) => {
  it.each(SIZES)('%i × %i over %i', async (rows, columns, inner) => {
    const subject = new Subject({ open: () => withThreads(2), toleranceScale: 1 });
    await subject.start();
    const random = new Random(inner);
    const a = subject.values(
      orientation === 'tn' ? [inner, rows] : [rows, inner],
      random.normals(rows * inner),
    );
    const shape = orientation === 'nt' ? [columns, inner] : [inner, columns];
    const b = subject.operand(shape, 'bf16', random.normals(columns * inner));
    const { values, magnitude } = reference.product(orientation, a.values, b.values, rows, columns, inner);
    const result = subject.backend.matmul(a.tensor, b.tensor, { orientation });
    await subject.expectClose(result, values, { tolerance: MATMUL, magnitude });
    subject.stop();
  });
});

describe('threads', () => {
  function training(backend: Backend, upload: (...shape: number[]) => Tensor): Tensor[] {
    const [rows, columns] = [301, 203];
    const [x, y, logits, parameter] = [1, 2, 3, 4].map(() => upload(rows, columns)) as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    const [first, gain, table] = [upload(rows, columns), upload(columns), upload(17, columns)];
    const moments = backend.zeros([2, rows, columns], 'moments');
    backend.copyRows(first, moments, 0);
    const gainGradient = upload(columns);
    const index = backend.upload(
      Uint32Array.from({ length: rows }, (_, i) => (i * i) % 19),
      [rows],
      'u32',
      'index',
    );
    const [q, k] = [upload(201, 64), upload(201, 32)];
    const shape = { heads: 4, kvHeads: 2, headDim: 16, past: 0, windows: 3 };
    const out = backend.attention(q, k, k, shape);
    const back = backend.attentionGradient({ q, k, v: k, out, upstream: q }, shape);
    const gates = backend.swigluGradient(x, y, first);
    const normed = backend.rmsNormGradient(x, gain, y, 1e-5, gainGradient);
    backend.crossEntropyGradient(logits, index, upload(rows));
    backend.scatterAdd(x, index, table);
    const options = { rate: 0.1, betas: [0.9, 0.99], eps: 1e-8, weightDecay: 0.1, step: 1 } as const;
    const factor = backend.clipFactor(backend.squaredNorms([x, y, first]), 0.3);
    backend.adamW([{ value: parameter, gradient: x, moments }], { ...options, gradientFactor: factor });
    const { gate, up } = gates;
    const written = [gainGradient, logits, table, parameter, moments];
    return [out, back.q, back.k, back.v, gate, up, normed, ...written, backend.squaredNorms([x, y])];
  }

  /** Results of operations that split their work into ranges in different ways, on tensors large enough for several ranges. */
  async function results(backend: Backend): Promise<Float32Array[]> {
    const random = new Random(1);
    const upload = (...shape: number[]): Tensor => {
      const count = shape.reduce((product, size) => product * size, 1);
      return backend.upload(Float32Array.from(random.normals(count)), shape, 'f32', 'x');
    };
    const [x, y] = [upload(301, 203), upload(301, 203)];
    const product = backend.matmul(x, y, { orientation: 'nt' });
    const cost = backend.pairwiseDistance(x, y, 0, 301);
    const band = { cost, rowStart: 0, rows: 301 };
    const potentials = { f: upload(301), g: upload(301), epsilon: 0.3 };
    const state = backend.zeros([2, 301], 'state');
    backend.rowPotential(band, potentials, { logMarginal: -1 }, state);
    const gradient = backend.zeros([301, 203], 'gradient');
    const loss = backend.normMatchedLoss(x, y, 0.5, gradient);
    const moved = backend.zeros([301, 203], 'moved');
    backend.applyPlan(band, potentials, x, 0, 1, moved);
    const [q, k] = [upload(201, 64), upload(201, 32)];
    const attended = backend.attention(q, k, k, { heads: 4, kvHeads: 2, headDim: 16, past: 0 });
    const error = backend.columnPotential(state, potentials, { logMarginal: -1 }, true);
    const made = [product, cost, potentials.f, potentials.g, state, error, loss, gradient, moved, attended];
    const all = [...made, backend.extent(product), ...training(backend, upload)];
    return Promise.all(all.map((tensor) => backend.read(tensor)));
  }

  it('give the same bits as one', async () => {
    const one = await WasmBackend.open();
    const expected = await results(one);
    for (const count of [2, 3]) {
      const backend = await withThreads(count);
      expect(backend.info.description).toBe(`CPU, WebAssembly SIMD, ${count} threads`);
      for (let round = 0; round < 2; round++) expect(await results(backend)).toEqual(expected);
      backend.dispose();
    }
  });

  it('that do not start are done without', async () => {
    const { spawn } = nodeThreads();
    const backend = await WasmBackend.open({
      count: 3,
      spawn: async (module, memory, index) => {
        if (index === 1) throw new Error('refused');
        return spawn(module, memory, index);
      },
    });
    expect(backend.info.description).toBe('CPU, WebAssembly SIMD, 2 threads');
    const one = await WasmBackend.open();
    expect(await results(backend)).toEqual(await results(one));
    backend.dispose();
  });
});

describe('numbers that are none', () => {
  const poisoned = (backend: Backend): Tensor => {
    const values = new Float32Array(37 * 5).fill(1);
    values[36] = NaN;
    return backend.upload(values, [5, 37], 'f32', 'poisoned');
  };

  it('stay so through sums, extremes and logarithms', async () => {
    const backend = await WasmBackend.open();
    const x = poisoned(backend);
    const potentials = () => ({ f: backend.zeros([5], 'f'), g: backend.zeros([37], 'g'), epsilon: 1 });
    const band = { cost: x, rowStart: 0, rows: 5 };
    const row = potentials();
    backend.rowPotential(band, row, { logMarginal: 0 }, backend.zeros([2, 37], 'state'));
    expect(Array.from(await backend.read(row.f), Number.isNaN)).toEqual([true, false, false, false, false]);
    const column = potentials();
    const state = backend.zeros([2, 37], 'state');
    backend.columnLogSum(band, column, state);
    expect(await backend.read(backend.columnPotential(state, column, { logMarginal: 0 }, true))).toEqual(
      Float32Array.of(NaN),
    );
    expect((await backend.read(column.g))[36]).toBeNaN();
    expect(await backend.read(backend.extent(x))).toEqual(Float32Array.of(NaN, NaN));
    expect(await backend.read(backend.maxAbsDifference(x, x))).toEqual(Float32Array.of(NaN));
    const losses = await backend.read(
      backend.crossEntropy(x, backend.upload(new Uint32Array(5), [5], 'u32', 'targets')),
    );
    expect(losses[0]).toBeNaN();
    expect(losses[1]).toBeCloseTo(Math.log(37), 5);
  });
});

describe('potentials', () => {
  const syntheticProblem = (backend: Backend, n: number) => {
    const random = new Random(n);
    const cost = backend.upload(Float32Array.from(random.uniforms(n * n, 0, 2)), [n, n], 'f32', 'cost');
    const potentials = { f: backend.zeros([n], 'f'), g: backend.zeros([n], 'g'), epsilon: 0.05 };
    return { band: { cost, rowStart: 0, rows: n }, potentials, state: backend.zeros([2, n], 'state') };
  };

  it('are held in float64, so that marginals are met far beyond what float32 potentials could', async () => {
    const backend = await WasmBackend.open();
    const before = backend.memory().bytes;
    const n = 67;
    const { band, potentials, state } = syntheticProblem(backend, n);
    const sweep = async (update: boolean): Promise<number> => {
      backend.columnLogSum(band, potentials, state);
      const error = backend.columnPotential(state, potentials, { logMarginal: -Math.log(n) }, update);
      const [value = NaN] = await backend.read(error);
      backend.free(error);
      if (update) backend.rowPotential(band, potentials, { logMarginal: -Math.log(n) }, state);
      return value;
    };
    for (let i = 0; i < 600; i++) await sweep(true);
    // Potentials of order 1, rounded to float32 and divided by ε, would leave an error of order 1e-6.
    expect(await sweep(false)).toBeLessThan(2e-7);
    backend.free(band.cost, potentials.f, potentials.g, state);
    expect(backend.memory().bytes).toBe(before);
  });

  it('are what was written last', async () => {
    const backend = await WasmBackend.open();
    const { band, potentials, state } = syntheticProblem(backend, 9);
    const fresh = async (): Promise<Float32Array> => {
      backend.columnLogSum(band, potentials, state);
      return backend.read(state);
    };
    const expected = await fresh();
    backend.rowPotential(band, potentials, { logMarginal: -1 }, state);
    expect(await fresh()).not.toEqual(expected);
    backend.write(potentials.f, new Float32Array(9));
    expect(await fresh()).toEqual(expected);
    backend.rowPotential(band, potentials, { logMarginal: -1 }, state);
    backend.copyRows(backend.zeros([9], 'zeros'), potentials.f, 0);
    expect(await fresh()).toEqual(expected);
  });
});

describe('memory', () => {
  it('is used again: it does not grow over many steps', async () => {
    const backend = await WasmBackend.open();
    const x = backend.zeros([500, 300], 'x');
    const step = (): void => {
      const y = backend.matmul(x, x, { orientation: 'nt' });
      const z = backend.weightedSum(y, 2);
      backend.free(y, z);
    };
    step();
    const before = backend.memory();
    for (let i = 0; i < 200; i++) step();
    expect(backend.memory()).toEqual(before);
  });

  it('is that of before after an operation that found no room', async () => {
    const backend = await WasmBackend.open();
    const large = backend.zeros([2 ** 18], 'large');
    const before = backend.memory().tensors;
    const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow').mockImplementation(() => {
      throw new RangeError('no');
    });
    const whole = backend.zeros.bind(backend, [2 ** 22], 'too large');
    expect(whole).toThrow(/too large: the CPU backend has no room for 16777216 bytes/);
    expect(() => {
      for (;;) backend.weightedSum(large, 1);
    }).toThrow(/weightedSum/);
    grow.mockRestore();
    expect(backend.memory().tensors).toBeGreaterThanOrEqual(before);
    expect(await backend.read(backend.extent(large))).toEqual(Float32Array.of(0, 0));
  });
});

describe('the CPU backend that is opened', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('is in WebAssembly', async () => {
    const backend = await openCpu();
    expect(backend.info.description).toMatch(/WebAssembly SIMD, 1 thread$/);
    backend.dispose();
  });

  it('makes do with less memory where there is less to be had', async () => {
    const { Memory, compile, instantiate, validate } = WebAssembly;
    const asked: number[] = [];
    function Scarce(options: WebAssembly.MemoryDescriptor): WebAssembly.Memory {
      const { maximum = 0 } = options;
      asked.push(maximum);
      if (maximum > 8192) throw new RangeError('no room');
      return new Memory(options);
    }
    vi.stubGlobal('WebAssembly', { compile, instantiate, validate, Memory: Scarce });
    const backend = await openCpu();
    vi.unstubAllGlobals();
    expect(asked).toEqual([32_768, 16_384, 8192]);
    expect(backend.info.description).toMatch(/WebAssembly/);
    expect(() => backend.zeros([2 ** 28 - 2 ** 20], 'too large')).toThrow(
      /too large: the CPU backend has no room/,
    );
    backend.dispose();
  });

  it('is plain TypeScript where there is no SIMD', async () => {
    vi.spyOn(WebAssembly, 'compile').mockRejectedValue(new WebAssembly.CompileError('unknown opcode 0xfd'));
    const backend = await openCpu();
    expect(backend.info.description).toMatch(/plain TypeScript/);
    const x = backend.upload(Float32Array.of(1, 2), [2], 'f32', 'x');
    expect(await backend.read(backend.weightedSum(x, 2))).toEqual(Float32Array.of(2, 4));
  });
});
