import type { ArmRow } from './rows';

/** Data and layout of a chart for plotly. */
export interface Figure {
  readonly data: object[];
  readonly layout: object;
}

/** Looks up a colour token of the page's style. */
export type Colour = (name: string) => string;

export const axis = (colour: Colour) => ({
  gridcolor: colour('--line'),
  linecolor: colour('--line-strong'),
  tickcolor: colour('--line'),
  zeroline: false,
});

/** Layout that all charts share. */
export function plotLayout(colour: Colour, height: number): object {
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

/** Plotly reads tags and entities in texts, and names may come from files. */
const plain = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Unique labels of rows as plotly shows them, because an arm and one from a file may have the same title. */
export const uniqueLabels = (rows: readonly Pick<ArmRow, 'title' | 'file'>[]) =>
  rows.map(({ title, file }, i) => {
    const name = plain(file === undefined ? title : `${title} (${file})`);
    return rows.findIndex((other) => other.title === title && other.file === file) === i
      ? name
      : `${name} ${i}`;
  });
