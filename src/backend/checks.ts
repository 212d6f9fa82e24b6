/**
 * What every backend asks of the arguments of an operation, and the sizes that follow from them. All functions are pure
 * and throw BackendError naming the operation, the tensor, what was expected and what came.
 *
 * Operands marked "values" may be f32, bf16 or f16; tensors that are written are f32 and none of the operands.
 */
import { BackendError } from './errors';
import type {
  AttentionShape,
  CostBand,
  DType,
  MatmulOptions,
  Potentials,
  Tensor,
  Window,
} from './operations';
import { BYTES, elements, expectShape, matrix } from './shape';

const shown = (tensor: Tensor): string => `${tensor.label} [${tensor.shape.join(', ')}] ${tensor.dtype}`;

function demand(condition: boolean, operation: string, expected: string, got: string): asserts condition {
  if (!condition) throw new BackendError(`${operation}: expected ${expected}, got ${got}`);
}

function count(operation: string, name: string, value: number, least = 0): void {
  demand(
    Number.isSafeInteger(value) && value >= least,
    operation,
    `${name} to be an integer ≥ ${least}`,
    `${value}`,
  );
}

function finite(operation: string, name: string, value: number): void {
  demand(Number.isFinite(value), operation, `${name} to be finite`, `${value}`);
}

function values(operation: string, ...tensors: readonly Tensor[]): void {
  for (const tensor of tensors) {
    demand(tensor.dtype !== 'u32', operation, `${tensor.label} to hold f32, bf16 or f16`, shown(tensor));
  }
}

function ofType(operation: string, tensor: Tensor, dtype: DType): void {
  demand(tensor.dtype === dtype, operation, `${tensor.label} to hold ${dtype}`, shown(tensor));
}

function written(operation: string, target: Tensor, ...operands: readonly (Tensor | undefined)[]): void {
  ofType(operation, target, 'f32');
  demand(
    !operands.includes(target),
    operation,
    `a target other than its operands`,
    `${target.label} as both: write to a separate tensor`,
  );
}

function sameShape(operation: string, x: Tensor, y: Tensor): number {
  values(operation, x, y);
  expectShape(operation, y, x.shape);
  return elements(x.shape);
}

function potentialsOfBand(
  operation: string,
  { f, g, epsilon }: Potentials,
  end: number,
  columns: number,
): void {
  ofType(operation, f, 'f32');
  ofType(operation, g, 'f32');
  demand(epsilon > 0 && Number.isFinite(epsilon), operation, 'epsilon to be > 0 and finite', `${epsilon}`);
  demand(elements(f.shape) >= end, operation, `${f.label} (f) to have at least ${end} entries`, shown(f));
  demand(elements(g.shape) === columns, operation, `${g.label} (g) to have ${columns} entries`, shown(g));
}

/** Entries and bytes of a tensor about to be made. Every size of its shape is at least 1. */
export function newTensorSizes(
  shape: readonly number[],
  dtype: DType,
  label: string,
  maxTensorBytes: number,
): { count: number; bytes: number } {
  for (const size of shape) count(label, 'every size of the shape', size, 1);
  const total = elements(shape);
  const bytes = total * BYTES[dtype];
  demand(
    bytes <= maxTensorBytes,
    label,
    `at most ${maxTensorBytes} bytes in one tensor (the device's limit)`,
    `[${shape.join(', ')}] ${dtype}, ${bytes} bytes: process it in bands of rows`,
  );
  return { count: total, bytes };
}

export function uploadSizes(
  data: Uint8Array | Float32Array | Uint32Array,
  shape: readonly number[],
  dtype: DType,
  label: string,
  maxTensorBytes: number,
): { count: number; bytes: number } {
  const sizes = newTensorSizes(shape, dtype, label, maxTensorBytes);
  const typed =
    data instanceof Uint8Array || (data instanceof Float32Array ? dtype === 'f32' : dtype === 'u32');
  demand(typed, label, `values or bytes of ${dtype}`, data.constructor.name);
  demand(
    data.byteLength === sizes.bytes,
    label,
    `${sizes.bytes} bytes for [${shape.join(', ')}] ${dtype}`,
    `${data.byteLength}`,
  );
  return sizes;
}

export function writeSizes(tensor: Tensor, data: Float32Array | Uint32Array): { count: number } {
  const dtype = data instanceof Float32Array ? 'f32' : 'u32';
  ofType('write', tensor, dtype);
  const total = elements(tensor.shape);
  demand(data.length === total, 'write', `${total} values for ${shown(tensor)}`, `${data.length}`);
  return { count: total };
}

export function copyRowsSizes(
  source: Tensor,
  target: Tensor,
  rowOffset: number,
): { rows: number; columns: number } {
  ofType('copyRows', source, 'f32');
  written('copyRows', target, source);
  count('copyRows', 'rowOffset', rowOffset);
  const [rows, columns] = matrix(source);
  const [targetRows, targetColumns] = matrix(target);
  demand(
    columns === targetColumns && rowOffset + rows <= targetRows,
    'copyRows',
    `rows ${rowOffset} … ${rowOffset + rows} of width ${columns} to fit in the target`,
    shown(target),
  );
  return { rows, columns };
}

export interface MatmulSizes {
  readonly orientation: 'nn' | 'nt' | 'tn';
  /** Of the product. */
  readonly rows: number;
  readonly columns: number;
  /** Length of the sums. */
  readonly inner: number;
  /** Entries from one row of the target to the next, and the first column that is written. */
  readonly stride: number;
  readonly columnOffset: number;
  readonly accumulate: boolean;
}

export function matmulSizes(a: Tensor, b: Tensor, options: MatmulOptions = {}): MatmulSizes {
  const { orientation = 'nn', bias, into, columnOffset = 0, accumulate = false } = options;
  values('matmul', a, b);
  const [aRows, aColumns] = matrix(a);
  const [bRows, bColumns] = matrix(b);
  const [rows, inner] = orientation === 'tn' ? [aColumns, aRows] : [aRows, aColumns];
  const [columns, bInner] = orientation === 'nt' ? [bRows, bColumns] : [bColumns, bRows];
  demand(inner === bInner, `matmul ${orientation}`, 'inner sizes to agree', `${shown(a)} and ${shown(b)}`);
  if (bias) {
    values('matmul', bias);
    demand(elements(bias.shape) === columns, 'matmul', `a bias of ${columns} entries`, shown(bias));
  }
  count('matmul', 'columnOffset', columnOffset);
  let stride = columns;
  if (into) {
    written('matmul', into, a, b, bias);
    const [intoRows, intoColumns] = matrix(into);
    demand(
      intoRows === rows && columnOffset + columns <= intoColumns,
      'matmul',
      `a target of ${rows} rows and at least ${columnOffset + columns} columns`,
      shown(into),
    );
    stride = intoColumns;
  } else {
    demand(columnOffset === 0 && !accumulate, 'matmul', '`into` with columnOffset or accumulate', 'neither');
  }
  return { orientation, rows, columns, inner, stride, columnOffset, accumulate };
}

export function weightedSumSizes(x: Tensor, alpha: number, y?: Tensor, beta = 1): { count: number } {
  finite('weightedSum', 'alpha', alpha);
  finite('weightedSum', 'beta', beta);
  values('weightedSum', x);
  return { count: y ? sameShape('weightedSum', x, y) : elements(x.shape) };
}

export interface GatherSizes {
  readonly axis: 0 | 1;
  readonly offset: number;
  /** Of `x`; a vector gathered along axis 0 is a matrix of one column. */
  readonly rows: number;
  readonly columns: number;
  /** Number of indices. */
  readonly count: number;
  /** Shape of the result. */
  readonly shape: readonly number[];
}

export function gatherSizes(
  x: Tensor,
  index: Tensor,
  options: { axis?: 0 | 1; offset?: number; into?: Tensor } = {},
): GatherSizes {
  const { axis = 0, offset = 0, into } = options;
  values('gather', x);
  ofType('gather', index, 'u32');
  count('gather', 'offset', offset);
  const rank = x.shape.length;
  demand(rank === 2 || (rank === 1 && axis === 0), 'gather', 'a matrix, or a vector along axis 0', shown(x));
  const [rows = 1, columns = 1] = x.shape;
  const picked = elements(index.shape);
  const shape = rank === 1 ? [picked] : axis === 0 ? [picked, columns] : [rows, picked];
  if (into) {
    written('gather', into, x, index);
    expectShape('gather', into, shape);
  }
  return { axis, offset, rows, columns, count: picked, shape };
}

export function extentSizes(x: Tensor): { count: number } {
  values('extent', x);
  return { count: elements(x.shape) };
}

export const maxAbsDifferenceSizes = (x: Tensor, y: Tensor): { count: number } => ({
  count: sameShape('maxAbsDifference', x, y),
});

/** Of the distances of `rows` rows of `a` to the `columns` rows of `b`, over `inner` coordinates. */
export function pairwiseDistanceSizes(
  a: Tensor,
  b: Tensor,
  rowStart: number,
  rows: number,
  into?: Tensor,
): { rows: number; columns: number; inner: number } {
  const operation = 'pairwiseDistance';
  values(operation, a, b);
  const [aRows, inner] = matrix(a);
  const [columns, bInner] = matrix(b);
  demand(inner === bInner, operation, 'rows of equal length', `${shown(a)} and ${shown(b)}`);
  count(operation, 'rowStart', rowStart);
  count(operation, 'rows', rows, 1);
  demand(rowStart + rows <= aRows, operation, `rows ${rowStart} … ${rowStart + rows} to exist`, shown(a));
  if (into) {
    written(operation, into, a, b);
    const [intoRows, intoColumns] = matrix(into);
    const fits = intoRows >= rows && intoColumns === columns;
    demand(fits, operation, `a target of at least ${rows} rows of ${columns}`, shown(into));
  }
  return { rows, columns, inner };
}

export interface BandSizes {
  readonly rowStart: number;
  readonly rows: number;
  readonly columns: number;
}

/** Of a band; row 0 of its cost tensor is row `rowStart` of the matrix, and the tensor may have spare rows at its end. */
export function bandSizes(operation: string, band: CostBand, potentials?: Potentials): BandSizes {
  const { cost, rowStart, rows } = band;
  ofType(operation, cost, 'f32');
  count(operation, 'rowStart', rowStart);
  count(operation, 'rows', rows, 1);
  demand(cost.shape.length === 2, operation, `a cost matrix`, shown(cost));
  const [held, columns] = matrix(cost);
  demand(rows <= held, operation, `a cost tensor of at least ${rows} rows`, shown(cost));
  if (potentials) potentialsOfBand(operation, potentials, rowStart + rows, columns);
  return { rowStart, rows, columns };
}

export function rowPotentialSizes(band: CostBand, potentials: Potentials, logMarginal: number): BandSizes {
  finite('rowPotential', 'logMarginal', logMarginal);
  written('rowPotential', potentials.f, potentials.g, band.cost);
  return bandSizes('rowPotential', band, potentials);
}

export function columnLogSumSizes(band: CostBand, potentials: Potentials, state: Tensor): BandSizes {
  const sizes = bandSizes('columnLogSum', band, potentials);
  written('columnLogSum', state, potentials.f, potentials.g, band.cost);
  expectShape('columnLogSum', state, [2, sizes.columns]);
  return sizes;
}

export function columnPotentialSizes(
  state: Tensor,
  potentials: Potentials,
  logMarginal: number,
): { columns: number } {
  finite('columnPotential', 'logMarginal', logMarginal);
  written('columnPotential', potentials.g, state, potentials.f);
  ofType('columnPotential', state, 'f32');
  const columns = elements(potentials.g.shape);
  expectShape('columnPotential', state, [2, columns]);
  potentialsOfBand('columnPotential', potentials, 0, columns);
  return { columns };
}

/** `width` is the number of columns of `x` (axis 0) or its number of rows (axis 1); `total` is all rows of the plan. */
export interface ApplyPlanSizes extends BandSizes {
  readonly total: number;
  readonly width: number;
}

export function applyPlanSizes(
  band: CostBand,
  potentials: Potentials,
  x: Tensor,
  axis: 0 | 1,
  scale: number,
  into: Tensor,
): ApplyPlanSizes {
  const sizes = bandSizes('applyPlan', band, potentials);
  values('applyPlan', x);
  finite('applyPlan', 'scale', scale);
  written('applyPlan', into, x, band.cost, potentials.f, potentials.g);
  const total = elements(potentials.f.shape);
  const [xRows, xColumns] = matrix(x);
  const [intoRows, intoColumns] = matrix(into);
  const [along, width] = axis === 0 ? [xRows, xColumns] : [xColumns, xRows];
  const [intoAlong, intoWidth] = axis === 0 ? [intoRows, intoColumns] : [intoColumns, intoRows];
  demand(along === total, 'applyPlan', `x to have ${total} entries along axis ${axis}`, shown(x));
  const fits = intoAlong === sizes.columns && intoWidth === width;
  const expected = axis === 0 ? [sizes.columns, width] : [width, sizes.columns];
  demand(fits, 'applyPlan', `a target [${expected.join(', ')}]`, shown(into));
  return { ...sizes, total, width };
}

/** Pixels of a picture, and the window clipped to the band in rows of the matrix (empty when they do not meet). */
export interface PictureSizes extends BandSizes {
  readonly height: number;
  readonly width: number;
  readonly windowRows: number;
  readonly windowColumns: number;
  readonly from: number;
  readonly to: number;
}

export function pictureSizes(
  band: CostBand,
  potentials: Potentials | undefined,
  window: Window,
  into: Tensor,
): PictureSizes {
  const sizes = bandSizes('picture', band, potentials);
  written('picture', into, band.cost, potentials?.f, potentials?.g);
  const [height = 0, width = 0, channels] = into.shape;
  demand(into.shape.length === 3 && channels === 2, 'picture', 'a target [h, w, 2]', shown(into));
  const { rowStart, rowEnd, columnStart, columnEnd } = window;
  count('picture', 'rowStart of the window', rowStart);
  count('picture', 'columnStart of the window', columnStart);
  count('picture', 'rowEnd of the window', rowEnd, rowStart + 1);
  count('picture', 'columnEnd of the window', columnEnd, columnStart + 1);
  demand(columnEnd <= sizes.columns, 'picture', `columnEnd to be at most ${sizes.columns}`, `${columnEnd}`);
  return {
    ...sizes,
    height,
    width,
    windowRows: rowEnd - rowStart,
    windowColumns: columnEnd - columnStart,
    from: Math.max(rowStart, sizes.rowStart),
    to: Math.min(rowEnd, sizes.rowStart + sizes.rows),
  };
}

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

/** Queries, and the keys the last of them sees. */
export function attentionSizes(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { heads, kvHeads, headDim, past }: AttentionShape,
): { queries: number; keys: number } {
  values('attention', q, k, v);
  count('attention', 'heads', heads, 1);
  count('attention', 'kvHeads', kvHeads, 1);
  // Kernels load four dimensions at a time; published models have 64, 96 or 128.
  const whole = headDim >= 4 && headDim <= 256 && headDim % 4 === 0;
  demand(whole, 'attention', 'headDim to be a multiple of 4 up to 256', `${headDim}`);
  count('attention', 'past', past);
  const [queries, queryWidth] = matrix(q);
  const width = heads * headDim;
  demand(queryWidth === width, 'attention', `queries of width ${heads}·${headDim}`, shown(q));
  const keys = past + queries;
  for (const tensor of [k, v]) {
    const [rows, columns] = matrix(tensor);
    demand(
      rows >= keys && columns === kvHeads * headDim,
      'attention',
      `at least ${keys} rows of width ${kvHeads}·${headDim}`,
      shown(tensor),
    );
  }
  return { queries, keys };
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
