import { describe, expect, it } from 'vitest';
import { BackendError } from '../../src/backend/errors';
import type { AdamWOptions, Backend, Tensor } from '../../src/backend/operations';
import type { Subject } from '../subject';

interface Operands {
  readonly backend: Backend;
  /** f32 [3, 4]. */
  readonly a: Tensor;
  /** f32 [5, 4]. */
  readonly b: Tensor;
  /** f32 [4]. */
  readonly vector: Tensor;
  /** u32 [3]. */
  readonly index: Tensor;
  /** bf16 [3, 4]. */
  readonly packed: Tensor;
  /** A transport problem of 3 rows and 4 columns whose cost is `a`. */
  readonly f: Tensor;
  readonly g: Tensor;
}

type Misuse = readonly [name: string, call: (operands: Operands) => unknown];

const band = (cost: Tensor, rowStart = 0, rows = 3) => ({ cost, rowStart, rows });
const window = { rowStart: 0, rowEnd: 3, columnStart: 0, columnEnd: 4 };
const attention = { heads: 1, kvHeads: 1, headDim: 4, past: 0 };

const ADAM_W = { rate: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0.01, step: 1 } as const;
const adamW = (backend: Backend, value: Tensor, gradient: Tensor, options: Partial<AdamWOptions> = {}) =>
  backend.adamW([{ value, gradient, moments: backend.zeros([2, ...value.shape], 'moments') }], {
    ...ADAM_W,
    ...options,
  });

const MISUSES: readonly Misuse[] = [
  ['upload: too few values', ({ backend }) => backend.upload(new Float32Array(5), [2, 3], 'f32', 'short')],
  ['upload: too many bytes', ({ backend }) => backend.upload(new Uint8Array(8), [3], 'bf16', 'long')],
  ['upload: values of another dtype', ({ backend }) => backend.upload(new Float32Array(2), [2], 'u32', 'x')],
  ['upload: integers as f32', ({ backend }) => backend.upload(new Uint32Array(2), [2], 'f32', 'x')],
  ['upload: an empty shape', ({ backend }) => backend.upload(new Float32Array(0), [0, 3], 'f32', 'empty')],
  ['zeros: over the device limit', ({ backend }) => backend.zeros([2 ** 20, 2 ** 20], 'huge')],
  ['zeros: half a row', ({ backend }) => backend.zeros([1.5, 2], 'half')],
  ['write: wrong length', ({ backend, a }) => backend.write(a, new Float32Array(11))],
  ['write: wrong type', ({ backend, a }) => backend.write(a, new Uint32Array(12))],
  ['write: packed', ({ backend, packed }) => backend.write(packed, new Float32Array(12))],
  ['copyRows: past the end', ({ backend, a, b }) => backend.copyRows(a, b, 3)],
  ['copyRows: other width', ({ backend, a }) => backend.copyRows(a, backend.zeros([9, 5], 'wide'), 0)],
  ['copyRows: packed', ({ backend, packed, b }) => backend.copyRows(packed, b, 0)],
  ['matmul: inner sizes', ({ backend, a, b }) => backend.matmul(a, b)],
  ['matmul: inner sizes, tn', ({ backend, a, b }) => backend.matmul(a, b, { orientation: 'tn' })],
  ['matmul: bias', ({ backend, a, b, vector }) => backend.matmul(a, b, { orientation: 'nt', bias: vector })],
  [
    'matmul: narrow target',
    ({ backend, a, b }) => backend.matmul(a, b, { orientation: 'nt', into: backend.zeros([3, 4], 'narrow') }),
  ],
  [
    'matmul: offset past the target',
    ({ backend, a, b }) =>
      backend.matmul(a, b, { orientation: 'nt', into: backend.zeros([3, 6], 'wide'), columnOffset: 2 }),
  ],
  [
    'matmul: packed target',
    ({ backend, a, packed }) => backend.matmul(a, backend.zeros([4, 4], 'square'), { into: packed }),
  ],
  [
    'matmul: into an operand',
    ({ backend, a }) => backend.matmul(a, backend.zeros([4, 4], 'square'), { into: a }),
  ],
  ['matmul: u32', ({ backend, index }) => backend.matmul(index, index, { orientation: 'nt' })],
  [
    'matmul: accumulate into nothing',
    ({ backend, a, b }) => backend.matmul(a, b, { orientation: 'nt', accumulate: true }),
  ],
  ['weightedSum: shapes', ({ backend, a, b }) => backend.weightedSum(a, 1, b, 1)],
  ['weightedSum: NaN', ({ backend, a }) => backend.weightedSum(a, NaN)],
  ['gather: index not u32', ({ backend, a, vector }) => backend.gather(a, vector)],
  [
    'gather: target',
    ({ backend, a, index }) => backend.gather(a, index, { into: backend.zeros([4, 4], 'square') }),
  ],
  [
    'gather: target on axis 1',
    ({ backend, a, index }) => backend.gather(a, index, { axis: 1, into: backend.zeros([3, 4], 'wide') }),
  ],
  ['gather: columns of a vector', ({ backend, vector, index }) => backend.gather(vector, index, { axis: 1 })],
  ['extent: u32', ({ backend, index }) => backend.extent(index)],
  ['maxAbsDifference: shapes', ({ backend, a, b }) => backend.maxAbsDifference(a, b)],
  [
    'pairwiseDistance: widths',
    ({ backend, a }) => backend.pairwiseDistance(a, backend.zeros([2, 5], 'wide'), 0, 3),
  ],
  ['pairwiseDistance: rows past the end', ({ backend, a, b }) => backend.pairwiseDistance(a, b, 1, 3)],
  ['pairwiseDistance: no rows', ({ backend, a, b }) => backend.pairwiseDistance(a, b, 0, 0)],
  [
    'pairwiseDistance: target',
    ({ backend, a, b }) => backend.pairwiseDistance(a, b, 0, 3, backend.zeros([2, 5], 'short')),
  ],
  [
    'pairwiseDistance: factor',
    ({ backend, a, b }) => backend.pairwiseDistance(a, b, 0, 3, undefined, { factor: NaN }),
  ],
  ['unitRows: u32', ({ backend, index }) => backend.unitRows(index)],
  ['rowMoments: more rows than held', ({ backend, a }) => backend.rowMoments(band(a, 0, 4))],
  [
    'rowPotential: damping',
    ({ backend, a, f, g }) =>
      backend.rowPotential(
        band(a),
        { f, g, epsilon: 1 },
        { logMarginal: 0, damping: NaN },
        backend.zeros([2, 4], 'state'),
      ),
  ],
  [
    'columnPotential: damping',
    ({ backend, f, g }) =>
      backend.columnPotential(
        backend.zeros([2, 4], 'state'),
        { f, g, epsilon: 1 },
        { logMarginal: 0, damping: NaN },
        true,
      ),
  ],
  [
    'planRows: ground of another shape',
    ({ backend, a, b, f, g }) => backend.planRows(band(a), { f, g, epsilon: 1 }, b),
  ],
  [
    'rowPotential: ε of 0',
    ({ backend, a, f, g }) =>
      backend.rowPotential(band(a), { f, g, epsilon: 0 }, { logMarginal: 0 }, backend.zeros([2, 4], 'state')),
  ],
  [
    'sinkhorn: part of the rows',
    ({ backend, b, f, g }) =>
      backend.sinkhorn(
        { cost: b, rowStart: 0, rows: 2 },
        { f, g, epsilon: 1 },
        backend.zeros([2, 4], 'state'),
        { rows: { logMarginal: 0 }, columns: { logMarginal: 0 }, count: 1, tolerance: 0 },
      ),
  ],
  [
    'sinkhorn: no iterations',
    ({ backend, a, f, g }) =>
      backend.sinkhorn(band(a), { f, g, epsilon: 1 }, backend.zeros([2, 4], 'state'), {
        rows: { logMarginal: 0 },
        columns: { logMarginal: 0 },
        count: 0,
        tolerance: 0,
      }),
  ],
  [
    'rowPotential: swapped potentials',
    ({ backend, a, f, g }) =>
      backend.rowPotential(
        band(a),
        { f: g, g: f, epsilon: 1 },
        { logMarginal: 0 },
        backend.zeros([2, 4], 'state'),
      ),
  ],
  [
    'rowPotential: more rows than held',
    ({ backend, a, f, g }) =>
      backend.rowPotential(
        band(a, 0, 4),
        { f, g, epsilon: 1 },
        { logMarginal: 0 },
        backend.zeros([2, 4], 'state'),
      ),
  ],
  [
    'rowPotential: band past f',
    ({ backend, a, f, g }) =>
      backend.rowPotential(
        band(a, 1),
        { f, g, epsilon: 1 },
        { logMarginal: 0 },
        backend.zeros([2, 4], 'state'),
      ),
  ],
  [
    'rowPotential: packed cost',
    ({ backend, packed, f, g }) =>
      backend.rowPotential(
        band(packed),
        { f, g, epsilon: 1 },
        { logMarginal: 0 },
        backend.zeros([2, 4], 'state'),
      ),
  ],
  [
    'columnLogSum: state',
    ({ backend, a, f, g }) =>
      backend.columnLogSum(band(a), { f, g, epsilon: 1 }, backend.zeros([2, 3], 'state')),
  ],
  [
    'columnPotential: state',
    ({ backend, f, g }) =>
      backend.columnPotential(backend.zeros([4, 2], 'state'), { f, g, epsilon: 1 }, { logMarginal: 0 }, true),
  ],
  ['planRows: g of another width', ({ backend, a, f }) => backend.planRows(band(a), { f, g: f, epsilon: 1 })],
  [
    'applyPlan: x',
    ({ backend, a, b, f, g }) =>
      backend.applyPlan(band(a), { f, g, epsilon: 1 }, b, 0, 1, backend.zeros([4, 4], 'into')),
  ],
  [
    'applyPlan: target',
    ({ backend, a, b, f, g }) =>
      backend.applyPlan(band(a), { f, g, epsilon: 1 }, backend.zeros([3, 4], 'x'), 0, 1, b),
  ],
  [
    'applyPlan: into x',
    ({ backend, f, g }) => {
      const x = backend.zeros([3, 3], 'x');
      const cost = backend.zeros([3, 4], 'c');
      backend.applyPlan(band(cost), { f, g, epsilon: 1 }, x, 0, 1, x);
    },
  ],
  [
    'picture: two dimensions',
    ({ backend, a }) => backend.picture(band(a), undefined, window, backend.zeros([4, 2], 'flat')),
  ],
  [
    'picture: window past the columns',
    ({ backend, a }) =>
      backend.picture(band(a), undefined, { ...window, columnEnd: 5 }, backend.zeros([2, 2, 2], 'p')),
  ],
  [
    'picture: empty window',
    ({ backend, a }) =>
      backend.picture(band(a), undefined, { ...window, rowEnd: 0 }, backend.zeros([2, 2, 2], 'p')),
  ],
  [
    'picture: taking away another width',
    ({ backend, a }) =>
      backend.picture(band(a), undefined, window, backend.zeros([2, 2, 2], 'p'), {
        cost: backend.zeros([3, 5], 'wide'),
      }),
  ],
  ['rmsNorm: gain', ({ backend, a, f }) => backend.rmsNorm(a, f, 1e-5)],
  ['rmsNorm: a gain longer than a row', ({ backend, f, a }) => backend.rmsNorm(f, a, 1e-5)],
  ['rmsNorm: negative eps', ({ backend, a, vector }) => backend.rmsNorm(a, vector, -1)],
  [
    'rope: odd dimension',
    ({ backend, a }) =>
      backend.rope(backend.zeros([3, 3], 'x'), backend.zeros([9, 3], 'table'), 3, a.shape.length),
  ],
  [
    'rope: width',
    ({ backend }) => backend.rope(backend.zeros([3, 6], 'x'), backend.zeros([9, 4], 'table'), 4, 0),
  ],
  ['rope: table too short', ({ backend, a }) => backend.rope(a, backend.zeros([9, 4], 'table'), 4, 7)],
  ['attention: query width', ({ backend, a }) => backend.attention(a, a, a, { ...attention, heads: 3 })],
  [
    'attention: head dimension',
    ({ backend, a }) => backend.attention(a, a, a, { ...attention, heads: 2, headDim: 2 }),
  ],
  [
    'attention: too few keys',
    ({ backend, a }) =>
      backend.attention(a, backend.zeros([2, 4], 'k'), backend.zeros([3, 4], 'v'), attention),
  ],
  [
    'attention: too few past values',
    ({ backend, a }) =>
      backend.attention(a, backend.zeros([4, 4], 'k'), backend.zeros([3, 4], 'v'), { ...attention, past: 1 }),
  ],
  ['attention: a scale of NaN', ({ backend, a }) => backend.attention(a, a, a, { ...attention, scale: NaN })],
  ['attention: a span of 0', ({ backend, a }) => backend.attention(a, a, a, { ...attention, span: 0 })],
  ['attention: a cap of 0', ({ backend, a }) => backend.attention(a, a, a, { ...attention, cap: 0 })],
  ['softCap: a negative cap', ({ backend, a }) => backend.softCap(a, -1)],
  ['softCapGradient: shapes', ({ backend, a, b }) => backend.softCapGradient(a, b, 1)],
  ['swiglu: shapes', ({ backend, a, b }) => backend.swiglu(a, b)],
  ['crossEntropy: targets not u32', ({ backend, a, f }) => backend.crossEntropy(a, f)],
  ['crossEntropy: number of targets', ({ backend, b, index }) => backend.crossEntropy(b, index)],
  ['relu: u32', ({ backend, index }) => backend.relu(index)],
  ['reluGradient: shapes', ({ backend, a, b }) => backend.reluGradient(a, b)],
  [
    'normMatchedLoss: shapes',
    ({ backend, a, b }) => backend.normMatchedLoss(a, b, 0.5, backend.zeros([3, 4], 'gradient')),
  ],
  ['normMatchedLoss: gradient', ({ backend, a, b }) => backend.normMatchedLoss(a, a, 0.5, b)],
  ['normMatchedLoss: gradient into an operand', ({ backend, a }) => backend.normMatchedLoss(a, a, 0.5, a)],
  [
    'normMatchedLoss: λ above 1',
    ({ backend, a }) => backend.normMatchedLoss(a, a, 1.5, backend.zeros([3, 4], 'gradient')),
  ],
  ['adamW: gradient of another shape', ({ backend, a, b }) => adamW(backend, a, b)],
  ['adamW: packed gradient', ({ backend, a, packed }) => adamW(backend, a, packed)],
  ['adamW: packed parameter', ({ backend, a, packed }) => adamW(backend, packed, a)],
  ['adamW: the parameter as its gradient', ({ backend, a }) => adamW(backend, a, a)],
  [
    'adamW: moments of one gradient alone',
    ({ backend, a, b }) => backend.adamW([{ value: a, gradient: a, moments: b }], ADAM_W),
  ],
  [
    'adamW: a parameter twice',
    ({ backend, a }) => {
      const [gradient, moments] = [backend.zeros([3, 4], 'g'), backend.zeros([2, 3, 4], 'moments')];
      const parameter = { value: a, gradient, moments };
      backend.adamW([parameter, { ...parameter, moments: backend.zeros([2, 3, 4], 'others') }], ADAM_W);
    },
  ],
  [
    'adamW: two gradient factors',
    ({ backend, a }) =>
      adamW(backend, a, backend.zeros([3, 4], 'g'), { gradientFactor: backend.zeros([2], 'factors') }),
  ],
  ['squaredNorms: of nothing', ({ backend }) => backend.squaredNorms([])],
  ['clipFactor: a norm of 0', ({ backend, a }) => backend.clipFactor(a, 0)],
  ['adamW: step 0', ({ backend, a }) => adamW(backend, a, backend.zeros([3, 4], 'g'), { step: 0 })],
  ['adamW: β of 1', ({ backend, a }) => adamW(backend, a, backend.zeros([3, 4], 'g'), { betas: [0.9, 1] })],
  ['adamW: eps of 0', ({ backend, a }) => adamW(backend, a, backend.zeros([3, 4], 'g'), { eps: 0 })],
  [
    'adamW: a gradient factor of NaN',
    ({ backend, a }) => adamW(backend, a, backend.zeros([3, 4], 'g'), { gradientFactor: NaN }),
  ],
  [
    'attention: unequal windows',
    ({ backend, a }) => backend.attention(a, a, a, { ...attention, windows: 2 }),
  ],
  [
    'attention: windows with a past',
    ({ backend }) => {
      const x = backend.zeros([4, 4], 'x');
      return backend.attention(x, x, x, { ...attention, past: 1, windows: 2 });
    },
  ],
  [
    'attention: keys beyond the windows',
    ({ backend }) => {
      const [q, k] = [backend.zeros([4, 4], 'q'), backend.zeros([5, 4], 'k')];
      return backend.attention(q, k, k, { ...attention, windows: 2 });
    },
  ],
  ['rmsNormGradient: upstream', ({ backend, a, b, vector }) => backend.rmsNormGradient(a, vector, b, 1e-5)],
  [
    'rmsNormGradient: gradient of the gain',
    ({ backend, a, vector, f }) => backend.rmsNormGradient(a, vector, a, 1e-5, f),
  ],
  [
    'rmsNormGradient: the gain as its gradient',
    ({ backend, a, vector }) => backend.rmsNormGradient(a, vector, a, 1e-5, vector),
  ],
  [
    'attentionGradient: a past',
    ({ backend, a }) =>
      backend.attentionGradient({ q: a, k: a, v: a, out: a, upstream: a }, { ...attention, past: 1 }),
  ],
  [
    'attentionGradient: upstream',
    ({ backend, a, b }) => backend.attentionGradient({ q: a, k: a, v: a, out: a, upstream: b }, attention),
  ],
  [
    'attentionGradient: spare keys',
    ({ backend, a, b }) => backend.attentionGradient({ q: a, k: b, v: b, out: a, upstream: a }, attention),
  ],
  [
    'attentionGradient: heads in unequal groups',
    ({ backend }) => {
      const [q, k] = [backend.zeros([3, 12], 'q'), backend.zeros([3, 8], 'k')];
      const shape = { ...attention, heads: 3, kvHeads: 2 };
      return backend.attentionGradient({ q, k, v: k, out: q, upstream: q }, shape);
    },
  ],
  ['swigluGradient: upstream', ({ backend, a, b }) => backend.swigluGradient(a, a, b)],
  [
    'crossEntropyGradient: weights',
    ({ backend, a, index, vector }) => backend.crossEntropyGradient(a, index, vector),
  ],
  [
    'crossEntropyGradient: packed logits',
    ({ backend, packed, index, f }) => backend.crossEntropyGradient(packed, index, f),
  ],
  [
    'scatterAdd: indices',
    ({ backend, b, index }) => backend.scatterAdd(b, index, backend.zeros([9, 4], 'table')),
  ],
  [
    'scatterAdd: width',
    ({ backend, a, index }) => backend.scatterAdd(a, index, backend.zeros([9, 5], 'table')),
  ],
  ['scatterAdd: into the rows', ({ backend, a, index }) => backend.scatterAdd(a, index, a)],
  ['squaredNorms: u32', ({ backend, a, index }) => backend.squaredNorms([a, index])],
];

/** Calls with the freed tensor `gone`, f32 [4, 4], as an operand. */
const USES: readonly (readonly [
  string,
  (backend: Backend, gone: Tensor, other: Tensor, index: Tensor) => unknown,
])[] = [
  ['write', (backend, gone) => backend.write(gone, new Float32Array(16))],
  ['free', (backend, gone) => backend.free(gone)],
  ['copyRows', (backend, gone, other) => backend.copyRows(other, gone, 0)],
  ['matmul', (backend, gone, other) => backend.matmul(gone, other)],
  ['matmul into', (backend, into, other) => backend.matmul(other, other, { into })],
  ['weightedSum', (backend, gone, other) => backend.weightedSum(other, 1, gone, 1)],
  ['gather', (backend, gone, _, index) => backend.gather(gone, index)],
  ['extent', (backend, gone) => backend.extent(gone)],
  ['maxAbsDifference', (backend, gone, other) => backend.maxAbsDifference(other, gone)],
  ['unitRows', (backend, gone) => backend.unitRows(gone)],
  ['rowMoments', (backend, gone) => backend.rowMoments(band(gone, 0, 4))],
  ['pairwiseDistance', (backend, gone, other) => backend.pairwiseDistance(other, gone, 0, 4)],
  [
    'planRows',
    (backend, gone) =>
      backend.planRows(band(gone, 0, 4), {
        f: backend.zeros([4], 'f'),
        g: backend.zeros([4], 'g'),
        epsilon: 1,
      }),
  ],
  [
    'picture',
    (backend, gone) => backend.picture(band(gone), undefined, window, backend.zeros([2, 2, 2], 'p')),
  ],
  [
    'picture',
    (backend, gone, other) =>
      backend.picture(band(other), undefined, window, backend.zeros([2, 2, 2], 'p'), { cost: gone }),
  ],
  ['rmsNorm', (backend, gone) => backend.rmsNorm(gone, backend.zeros([4], 'gain'), 1e-5)],
  ['rope', (backend, gone, other) => backend.rope(gone, other, 4, 0)],
  ['attention', (backend, gone, other) => backend.attention(other, other, gone, attention)],
  ['swiglu', (backend, gone, other) => backend.swiglu(other, gone)],
  ['softCap', (backend, gone) => backend.softCap(gone, 1)],
  ['softCapGradient', (backend, gone, other) => backend.softCapGradient(other, gone, 1)],
  ['crossEntropy', (backend, gone, _, index) => backend.crossEntropy(gone, index)],
  ['relu', (backend, gone) => backend.relu(gone)],
  ['reluGradient', (backend, gone, other) => backend.reluGradient(gone, other)],
  ['normMatchedLoss', (backend, gone, other) => backend.normMatchedLoss(other, other, 0.5, gone)],
  ['adamW', (backend, gone, other) => adamW(backend, other, gone)],
  [
    'rmsNormGradient',
    (backend, gone, other) => backend.rmsNormGradient(other, backend.zeros([4], 'gain'), gone, 1e-5),
  ],
  [
    'attentionGradient',
    (backend, gone, other) =>
      backend.attentionGradient({ q: other, k: other, v: other, out: gone, upstream: other }, attention),
  ],
  ['swigluGradient', (backend, gone, other) => backend.swigluGradient(other, gone, other)],
  [
    'crossEntropyGradient',
    (backend, gone, _, index) => backend.crossEntropyGradient(gone, index, backend.zeros([4], 'weights')),
  ],
  ['scatterAdd', (backend, gone, other, index) => backend.scatterAdd(gone, index, other)],
  ['squaredNorms', (backend, gone, other) => backend.squaredNorms([other, gone])],
  ['clipFactor', (backend, gone) => backend.clipFactor(gone, 1)],
  [
    'adamW: the gradient factor',
    (backend, gone, other) => adamW(backend, other, backend.zeros([4, 4], 'g'), { gradientFactor: gone }),
  ],
];

export function misuseSuite(subject: Subject): void {
  const operands = (): Operands => {
    const { backend } = subject;
    return {
      backend,
      a: backend.zeros([3, 4], 'a'),
      b: backend.zeros([5, 4], 'b'),
      vector: backend.zeros([4], 'vector'),
      index: subject.indices([0, 1, 2]),
      packed: subject.operand([3, 4], 'bf16').tensor,
      f: backend.zeros([3], 'f'),
      g: backend.zeros([4], 'g'),
    };
  };

  it.each(MISUSES)('refuses %s', (_, call) => {
    const given = operands();
    expect(() => call(given)).toThrow(BackendError);
  });

  it('says what it expected and what came', () => {
    const { backend } = subject;
    const weight = backend.zeros([5, 6], 'q_proj');
    expect(() => backend.matmul(backend.zeros([3, 4], 'hidden'), weight, { orientation: 'nt' })).toThrow(
      /matmul nt.*hidden \[3, 4\].*q_proj \[5, 6\]/,
    );
  });

  describe('a freed tensor', () => {
    it.each(USES)('is refused by %s, by name', (_, use) => {
      const { backend } = subject;
      const gone = backend.zeros([4, 4], 'old weights');
      const other = backend.zeros([4, 4], 'other');
      backend.free(gone);
      let error: unknown;
      try {
        use(backend, gone, other, subject.indices([0, 1, 2, 3]));
      } catch (caught) {
        error = caught;
      }
      expect(error).toBeInstanceOf(BackendError);
      expect(String(error)).toContain('old weights');
    });

    it('is refused by read', async () => {
      const gone = subject.backend.zeros([4], 'old weights');
      subject.backend.free(gone);
      await expect(subject.backend.read(gone)).rejects.toThrow(/old weights/);
      await expect(subject.backend.read(gone)).rejects.toThrow(BackendError);
    });

    it('is refused by free when named twice', () => {
      const gone = subject.backend.zeros([4], 'old weights');
      expect(() => subject.backend.free(gone, gone)).toThrow(BackendError);
    });
  });
}
