import { curveBundle, line, linkHorizontal } from 'd3-shape';
import type { NeuronLayout } from './neuron-layout';

type Point = [number, number];

/** How far ribbons are pulled to the middle of their head: 0 not at all, 1 into one line. */
const BUNDLING = 0.8;
const bundled = line<Point>().curve(curveBundle.beta(0.92));
const plain = linkHorizontal<unknown, { source: Point; target: Point }, Point>()
  .x((point) => point[0])
  .y((point) => point[1]);

/**
 * SVG path of a pair's ribbon. If the neurons belong to heads it bends towards the middles of both heads, so that the
 * ribbons between two heads form a bundle.
 */
export function ribbonPath(
  pair: { readonly row: number; readonly column: number },
  rows: NeuronLayout,
  columns: NeuronLayout,
  { left, right }: { readonly left: number; readonly right: number },
): string {
  const [from, to] = [rows.y(pair.row), columns.y(pair.column)];
  if (rows.head(pair.row) === undefined && columns.head(pair.column) === undefined)
    return plain({ source: [left, from], target: [right, to] }) ?? '';
  const width = right - left;
  const near = (own: number, middle: number) => own + (middle - own) * BUNDLING;
  return (
    bundled([
      [left, from],
      [left + 0.1 * width, from],
      [left + 0.34 * width, near(from, rows.bundle(pair.row))],
      [right - 0.34 * width, near(to, columns.bundle(pair.column))],
      [right - 0.1 * width, to],
      [right, to],
    ]) ?? ''
  );
}
