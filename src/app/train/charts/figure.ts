import { armStyle } from '../../drawing/arm-colours';
import { PRINT_COLOURS } from '../../drawing/drawing-colours';
import type { Figure, FigureText, Measure, Panel } from '../../figure/figure';
import { COLUMN, figure } from '../../figure/figure';
import type { Race } from '../../store/state/race';
import type { ArmCurves, RaceMeasure, RaceUnit } from './curves';
import { RACE_MEASURES, raceCurves } from './curves';
import { domainOf, MEASURE_TITLES, plotOf, UNIT_WORDS } from './plot';

const LEFT = 36;
const TOP = 18;
const PLOT = 104;
const TICKS = 18;
const ROW = 13;

const small = { size: 8.5, colour: PRINT_COLOURS.muted } as const;

/** Draws one measure of all arms. Undefined if no point has a value. */
function lossPanel(curves: readonly ArmCurves[], measure: RaceMeasure): Panel | undefined {
  const domain = domainOf(curves, measure, 'all');
  if (domain === undefined) return undefined;
  const plot = plotOf(domain, COLUMN - LEFT - 8, PLOT);
  return {
    height: TOP + PLOT + TICKS,
    draw(pen) {
      pen.text(LEFT, 8, MEASURE_TITLES[measure], { size: 10.5, colour: PRINT_COLOURS.text });
      pen.within(LEFT, TOP, () => {
        const width = COLUMN - LEFT - 8;
        for (const { at, label } of plot.yTicks) {
          pen.line(0, at, width, at, { colour: PRINT_COLOURS.line, width: 0.4 });
          pen.text(-5, at, label, { ...small, align: 'end' });
        }
        for (const { at, label } of plot.xTicks) {
          pen.line(at, PLOT, at, PLOT + 3, { colour: PRINT_COLOURS.line, width: 0.75 });
          pen.text(at, PLOT + 10, label, { ...small, align: 'middle' });
        }
        pen.line(0, PLOT, width, PLOT, { colour: PRINT_COLOURS.line, width: 0.75 });
        for (const { index, points } of curves) {
          const band = plot.band(points[measure]);
          const { colour } = armStyle(index);
          if (band) pen.path(band, { colour: 'none', width: 0 }, { fill: colour, opacity: 0.12 });
        }
        for (const { index, points } of curves) {
          const path = plot.line(points[measure]);
          if (path) pen.path(path, { ...armStyle(index), width: 1.1 });
        }
      });
    },
  };
}

/** Draws the unit of the x axes, then the legend of arms, in two columns if the titles are short enough. */
function legendPanel(curves: readonly ArmCurves[], unit: RaceUnit, measure: Measure): Panel {
  const longest = Math.max(0, ...curves.map(({ title }) => measure(title, small.size)));
  const columns = longest < COLUMN / 2 - 40 ? 2 : 1;
  const rows = Math.ceil(curves.length / columns);
  return {
    height: 16 + rows * ROW,
    draw(pen) {
      pen.text(COLUMN - 8, 5, `${UNIT_WORDS[unit]}; nats per token`, { ...small, align: 'end' });
      for (const [i, { index, title }] of curves.entries()) {
        const x = 1 + Math.floor(i / rows) * (COLUMN / 2);
        const y = 20 + (i % rows) * ROW;
        pen.line(x, y, x + 22, y, { ...armStyle(index), width: 1.5 });
        pen.text(x + 27, y, title, { size: small.size, colour: PRINT_COLOURS.text });
      }
    },
  };
}

/**
 * Draws the three loss charts of a race one below the other, at print size, with a legend.
 * @param measure returns the width of a text in CSS pixels.
 */
export function raceFigure(race: Race, unit: RaceUnit, words: FigureText, measure: Measure): Figure {
  const curves = raceCurves(race, unit);
  const panels = RACE_MEASURES.flatMap((id) => lossPanel(curves, id) ?? []);
  return figure([...panels, legendPanel(curves, unit, measure)], words, measure);
}
