import { expect } from 'vitest';

/** Set once per process: test files share processes, and testers would be added again for each. */
const ADDED = Symbol.for('interlayer.equal-bytes');

/**
 * Lets `toEqual` take two typed arrays with the same bytes for equal at once. It looks at every index as a property otherwise, which
 * takes seven seconds for a million numbers. Arrays with other bytes are compared and shown as before.
 */
function haveEqualBytes(a: unknown, b: unknown): true | undefined {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b)) return undefined;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return undefined;
  const [left, right] = [a, b].map((x) => Buffer.from(x.buffer, x.byteOffset, x.byteLength));
  return left !== undefined && right !== undefined && left.equals(right) ? true : undefined;
}

if (!(ADDED in globalThis)) {
  Object.assign(globalThis, { [ADDED]: true });
  expect.addEqualityTesters([haveEqualBytes]);
}
