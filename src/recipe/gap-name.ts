/** Name of a gap and of the new block in it: `6|7`; above the last of `layers` blocks `7|`. */
export function gapName(gap: number, layers = Infinity): string {
  return `${gap}|${gap + 1 < layers ? gap + 1 : ''}`;
}
