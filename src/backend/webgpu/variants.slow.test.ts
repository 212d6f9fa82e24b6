import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { syntheticProblem } from '../../../tests/problem';
import { Random } from '../../../tests/random';
import * as reference from '../../../tests/reference';
import { Subject, type Packable } from '../../../tests/subject';
import { WebGpuBackend } from './backend';
import { openDawn } from './node';
import { TABLE } from './products/table';
import { nameOf, tileOf, type Variant } from './products/variant';

type Form = readonly ['nn' | 'nt' | 'tn', Packable, Packable, 'whole' | 'ragged'];

const FORMS: readonly Form[] = [
  ['nn', 'f32', 'f32', 'whole'],
  ['nt', 'f32', 'bf16', 'whole'],
  ['tn', 'bf16', 'f32', 'ragged'],
  ['nt', 'f16', 'f32', 'ragged'],
  ['tn', 'f32', 'f32', 'whole'],
  ['nn', 'f32', 'bf16', 'ragged'],
];
/** The quickest of the tiles to compile in software, whose text differs from that of the others in numbers only. */
const SMALL: Variant = { machine: 'tiles', tile: [32, 32, 16], block: [4, 4], pad: 4 };
/** Four lanes, because SwiftShader's subgroups have four. */
const IN_SUBGROUPS: Variant = { machine: 'few rows', lanes: 4, subgroups: true };
/** Relative to Σ|a||b|, as in the operation suite. */
const MATMUL = 4e-6;

const openWith = async (variant: Variant): Promise<WebGpuBackend> => {
  const sizes = ['few', 'thin', 'tiny', 'small', 'medium', 'large'] as const;
  return WebGpuBackend.open(await openDawn(), { table: [{ variant, sizes, software: true }] });
};

/** Opens a backend that has only this variant, for the tests of the block it is called in. */
function subjectWith(variant: Variant): Subject {
  const subject = new Subject({ open: () => openWith(variant), toleranceScale: 1 });
  beforeAll(() => subject.start());
  afterAll(() => subject.stop());
  return subject;
}

/** Multiplies matrices somewhat larger than a tile with a bias, into some columns of a wider matrix, adding. */
async function expectProduct(subject: Subject, variant: Variant, form: Form): Promise<void> {
  const [orientation, aType, bType, edges] = form;
  const { backend } = subject;
  const few = variant.machine === 'few rows';
  const more = edges === 'whole' ? 4 : 5;
  const [rows, columns, inner] = [
    few ? more : tileOf(variant)[0] + more,
    tileOf(variant)[1] + more,
    32 + more,
  ];
  const random = new Random(7);
  const a = subject.operand(orientation === 'tn' ? [inner, rows] : [rows, inner], aType);
  const ofB = orientation === 'nt' ? [columns, inner] : [inner, columns];
  const b = subject.operand(ofB, bType, random.normals(columns * inner));
  const bias = subject.operand([columns], bType);
  const into = subject.operand([rows, columns + 2 * more], 'f32');
  const { values, magnitude } = reference.product(orientation, a.values, b.values, rows, columns, inner);
  const old = reference.entries(into.values, columns + 2 * more);
  const inside = (j: number): boolean => j >= more && j < more + columns;
  const sum = (of: Float64Array, i: number, j: number): number =>
    (of[i * columns + j - more] ?? NaN) + (bias.values[j - more] ?? NaN);
  const expected = reference.tabulate(rows, columns + 2 * more, (i, j) =>
    inside(j) ? old(i, j) + sum(values, i, j) : old(i, j),
  );
  const sizes = reference.tabulate(rows, columns + 2 * more, (i, j) =>
    inside(j) ? Math.abs(old(i, j)) + Math.abs(sum(magnitude, i, j)) + 4 : 1,
  );
  const target = { into: into.tensor, columnOffset: more, accumulate: true };
  backend.matmul(a.tensor, b.tensor, { orientation, bias: bias.tensor, ...target });
  await subject.expectClose(into.tensor, expected, { tolerance: MATMUL, magnitude: sizes });
  const used = (backend as WebGpuBackend).choices().map((choice) => choice.variant);
  expect(new Set(used)).toEqual(new Set([nameOf(variant)]));
}

describe('each variant', () => {
  // Few rows are for operands along the sums only.
  const forms = { tiles: FORMS, direct: FORMS, 'few rows': FORMS.slice(1, 2) };
  const variants = TABLE.map(({ variant }) => variant).filter(
    (variant) => variant.machine !== 'few rows' || !variant.subgroups,
  );
  describe.each([...variants, IN_SUBGROUPS].map((variant, i) => [nameOf(variant), variant, i] as const))(
    '%s',
    (_, variant, i) => {
      const subject = subjectWith(variant);
      const form = forms[variant.machine][i % forms[variant.machine].length];
      it('multiplies as the reference does', () => form && expectProduct(subject, variant, form));
    },
  );
});

describe('tiles', () => {
  const subject = subjectWith(SMALL);

  it.each([
    [0, 36, 40, 'f32'],
    [1, 40, 36, 'bf16'],
    [0, 33, 37, 'f16'],
    [1, 37, 33, 'f32'],
  ] as const)('move along axis %i with a plan of %i × %i, %s', async (axis, n, m, dtype) => {
    const problem = syntheticProblem(subject, n, m, 0.7);
    const [band] = problem.bands(1);
    const x = subject.operand(axis === 0 ? [n, 44] : [44, n], dtype);
    const plan = reference.plan(problem);
    const into = subject.backend.zeros(axis === 0 ? [m, 44] : [44, m], 'moved');
    if (band) subject.backend.applyPlan(band, problem.potentials, x.tensor, axis, 2, into);
    const { values, magnitude } =
      axis === 0
        ? reference.product('tn', plan, x.values, m, 44, n)
        : reference.product('nn', x.values, plan, 44, m, n);
    await subject.expectClose(
      into,
      values.map((value) => 2 * value),
      {
        tolerance: 1e-5,
        magnitude: magnitude.map((value) => 2 * value),
      },
    );
  });
});

describe.each([SMALL, { machine: 'direct', block: [4, 4] }] as const)('distances with %o', (variant) => {
  const subject = subjectWith(variant);
  const [n, m, inner] = [37, 36, 28];
  /** Relative to the distance. */
  const tolerance = 8e-6;

  it.each([
    ['differ by a millionth of their length', 1e-6, 0],
    ['lie close together far from zero', 1, 300],
    ['differ by much', 1, 0],
  ])('of rows that %s', async (_, spread, offset) => {
    const random = new Random(3);
    const base = random.normals(inner);
    const near = (rows: number) =>
      random.normals(rows * inner).map((value, at) => spread * value + offset + (base[at % inner] ?? NaN));
    const a = subject.values([n, inner], near(n));
    const b = subject.values([m, inner], near(m));
    const expected = reference.distances(a.values, b.values, n, m, inner);
    const cost = subject.backend.pairwiseDistance(a.tensor, b.tensor, 0, n);
    await subject.expectClose(cost, expected, { tolerance });
  });

  it('is exactly 0 between equal rows among others', async () => {
    const rows = subject.values([n, inner], new Random(5).normals(n * inner)).tensor;
    for (const metric of ['euclidean', 'squared'] as const) {
      const cost = await subject.backend.read(
        subject.backend.pairwiseDistance(rows, rows, 0, n, undefined, { metric, factor: 3 }),
      );
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) expect((cost[i * n + j] ?? NaN) === 0).toBe(i === j);
    }
  });

  it('of unit rows and rows of zeros by their angle', async () => {
    const random = new Random(6);
    const withZeros = (rows: number) =>
      random.normals(rows * inner).map((value, at) => (Math.floor(at / inner) % 3 === 1 ? 0 : value));
    const a = subject.values([n, inner], withZeros(n));
    const b = subject.values([m, inner], withZeros(m));
    const [left, right] = [a, b].map(({ tensor }) => subject.backend.unitRows(tensor));
    if (!left || !right) throw new Error('two matrices of unit rows');
    const cost = subject.backend.pairwiseDistance(left, right, 5, n - 5, undefined, { metric: 'cosine' });
    const expected = reference.cosineDistances(a.values, b.values, n, m, inner).slice(5 * m);
    await subject.expectClose(cost, expected, { tolerance, magnitude: 1 });
  });
});
