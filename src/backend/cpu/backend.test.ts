import { describe, expect, it } from 'vitest';
import { Random } from '../../../tests/random';
import * as reference from '../../../tests/reference';
import { Subject } from '../../../tests/subject';
import { BackendError } from '../errors';
import { CpuBackend } from './backend';

/** Rows, columns and inner size, larger than one block of the matrix product. Up to three rows use another code path. */
const SIZES = [
  [1, 130, 1100],
  [3, 65, 513],
  [6, 131, 1025],
  [70, 66, 1030],
] as const;

const open = async () => new CpuBackend();

async function start(): Promise<Subject> {
  const subject = new Subject({ open, toleranceScale: 1e-7 });
  await subject.start();
  return subject;
}

describe.each(['nn', 'nt', 'tn'] as const)('matmul %s over several blocks', (orientation) => {
  it.each(SIZES)('%i × %i over %i', async (rows, columns, inner) => {
    const subject = await start();
    const random = new Random(inner);
    const left = random.normals(rows * inner);
    const right = random.normals(columns * inner);
    const aShape = orientation === 'tn' ? [inner, rows] : [rows, inner];
    const bShape = orientation === 'nt' ? [columns, inner] : [inner, columns];
    for (const make of [subject.operand.bind(subject), undefined]) {
      const a = subject.values(aShape, left);
      const b = make ? make(bShape, 'f32', right) : subject.values(bShape, right);
      const expected = reference.product(orientation, a.values, b.values, rows, columns, inner);
      const result = subject.backend.matmul(a.tensor, b.tensor, { orientation });
      await subject.expectClose(result, expected.values, {
        tolerance: 1e-5,
        magnitude: expected.magnitude,
      });
    }
  });
});

describe('precision', () => {
  it('keeps float64 from one operation to the next', async () => {
    const { backend } = await start();
    const one = backend.upload(Float32Array.of(1), [1], 'f32', 'one');
    const third = backend.weightedSum(one, 1 / 3);
    const rest = await backend.read(backend.weightedSum(third, 3, one, -1));
    expect(Math.abs(rest[0] ?? NaN)).toBeLessThan(1e-15);
  });

  it('widens bytes that are written to, and counts that', async () => {
    const { backend } = await start();
    const before = backend.memory().bytes;
    const bytes = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
    const tensor = backend.upload(bytes, [1, 4], 'f32', 'from a file');
    expect(backend.memory().bytes - before).toBe(16);
    const row = backend.upload(Float32Array.of(1e-9), [1, 1], 'f32', 'small');
    const ones = backend.upload(Float32Array.of(1, 1, 1, 1), [1, 4], 'f32', 'ones');
    backend.matmul(row, ones, { into: tensor, accumulate: true });
    const difference = backend.weightedSum(tensor, 1, backend.upload(bytes, [1, 4], 'f32', 'old'), -1);
    for (const value of await backend.read(difference)) expect(Math.abs(value - 1e-9)).toBeLessThan(1e-14);
    backend.free(row, ones, difference, tensor);
    expect(backend.memory().bytes - before).toBe(16);
  });
});

it('refuses tensors of another backend', async () => {
  const [first, second] = [new CpuBackend(), new CpuBackend()];
  const foreign = first.zeros([2, 2], 'theirs');
  expect(() => second.extent(foreign)).toThrow(BackendError);
  const imitation = { shape: [2], dtype: 'f32', label: 'copied', bytes: 8 } as const;
  expect(() => second.extent(imitation)).toThrow(/copied/);
});

it('lets messages through when it settles after long work, and only then', async () => {
  const backend = new CpuBackend();
  const { port1, port2 } = new MessageChannel();
  let arrived = 0;
  port1.onmessage = () => arrived++;
  await new Promise((resolve) => setTimeout(resolve, 20));
  await backend.settle();

  port2.postMessage('at once');
  await backend.settle();
  expect(arrived).toBe(0);

  const end = performance.now() + 20;
  while (performance.now() < end);
  await backend.settle();
  expect(arrived).toBe(1);
  port1.close();
});
