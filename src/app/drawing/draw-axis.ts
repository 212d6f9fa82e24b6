import type { Axis, DrawingColours } from './axis';
import { tickStep } from './axis';
import type { Heads } from './heads';
import { headTint } from './heads';
import type { Layout } from './layout';
import { BAND, MASS, MASS_GAP, TITLE, numberDepth } from './layout';
import type { Box, Pen, TextStyle } from './pen';
import type { Range } from './window';

const NUMBER_SIZE = 10.5;
const TICK = 3;
const DIGIT = 6.3;
/** Mass at full bar length; 1 is a met marginal. */
const MASS_LIMIT = 2;

/**
 * Coordinates of an axis: `along` it from the picture's corner, and `out` away from the picture, so that the left and the
 * top axis share their drawing code.
 */
interface Edge {
  readonly side: 'left' | 'top';
  box(along: number, out: number, length: number, depth: number): Box;
  text(along: number, out: number, words: string, style: TextStyle): void;
  tick(along: number, out: number, length: number, colour: string): void;
}

function edgeOf(pen: Pen, side: 'left' | 'top', { left, top }: Layout): Edge {
  const box = (along: number, out: number, length: number, depth: number): Box =>
    side === 'top'
      ? { x: left + along, y: top - out - depth, width: length, height: depth }
      : { x: left - out - depth, y: top + along, width: depth, height: length };
  return {
    side,
    box,
    text: (along, out, words, style) =>
      side === 'top'
        ? pen.text(left + along, top - out, words, style)
        : pen.text(left - out, top + along, words, style),
    tick(along, out, length, colour) {
      const { x, y } = box(along, out, 0, length);
      const style = { colour, width: 1 };
      if (side === 'top') pen.line(x, y, x, y + length, style);
      else pen.line(x, y, x + length, y, style);
    },
  };
}

/** Draws title, band of heads and indices of one axis, for the visible places. */
export function drawAxis(
  pen: Pen,
  side: 'left' | 'top',
  axis: Axis,
  region: Range,
  layout: Layout,
  colours: DrawingColours,
): void {
  const edge = edgeOf(pen, side, layout);
  const band = axis.heads ? BAND : 0;
  if (axis.heads) drawBand(pen, edge, axis, axis.heads, region, layout.side, colours);
  const per = layout.side / (region.end - region.start);
  const label = side === 'top' ? String(axis.size - 1).length * DIGIT + 8 : NUMBER_SIZE + 5;
  const step = tickStep(per, label);
  for (let place = Math.ceil(region.start / step) * step; place < region.end; place += step) {
    const along = (place + 0.5 - region.start) * per;
    if (along < 0 || along > layout.side) continue;
    edge.tick(along, band + 1, TICK, colours.muted);
    const words = String(axis.order?.[place] ?? place);
    const style = { size: NUMBER_SIZE, colour: colours.muted, mono: true } as const;
    if (side === 'top') edge.text(along, band + TICK + 7, words, { ...style, align: 'middle' });
    else edge.text(along, band + TICK + 4, words, { ...style, align: 'end' });
  }
  const out = band + numberDepth(side, axis.size) + TITLE / 2;
  edge.text(layout.side / 2, out, axis.title, {
    size: 11.5,
    colour: colours.text,
    align: 'middle',
    turned: side === 'left',
  });
}

/** Draws the band that shows the head of each place; by index, whole heads with their names. */
function drawBand(
  pen: Pen,
  edge: Edge,
  axis: Axis,
  heads: Heads,
  region: Range,
  side: number,
  colours: DrawingColours,
): void {
  const per = side / (region.end - region.start);
  const tinted = (from: number, to: number, head: number) => {
    const start = Math.max(0, (from - region.start) * per);
    const end = Math.min(side, (to - region.start) * per);
    if (end <= start) return;
    const { colour, opacity } = headTint(heads, head);
    pen.rect(edge.box(start, 2, end - start, BAND - 3), colour, opacity);
    return { start, end };
  };
  if (axis.order) {
    // At most one piece per pixel.
    const step = Math.max(1, Math.floor(1 / per));
    for (let place = Math.floor(region.start); place < region.end; place += step)
      tinted(place, place + step, Math.floor((axis.order[place] ?? 0) / heads.headDim));
    return;
  }
  for (let head = 0; head < heads.count; head++) {
    const shown = tinted(head * heads.headDim, (head + 1) * heads.headDim, head);
    if (shown === undefined) continue;
    const room = shown.end - shown.start;
    const name = heads.names(head).find((words) => words.length * 5.8 + 8 <= room);
    if (name !== undefined)
      edge.text((shown.start + shown.end) / 2, 2 + (BAND - 3) / 2, name, {
        size: 10,
        colour: colours.text,
        align: 'middle',
        turned: edge.side === 'left',
      });
  }
}

/**
 * Draws masses as bars beside the picture. Full length is mass 2; the line in the middle is 1, a met marginal. Neurons that
 * share a pixel are averaged.
 */
export function drawMass(
  pen: Pen,
  side: 'right' | 'bottom',
  { mass, justScaled }: Axis,
  region: Range,
  layout: Layout,
  colours: DrawingColours,
): void {
  if (mass === undefined) return;
  const x = layout.left + (side === 'right' ? layout.side + MASS_GAP : 0);
  const y = layout.top + (side === 'bottom' ? layout.side + MASS_GAP : 0);
  const seen = region.end - region.start;
  const per = layout.side / seen;
  const step = Math.max(1, Math.ceil(1 / per));
  const space = per >= 3 ? 1 : 0;
  const bar = justScaled ? (side === 'right' ? colours.rowsScaled : colours.columnsScaled) : colours.bar;
  for (let place = Math.floor(region.start); place < region.end; place += step) {
    let sum = 0;
    let count = 0;
    for (let i = place; i < Math.min(place + step, mass.length); i++, count++) sum += mass[i] ?? 0;
    const from = Math.max(0, (place - region.start) * per);
    const to = Math.min(layout.side, (place + step - region.start) * per);
    const depth = (Math.min(MASS_LIMIT, sum / Math.max(1, count)) * MASS) / MASS_LIMIT;
    const length = Math.max(0.5, to - from - space);
    pen.rect(
      side === 'right'
        ? { x, y: y + from, width: depth, height: length }
        : { x: x + from, y, width: length, height: depth },
      bar,
    );
  }
  const one = MASS / MASS_LIMIT;
  const style = { colour: colours.muted, width: 1 };
  if (side === 'right') pen.line(x + one, y, x + one, y + layout.side, style);
  else pen.line(x, y + one, x + layout.side, y + one, style);
}
