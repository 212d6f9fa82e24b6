/**
 * Returns the points, out of `count` from 0 on, at which a test lets something fail, spread from the first to the last: in
 * `npm run faults` all of them or `most`, else `few`; of one point the middle.
 */
export function points(count: number, few: number, most = Infinity): number[] {
  const wanted = Math.min(count, process.env['FAULTS'] === 'all' ? most : few);
  if (wanted === 1) return [Math.floor(count / 2)];
  return Array.from({ length: wanted }, (_, i) => Math.round((i * (count - 1)) / (wanted - 1)));
}
