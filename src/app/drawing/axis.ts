import type { Heads } from './heads';

/** One axis of a picture: its rows or its columns. */
export interface Axis {
  /** Number of neurons. */
  readonly size: number;
  readonly title: string;
  /** The neuron at each place; undefined for by index. */
  readonly order?: Uint32Array | undefined;
  readonly heads?: Heads | undefined;
  /** Mass of the plan at each place, relative to the marginal: 1 if the marginal is met. */
  readonly mass?: Float32Array | undefined;
  /** True if the half-step on show scaled this axis, so that its marginals are met. */
  readonly justScaled?: boolean | undefined;
}

/** Colours of everything around a picture: axes, mass bars, cursor. */
export interface DrawingColours {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly bar: string;
  /** Mass bars of the axis that the half-step on show scaled. */
  readonly rowsScaled: string;
  readonly columnsScaled: string;
  readonly ground: string;
  readonly selected: string;
  readonly pinned: string;
}

/** Places from one label to the next, at least `spacing` pixels apart; a power of two, like head sizes. */
export function tickStep(pixelsPerPlace: number, spacing: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(spacing / pixelsPerPlace) - 1e-9));
}
