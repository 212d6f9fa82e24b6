import { PRINT_COLOURS } from '../../drawing/drawing-colours';
import type { SvgPen } from '../../drawing/pen';
import type { Panel } from '../../figure/figure';
import { COLUMN } from '../../figure/figure';
import type { AppState } from '../../store/app';
import { shownHalfStep } from '../../store/derived/half-step';
import type { CurvePoint } from '../../store/state/curves';
import { quantity } from '../../words/numbers';
import { MARGIN, errorCurve, pointCurve, timeAxis } from '../timeline/curve';

const LEFT = 56;
const ROW = 78;
const GAP = 20;
const TICKS = 30;
/** Colours of column and row half-steps, as on the page. */
const COLUMNS = '#a8327d';
const ROWS = '#775f00';

function frame(pen: SvgPen, top: number, title: string, ends: readonly [high: string, low: string]): void {
  const width = COLUMN - LEFT;
  pen.line(LEFT, top + ROW, LEFT + width, top + ROW, { colour: PRINT_COLOURS.line, width: 1 });
  pen.line(LEFT, top, LEFT, top + ROW, { colour: PRINT_COLOURS.line, width: 1 });
  pen.text(LEFT, top - 8, title, { size: 10.5, colour: PRINT_COLOURS.text });
  const style = { size: 9.5, colour: PRINT_COLOURS.muted, align: 'end', mono: true } as const;
  pen.text(LEFT - 5, top + 5, ends[0], style);
  pen.text(LEFT - 5, top + ROW - 5, ends[1], style);
}

/** Axis labels: largest and smallest value of a measure. */
function ends(points: readonly CurvePoint[], measure: 'transportCost' | 'planPerplexity'): [string, string] {
  const values = points.map((point) => point[measure]).filter(Number.isFinite);
  return [quantity(Math.max(...values), 3), quantity(Math.min(...values), 3)];
}

/** Draws error, transport cost and plan perplexity over the half-steps. Undefined if nothing was iterated. */
export function curvesPanel(state: AppState): Panel | undefined {
  const { align, curves, recipe } = state;
  const { result } = align;
  if (result === undefined || result.errors.length < 2) return undefined;
  const { tolerance } = recipe.current.solver;
  const points = curves.key === align.key ? curves.points : [];
  const known = points.length > 1 ? (['transportCost', 'planPerplexity'] as const) : [];
  const axis = timeAxis(result.halfSteps, COLUMN - LEFT);
  const box = { height: ROW };
  const at = shownHalfStep(state);
  const rows = 1 + known.length;
  return {
    height: rows * (ROW + GAP) + TICKS,
    draw(pen) {
      const errors = result.errors
        .map((value, i) => [i, value] as const)
        .filter(([, value]) => Number.isFinite(value));
      const curve = errorCurve(errors, tolerance, axis, box);
      const positive = errors.map(([, value]) => value).filter((value) => value > 0);
      frame(pen, GAP, 'marginal error (L1), log scale', [
        quantity(Math.max(tolerance * 10, ...positive), 1),
        quantity(Math.min(tolerance / 2, ...positive), 1),
      ]);
      const goal = GAP + curve.y(tolerance);
      pen.line(LEFT, goal, COLUMN, goal, { colour: PRINT_COLOURS.muted, width: 0.75, dash: [2, 3] });
      pen.within(LEFT, GAP, () => {
        pen.path(curve.columns, { colour: COLUMNS, width: 1.4 });
        pen.path(curve.rows, { colour: ROWS, width: 1.4 });
      });
      for (const [i, measure] of known.entries()) {
        const top = GAP + (i + 1) * (ROW + GAP);
        const title = measure === 'transportCost' ? 'transport cost Σ T·M' : 'plan perplexity';
        frame(pen, top, title, ends(points, measure));
        pen.within(LEFT, top, () =>
          pen.path(pointCurve(points, measure, axis, box).path, { colour: PRINT_COLOURS.text, width: 1.4 }),
        );
      }
      const bottom = rows * (ROW + GAP);
      const x = LEFT + axis.x(at);
      pen.line(x, GAP, x, bottom, { colour: PRINT_COLOURS.selected, width: 1 });
      for (const halfStep of new Set([0, at, result.halfSteps])) {
        const close = halfStep !== at && Math.abs(axis.x(halfStep) - axis.x(at)) < 24;
        if (!close)
          pen.text(LEFT + axis.x(halfStep), bottom + 9, String(halfStep), {
            size: 9.5,
            colour: halfStep === at ? PRINT_COLOURS.selected : PRINT_COLOURS.muted,
            align: halfStep === result.halfSteps ? 'end' : 'middle',
            mono: true,
          });
      }
      pen.text(LEFT + MARGIN, bottom + 20, 'half-steps;', { size: 9.5, colour: PRINT_COLOURS.muted });
      pen.text(LEFT + MARGIN + 56, bottom + 20, 'columns scaled,', { size: 9.5, colour: COLUMNS });
      pen.text(LEFT + MARGIN + 138, bottom + 20, 'rows scaled', { size: 9.5, colour: ROWS });
    },
  };
}
