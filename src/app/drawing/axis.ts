import type { Heads } from './heads';

/** One side of a picture. */
export interface Axis {
  /** Neurons along it. */
  readonly size: number;
  readonly title: string;
  /** The neuron at each place; by index when absent. */
  readonly order?: Uint32Array | undefined;
  readonly heads?: Heads | undefined;
  /** Mass that the plan gives the neuron at each place; 1 where the marginal is met. */
  readonly mass?: Float32Array | undefined;
  /** The half-step on show has just met these marginals. */
  readonly justScaled?: boolean | undefined;
}

/** Colours of what is drawn around a picture, from the page's theme. */
export interface DrawingColours {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly bar: string;
  /** Mass bars of the side that the half-step on show has scaled. */
  readonly rowsScaled: string;
  readonly columnsScaled: string;
  readonly ground: string;
  readonly selected: string;
  readonly pinned: string;
}

/** Places between two labels of at least `spacing` pixels, a power of two, as head sizes are. */
export function tickStep(pixelsPerPlace: number, spacing: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(spacing / pixelsPerPlace) - 1e-9));
}
