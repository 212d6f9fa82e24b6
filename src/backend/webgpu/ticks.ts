/** Milliseconds between two ticks of Dawn that wait for the same work. */
const REST_MS = 1;
const NATIVE = 'function () { [native code] }';

/** True for functions without a name that are not written in JavaScript, as Dawn's are. */
const isNative = (callback: unknown): boolean => Function.prototype.toString.call(callback) === NATIVE;

/**
 * Lets Dawn rest between its ticks, in which it asks its driver whether work is done. It calls the global `setImmediate` for each,
 * a hundred thousand times a second, which takes a core from a driver that computes on the same cores: one with software alone.
 * The first tick after a call comes at once, as before.
 */
export function restBetweenTicks(): void {
  const { setImmediate: soon, setTimeout: later } = globalThis;
  let inTick = false;
  const rested = (callback: (...args: unknown[]) => void, ...args: unknown[]): unknown => {
    if (!isNative(callback)) return soon(callback, ...args);
    const tick = (): void => {
      inTick = true;
      try {
        callback(...args);
      } finally {
        inTick = false;
      }
    };
    return inTick ? later(tick, REST_MS) : soon(tick);
  };
  globalThis.setImmediate = Object.defineProperties(
    rested,
    Object.getOwnPropertyDescriptors(soon),
  ) as typeof setImmediate;
}
