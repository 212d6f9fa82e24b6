import type { AttentionPass, AttentionShape, Tensor } from '../operations';
import { elements, expectShape, matrix } from '../shape';
import { count, demand, ofType, sameShape, shown, values, written } from './demand';
import { attentionSizes, crossEntropySizes, rmsNormSizes } from './transformer';

export function rmsNormGradientSizes(
  x: Tensor,
  gain: Tensor,
  upstream: Tensor,
  eps: number,
  gainGradient: Tensor | undefined,
): { rows: number; columns: number } {
  const sizes = rmsNormSizes(x, gain, eps);
  sameShape('rmsNormGradient', x, upstream);
  if (gainGradient) {
    written('rmsNormGradient', gainGradient, x, gain, upstream);
    expectShape('rmsNormGradient', gainGradient, [sizes.columns]);
  }
  return sizes;
}

/** Queries of one window, and the number of windows. */
export function attentionGradientSizes(
  { q, k, v, out, upstream }: AttentionPass,
  shape: AttentionShape,
): { queries: number; windows: number } {
  const operation = 'attentionGradient';
  demand(shape.past === 0, operation, 'no past', `${shape.past}`);
  const { heads, kvHeads } = shape;
  demand(
    heads % kvHeads === 0,
    operation,
    `heads in equal groups for ${kvHeads} key-value heads`,
    `${heads}`,
  );
  const { queries, windows } = attentionSizes(q, k, v, shape);
  sameShape(operation, q, out);
  sameShape(operation, q, upstream);
  const [rows] = matrix(q);
  for (const tensor of [k, v])
    demand(matrix(tensor)[0] === rows, operation, `as many keys as the ${rows} queries`, shown(tensor));
  return { queries, windows };
}

export function swigluGradientSizes(gate: Tensor, up: Tensor, upstream: Tensor): { count: number } {
  sameShape('swigluGradient', gate, upstream);
  return { count: sameShape('swigluGradient', gate, up) };
}

export function crossEntropyGradientSizes(
  logits: Tensor,
  targets: Tensor,
  weights: Tensor,
): { rows: number; columns: number } {
  const operation = 'crossEntropyGradient';
  const sizes = crossEntropySizes(logits, targets);
  written(operation, logits, targets, weights);
  ofType(operation, weights, 'f32');
  demand(elements(weights.shape) === sizes.rows, operation, `${sizes.rows} weights`, shown(weights));
  return sizes;
}

export function scatterAddSizes(
  rows: Tensor,
  index: Tensor,
  into: Tensor,
  offset: number,
): { count: number; columns: number; intoRows: number } {
  const operation = 'scatterAdd';
  values(operation, rows);
  ofType(operation, index, 'u32');
  written(operation, into, rows, index);
  count(operation, 'offset', offset);
  const [picked, columns] = matrix(rows);
  const [intoRows, width] = matrix(into);
  demand(width === columns, operation, `rows of width ${columns} to add to`, shown(into));
  demand(elements(index.shape) === picked, operation, `${picked} indices`, shown(index));
  return { count: picked, columns, intoRows };
}

export function squaredNormSizes(x: Tensor): { count: number } {
  values('squaredNorm', x);
  return { count: elements(x.shape) };
}
