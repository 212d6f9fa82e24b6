import { poolWeights } from './stripe-values';

type Rgb = readonly [number, number, number];

/** Ends of the diverging colour map (red-blue, safe for common colour blindness). Its middle is the page's background. */
const BELOW: Rgb = [33, 102, 172];
const ABOVE: Rgb = [178, 24, 43];
const BELOW_ON_DARK: Rgb = [92, 162, 232];
const ABOVE_ON_DARK: Rgb = [236, 94, 94];
const GROUND: Readonly<Record<'light' | 'dark', Rgb>> = { light: [247, 245, 242], dark: [33, 35, 41] };

/** Colour of a weight; absolute values from `limit` on take the full colour. */
export function weightColour(weight: number, limit: number, theme: 'light' | 'dark'): Rgb {
  const t = limit > 0 ? Math.max(-1, Math.min(1, weight / limit)) : 0;
  const end = theme === 'light' ? (t < 0 ? BELOW : ABOVE) : t < 0 ? BELOW_ON_DARK : ABOVE_ON_DARK;
  const ground = GROUND[theme];
  // The square root makes small weights visible; most weights are small.
  const amount = Math.sqrt(Math.abs(t));
  const mix = (i: 0 | 1 | 2) => Math.round(ground[i] + (end[i] - ground[i]) * amount);
  return [mix(0), mix(1), mix(2)];
}

/** Maximum width of a stripe in pixels, reached on the widest screens. */
const PIXELS = 640;

/** Draws weights from left to right, one canvas pixel each if they fit; the page stretches the canvas. */
export function drawStripe(
  canvas: HTMLCanvasElement,
  weights: Float32Array,
  limit: number,
  theme: 'light' | 'dark',
): void {
  const context = canvas.getContext('2d');
  if (context === null || weights.length === 0) return;
  const shown = poolWeights(weights, PIXELS);
  canvas.width = shown.length;
  canvas.height = 1;
  const image = context.createImageData(shown.length, 1);
  for (const [i, weight] of shown.entries())
    image.data.set([...weightColour(weight, limit, theme), 255], 4 * i);
  context.putImageData(image, 0, 0);
}
