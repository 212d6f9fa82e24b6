import { METHOD_GROUPS } from '../methods';
import type { Row } from './rows';

/**
 * Data and layout of the loss chart for plotly: a dot per arm, the base as a line. Differences are what is looked for, so
 * the axis does not start at 0; it spans at least a hundredth of a nat, so that rounding is not blown up into a finding.
 */
export function chartOf(
  rows: readonly Row[],
  style: CSSStyleDeclaration,
): { data: object[]; layout: object } {
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const base = rows.find((row) => row.arm === 'base')?.loss;
  const order = METHOD_GROUPS.flatMap((group) => group.methods);
  const arms = order.flatMap(({ id, title }) => {
    const loss = rows.find((row) => row.arm === id)?.loss;
    return loss === undefined ? [] : [{ title, loss }];
  });
  const losses = [...arms.map((arm) => arm.loss), ...(base === undefined ? [] : [base])];
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const pad = Math.max(0.005, (high - low) * 0.12);
  const axis = {
    gridcolor: colour('--line'),
    linecolor: colour('--line-strong'),
    zeroline: false,
    tickcolor: colour('--line'),
    fixedrange: false,
  };
  return {
    data: [
      {
        type: 'scatter',
        mode: 'markers',
        orientation: 'h',
        x: arms.map((arm) => arm.loss),
        y: arms.map((arm) => arm.title),
        marker: { size: 11, color: colour('--new') },
        hovertemplate: '%{y}: %{x:.4f}<extra></extra>',
      },
    ],
    layout: {
      height: 56 + 34 * Math.max(3, order.length),
      margin: { l: 8, r: 16, t: 8, b: 40 },
      paper_bgcolor: 'rgba(0,0,0,0)',
      plot_bgcolor: 'rgba(0,0,0,0)',
      font: { family: colour('--sans'), size: 12, color: colour('--text') },
      showlegend: false,
      xaxis: { ...axis, range: [low - pad, high + pad], title: { text: 'nats per token' } },
      yaxis: {
        ...axis,
        type: 'category',
        automargin: true,
        categoryorder: 'array',
        categoryarray: order.map((method) => method.title).toReversed(),
        range: [-0.6, order.length - 0.4],
      },
      hoverlabel: {
        bgcolor: colour('--panel'),
        bordercolor: colour('--line-strong'),
        font: { color: colour('--text') },
      },
      shapes:
        base === undefined
          ? []
          : [
              {
                type: 'line',
                x0: base,
                x1: base,
                yref: 'paper',
                y0: 0,
                y1: 1,
                line: { color: colour('--sel'), width: 1.5 },
              },
            ],
    },
  };
}
