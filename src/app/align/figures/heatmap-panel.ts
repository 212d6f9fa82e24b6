import { drawCells } from '../../drawing/cells';
import type { ColourScale } from '../../drawing/colours';
import { hexOf, colourOf, valueAt } from '../../drawing/colours';
import { PRINT_COLOURS } from '../../drawing/drawing-colours';
import { layoutOf } from '../../drawing/layout';
import type { SvgPen } from '../../drawing/pen';
import { ticksOf } from '../../drawing/scale';
import { unitOf } from '../../drawing/units';
import type { Panel } from '../../figure/figure';
import { COLUMN } from '../../figure/figure';
import type { AppState } from '../../store/app';
import { shownOrder } from '../../store/derived/requested-picture';
import { quantity } from '../../words/numbers';
import { drawAxes, drawCellCursor } from '../picture/draw-pane';
import type { PaneName, Scene } from '../picture/scene';
import { SceneBuilder } from '../picture/scene';

/** Minimum side of the raster in pixels, because some SVG viewers smooth an enlarged raster. */
const RASTER = 1024;
/** Raster pixels per line of one CSS pixel. Paper shows finer lines than a screen. */
const LINE_PIXELS = 2;
const LEGEND = 42;
const HEAD = 16;

/** Side of the raster: a whole number of pixels per cell if the window is the whole matrix. */
function rasterSide({ region, subject }: Scene): number {
  const rows = region.rows.end - region.rows.start;
  const cells = rows === subject.rows ? Math.max(subject.rows, subject.columns) : RASTER;
  return cells >= RASTER ? RASTER : Math.ceil(RASTER / cells) * cells;
}

function drawLegend(
  pen: SvgPen,
  scale: ColourScale,
  unit: string,
  left: number,
  width: number,
  top: number,
): void {
  const steps = 128;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [steps, 1];
  const context = canvas.getContext('2d');
  if (context !== null) {
    for (let i = 0; i < steps; i++) {
      context.fillStyle = hexOf(colourOf(scale, valueAt(scale, i / (steps - 1))));
      context.fillRect(i, 0, 1, 1);
    }
    pen.image(canvas, { x: left, y: top, width, height: 7 });
  }
  for (const { value, t } of ticksOf(scale, 5)) {
    const x = left + t * width;
    pen.line(x, top + 7, x, top + 10, { colour: PRINT_COLOURS.muted, width: 1 });
    pen.text(x, top + 16, quantity(value, 2), {
      size: 9.5,
      colour: PRINT_COLOURS.muted,
      align: 'middle',
      mono: true,
    });
  }
  const byRow = scale.byRow ? ' / largest of the row' : '';
  const kind = scale.kind === 'linear' ? 'linear' : 'log';
  pen.text(left + width / 2, top + 27, `${unit}${byRow}, ${kind} scale`, {
    size: 9.5,
    colour: PRINT_COLOURS.text,
    align: 'middle',
  });
}

/** Draws one pane with its window, order and colours. Undefined while it has no picture. */
export function heatmapPanel(state: AppState, pane: PaneName, head: string): Panel | undefined {
  const scene = new SceneBuilder(pane).build(state);
  if (scene === undefined) return undefined;
  const layout = layoutOf({ width: COLUMN, height: 10 * COLUMN }, scene, 1);
  const above = head === '' ? 0 : HEAD;
  const order = shownOrder(state, pane);
  return {
    height: above + layout.top + layout.side + layout.bottom + LEGEND,
    draw(pen) {
      const canvas = document.createElement('canvas');
      const side = rasterSide(scene);
      [canvas.width, canvas.height] = [side, side];
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('The browser gave no canvas to draw the cells on.');
      drawCells(context, scene, side, LINE_PIXELS);
      const placed = { ...layout, top: layout.top + above };
      pen.image(canvas, { x: layout.left, y: placed.top, width: layout.side, height: layout.side });
      pen.frame(
        { x: layout.left, y: placed.top, width: layout.side, height: layout.side },
        { colour: PRINT_COLOURS.muted, width: 0.5 },
      );
      drawAxes(pen, scene, placed, PRINT_COLOURS);
      if (state.view.cell) drawCellCursor(pen, scene, order, state.view.cell, true, placed, PRINT_COLOURS);
      if (head !== '')
        pen.text(layout.left, HEAD / 2, head, { size: 11.5, colour: PRINT_COLOURS.text, bold: true });
      const top = placed.top + layout.side + layout.bottom + 4;
      drawLegend(pen, scene.scale, unitOf(scene.kind, scene.scale), layout.left, layout.side, top);
    },
  };
}
