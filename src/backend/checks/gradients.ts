import type { AttentionPass, AttentionShape, Tensor } from '../operations';
import { elements, expectShape, matrix } from '../shape';
import { check, checkCount, checkDType, checkSameShape, checkTarget, checkValues, describe } from './check';
import { attentionSizes, crossEntropySizes, rmsNormSizes, softCapSizes } from './transformer';

export function rmsNormGradientSizes(
  x: Tensor,
  gain: Tensor,
  upstream: Tensor,
  eps: number,
  gainGradient: Tensor | undefined,
): { rows: number; columns: number } {
  const sizes = rmsNormSizes(x, gain, eps);
  checkSameShape('rmsNormGradient', x, upstream);
  if (gainGradient) {
    checkTarget('rmsNormGradient', gainGradient, x, gain, upstream);
    expectShape('rmsNormGradient', gainGradient, [sizes.columns]);
  }
  return sizes;
}

export function attentionGradientSizes(
  { q, k, v, out, upstream }: AttentionPass,
  shape: AttentionShape,
): ReturnType<typeof attentionSizes> {
  const operation = 'attentionGradient';
  check(shape.past === 0, operation, 'no past', `${shape.past}`);
  const { heads, kvHeads } = shape;
  check(heads % kvHeads === 0, operation, `heads in equal groups for ${kvHeads} key-value heads`, `${heads}`);
  const sizes = attentionSizes(q, k, v, shape);
  checkSameShape(operation, q, out);
  checkSameShape(operation, q, upstream);
  const [rows] = matrix(q);
  for (const tensor of [k, v])
    check(matrix(tensor)[0] === rows, operation, `as many keys as the ${rows} queries`, describe(tensor));
  return sizes;
}

export function softCapGradientSizes(capped: Tensor, upstream: Tensor, cap: number): { count: number } {
  checkSameShape('softCapGradient', capped, upstream);
  return softCapSizes(capped, cap);
}

export function swigluGradientSizes(gate: Tensor, up: Tensor, upstream: Tensor): { count: number } {
  checkSameShape('swigluGradient', gate, upstream);
  return { count: checkSameShape('swigluGradient', gate, up) };
}

export function crossEntropyGradientSizes(
  logits: Tensor,
  targets: Tensor,
  weights: Tensor,
): { rows: number; columns: number } {
  const operation = 'crossEntropyGradient';
  const sizes = crossEntropySizes(logits, targets);
  checkTarget(operation, logits, targets, weights);
  checkDType(operation, weights, 'f32');
  check(elements(weights.shape) === sizes.rows, operation, `${sizes.rows} weights`, describe(weights));
  return sizes;
}

export function scatterAddSizes(
  rows: Tensor,
  index: Tensor,
  into: Tensor,
  offset: number,
): { count: number; columns: number; intoRows: number } {
  const operation = 'scatterAdd';
  checkValues(operation, rows);
  checkDType(operation, index, 'u32');
  checkTarget(operation, into, rows, index);
  checkCount(operation, 'offset', offset);
  const [picked, columns] = matrix(rows);
  const [intoRows, width] = matrix(into);
  check(width === columns, operation, `rows of width ${columns} to add to`, describe(into));
  check(elements(index.shape) === picked, operation, `${picked} indices`, describe(index));
  return { count: picked, columns, intoRows };
}

/** Returns the number of entries of each tensor. */
export function squaredNormsSizes(tensors: readonly Tensor[]): { counts: readonly number[] } {
  check(tensors.length > 0, 'squaredNorms', 'at least one tensor', 'none');
  checkValues('squaredNorms', ...tensors);
  return { counts: tensors.map(({ shape }) => elements(shape)) };
}

export function clipFactorSizes(squares: Tensor, most: number): { count: number } {
  checkDType('clipFactor', squares, 'f32');
  check(most > 0 && Number.isFinite(most), 'clipFactor', 'a norm above 0 and finite', `${most}`);
  return { count: elements(squares.shape) };
}

/** The result of `clipFactor`, in float64. */
export const clipFactorOf = (squares: Float64Array, most: number): number =>
  Math.min(1, most / Math.hypot(...squares.map(Math.sqrt)));
