import { curveBundle, line, linkHorizontal } from 'd3-shape';
import type { Places } from './places';

type Point = [number, number];

/** How near to its head's middle a ribbon comes on its way; 1 would draw all of a head's as one. */
const TOGETHER = 0.8;
const bundled = line<Point>().curve(curveBundle.beta(0.92));
const plain = linkHorizontal<unknown, { source: Point; target: Point }, Point>()
  .x((point) => point[0])
  .y((point) => point[1]);

/**
 * The path of the ribbon of a pair, as SVG. Between neurons of heads it runs through the middles of both heads, so that the
 * ribbons of two heads lie in one bundle.
 */
export function ribbonPath(
  pair: { readonly row: number; readonly column: number },
  rows: Places,
  columns: Places,
  { left, right }: { readonly left: number; readonly right: number },
): string {
  const [from, to] = [rows.y(pair.row), columns.y(pair.column)];
  if (rows.head(pair.row) === undefined && columns.head(pair.column) === undefined)
    return plain({ source: [left, from], target: [right, to] }) ?? '';
  const width = right - left;
  const near = (own: number, middle: number) => own + (middle - own) * TOGETHER;
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
