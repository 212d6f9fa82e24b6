import type { Heads } from '../../drawing/heads';
import { inverseOrder } from '../../drawing/order';

/** Part of a column of neurons, from `top` to `bottom` in pixels. */
interface Segment {
  readonly top: number;
  readonly bottom: number;
}

/** Vertical positions, in pixels, of one block's neurons in their column. */
export interface NeuronLayout {
  /** Middle of a neuron. */
  y(neuron: number): number;
  /** Height at which its ribbons are bundled: the middle of its head, or its own without heads. */
  bundle(neuron: number): number;
  /** One per head, or one for all neurons. */
  readonly segments: readonly Segment[];
  head(neuron: number): number | undefined;
}

const HEAD_GAP = 6;
const GROUP_GAP = 14;

/**
 * Lays out neurons from top to bottom in a column of `height` pixels. Neurons with heads stand head by head in the
 * checkpoint's order, with wider spaces between KV groups; others follow `order`, or else their index.
 */
export function layOutNeurons(
  size: number,
  height: number,
  heads: Heads | undefined,
  order: Uint32Array | undefined,
): NeuronLayout {
  if (heads === undefined) {
    const place = order && inverseOrder(order);
    const y = (neuron: number) => ((place?.[neuron] ?? neuron) + 0.5) * (height / size);
    return { y, bundle: y, segments: [{ top: 0, bottom: height }], head: () => undefined };
  }
  const { count, headDim, group } = heads;
  const gaps = Array.from({ length: count }, (_, head) =>
    head === 0 ? 0 : group(head) === group(head - 1) ? HEAD_GAP : GROUP_GAP,
  );
  const pitch = Math.max(0, height - gaps.reduce<number>((sum, gap) => sum + gap, 0)) / size;
  let down = 0;
  const segments = gaps.map((gap) => {
    const top = down + gap;
    down = top + headDim * pitch;
    return { top, bottom: down };
  });
  const head = (neuron: number) => Math.floor(neuron / headDim);
  const segment = (neuron: number) => segments[head(neuron)] ?? { top: 0, bottom: height };
  return {
    y: (neuron) => segment(neuron).top + ((neuron % headDim) + 0.5) * pitch,
    bundle: (neuron) => (segment(neuron).top + segment(neuron).bottom) / 2,
    segments,
    head,
  };
}
