import { afterEach, describe, expect, it, vi } from 'vitest';
import { Random } from '../../../tests/random';
import { CpuBackend } from '../cpu/backend';
import type { Backend, Tensor } from '../operations';
import { WasmBackend } from './backend';
import { nodeThreads } from './thread-node';

/** Tolerance relative to the largest entry, for float32 sums over hundreds of keys. */
const ATTENDED = 2e-6;

/** Computes results with this backend and with the float64 reference, from the same random operands. */
async function compareBackends(
  compute: (backend: Backend, upload: (...shape: readonly number[]) => Tensor) => readonly Tensor[],
): Promise<readonly (readonly [actual: Float32Array, expected: Float32Array])[]> {
  const run = async (backend: Backend): Promise<Float32Array[]> => {
    const random = new Random(5);
    const upload = (...shape: readonly number[]): Tensor => {
      const values = Float32Array.from(random.normals(shape.reduce((product, size) => product * size, 1)));
      return backend.upload(values, shape, 'f32', 'x');
    };
    const results = await Promise.all(compute(backend, upload).map((tensor) => backend.read(tensor)));
    backend.dispose();
    return results;
  };
  const actual = await run(await WasmBackend.open({ ...nodeThreads(), count: 2 }));
  const expected = await run(new CpuBackend());
  return actual.map((values, i) => [values, expected[i] ?? new Float32Array()] as const);
}

const largest = (values: Float32Array): number => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

describe('attention over more keys than are summed in one go', () => {
  it.each([
    [1, 300, 2, 2, 20],
    [2, 270, 6, 2, 12],
    [3, 129, 2, 1, 36],
  ])(
    'goes forth and back over %i windows of %i, %i heads on %i of dimension %i',
    async (windows, queries, heads, kvHeads, headDim) => {
      const rows = windows * queries;
      const shape = { heads, kvHeads, headDim, past: 0, windows };
      const pairs = await compareBackends((backend, upload) => {
        const [q, upstream] = [upload(rows, heads * headDim), upload(rows, heads * headDim)];
        const [k, v] = [upload(rows, kvHeads * headDim), upload(rows, kvHeads * headDim)];
        const out = backend.attention(q, k, v, shape);
        const gradients = backend.attentionGradient({ q, k, v, out, upstream }, shape);
        return [out, gradients.q, gradients.k, gradients.v];
      });
      for (const [actual, expected] of pairs) {
        const error = largest(actual.map((x, i) => x - (expected[i] ?? NaN)));
        expect(error).toBeLessThan(ATTENDED * largest(expected));
      }
    },
  );
});

describe('numbers that are none', () => {
  it('stay so on the way back, and stay in their rows', async () => {
    const backend = await WasmBackend.open();
    const rows = 3;
    const columns = 37;
    const withNaN = (): Tensor => {
      const values = new Float32Array(rows * columns).fill(1);
      values[columns + 36] = NaN;
      return backend.upload(values, [rows, columns], 'f32', 'poisoned');
    };
    const ones = backend.upload(new Float32Array(columns).fill(1), [columns], 'f32', 'ones');
    const weights = backend.upload(Float32Array.of(1, 1, 1), [rows], 'f32', 'weights');
    const targets = backend.upload(new Uint32Array(rows), [rows], 'u32', 'targets');
    const logits = withNaN();
    backend.crossEntropyGradient(logits, targets, weights);
    const poisonedRows = async (tensor: Tensor): Promise<boolean[]> => {
      const values = await backend.read(tensor);
      return [0, 1, 2].map((row) => values.subarray(row * columns, (row + 1) * columns).some(Number.isNaN));
    };
    expect(await poisonedRows(logits)).toEqual([false, true, false]);
    expect(await poisonedRows(backend.rmsNormGradient(withNaN(), ones, withNaN(), 1e-5))).toEqual([
      false,
      true,
      false,
    ]);
    const x = withNaN();
    const { gate, up } = backend.swigluGradient(x, x, x);
    for (const result of [gate, up]) expect(await poisonedRows(result)).toEqual([false, true, false]);
    expect(await backend.read(backend.squaredNorms([x]))).toEqual(Float32Array.of(NaN));
  });

  it('reach all derivatives of an attention whose query is none', async () => {
    const backend = await WasmBackend.open();
    const values = new Float32Array(70 * 4).fill(1);
    const v = backend.upload(values, [70, 4], 'f32', 'v');
    values[4 * 69] = NaN;
    const q = backend.upload(values, [70, 4], 'f32', 'q');
    const shape = { heads: 1, kvHeads: 1, headDim: 4, past: 0 };
    const pass = { q, k: v, v, out: backend.attention(q, v, v, shape), upstream: v };
    const gradients = backend.attentionGradient(pass, shape);
    const ofQ = await backend.read(gradients.q);
    expect(ofQ.subarray(0, 4 * 69).some(Number.isNaN)).toBe(false);
    expect(ofQ.subarray(4 * 69).every(Number.isNaN)).toBe(true);
    expect((await backend.read(gradients.k)).every(Number.isNaN)).toBe(true);
    expect((await backend.read(gradients.v)).every(Number.isNaN)).toBe(true);
  });
});

describe('two results where there is no room', () => {
  afterEach(() => void vi.restoreAllMocks());

  // In one of the two cases there is memory left for just one of the two results.
  it.each([0, 1])('leave nothing behind, %i others before them', async (others) => {
    const backend = await WasmBackend.open();
    const make = (): Tensor => backend.zeros([2 ** 18], 'x');
    const x = make();
    for (let i = 0; i < others; i++) make();
    const before = backend.memory().tensors;
    vi.spyOn(WebAssembly.Memory.prototype, 'grow').mockImplementation(() => {
      throw new RangeError('no');
    });
    expect(() => {
      for (;;) backend.swigluGradient(x, x, x);
    }).toThrow(/gradient: the CPU backend has no room/);
    expect((backend.memory().tensors - before) % 2).toBe(0);
  });
});
