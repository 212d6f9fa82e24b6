/*
 * Room `drawing`: draws pictures of matrices: pens for canvas and SVG, colour scales, axes, the visible region, textures.
 * Imports only `words`; all data comes in as arguments, never from the store.
 */

/** Style of a text; `turned` reads from bottom to top. The y coordinate is its vertical middle. */
export interface TextStyle {
  readonly size: number;
  readonly colour: string;
  readonly align?: 'start' | 'middle' | 'end';
  readonly turned?: boolean;
  readonly bold?: boolean;
  readonly mono?: boolean;
}

export interface LineStyle {
  readonly colour: string;
  readonly width: number;
  readonly dash?: readonly number[];
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Draws on a canvas or into an SVG file with the same code. All lengths are in CSS pixels. */
export interface Pen {
  rect(box: Box, colour: string, opacity?: number): void;
  frame(box: Box, style: LineStyle): void;
  line(x1: number, y1: number, x2: number, y2: number, style: LineStyle): void;
  text(x: number, y: number, words: string, style: TextStyle): void;
  /** Stretches a canvas over the box without smoothing. */
  image(canvas: HTMLCanvasElement, box: Box): void;
}

export const SANS = "ui-sans-serif, system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif";
export const MONO =
  "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/** Draws on a canvas; its context must be scaled to CSS pixels. */
export class CanvasPen implements Pen {
  readonly #context: CanvasRenderingContext2D;

  constructor(context: CanvasRenderingContext2D) {
    this.#context = context;
  }

  rect({ x, y, width, height }: Box, colour: string, opacity = 1): void {
    this.#context.globalAlpha = opacity;
    this.#context.fillStyle = colour;
    this.#context.fillRect(x, y, width, height);
    this.#context.globalAlpha = 1;
  }

  frame({ x, y, width, height }: Box, style: LineStyle): void {
    this.#stroke(style);
    this.#context.strokeRect(x, y, width, height);
  }

  line(x1: number, y1: number, x2: number, y2: number, style: LineStyle): void {
    this.#stroke(style);
    this.#context.beginPath();
    this.#context.moveTo(x1, y1);
    this.#context.lineTo(x2, y2);
    this.#context.stroke();
  }

  text(x: number, y: number, words: string, style: TextStyle): void {
    const context = this.#context;
    context.save();
    context.translate(x, y);
    if (style.turned) context.rotate(-Math.PI / 2);
    context.font = `${style.bold ? '600 ' : ''}${style.size}px ${style.mono ? MONO : SANS}`;
    context.fillStyle = style.colour;
    context.textAlign = style.align === 'middle' ? 'center' : (style.align ?? 'start');
    context.textBaseline = 'middle';
    context.fillText(words, 0, 0);
    context.restore();
  }

  image(canvas: HTMLCanvasElement, { x, y, width, height }: Box): void {
    this.#context.imageSmoothingEnabled = false;
    this.#context.drawImage(canvas, x, y, width, height);
  }

  #stroke({ colour, width, dash = [] }: LineStyle): void {
    this.#context.strokeStyle = colour;
    this.#context.lineWidth = width;
    this.#context.setLineDash([...dash]);
  }
}

/** Collects an SVG document; `finish` returns it. */
export class SvgPen implements Pen {
  readonly #parts: string[] = [];

  rect({ x, y, width, height }: Box, colour: string, opacity = 1): void {
    const faded = opacity === 1 ? '' : ` fill-opacity="${opacity}"`;
    this.#parts.push(`<rect ${place({ x, y, width, height })} fill="${colour}"${faded}/>`);
  }

  frame(box: Box, style: LineStyle): void {
    this.#parts.push(`<rect ${place(box)} fill="none" ${stroke(style)}/>`);
  }

  line(x1: number, y1: number, x2: number, y2: number, style: LineStyle): void {
    this.#parts.push(
      `<line x1="${short(x1)}" y1="${short(y1)}" x2="${short(x2)}" y2="${short(y2)}" ${stroke(style)}/>`,
    );
  }

  text(x: number, y: number, words: string, style: TextStyle): void {
    const turn = style.turned ? ` transform="rotate(-90 ${short(x)} ${short(y)})"` : '';
    const weight = style.bold ? ' font-weight="600"' : '';
    this.#parts.push(
      `<text x="${short(x)}" y="${short(y)}" font-family="${style.mono ? MONO : SANS}" font-size="${style.size}"${weight} fill="${style.colour}" text-anchor="${style.align ?? 'start'}" dominant-baseline="central"${turn}>${escaped(words)}</text>`,
    );
  }

  /** Calls `draw` with the origin moved to (x, y). */
  within(x: number, y: number, draw: () => void): void {
    this.#parts.push(`<g transform="translate(${short(x)} ${short(y)})">`);
    draw();
    this.#parts.push('</g>');
  }

  /** Draws a path, filled if `fill` is given. */
  path(d: string, style: LineStyle, { fill = 'none', opacity = 1 } = {}): void {
    const faded = opacity === 1 ? '' : ` opacity="${short(opacity)}"`;
    this.#parts.push(`<path d="${d}" fill="${fill}" ${stroke(style)}${faded} stroke-linejoin="round"/>`);
  }

  image(canvas: HTMLCanvasElement, box: Box): void {
    this.#parts.push(
      `<image ${place(box)} preserveAspectRatio="none" style="image-rendering:pixelated" href="${canvas.toDataURL('image/png')}"/>`,
    );
  }

  /** Returns the document in this size. */
  finish(width: number, height: number): string {
    const size = `width="${short(width)}" height="${short(height)}" viewBox="0 0 ${short(width)} ${short(height)}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n${this.#parts.join('\n')}\n</svg>\n`;
  }
}

const short = (value: number): string => String(Number(value.toFixed(2)));
const place = ({ x, y, width, height }: Box): string =>
  `x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`;
const stroke = ({ colour, width, dash = [] }: LineStyle): string =>
  `stroke="${colour}" stroke-width="${width}"${dash.length > 0 ? ` stroke-dasharray="${dash.join(' ')}"` : ''}`;
const escaped = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
