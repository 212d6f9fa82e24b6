import { ARM_COLOURS } from '../drawing/arm-colours';
import type { BlockMeasureId, MeasureId } from './measures';
import { BLOCK_MEASURES, MEASURES, blockValues } from './measures';
import { lossBars } from './loss-bars';
import type { Colour, Figure } from './plot-layout';
import { axis, plotLayout, uniqueLabels } from './plot-layout';
import type { ArmRow } from './rows';

/** Kind of a chart, with the measures it shows. */
export type Chart =
  | { readonly kind: 'bars' }
  | { readonly kind: 'layers'; readonly measure: BlockMeasureId }
  | { readonly kind: 'scatter'; readonly x: MeasureId; readonly y: MeasureId };

/** Chosen rows with a loss, those from files included. */
export const rowsWithLoss = (rows: readonly ArmRow[]): ArmRow[] =>
  rows.filter((row) => row.chosen && row.values.loss !== undefined);

/** Where a chart is drawn. */
interface Place {
  readonly style: CSSStyleDeclaration;
  /** In CSS pixels. */
  readonly width: number;
}

/** Below this width names of arms are written smaller, in two lines. */
const NARROW = 600;

/** Makes data and layout of a chart for plotly. */
export function plotlyFigure(rows: readonly ArmRow[], chart: Chart, { style, width }: Place): Figure {
  const colour: Colour = (name) => style.getPropertyValue(name).trim();
  switch (chart.kind) {
    case 'bars':
      return lossBars(rowsWithLoss(rows), colour, width < NARROW);
    case 'layers':
      return blockCurves(rowsWithLoss(rows), chart.measure, colour);
    case 'scatter':
      return scatterPlot(rowsWithLoss(rows), chart, colour);
  }
}

/** One line per arm over the blocks of its model, with new blocks marked. */
function blockCurves(rows: readonly ArmRow[], measure: BlockMeasureId, colour: Colour): Figure {
  const measured = rows.filter(({ measurement }) => measurement !== undefined);
  const labels = uniqueLabels(measured);
  return {
    data: measured.map(({ measurement, recipe }, i) => {
      const blocks = measurement?.blocks ?? [];
      const line = recipe === null ? colour('--text') : ARM_COLOURS[i % ARM_COLOURS.length];
      return {
        type: 'scatter',
        mode: 'lines+markers',
        name: labels[i],
        x: blocks.map(({ layer }) => layer),
        y: blockValues(measurement, measure),
        line: { color: line, width: 1.5, dash: i > ARM_COLOURS.length ? 'dot' : 'solid' },
        marker: {
          color: line,
          size: blocks.map(({ isNew }) => (isNew ? 9 : 4)),
          symbol: blocks.map(({ isNew }) => (isNew ? 'diamond' : 'circle')),
        },
      };
    }),
    layout: {
      ...plotLayout(colour, 400),
      title: { text: BLOCK_MEASURES[measure], font: { size: 13 }, x: 0, xref: 'paper' },
      showlegend: true,
      legend: { orientation: 'h', y: -0.2 },
      xaxis: {
        ...axis(colour),
        dtick: 1,
        title: { text: 'block of the measured model; diamonds are new', font: { size: 12 } },
      },
      yaxis: { ...axis(colour), automargin: true, ...yRange(measured, measure) },
    },
  };
}

/**
 * Range of the y axis, without the first block, because that changes the embedding far more than other blocks change their
 * input. Zooming out shows it.
 */
function yRange(rows: readonly ArmRow[], measure: BlockMeasureId): { range?: [number, number] } {
  const values = rows.flatMap(({ measurement }) =>
    blockValues(measurement, measure).filter(
      (value, at): value is number => value !== null && (measurement?.blocks[at]?.layer ?? 0) > 0,
    ),
  );
  if (values.length === 0) return {};
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const pad = 0.08 * (high - low) || 0.01;
  return { range: [low - pad, high + pad] };
}

/** One dot per arm. */
function scatterPlot(
  rows: readonly ArmRow[],
  { x, y }: Extract<Chart, { kind: 'scatter' }>,
  colour: Colour,
): Figure {
  const known = rows.filter(({ values }) => values[x] !== undefined && values[y] !== undefined);
  return {
    data: [
      {
        type: 'scatter',
        mode: 'markers+text',
        x: known.map(({ values }) => values[x]),
        y: known.map(({ values }) => values[y]),
        text: uniqueLabels(known),
        textposition: known.map((_, i) => (i % 2 === 0 ? 'top center' : 'bottom center')),
        textfont: { size: 10, color: colour('--muted') },
        cliponaxis: false,
        marker: {
          size: 10,
          color: known.map(({ recipe, file }) =>
            colour(recipe === null ? '--sel' : file === undefined ? '--new' : '--faint'),
          ),
        },
        hovertemplate: '%{text}<br>%{x:.4f}, %{y:.4f}<extra></extra>',
      },
    ],
    layout: {
      ...plotLayout(colour, 400),
      showlegend: false,
      xaxis: { ...axis(colour), title: { text: MEASURES[x].label } },
      yaxis: { ...axis(colour), automargin: true, title: { text: MEASURES[y].label } },
    },
  };
}
