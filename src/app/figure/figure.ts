/*
 * Room `figure`: builds figures at print size, as SVG and PNG, from panels that a stage draws. Imports `drawing` and
 * `files`, not the store.
 */

import { PRINT_COLOURS } from '../drawing/drawing-colours';
import { SvgPen } from '../drawing/pen';

/** Width of a column in most journals: 3.5 inches, in CSS pixels (96 per inch). */
export const COLUMN = 336;
export const PER_INCH = 96;
/** Print resolution of a PNG. */
export const DPI = 300;

/** Part of a figure, as wide as the column. Its drawing starts at its own top left corner. */
export interface Panel {
  readonly height: number;
  draw(pen: SvgPen): void;
}

/** Texts of a figure. */
export interface FigureText {
  /** Also used for the file name. */
  readonly title: string;
  readonly caption: string;
  /** Description of the experiment in one or two lines. */
  readonly experiment: string;
  /** The recipe as JSON, and the fragment of the page's link that restores everything. */
  readonly recipe: string;
  readonly link: string;
}

/** A finished figure: an SVG document at print size. */
export interface Figure {
  readonly svg: string;
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly words: FigureText;
}

/** Width of a text in a font size, both in CSS pixels. */
export type Measure = (text: string, size: number) => number;

/** Wraps a text into lines of at most `width`; a longer word gets its own line. */
export function wrapped(text: string, width: number, size: number, measure: Measure): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && measure(longer, size) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, line];
}

/** A paragraph with space above it. */
function paragraph(text: string, size: number, colour: string, measure: Measure): Panel {
  const leading = size * 1.32;
  const lines = wrapped(text, COLUMN - 2, size, measure);
  return {
    height: 5 + lines.length * leading,
    draw(pen) {
      for (const [i, line] of lines.entries()) pen.text(1, 5 + (i + 0.5) * leading, line, { size, colour });
    },
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Escapes a text for XML and removes characters that XML forbids. */
export function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replaceAll(/[&<>"]/g, (mark) => ENTITIES[mark] ?? mark)
  );
}

/** Builds a figure: the panels from top to bottom, then caption and experiment. Recipe and link go into the metadata. */
export function figure(panels: readonly Panel[], words: FigureText, measure: Measure): Figure {
  const all = [
    ...panels,
    paragraph(words.caption, 10, PRINT_COLOURS.text, measure),
    paragraph(words.experiment, 8, PRINT_COLOURS.muted, measure),
  ];
  let height = 0;
  const drawn = all.map((panel) => {
    const pen = new SvgPen();
    panel.draw(pen);
    const placed = `<g transform="translate(0 ${height})">\n${pen.finish(COLUMN, panel.height)}</g>\n`;
    height = Math.round(height + panel.height);
    return placed;
  });
  height += 4;
  const millimetres = (pixels: number) => `${((pixels / PER_INCH) * 25.4).toFixed(2)}mm`;
  const svg = `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${millimetres(COLUMN)}" height="${millimetres(height)}" viewBox="0 0 ${COLUMN} ${height}">
<title>${escapeXml(words.title)}</title>
<desc>${escapeXml(`${words.caption} ${words.experiment}`)}</desc>
<metadata>
<recipe xmlns="urn:interlayer">${escapeXml(words.recipe)}</recipe>
<link xmlns="urn:interlayer">${escapeXml(words.link)}</link>
</metadata>
<rect width="${COLUMN}" height="${height}" fill="${PRINT_COLOURS.ground}"/>
${drawn.join('')}</svg>
`;
  return { svg, width: COLUMN, height, words };
}
