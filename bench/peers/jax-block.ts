import { BLOCK } from '../block-data';
import type { Jax, JaxArray, JaxTree } from './libraries';

/** The block of `block.ts`, forward. Uses up its arguments. */
export function blockLoss({ numpy, nn }: Jax, weights: JaxTree, rest: readonly JaxArray[]): JaxArray {
  const { heads, kvHeads, headDim, windows, length, eps } = BLOCK;
  const [x, upstream, table] = rest as [JaxArray, JaxArray, JaxArray];
  const norm = (input: JaxArray, gain: JaxArray): JaxArray => {
    const squares = numpy.mean(input.ref.mul(input.ref), -1, { keepdims: true });
    return input.mul(numpy.reciprocal(numpy.sqrt(squares.add(eps)))).mul(gain);
  };
  const linear = (input: JaxArray, name: string): JaxArray => numpy.matmul(input, weights[name]!.transpose());
  const half = headDim / 2;
  const rows = windows * length;
  const split = (input: JaxArray, count: number): JaxArray => input.reshape([rows, count, headDim]);
  const rope = (input: JaxArray, count: number): JaxArray => {
    const whole = split(input, count);
    const [a, b] = [whole.ref.slice([], [], [0, half]), whole.slice([], [], [half, headDim])];
    const angles = table.ref.reshape([rows, 1, headDim]);
    const [cosine, sine] = [angles.ref.slice([], [], [0, half]), angles.slice([], [], [half, headDim])];
    return numpy.concatenate(
      [a.ref.mul(cosine.ref).sub(b.ref.mul(sine.ref)), b.mul(cosine).add(a.mul(sine))],
      2,
    );
  };
  const perWindow = (input: JaxArray, count: number): JaxArray =>
    input.reshape([windows, length, count, headDim]);
  const normed = norm(x.ref, weights['attentionGain']!);
  const q = perWindow(rope(linear(normed.ref, 'q'), heads), heads);
  const k = perWindow(rope(linear(normed.ref, 'k'), kvHeads), kvHeads);
  const v = perWindow(linear(normed, 'v'), kvHeads);
  table.dispose();
  const attended = nn.dotProductAttention(q, k, v, { isCausal: true }).reshape([rows, heads * headDim]);
  const middle = x.add(linear(attended, 'out'));
  const normedMiddle = norm(middle.ref, weights['mlpGain']!);
  const inner = nn.silu(linear(normedMiddle.ref, 'gate')).mul(linear(normedMiddle, 'up'));
  return middle.add(linear(inner, 'down')).mul(upstream).sum();
}
