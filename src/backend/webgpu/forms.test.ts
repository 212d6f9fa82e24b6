import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pack } from '../../../tests/pack';
import { Random } from '../../../tests/random';
import type { Packable } from '../../../tests/subject';
import { CpuBackend } from '../cpu/backend';
import type { Backend, Tensor } from '../operations';
import { ATTENTION_FORMS, attentionForm } from './attention-forms';
import { WebGpuBackend } from './backend';
import { COLUMN_FORMS } from './column-form';
import { openDawn } from './node';
import { ROW_FORMS, rowForm } from './row-forms';
import type { Forms } from './runner';

const twin = new CpuBackend();
const gpu = await openDawn();
/** Results whose entries are all smaller than this may be differences that cancel. */
const SMALLEST = 0.1;
/**
 * Forms are tested with a part of their threads each way, which are only numbers in the kernels. Software adapters compile
 * a kernel in a time that grows with its workgroup memory: ten seconds for the largest.
 */
const fewer = (threads: number, part: number): number => Math.max(1, threads / part);
const SMALL_ROW_FORMS = ROW_FORMS.map((form) => ({
  ...form,
  lanes: fewer(form.lanes, 4),
  rows: fewer(form.rows, 4),
})).filter(({ lanes }) => lanes <= 64);
const SMALL_ATTENTION_FORMS = ATTENTION_FORMS.map(({ headDim, parameters }) => {
  const { LANES = 0, SPANS = 0 } = parameters;
  return {
    headDim: headDim / 8,
    parameters: { ...parameters, LANES: fewer(LANES, 8), SPANS: fewer(SPANS, 8) },
  };
});

/** Runs operations on a backend with some forms and on the float64 twin, and compares all results. */
function compareWithTwin(
  forms: Forms,
): (run: (b: Inputs) => readonly Tensor[], tolerance: number) => Promise<void> {
  let backend: WebGpuBackend;
  beforeAll(async () => {
    backend = await WebGpuBackend.open(gpu, { forms });
  });
  afterAll(() => backend.dispose());
  return async (run, tolerance) => {
    const expected = run(new Inputs(twin));
    for (const [i, tensor] of run(new Inputs(backend)).entries()) {
      const actual = await backend.read(tensor);
      const values = await twin.read(expected[i] ?? tensor);
      const size = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      const error = values.reduce((most, x, at) => {
        const off = Math.abs((actual[at] ?? NaN) - x);
        return Number.isNaN(off) ? Infinity : Math.max(most, off);
      }, 0);
      expect(actual.length).toBe(values.length);
      expect(error, `result ${i}`).toBeLessThanOrEqual(tolerance * Math.max(size, SMALLEST));
    }
  };
}

/** Makes the same operands on every backend. */
class Inputs {
  #seed = 0;
  constructor(readonly backend: Backend) {}

  normals(shape: readonly number[], scale = 1, dtype: Packable = 'f32'): Tensor {
    const count = shape.reduce((a, b) => a * b, 1);
    const { bytes } = pack(new Random(++this.#seed).normals(count, scale), dtype);
    return this.backend.upload(bytes, shape, dtype, 'operand');
  }

  indices(values: readonly number[]): Tensor {
    return this.backend.upload(Uint32Array.from(values), [values.length], 'u32', 'indices');
  }
}

/** Rows and widths: less than a lane each, odd, a multiple of 4, and more than all lanes take at once. */
const SHAPES = [
  [1, 1],
  [9, 4],
  [5, 37],
  [11, 132],
  [3, 1031],
  [2, 4100],
] as const;

describe.each(SMALL_ROW_FORMS)('rows by $lanes lanes, $rows a workgroup, subgroups $subgroups', (rows) => {
  const compare = compareWithTwin({ rows });
  it.each(SHAPES)('of [%i, %i]', async (n, width) => {
    await compare((make) => {
      const b = make.backend;
      const x = make.normals([n, width], 3);
      const upstream = make.normals([n, width]);
      const gain = make.normals([width]);
      const packedGain = make.normals([width], 1, 'bf16');
      return [
        b.rmsNorm(x, gain, 1e-5),
        b.rmsNorm(x, packedGain, 1e-5),
        b.rmsNorm(x, packedGain, 1e-5, 1),
        b.rmsNormGradient(x, gain, upstream, 1e-2, undefined, 1),
        b.rmsNormGradient(x, packedGain, upstream, 1e-2),
        b.unitRows(x),
        b.unitRows(make.normals([n, width], 1, 'f16')),
        b.unitRows(b.zeros([n, width], 'zeros')),
      ];
    }, 4e-6);
    await compare((make) => {
      const b = make.backend;
      const x = make.normals([n, width], 3);
      const gradient = b.zeros([n, width], 'gradient');
      return [
        b.extent(x),
        b.squaredNorms([x]),
        b.normMatchedLoss(x, make.normals([n, width]), 0.3, gradient),
        gradient,
      ];
    }, 4e-6);
  });

  it.each(SHAPES)('of costs and logits [%i, %i]', async (n, width) => {
    await compare((make) => {
      const b = make.backend;
      const cost = make.normals([n, width]);
      const band = { cost, rowStart: 0, rows: n };
      const potentials = { f: make.normals([n]), g: make.normals([width]), epsilon: 0.3 };
      const logits = make.normals([n, width], 20);
      const targets = make.indices(Array.from({ length: n }, (_, t) => (t * 31) % width));
      const loss = b.crossEntropy(logits, targets);
      b.crossEntropyGradient(logits, targets, make.normals([n]));
      const columns = [0, 1, 2, 3, 4].map((column) =>
        b.gather(b.planRows(band, potentials), make.indices([column]), { axis: 1 }),
      );
      return [b.rowMoments(band), loss, logits, ...columns];
    }, 1e-5);
  });
});

describe.each(COLUMN_FORMS)('columns by $lanes lanes', (columns) => {
  const compare = compareWithTwin({ columns });
  it.each([...SHAPES, [300, 5], [517, 68]] as const)('of [%i, %i]', async (n, width) => {
    await compare((make) => {
      const gain = make.normals([width]);
      const gainGradient = make.normals([width]);
      make.backend.rmsNormGradient(
        make.normals([n, width]),
        gain,
        make.normals([n, width]),
        1e-2,
        gainGradient,
      );
      return [gainGradient];
    }, 4e-6);
  });
});

/** Windows, queries of one, positions before, heads, key-value heads. */
const ATTENTIONS = [
  [1, 1, 0, 1, 1],
  [1, 70, 33, 2, 1],
  [2, 67, 0, 4, 2],
] as const;

/** Each compiles kernels of its own, so one form is tested with all of them, and the others with the last, which has every option. */
const OPTIONS = [{ span: 5 }, { cap: 2, scale: 0.3 }, { span: 37, cap: 1, scale: 0.3 }];

// Of those between the smallest and the largest only the numbers in the kernels differ.
describe.each(SMALL_ATTENTION_FORMS.filter((_, i, all) => i === 0 || i === all.length - 1))(
  'attention to heads of $headDim by tiles',
  (attention) => {
    const compare = compareWithTwin({ attention });
    const before = SMALL_ATTENTION_FORMS.findLast(({ headDim }) => headDim < attention.headDim)?.headDim ?? 0;
    it.each(
      ATTENTIONS.flatMap((shape) =>
        [...new Set([before + 4, attention.headDim])].map((headDim) => [...shape, headDim] as const),
      ),
    )(
      'over %i windows of %i after %i, %i heads on %i of dimension %i',
      async (windows, queries, past, heads, kvHeads, headDim) => {
        await compare((make) => {
          const { backend } = make;
          const shape = { heads, kvHeads, headDim, past, windows };
          // With scores of tens a softmax that does not subtract its maximum would fail.
          const q = make.normals([windows * queries, heads * headDim], 5);
          const keys = windows * (past + queries);
          const k = make.normals([keys, kvHeads * headDim]);
          const v = make.normals([keys, kvHeads * headDim]);
          const out = backend.attention(q, k, v, shape);
          if (past > 0) return [out];
          const upstream = make.normals([windows * queries, heads * headDim]);
          const gradients = backend.attentionGradient({ q, k, v, out, upstream }, shape);
          return [out, gradients.q, gradients.k, gradients.v];
        }, 2e-5);
      },
    );

    it.each(attention === SMALL_ATTENTION_FORMS[0] ? OPTIONS : OPTIONS.slice(-1))(
      'with %o',
      async (options) => {
        const { headDim } = attention;
        await compare((make) => {
          const { backend } = make;
          const shape = { heads: 4, kvHeads: 2, headDim, past: 0, windows: 2, ...options };
          const q = make.normals([2 * 67, 4 * headDim], 2);
          const k = make.normals([2 * 67, 2 * headDim]);
          const v = make.normals([2 * 67, 2 * headDim]);
          const out = backend.attention(q, k, v, shape);
          const upstream = make.normals([2 * 67, 4 * headDim]);
          const gradients = backend.attentionGradient({ q, k, v, out, upstream }, shape);
          const late = { ...shape, past: 33, windows: 1 };
          const cached = backend.attention(make.normals([21, 4 * headDim], 2), k, v, late);
          return [out, gradients.q, gradients.k, gradients.v, cached];
        }, 2e-5);
      },
    );
  },
);

describe('the choice of forms', () => {
  const info = { ...twin.info, features: ['subgroups', 'subgroup_id'] };
  const limits = { maxComputeInvocationsPerWorkgroup: 1024, maxComputeWorkgroupStorageSize: 32_768 };

  it('gives wide rows more threads, as far as the adapter has them', () => {
    expect([128, 4096, 14_336].map((width) => rowForm({ ...info, limits }, width).lanes)).toEqual([
      32, 256, 1024,
    ]);
    expect(rowForm({ ...info, limits: {} }, 14_336)).toEqual({
      lanes: 256,
      rows: 1,
      subgroups: true,
    });
    expect(rowForm({ ...info, limits }, 128, true).rows).toBe(1);
  });

  it('uses subgroups only where they have numbers', () => {
    expect(rowForm({ ...info, limits, features: ['subgroups'] }, 4096).subgroups).toBe(false);
  });

  it('uses tiles where they fit and there are enough queries', () => {
    expect(attentionForm({ ...info, limits }, 48, 256)?.headDim).toBe(64);
    expect(attentionForm({ ...info, limits }, 48, 1)).toBeUndefined();
    expect(attentionForm({ ...info, limits, software: true }, 48, 256)).toBeUndefined();
    expect(
      attentionForm({ ...info, limits: { maxComputeWorkgroupStorageSize: 16_384 } }, 48, 256),
    ).toBeUndefined();
  });
});
