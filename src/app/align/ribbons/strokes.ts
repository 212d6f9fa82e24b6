import { interpolateViridis } from 'd3-scale-chromatic';
import type { Strongest } from '../../../engine/jobs';
import type { ColourScale } from '../../drawing/colours';
import { position } from '../../drawing/colours';

/** Width and colour of a ribbon. */
export interface Stroke {
  /** In pixels. */
  readonly width: number;
  readonly colour: string;
}

const THINNEST = 0.8;
const THICKEST = 6;
/** Maximum width without a plan. It is below `THICKEST`, which means that a pair shares all mass. */
const COST_WIDTH = 2.4;

/**
 * Strokes of pairs by their mass, in the picture's colours. Width is proportional to n·T and thickest at the mass of a whole
 * neuron; it means the same at every half-step.
 */
export function massStrokes(values: Strongest['values'], scale: ColourScale): Stroke[] {
  return Array.from(values, (value) => ({
    width: THINNEST + (THICKEST - THINNEST) * Math.max(0, Math.min(1, value)),
    colour: interpolateViridis(position(scale, value)),
  }));
}

/** Strokes by cost, for pairs without a plan: the pair of least cost is brightest and thickest. */
export function costStrokes(values: Strongest['values']): Stroke[] {
  const [least, most] = [values[0] ?? 0, values.at(-1) ?? 0];
  return Array.from(values, (value) => {
    const t = most > least ? (most - value) / (most - least) : 1;
    return { width: THINNEST + COST_WIDTH * t, colour: interpolateViridis(0.35 + 0.65 * t) };
  });
}
