import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { restBetweenTicks } from './ticks';

const before = globalThis.setImmediate;
/** What was asked for at once, and after a rest. */
let soon: (() => void)[] = [];
let later: { callback: () => void; ms: number }[] = [];

beforeEach(() => {
  [soon, later] = [[], []];
  vi.stubGlobal('setImmediate', (callback: (...args: unknown[]) => void, ...args: unknown[]) =>
    soon.push(() => callback(...args)),
  );
  vi.stubGlobal('setTimeout', (callback: () => void, ms: number) => later.push({ callback, ms }));
  restBetweenTicks();
});
afterEach(() => {
  vi.unstubAllGlobals();
  globalThis.setImmediate = before;
});

// Bound, because bound functions call themselves native as Dawn's do.
const native = (body: () => void): (() => void) => body.bind(undefined);

test('the first tick comes at once, and those it asks for after a rest', () => {
  let ticks = 0;
  const tick = native(() => {
    if (++ticks < 3) setImmediate(tick);
  });
  setImmediate(tick);
  expect([soon.length, later.length]).toEqual([1, 0]);
  soon[0]?.();
  expect([soon.length, later.map(({ ms }) => ms)]).toEqual([1, [1]]);
  later[0]?.callback();
  expect([ticks, soon.length, later.length]).toEqual([2, 1, 2]);
  later[1]?.callback();
  expect([ticks, soon.length, later.length]).toEqual([3, 1, 2]);
  // New work is looked at at once again.
  setImmediate(tick);
  expect([soon.length, later.length]).toEqual([2, 2]);
});

test('a tick that throws ends, too', () => {
  setImmediate(
    native(() => {
      throw new Error('lost');
    }),
  );
  expect(soon[0]).toThrow('lost');
  setImmediate(native(() => undefined));
  expect([soon.length, later.length]).toEqual([2, 0]);
});

test('others are called as before, with their arguments', () => {
  const called = vi.fn();
  setImmediate(
    native(() => {
      setImmediate((value: number) => called(value), 3);
    }),
  );
  soon[0]?.();
  expect([soon.length, later.length]).toEqual([2, 0]);
  soon[1]?.();
  expect(called.mock.calls).toEqual([[3]]);
});
