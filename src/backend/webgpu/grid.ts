/** Edge of the square one 8 × 8 workgroup of 4 × 4 register tiles covers. */
export const TILE = 32;
/** Rows one workgroup takes where eight lanes share a row. */
export const ROWS = 8;
/** Work of an exp, in multiply-adds. */
export const EXP_WORK = 10;

/** A number of workgroups as a grid no side of which exceeds what every device allows. */
export function workgroupGrid(groups: number): readonly [number, number] {
  const count = Math.ceil(groups);
  const x = Math.min(count, 32_768);
  return [x, Math.ceil(count / x)];
}
