/** Work of an exp, in multiply-adds. */
export const EXP_WORK = 10;

/** Arranges a number of workgroups as a grid whose sides every device allows. */
export function workgroupGrid(groups: number): readonly [number, number] {
  const count = Math.ceil(groups);
  const x = Math.min(count, 32_768);
  return [x, Math.ceil(count / x)];
}
