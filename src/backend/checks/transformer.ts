import type { AttentionShape, Tensor } from '../operations';
import { elements, matrix } from '../shape';
import { count, demand, ofType, sameShape, shown, values } from './demand';

export function rmsNormSizes(x: Tensor, gain: Tensor, eps: number): { rows: number; columns: number } {
  values('rmsNorm', x, gain);
  demand(eps >= 0 && Number.isFinite(eps), 'rmsNorm', 'eps to be ≥ 0 and finite', `${eps}`);
  const [rows, columns] = matrix(x);
  demand(elements(gain.shape) === columns, 'rmsNorm', `a gain of ${columns} entries`, shown(gain));
  return { rows, columns };
}

export function ropeSizes(
  x: Tensor,
  table: Tensor,
  headDim: number,
  positionStart: number,
): { rows: number; heads: number } {
  values('rope', x, table);
  count('rope', 'headDim', headDim, 2);
  count('rope', 'positionStart', positionStart);
  const [rows, columns] = matrix(x);
  demand(headDim % 2 === 0, 'rope', 'headDim to be even', `${headDim}`);
  demand(columns % headDim === 0, 'rope', `a width that is a multiple of headDim ${headDim}`, shown(x));
  const [positions, width] = matrix(table);
  demand(
    width === headDim && positionStart + rows <= positions,
    'rope',
    `a table of at least ${positionStart + rows} positions of ${headDim}`,
    shown(table),
  );
  return { rows, heads: columns / headDim };
}

/** Queries of one window, the keys the last of them sees, and the number of windows. */
export function attentionSizes(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { heads, kvHeads, headDim, past, windows = 1 }: AttentionShape,
): { queries: number; keys: number; windows: number } {
  values('attention', q, k, v);
  count('attention', 'heads', heads, 1);
  count('attention', 'kvHeads', kvHeads, 1);
  count('attention', 'windows', windows, 1);
  // Kernels load four dimensions at a time; published models have 64, 96 or 128.
  const whole = headDim >= 4 && headDim <= 256 && headDim % 4 === 0;
  demand(whole, 'attention', 'headDim to be a multiple of 4 up to 256', `${headDim}`);
  count('attention', 'past', past);
  const [stacked, queryWidth] = matrix(q);
  const width = heads * headDim;
  demand(queryWidth === width, 'attention', `queries of width ${heads}·${headDim}`, shown(q));
  demand(stacked % windows === 0, 'attention', `rows for ${windows} equal windows`, shown(q));
  demand(windows === 1 || past === 0, 'attention', `no past before ${windows} windows`, `${past}`);
  const queries = stacked / windows;
  const keys = past + queries;
  for (const tensor of [k, v]) {
    const [rows, columns] = matrix(tensor);
    demand(
      (windows === 1 ? rows >= keys : rows === stacked) && columns === kvHeads * headDim,
      'attention',
      `${windows === 1 ? `at least ${keys}` : stacked} rows of width ${kvHeads}·${headDim}`,
      shown(tensor),
    );
  }
  return { queries, keys, windows };
}

export const swigluSizes = (gate: Tensor, up: Tensor): { count: number } => ({
  count: sameShape('swiglu', gate, up),
});

export function crossEntropySizes(logits: Tensor, targets: Tensor): { rows: number; columns: number } {
  values('crossEntropy', logits);
  ofType('crossEntropy', targets, 'u32');
  const [rows, columns] = matrix(logits);
  demand(elements(targets.shape) === rows, 'crossEntropy', `${rows} targets`, shown(targets));
  return { rows, columns };
}
