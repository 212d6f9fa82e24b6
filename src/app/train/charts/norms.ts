import { scaleLog } from 'd3-scale';
import type { Run } from '../../store/state/race';

/** Kinds of tensors by their names in a checkpoint, in the order a block applies them; then those outside blocks. */
const KINDS: readonly (readonly [name: string, label: string])[] = [
  ['input_layernorm', 'attention norm'],
  ['q_proj', 'q'],
  ['k_proj', 'k'],
  ['v_proj', 'v'],
  ['o_proj', 'o'],
  ['q_norm', 'q norm'],
  ['k_norm', 'k norm'],
  ['post_attention_layernorm', 'MLP norm'],
  ['pre_feedforward_layernorm', 'MLP norm'],
  ['gate_proj', 'gate'],
  ['up_proj', 'up'],
  ['down_proj', 'down'],
  ['post_feedforward_layernorm', 'norm after MLP'],
  ['embed_tokens', 'embedding'],
  ['norm', 'final norm'],
  ['lm_head', 'head'],
];

/** Norms of one kind of tensor of a run, over the requested blocks. */
export interface KindNorms {
  /** Name in a checkpoint, such as `o_proj`. */
  readonly kind: string;
  readonly label: string;
  /** Gradient norm over those blocks, for each step. */
  readonly gradients: readonly number[];
  /** At the last evaluation: distance from the initial weights, and their norm. */
  readonly moved: { readonly distance: number; readonly from: number } | undefined;
}

/** Parses a tensor's name: `model.layers.4.self_attn.o_proj.weight` is o_proj of block 4. */
function parseTensorName(tensor: string): { block: number | undefined; kind: string | undefined } {
  const block = /\.layers\.(\d+)\./.exec(tensor)?.[1];
  const parts = tensor.split('.');
  return {
    block: block === undefined ? undefined : Number(block),
    kind: KINDS.find(([name]) => parts.includes(name))?.[0],
  };
}

/** Blocks that are trained, ascending. */
export function trainedBlocks(run: Run): number[] {
  const blocks = Object.keys(run.gradients).flatMap((tensor) => parseTensorName(tensor).block ?? []);
  return [...new Set(blocks)].sort((a, b) => a - b);
}

/** Norms by kind of one block, or of the whole model. */
export function kindNorms(run: Run, block: number | 'all'): KindNorms[] {
  const moved = run.evaluations.at(-1)?.moved ?? {};
  // Where a norm stands after the MLP, the one of this name stands after attention, not before the MLP.
  const after = Object.keys(run.gradients).some((name) => name.includes('post_feedforward_layernorm'));
  return KINDS.flatMap(([kind, label]) => {
    const names = Object.keys(run.gradients).filter((tensor) => {
      const place = parseTensorName(tensor);
      return place.kind === kind && (block === 'all' || place.block === block);
    });
    if (names.length === 0) return [];
    const series = names.map((name) => run.gradients[name] ?? []);
    const ways = names.flatMap((name) => moved[name] ?? []);
    const steps = Math.max(...series.map(({ length }) => length));
    return {
      kind,
      label: after && kind === 'post_attention_layernorm' ? 'norm after attention' : label,
      gradients: Array.from({ length: steps }, (_, i) => l2Norm(series.map((values) => values[i] ?? 0))),
      moved:
        ways.length === 0
          ? undefined
          : { distance: l2Norm(ways.map((way) => way.distance)), from: l2Norm(ways.map((way) => way.from)) },
    };
  });
}

const l2Norm = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));

export interface NormScale {
  /** Powers of ten that enclose all positive norms. */
  readonly low: number;
  readonly high: number;
  y(norm: number): number;
}

/** One logarithmic scale for all kinds. An exact 0 has no logarithm and is drawn at `zero`, below the scale. */
export function normScale(
  kinds: readonly KindNorms[],
  { top, bottom, zero }: { readonly top: number; readonly bottom: number; readonly zero: number },
): NormScale {
  const positive = kinds.flatMap(({ gradients }) => gradients.filter((g) => g > 0 && Number.isFinite(g)));
  const [least, most] = positive.length > 0 ? [Math.min(...positive), Math.max(...positive)] : [1, 1];
  const low = 10 ** Math.floor(Math.log10(least));
  const high = Math.max(10 * low, 10 ** Math.ceil(Math.log10(most)));
  const log = scaleLog([low, high], [bottom, top]).clamp(true);
  return { low, high, y: (norm) => (norm > 0 ? log(norm) : zero) };
}
