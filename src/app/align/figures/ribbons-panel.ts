import { headTint, headsOf } from '../../drawing/heads';
import { PRINT_COLOURS } from '../../drawing/drawing-colours';
import { colourScale } from '../../drawing/scale';
import type { Panel } from '../../figure/figure';
import { COLUMN } from '../../figure/figure';
import type { AppState } from '../../store/app';
import { parentsOf } from '../picture/picture-words';
import { layOutNeurons } from '../ribbons/neuron-layout';
import { ribbonPath } from '../ribbons/ribbon-path';
import { costStrokes, massStrokes } from '../ribbons/strokes';

const HEIGHT = 400;
const TOP = 20;
const SIDE = 62;
const BAR_WIDTH = 8;
/** Width in pixels of one letter of a head's name. */
const LETTER = 5.5;

/** Draws the strongest pairs between two columns of neurons. Undefined if none are on show. */
export function ribbonsPanel(state: AppState): Panel | undefined {
  const { shown } = state.ribbons;
  const { info } = state.model;
  if (shown === undefined || info === undefined) return undefined;
  const { subject, strongest } = shown;
  const heads = headsOf(subject.tensor, info);
  const { order } = state.picture;
  const ordered =
    order?.name === state.view.order &&
    order.subject.tensor === subject.tensor &&
    order.subject.gap === subject.gap
      ? order.order
      : undefined;
  const rows = layOutNeurons(subject.rows, HEIGHT, heads, ordered?.rows);
  const columns = layOutNeurons(subject.columns, HEIGHT, heads, ordered?.columns);
  const span = { left: SIDE + BAR_WIDTH, right: COLUMN - SIDE - BAR_WIDTH };
  const strokes =
    subject.plan === 'none'
      ? costStrokes(strongest.values)
      : massStrokes(
          strongest.values,
          colourScale({ kind: 'plan', low: 0, high: 1 }, subject.rows, { scale: 'log', fit: false }),
        );
  const [previous, next] = parentsOf(state, subject.gap);
  return {
    height: TOP + HEIGHT + 8,
    draw(pen) {
      const title = { size: 10.5, colour: PRINT_COLOURS.text } as const;
      pen.text(span.left, TOP / 2, `block ${previous}`, { ...title, align: 'end' });
      pen.text(span.right, TOP / 2, `block ${next}`, title);
      // Weakest first, so that the strongest lie on top.
      for (const [i, { colour, width }] of [...strokes.entries()].toReversed()) {
        const pair = { row: strongest.rows[i] ?? 0, column: strongest.columns[i] ?? 0 };
        pen.within(0, TOP, () =>
          pen.path(ribbonPath(pair, rows, columns, span), { colour, width }, { opacity: 0.85 }),
        );
      }
      for (const [places, x, align] of [
        [rows, SIDE, 'end'],
        [columns, COLUMN - SIDE - BAR_WIDTH, 'start'],
      ] as const)
        for (const [head, { top, bottom }] of places.segments.entries()) {
          const tint = heads ? headTint(heads, head) : { colour: PRINT_COLOURS.bar, opacity: 1 };
          pen.rect({ x, y: TOP + top, width: BAR_WIDTH, height: bottom - top }, tint.colour, tint.opacity);
          const name = heads?.names(head).find((words) => words.length * LETTER <= SIDE - 6) ?? '';
          pen.text(align === 'end' ? x - 4 : x + BAR_WIDTH + 4, TOP + (top + bottom) / 2, name, {
            size: 9,
            colour: PRINT_COLOURS.muted,
            align,
          });
        }
    },
  };
}
