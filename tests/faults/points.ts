/**
 * Returns the points, out of `count` from 0 on, at which a test lets something fail: all of them in `npm run faults`, else `few`,
 * spread from the first to the last, or the middle one.
 */
export function points(count: number, few: number): number[] {
  const all = Array.from({ length: count }, (_, i) => i);
  if (process.env['FAULTS'] === 'all' || count <= few) return all;
  return few === 1
    ? [Math.floor(count / 2)]
    : Array.from({ length: few }, (_, i) => Math.round((i * (count - 1)) / (few - 1)));
}
