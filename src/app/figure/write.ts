import { SANS } from '../drawing/pen';
import { download } from '../files/download';
import type { Figure, Measure } from './figure';
import { DPI, PER_INCH } from './figure';
import { describedPng } from './png';

/** Measures text with the browser's fonts. */
export function canvasMeasure(): Measure {
  const context = document.createElement('canvas').getContext('2d');
  return (text, size) => {
    if (context === null) return text.length * size * 0.52;
    context.font = `${size}px ${SANS}`;
    return context.measureText(text).width;
  };
}

/** `Alignment of q` → `interlayer-alignment-of-q`. */
const fileName = (title: string): string =>
  `interlayer-${title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')}`;

const svgBlob = (figure: Figure): Blob => new Blob([figure.svg], { type: 'image/svg+xml' });

/**
 * Renders the figure as PNG at print resolution, with its texts in the file.
 * @throws Error if the browser cannot draw it.
 */
async function pngBlob(figure: Figure): Promise<Blob> {
  const url = URL.createObjectURL(svgBlob(figure));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round((figure.width * DPI) / PER_INCH);
    canvas.height = Math.round((figure.height * DPI) / PER_INCH);
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('The browser gave no canvas to draw on. Save as SVG instead.');
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (blob === null) throw new Error('The browser could not write a PNG. Save as SVG instead.');
    const { title, caption, experiment, recipe, link } = figure.words;
    const parts = describedPng(new Uint8Array(await blob.arrayBuffer()), DPI, {
      Title: title,
      Description: `${caption} ${experiment}`,
      Software: 'Interlayer',
      Recipe: recipe,
      Link: link,
    });
    return new Blob(parts, { type: 'image/png' });
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Downloads a figure. @throws Error if the browser cannot draw it. */
export async function saveFigure(figure: Figure, format: 'png' | 'svg'): Promise<void> {
  const blob = format === 'png' ? await pngBlob(figure) : svgBlob(figure);
  download(blob, `${fileName(figure.words.title)}.${format}`);
}
