import { BLOCK } from '../block-data';
import type { Tf, TfTensor } from './libraries';
import { attend } from './tensorflow-attention';

/** The block of `block.ts`, forward. */
export function blockLoss(
  tf: Tf,
  weights: readonly TfTensor[],
  fixed: Readonly<Record<'x' | 'upstream' | 'cosine' | 'sine' | 'mask', TfTensor>>,
): TfTensor {
  const { heads, kvHeads, headDim, windows, length, eps } = BLOCK;
  const [attentionGain, q, k, v, out, mlpGain, gate, up, down] = weights as readonly TfTensor[] & {
    [index: number]: TfTensor;
  };
  const rows = windows * length;
  const half = headDim / 2;
  const norm = (input: TfTensor, gain: TfTensor): TfTensor =>
    input.mul(input.mul(input).mean(-1, true).add(eps).rsqrt()).mul(gain);
  const linear = (input: TfTensor, weight: TfTensor): TfTensor => tf.matMul(input, weight, false, true);
  const rope = (input: TfTensor, count: number): TfTensor => {
    const whole = input.reshape([rows, count, headDim]);
    const [a, b] = [0, half].map((from) => whole.slice([0, 0, from], [rows, count, half])) as [
      TfTensor,
      TfTensor,
    ];
    const { cosine, sine } = fixed;
    return tf.concat([a.mul(cosine).sub(b.mul(sine)), b.mul(cosine).add(a.mul(sine))], 2);
  };
  const byHead = (input: TfTensor, count: number): TfTensor =>
    input.reshape([windows, length, count, headDim]).transpose([0, 2, 1, 3]);
  /** Every key-value head as often as query heads read it. */
  const repeated = (input: TfTensor): TfTensor =>
    byHead(input, kvHeads)
      .reshape([windows, kvHeads, 1, length * headDim])
      .tile([1, 1, heads / kvHeads, 1])
      .reshape([windows, heads, length, headDim]);
  const normed = norm(fixed.x, attentionGain!);
  const queries = byHead(rope(linear(normed, q!), heads), heads);
  const keys = repeated(rope(linear(normed, k!), kvHeads));
  const attended = attend(tf, queries, keys, repeated(linear(normed, v!)), fixed.mask);
  const merged = attended.transpose([0, 2, 1, 3]).reshape([rows, heads * headDim]);
  const middle = fixed.x.add(linear(merged, out!));
  const normedMiddle = norm(middle, mlpGain!);
  const gated = linear(normedMiddle, gate!);
  const inner = gated.mul(gated.sigmoid()).mul(linear(normedMiddle, up!));
  return middle.add(linear(inner, down!)).mul(fixed.upstream).sum();
}
