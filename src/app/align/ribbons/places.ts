import type { Heads } from '../../drawing/heads';
import { positions } from '../../drawing/order';

/** A stretch of a column of neurons, from `top` to `bottom` in pixels. */
interface Stretch {
  readonly top: number;
  readonly bottom: number;
}

/** Where the neurons of one block stand in their column. */
export interface Places {
  /** The middle of a neuron. */
  y(neuron: number): number;
  /** The middle that its ribbons are bundled at: its head's, or its own. */
  bundle(neuron: number): number;
  /** One stretch per head, or one for all. */
  readonly stretches: readonly Stretch[];
  head(neuron: number): number | undefined;
}

const HEAD_GAP = 6;
const GROUP_GAP = 14;

/**
 * Neurons from top to bottom in a column of `height` pixels: head by head in the checkpoint's order, further apart between
 * KV groups; neurons without heads in the order given, by index without one.
 */
export function placesOf(
  size: number,
  height: number,
  heads: Heads | undefined,
  order: Uint32Array | undefined,
): Places {
  if (heads === undefined) {
    const place = order && positions(order);
    const y = (neuron: number) => ((place?.[neuron] ?? neuron) + 0.5) * (height / size);
    return { y, bundle: y, stretches: [{ top: 0, bottom: height }], head: () => undefined };
  }
  const { count, headDim, group } = heads;
  const gaps = Array.from({ length: count }, (_, head) =>
    head === 0 ? 0 : group(head) === group(head - 1) ? HEAD_GAP : GROUP_GAP,
  );
  const pitch = Math.max(0, height - gaps.reduce<number>((sum, gap) => sum + gap, 0)) / size;
  let down = 0;
  const stretches = gaps.map((gap) => {
    const top = down + gap;
    down = top + headDim * pitch;
    return { top, bottom: down };
  });
  const head = (neuron: number) => Math.floor(neuron / headDim);
  const stretch = (neuron: number) => stretches[head(neuron)] ?? { top: 0, bottom: height };
  return {
    y: (neuron) => stretch(neuron).top + ((neuron % headDim) + 0.5) * pitch,
    bundle: (neuron) => (stretch(neuron).top + stretch(neuron).bottom) / 2,
    stretches,
    head,
  };
}
