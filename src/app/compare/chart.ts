import { ARM_COLOURS } from '../drawing/arm-colours';
import type { BlockMeasureId, MeasureId } from './measures';
import { BLOCK_MEASURES, MEASURES, blockValues } from './measures';
import type { ArmRow } from './rows';

/** Kind of a chart, with the measures it shows. */
export type Chart =
  | { readonly kind: 'bars' }
  | { readonly kind: 'layers'; readonly measure: BlockMeasureId }
  | { readonly kind: 'scatter'; readonly x: MeasureId; readonly y: MeasureId };

interface Figure {
  readonly data: object[];
  readonly layout: object;
}

type Colour = (name: string) => string;

const axis = (colour: Colour) => ({
  gridcolor: colour('--line'),
  linecolor: colour('--line-strong'),
  tickcolor: colour('--line'),
  zeroline: false,
});

function plotLayout(colour: Colour, height: number): object {
  return {
    height,
    margin: { l: 60, r: 16, t: 36, b: 44 },
    paper_bgcolor: colour('--bg'),
    plot_bgcolor: colour('--bg'),
    font: { family: colour('--sans'), size: 12, color: colour('--text') },
    hoverlabel: {
      bgcolor: colour('--panel'),
      bordercolor: colour('--line-strong'),
      font: { color: colour('--text') },
    },
  };
}

/** Chosen rows with a loss, those from files included. */
export const rowsWithLoss = (rows: readonly ArmRow[]): ArmRow[] =>
  rows.filter((row) => row.chosen && row.values.loss !== undefined);

/** Makes data and layout of a chart for plotly. */
export function plotlyFigure(rows: readonly ArmRow[], chart: Chart, style: CSSStyleDeclaration): Figure {
  const colour: Colour = (name) => style.getPropertyValue(name).trim();
  switch (chart.kind) {
    case 'bars':
      return lossBars(rowsWithLoss(rows), colour);
    case 'layers':
      return blockCurves(rowsWithLoss(rows), chart.measure, colour);
    case 'scatter':
      return scatterPlot(rowsWithLoss(rows), chart, colour);
  }
}

/** Unique labels of rows, because an arm and one from a file may have the same title. */
const uniqueLabels = (rows: readonly ArmRow[]) =>
  rows.map(({ title, file }, i) => {
    const name = file === undefined ? title : `${title} (${file})`;
    return rows.findIndex((other) => other.title === title && other.file === file) === i
      ? name
      : `${name} ${i}`;
  });

/**
 * Losses as bars that start at the base's loss, which is a line. The axis does not start at 0, because differences matter. It
 * spans at least 0.01 nats, so that rounding does not look like a result.
 */
function lossBars(rows: readonly ArmRow[], colour: Colour): Figure {
  const base = rows.find(({ recipe, file }) => recipe === null && file === undefined)?.values.loss;
  const arms = rows.filter(({ recipe }) => recipe !== null);
  const labels = uniqueLabels(arms);
  const losses = arms.map(({ values }) => values.loss ?? Number.NaN);
  const all = base === undefined ? losses : [...losses, base];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const pad = Math.max(0.005, (high - low) * 0.12);
  const start = base ?? low - pad;
  const fill = arms.map(({ file }) => colour(file === undefined ? '--new' : '--faint'));
  const hovertemplate = '%{y}: %{customdata:.4f}<extra></extra>';
  return {
    data: [
      {
        type: 'bar',
        orientation: 'h',
        base: arms.map(() => start),
        x: losses.map((loss) => loss - start),
        y: labels,
        width: 0.45,
        marker: { color: fill, opacity: 0.55 },
        customdata: losses,
        hovertemplate,
      },
      {
        // Dots show arms whose bar has no length.
        type: 'scatter',
        mode: 'markers',
        x: losses,
        y: labels,
        marker: { size: 9, color: fill },
        customdata: losses,
        hovertemplate,
      },
    ],
    layout: {
      ...plotLayout(colour, 64 + 28 * Math.max(3, arms.length)),
      showlegend: false,
      barmode: 'overlay',
      xaxis: { ...axis(colour), range: [low - pad, high + pad], title: { text: 'loss, nats per token' } },
      yaxis: {
        ...axis(colour),
        type: 'category',
        automargin: true,
        categoryorder: 'array',
        categoryarray: labels.toReversed(),
        range: [-0.6, Math.max(arms.length, 1) - 0.4],
      },
      shapes: base === undefined ? [] : [baseLine(base, colour)],
    },
  };
}

const baseLine = (base: number, colour: Colour) => ({
  type: 'line',
  x0: base,
  x1: base,
  yref: 'paper',
  y0: 0,
  y1: 1,
  line: { color: colour('--sel'), width: 1.5 },
});

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
