import { expect, it } from 'vitest';
import { Random } from '../../../tests/random';
import { OutOfMemoryError } from '../errors';
import { Heap } from './heap';
import { LAYOUT, MAX_PAGES } from './layout';

const make = () => new Heap(new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES }));

it('hands out blocks that do not overlap, and grows for them', () => {
  const heap = make();
  const random = new Random(1);
  const held = new Map<number, number>();
  for (let round = 0; round < 2000; round++) {
    const [choice = 0, size = 0, which = 0] = random.uniforms(3, 0, 1);
    if (choice < 0.6 || held.size === 0) {
      const bytes = 1 + Math.floor(size * 20_000);
      const at = heap.allocate(bytes, 'block');
      expect(at).toBeGreaterThanOrEqual(LAYOUT.heap);
      expect(at % 64).toBe(0);
      expect(at + bytes).toBeLessThanOrEqual(heap.memory.buffer.byteLength);
      const overlaps = [...held].some(([other, length]) => at < other + length && other < at + bytes);
      expect(overlaps).toBe(false);
      held.set(at, bytes);
    } else {
      const at = [...held.keys()][Math.floor(which * held.size)] ?? 0;
      heap.free(at);
      held.delete(at);
    }
  }
  for (const at of held.keys()) heap.free(at);
  expect(heap.allocate(1, 'first again')).toBe(LAYOUT.heap);
});

it('keeps what was written when it grows', () => {
  const heap = make();
  const at = heap.allocate(400, 'small');
  heap.floats(at, 100).fill(7);
  heap.allocate(2 ** 24, 'large');
  expect(heap.floats(at, 100)).toEqual(new Float32Array(100).fill(7));
});

it('refuses what does not fit in 2 GiB by name, and stays usable', () => {
  const heap = make();
  const first = heap.allocate(2 ** 30, 'half of it');
  expect(() => heap.allocate(2 ** 30, 'the other half')).toThrow(OutOfMemoryError);
  expect(() => heap.allocate(2 ** 30, 'the other half')).toThrow(/the other half.*1073741824 bytes/);
  heap.free(first);
  expect(heap.allocate(2 ** 30, 'again')).toBe(first);
});

it('refuses to free an address twice', () => {
  const heap = make();
  const at = heap.allocate(10, 'block');
  heap.free(at);
  expect(() => heap.free(at)).toThrow(RangeError);
});
