import type { CellAddress } from '../../../recipe/view';
import type { DrawingColours } from '../../drawing/axis';
import { drawAxis, drawMass } from '../../drawing/draw-axis';
import { drawCursor, rotaryPartnersOf } from '../../drawing/draw-cursor';
import { geometry } from '../../drawing/geometry';
import type { Layout } from '../../drawing/layout';
import type { Order } from '../../drawing/order';
import type { Pen } from '../../drawing/pen';
import { CanvasPen } from '../../drawing/pen';
import type { Scene } from './scene';

/** Resizes and clears a canvas. Returns a pen that draws in CSS pixels. */
export function resetCanvas(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  ratio: number,
): CanvasPen | undefined {
  const context = canvas.getContext('2d');
  if (context === null) return undefined;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, w, h);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return new CanvasPen(context);
}

/** Draws both axes and both mass bars. */
export function drawAxes(
  pen: Pen,
  { rows, columns, region }: Pick<Scene, 'rows' | 'columns' | 'region'>,
  layout: Layout,
  colours: DrawingColours,
): void {
  drawAxis(pen, 'top', columns, region.columns, layout, colours);
  drawAxis(pen, 'left', rows, region.rows, layout, colours);
  drawMass(pen, 'bottom', columns, region.columns, layout, colours);
  drawMass(pen, 'right', rows, region.rows, layout, colours);
}

/** Draws the cell cursor, if the matrix has this cell. */
export function drawCellCursor(
  pen: Pen,
  { rows, columns, region, subject }: Scene,
  order: Order | undefined,
  cell: CellAddress,
  pinned: boolean,
  layout: Layout,
  colours: DrawingColours,
): void {
  if (cell.row >= subject.rows || cell.column >= subject.columns) return;
  const places = geometry(subject.rows, subject.columns, order);
  const axes = { rows, columns };
  const partner = rotaryPartnersOf(cell, axes, places.placeOf);
  drawCursor(pen, { place: places.placeOf(cell), pinned, partner }, axes, region, layout, colours);
}
