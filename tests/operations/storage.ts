import { expect, it } from 'vitest';
import { BackendError } from '../../src/backend/errors';
import { Scope } from '../../src/backend/scope';
import type { Subject } from '../subject';
import { PACKABLE } from '../subject';

/** f16 bit patterns and their values: zero, least and largest subnormal, least normal, one, largest, infinity. */
const HALVES = [
  [0x0000, 0],
  [0x0001, 2 ** -24],
  [0x83ff, -1023 * 2 ** -24],
  [0x0400, 2 ** -14],
  [0x3c00, 1],
  [0xfbff, -65504],
  [0x7c00, Infinity],
] as const;

export function storageSuite(subject: Subject): void {
  it.each(PACKABLE)('reads back what was uploaded as %s, from bytes at any offset', async (dtype) => {
    const { tensor, values } = subject.operand([7, 33], dtype);
    expect(tensor.bytes).toBe(231 * (dtype === 'f32' ? 4 : 2));
    expect([...(await subject.backend.read(tensor))]).toEqual([...values]);

    const raw = new Uint8Array([9, 9, 9, 0, 0, 0x80, 0x3f, 9]);
    const shifted = raw.subarray(3, 7);
    const shape = dtype === 'f32' ? [1] : [2];
    const expected = { f32: [1], bf16: [0, 1], f16: [0, 1.875] }[dtype];
    await subject.expectExactly(subject.backend.upload(shifted, shape, dtype, 'shifted'), expected);
  });

  it('decodes the corners of f16', async () => {
    const bits = Uint16Array.from(HALVES, ([pattern]) => pattern);
    const values = HALVES.map(([, value]) => value);
    const tensor = subject.backend.upload(new Uint8Array(bits.buffer), [7], 'f16', 'corners');
    await subject.expectExactly(tensor, values);
    await subject.expectExactly(
      subject.backend.gather(tensor, subject.indices([0, 1, 2, 3, 4, 5])),
      values.slice(0, 6),
    );
  });

  it('reads u32 as numbers and takes them as values or bytes', async () => {
    const numbers = [0, 1, 2 ** 24 - 1, 65_536];
    await subject.expectExactly(subject.indices(numbers), numbers);
    const bytes = new Uint8Array(Uint32Array.from(numbers).buffer);
    await subject.expectExactly(subject.backend.upload(bytes, [4], 'u32', 'bytes'), numbers);
  });

  it('makes zeros and overwrites values', async () => {
    const { backend } = subject;
    const tensor = backend.zeros([3, 2], 'zeros');
    expect(tensor.dtype).toBe('f32');
    await subject.expectExactly(tensor, [0, 0, 0, 0, 0, 0], [3, 2]);
    backend.write(tensor, Float32Array.of(1, 2, 3, 4, 5, 6.5));
    await subject.expectExactly(tensor, [1, 2, 3, 4, 5, 6.5]);
    const index = subject.indices([1, 2]);
    backend.write(index, Uint32Array.of(4, 3));
    await subject.expectExactly(index, [4, 3]);
  });

  it('keeps its own copy of what it was given', async () => {
    const { backend } = subject;
    const data = Float32Array.of(1, 2, 3);
    const tensor = backend.upload(data, [3], 'f32', 'copied');
    data.fill(9);
    await subject.expectExactly(tensor, [1, 2, 3]);
    data.set([4, 5, 6]);
    backend.write(tensor, data);
    data.fill(9);
    await subject.expectExactly(tensor, [4, 5, 6]);
    const picks = Uint32Array.of(1, 2);
    const index = backend.upload(picks, [2], 'u32', 'copied');
    picks.fill(9);
    await subject.expectExactly(index, [1, 2]);
  });

  it('copies rows to an offset and leaves the others', async () => {
    const { backend } = subject;
    const target = subject.values([5, 3], new Float64Array(15).fill(-1)).tensor;
    const source = subject.values([2, 3], Float64Array.of(1, 2, 3, 4, 5, 6)).tensor;
    backend.copyRows(source, target, 2);
    await subject.expectExactly(target, [-1, -1, -1, -1, -1, -1, 1, 2, 3, 4, 5, 6, -1, -1, -1]);
  });

  it('accounts for every tensor and returns to its baseline', async () => {
    const { backend } = subject;
    await backend.settle();
    const before = backend.memory();
    const a = subject.operand([33, 7], 'bf16').tensor;
    const b = subject.operand([33, 7]).tensor;
    const held = backend.memory();
    expect(held.tensors).toBe(before.tensors + 2);
    expect(held.bytes - before.bytes).toBeGreaterThanOrEqual(a.bytes + b.bytes);
    const c = backend.matmul(a, b, { orientation: 'nt' });
    const d = backend.maxAbsDifference(a, b);
    const e = backend.extent(c);
    const gain = subject.operand([7], 'f16').tensor;
    const f = backend.rmsNorm(a, gain, 1e-5);
    expect(backend.memory().tensors).toBe(before.tensors + 7);
    await backend.read(d);
    const peak = backend.memory().bytes;
    backend.free(a, b, c, d, e);
    backend.free(f, gain);
    await backend.settle();
    const after = backend.memory();
    expect(after.tensors).toBe(before.tensors);
    expect(after.bytes).toBe(before.bytes);
    expect(after.peakBytes).toBeGreaterThanOrEqual(peak);
  });

  it('counts memory as what its owner says it is for, until it is freed', async () => {
    const { backend } = subject;
    const before = backend.memory();
    const scope = new Scope(backend, 'activations');
    const a = scope.own(subject.backend.zeros([64, 64], 'a'));
    const b = backend.countAs('costs', backend.pairwiseDistance(a, a, 0, 64));
    const { byKind, bytes } = backend.memory();
    const grown = byKind.costs - before.byKind.costs;
    expect(grown).toBeGreaterThanOrEqual(b.bytes);
    expect(byKind.activations - before.byKind.activations).toBeGreaterThanOrEqual(a.bytes);
    expect(byKind.other).toBe(before.byKind.other);
    expect(Object.values(byKind).reduce((sum, part) => sum + part)).toBe(bytes);
    const { peakBytes, peakByKind } = backend.memory();
    expect(Object.values(peakByKind).reduce((sum, part) => sum + part)).toBe(peakBytes);
    backend.countAs('plans', b);
    expect(backend.memory().byKind.costs).toBe(before.byKind.costs);
    expect(backend.memory().byKind.plans).toBe(before.byKind.plans + grown);
    scope.free();
    backend.free(b);
    expect(backend.memory().byKind).toEqual(before.byKind);
    expect(() => backend.countAs('costs', b)).toThrow(BackendError);
  });

  it('counts nothing for operations that were refused or that write into their target', () => {
    const { backend } = subject;
    const a = subject.operand([7, 7]).tensor;
    const into = backend.zeros([7, 7], 'into');
    const before = backend.memory();
    backend.matmul(a, a, { into });
    backend.pairwiseDistance(a, a, 0, 7, into);
    expect(() => backend.matmul(a, subject.indices([1]))).toThrow(BackendError);
    expect(backend.memory().tensors).toBe(before.tensors + 1);
  });

  it('reads what was there when it was asked, though the tensor is freed and its storage reused at once', async () => {
    const { backend } = subject;
    const { tensor, values } = subject.operand([129]);
    const doubled = backend.weightedSum(tensor, 2);
    const reading = backend.read(doubled);
    backend.free(tensor, doubled);
    backend.write(backend.zeros([129], 'next'), new Float32Array(129).fill(7));
    expect(await reading).toEqual(Float32Array.from(values, (x) => 2 * x));
  });

  it('frees what a scope owns, and not what it released', async () => {
    const { backend } = subject;
    const before = backend.memory().tensors;
    const scope = new Scope(backend);
    const first = scope.own(backend.zeros([3], 'first'));
    const second = scope.own(backend.zeros([3], 'second'));
    const kept = scope.release(scope.own(backend.zeros([3], 'kept')));
    scope.free(first);
    scope.free(first);
    expect(backend.memory().tensors).toBe(before + 2);
    scope.free();
    scope.free();
    expect(backend.memory().tensors).toBe(before + 1);
    await expect(backend.read(second)).rejects.toThrow(BackendError);
    await subject.expectExactly(kept, [0, 0, 0]);
    backend.free(kept);
  });

  it('describes itself', () => {
    const { info } = subject.backend;
    expect(['webgpu', 'cpu']).toContain(info.kind);
    expect(info.description).not.toBe('');
    expect(info.maxTensorBytes).toBeGreaterThanOrEqual(2 ** 27);
  });

  it('refuses everything once disposed', async () => {
    const other = await subject.open();
    const tensor = other.zeros([3], 'gone');
    other.dispose();
    expect(() => other.zeros([3], 'late')).toThrow(BackendError);
    expect(() => other.extent(tensor)).toThrow(BackendError);
    await expect(other.read(tensor)).rejects.toThrow(BackendError);
    await expect(other.settle()).rejects.toThrow(BackendError);
  });
}
