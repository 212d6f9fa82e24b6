import type { DrawingColours } from './axis';

/** Reads the colours of the current theme from the style sheet. */
export function pageColours(): DrawingColours {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: of('--text'),
    muted: of('--muted'),
    line: of('--line-strong'),
    bar: of('--line-strong'),
    rowsScaled: of('--rows'),
    columnsScaled: of('--columns'),
    ground: of('--panel'),
    selected: of('--sel'),
    pinned: of('--pinned'),
  };
}

/** Colours for print: black on white. */
export const PRINT_COLOURS: DrawingColours = {
  text: '#111111',
  muted: '#4d4d4d',
  line: '#b5b5b5',
  bar: '#a8a8a8',
  rowsScaled: '#775f00',
  columnsScaled: '#a8327d',
  ground: '#ffffff',
  selected: '#1769c2',
  pinned: '#c2410c',
};
