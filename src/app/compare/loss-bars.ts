import type { Colour, Figure } from './plot-layout';
import { axis, plotLayout, uniqueLabels } from './plot-layout';
import type { ArmRow } from './rows';
import { EQUAL_TITLE, equalArms } from './rows';

/** Arms as bars show them: those that are equal by construction are one. */
function barArms(rows: readonly ArmRow[]): Pick<ArmRow, 'title' | 'values' | 'file'>[] {
  const equal = equalArms(rows);
  return rows
    .filter((row) => row.recipe !== null && !equal.slice(1).includes(row))
    .map((row) =>
      row === equal[0] ? { title: `${EQUAL_TITLE} (${equal.length})`, values: row.values } : row,
    );
}

/** Height of the chart of bars with its controls, in pixels. */
export const chartHeight = (rows: readonly ArmRow[]): number => 56 + barsHeight(rows);

const barsHeight = (rows: readonly ArmRow[]): number => 64 + 28 * Math.max(3, barArms(rows).length);

/** Breaks a name at the space nearest to its middle. */
function inTwoLines(name: string): string {
  const spaces = [...name.matchAll(/ /g)].map(({ index }) => index);
  const [middle] = spaces.toSorted((a, b) => Math.abs(a - name.length / 2) - Math.abs(b - name.length / 2));
  return middle === undefined ? name : `${name.slice(0, middle)}<br>${name.slice(middle + 1)}`;
}

/**
 * Losses as bars that start at the base's loss, which is a line. The axis does not start at 0, because differences matter. It
 * spans at least 0.01 nats, so that rounding does not look like a result.
 */
export function lossBars(rows: readonly ArmRow[], colour: Colour, narrow: boolean): Figure {
  const base = rows.find(({ recipe, file }) => recipe === null && file === undefined)?.values.loss;
  const arms = barArms(rows);
  const names = uniqueLabels(arms);
  const labels = narrow ? names.map(inTwoLines) : names;
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
      ...plotLayout(colour, barsHeight(rows)),
      showlegend: false,
      barmode: 'overlay',
      xaxis: {
        ...axis(colour),
        range: [low - pad, high + pad],
        title: { text: 'loss, nats per token' },
        ...(narrow && { nticks: 4, tickangle: 0 }),
      },
      yaxis: {
        ...axis(colour),
        type: 'category',
        automargin: true,
        ...(narrow && { tickfont: { size: 10 } }),
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
