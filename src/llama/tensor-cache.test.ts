import { describe, expect, it } from 'vitest';
import { CpuBackend } from '../backend/cpu/backend';
import { TensorCache, type TensorGroup } from './tensor-cache';

function setup(budget: number) {
  const backend = new CpuBackend();
  const cache = new TensorCache(backend, budget);
  const loads: string[] = [];
  const acquire = (key: string, signal?: AbortSignal): Promise<TensorGroup> =>
    cache.acquire(
      key,
      16,
      async () => {
        loads.push(key);
        await Promise.resolve();
        signal?.throwIfAborted();
        return new Map([[key, backend.zeros([4], key)]]);
      },
      signal,
    );
  return { backend, cache, loads, acquire };
}

describe('TensorCache', () => {
  it('keeps groups within the budget and drops the one used least recently', async () => {
    const { cache, loads, acquire, backend } = setup(32);
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) {
      await acquire(key);
      cache.release(key);
    }
    // c evicted b (a was used since), so b was read again.
    expect(loads).toEqual(['a', 'b', 'c', 'b']);
    expect(backend.memory().tensors).toBe(2);
    cache.free();
    expect(backend.memory().tensors).toBe(0);
  });

  it('never drops what is in use, and goes back under the budget afterwards', async () => {
    const { cache, acquire, backend } = setup(16);
    const a = await acquire('a');
    await acquire('b');
    expect(backend.memory().tensors).toBe(2);
    expect(await backend.read(a.get('a') ?? backend.zeros([1], ''))).toHaveLength(4);
    cache.release('b');
    expect(backend.memory().tensors).toBe(1);
    expect(await acquire('a')).toBe(a);
    cache.release('a');
    expect(backend.memory().tensors).toBe(1);
    cache.release('a');
    expect(() => cache.release('a')).toThrow(/more often/);
  });

  it('loads once for callers at the same time', async () => {
    const { cache, loads, acquire } = setup(64);
    const [first, second] = await Promise.all([acquire('a'), acquire('a')]);
    expect(first).toBe(second);
    expect(loads).toEqual(['a']);
    cache.release('a');
    cache.release('a');
  });

  it("survives another caller's cancellation, and its own", async () => {
    const { cache, loads, acquire, backend } = setup(64);
    const controller = new AbortController();
    const cancelled = acquire('a', controller.signal);
    const other = acquire('a');
    controller.abort();
    await expect(cancelled).rejects.toThrow('aborted');
    expect((await other).has('a')).toBe(true);
    expect(loads).toEqual(['a', 'a']);
    cache.release('a');
    await expect(acquire('b', controller.signal)).rejects.toThrow('aborted');
    cache.free();
    expect(backend.memory().tensors).toBe(0);
  });

  it('frees a group whose load ends after the cache was freed', async () => {
    const { cache, acquire, backend } = setup(64);
    const late = acquire('a');
    cache.free();
    await expect(late).rejects.toThrow(/freed/);
    await expect(acquire('b')).rejects.toThrow(/freed/);
    expect(backend.memory().tensors).toBe(0);
    cache.release('a');
  });
});
