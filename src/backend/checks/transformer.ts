import type { AttentionShape, Tensor } from '../operations';
import { elements, matrix } from '../shape';
import { check, checkCount, checkDType, checkSameShape, checkValues, describe } from './check';

/** Returns the number of parts of rows that are normalised, and the width of each, which is that of the gain. */
export function rmsNormSizes(x: Tensor, gain: Tensor, eps: number): { rows: number; columns: number } {
  checkValues('rmsNorm', x, gain);
  check(eps >= 0 && Number.isFinite(eps), 'rmsNorm', 'eps to be ≥ 0 and finite', `${eps}`);
  const [rows, width] = matrix(x);
  const columns = elements(gain.shape);
  check(
    columns > 0 && width % columns === 0,
    'rmsNorm',
    `a gain of ${width} entries, or of a divisor`,
    describe(gain),
  );
  return { rows: (rows * width) / columns, columns };
}

export function ropeSizes(
  x: Tensor,
  table: Tensor,
  headDim: number,
  positionStart: number,
): { rows: number; heads: number } {
  checkValues('rope', x, table);
  checkCount('rope', 'headDim', headDim, 2);
  checkCount('rope', 'positionStart', positionStart);
  const [rows, columns] = matrix(x);
  check(headDim % 2 === 0, 'rope', 'headDim to be even', `${headDim}`);
  check(columns % headDim === 0, 'rope', `a width that is a multiple of headDim ${headDim}`, describe(x));
  const [positions, width] = matrix(table);
  check(
    width === headDim && positionStart + rows <= positions,
    'rope',
    `a table of at least ${positionStart + rows} positions of ${headDim}`,
    describe(table),
  );
  return { rows, heads: columns / headDim };
}

/** Sizes and settings of an attention. */
interface AttentionSizes {
  /** Queries of one window. */
  readonly queries: number;
  /** Keys up to that of the last query. */
  readonly keys: number;
  readonly windows: number;
  readonly scale: number;
  /** `keys` where nothing limits the span. */
  readonly span: number;
  /** 0 without a cap. */
  readonly cap: number;
}

export function attentionSizes(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { heads, kvHeads, headDim, past, windows = 1, scale = 1 / Math.sqrt(headDim), span, cap }: AttentionShape,
): AttentionSizes {
  checkValues('attention', q, k, v);
  checkCount('attention', 'heads', heads, 1);
  checkCount('attention', 'kvHeads', kvHeads, 1);
  checkCount('attention', 'windows', windows, 1);
  // Kernels load four dimensions at a time; published models have 64, 96 or 128.
  const whole = headDim >= 4 && headDim <= 256 && headDim % 4 === 0;
  check(whole, 'attention', 'headDim to be a multiple of 4 up to 256', `${headDim}`);
  checkCount('attention', 'past', past);
  check(Number.isFinite(scale), 'attention', 'scale to be finite', `${scale}`);
  if (span !== undefined) checkCount('attention', 'span', span, 1);
  if (cap !== undefined) checkCap('attention', cap);
  const [stacked, queryWidth] = matrix(q);
  const width = heads * headDim;
  check(queryWidth === width, 'attention', `queries of width ${heads}·${headDim}`, describe(q));
  check(stacked % windows === 0, 'attention', `rows for ${windows} equal windows`, describe(q));
  check(windows === 1 || past === 0, 'attention', `no past before ${windows} windows`, `${past}`);
  const queries = stacked / windows;
  const keys = past + queries;
  for (const tensor of [k, v]) {
    const [rows, columns] = matrix(tensor);
    check(
      (windows === 1 ? rows >= keys : rows === stacked) && columns === kvHeads * headDim,
      'attention',
      `${windows === 1 ? `at least ${keys}` : stacked} rows of width ${kvHeads}·${headDim}`,
      describe(tensor),
    );
  }
  return { queries, keys, windows, scale, span: Math.min(span ?? keys, keys), cap: cap ?? 0 };
}

const checkCap = (operation: string, cap: number): void =>
  check(cap > 0 && Number.isFinite(cap), operation, 'cap to be above 0 and finite', `${cap}`);

export function softCapSizes(x: Tensor, cap: number): { count: number } {
  checkValues('softCap', x);
  checkCap('softCap', cap);
  return { count: elements(x.shape) };
}

export const swigluSizes = (gate: Tensor, up: Tensor): { count: number } => ({
  count: checkSameShape('swiglu', gate, up),
});

export function crossEntropySizes(logits: Tensor, targets: Tensor): { rows: number; columns: number } {
  checkValues('crossEntropy', logits);
  checkDType('crossEntropy', targets, 'u32');
  const [rows, columns] = matrix(logits);
  check(elements(targets.shape) === rows, 'crossEntropy', `${rows} targets`, describe(targets));
  return { rows, columns };
}
