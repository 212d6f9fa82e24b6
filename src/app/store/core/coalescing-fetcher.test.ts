import { describe, expect, it } from 'vitest';
import { LruCache } from './lru-cache';
import { CoalescingFetcher } from './coalescing-fetcher';

describe('a pump', () => {
  it('has one request in flight and then takes only the latest wish', async () => {
    const asked: number[] = [];
    const release: (() => void)[] = [];
    const settled: unknown[] = [];
    const fetcher = new CoalescingFetcher<number, number>(
      async (request) => {
        asked.push(request);
        await new Promise<void>((resolve) => release.push(resolve));
        if (request === 4) throw new Error('no four');
        return request * 10;
      },
      (_, result, error) => settled.push(result ?? (error as Error).message),
    );
    for (const wish of [1, 2, 3, 4]) fetcher.request(wish);
    expect(asked).toEqual([1]);
    release.shift()?.();
    await expect.poll(() => asked).toEqual([1, 4]);
    fetcher.request(5);
    fetcher.request(undefined);
    release.shift()?.();
    await expect.poll(() => settled).toEqual([10, 'no four']);
    expect(asked).toEqual([1, 4]);
    expect(fetcher.running).toBeUndefined();
  });
});

describe('the cache', () => {
  it('drops the least recently used beyond its size and keeps at least one', () => {
    const cache = new LruCache<string>(10);
    cache.set('a', 'A', 4);
    cache.set('b', 'B', 4);
    cache.get('a');
    cache.set('c', 'C', 4);
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual(['A', undefined, 'C']);
    cache.set('huge', 'H', 100);
    expect([cache.size, cache.get('huge')]).toEqual([1, 'H']);
    cache.set('a', 'A', 4);
    expect([cache.size, cache.get('a')]).toEqual([1, 'A']);
  });
});
