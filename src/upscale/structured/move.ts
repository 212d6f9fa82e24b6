import type { Backend, Tensor } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import { matrix } from '../../backend/shape';
import type { HeadMap } from './head-map';
import { headRows } from './heads';

/** Moves rows of a matrix, or entries of a vector, head by head. The caller owns the result (f32, shape of `x`). */
export async function moveRows(backend: Backend, x: Tensor, map: HeadMap): Promise<Tensor> {
  if (!map.maps) return gatherRows(backend, x, headRows(map.source, map.headDim), 0);
  // A vector is stored as one row, so map · x becomes x · mapᵀ, as for columns.
  if (x.shape.length === 1) return moveColumns(backend, x, map);
  const scope = new Scope(backend);
  try {
    const out = scope.own(backend.zeros(x.shape, `${x.label} moved`));
    for (const [head, source] of map.source.entries()) {
      const rows = scope.own(gatherRows(backend, x, headRows([source], map.headDim), 0));
      const moved = scope.own(backend.matmul(mapOf(map, head), rows));
      backend.copyRows(moved, out, head * map.headDim);
      scope.free(rows, moved);
      await backend.settle();
    }
    return scope.release(out);
  } finally {
    scope.free();
  }
}

/** Moves columns head by head and multiplies them by the transpose of the head's map. The caller owns the result. */
export async function moveColumns(backend: Backend, x: Tensor, map: HeadMap): Promise<Tensor> {
  const axis = x.shape.length === 1 ? 0 : 1;
  if (!map.maps) return gatherRows(backend, x, headRows(map.source, map.headDim), axis);
  const scope = new Scope(backend);
  try {
    const out = scope.own(backend.zeros(x.shape, `${x.label} moved`));
    for (const [head, source] of map.source.entries()) {
      const columns = scope.own(gatherRows(backend, x, headRows([source], map.headDim), axis));
      const place = { orientation: 'nt', into: out, columnOffset: head * map.headDim } as const;
      backend.matmul(columns, mapOf(map, head), place);
      scope.free(columns);
      await backend.settle();
    }
    return scope.release(out);
  } finally {
    scope.free();
  }
}

function mapOf({ maps }: HeadMap, head: number): Tensor {
  const map = maps?.[head];
  if (map) return map;
  throw new RangeError(`expected a map for head ${head}, got ${maps?.length ?? 0} maps`);
}

/** Gathers rows (axis 0) or columns (axis 1) of `x` as f32. The caller owns the result. */
export function gatherRows(backend: Backend, x: Tensor, rows: Uint32Array, axis: 0 | 1): Tensor {
  const index = backend.upload(rows, [rows.length], 'u32', 'rows');
  try {
    return backend.gather(x, index, { axis });
  } finally {
    backend.free(index);
  }
}

/** Uploads a diagonal matrix. The caller owns it. */
export function diagonal(backend: Backend, values: ArrayLike<number>): Tensor {
  const size = values.length;
  const entries = new Float32Array(size * size);
  for (let i = 0; i < size; i++) entries[i * (size + 1)] = values[i] ?? 0;
  return backend.upload(entries, [size, size], 'f32', 'diagonal');
}

/** Rows per band for products with a square matrix of that size: keeps the device busy and wastes little work. */
const BAND = 128;

/** Calls `visit` with every band of rows, as f32. The band is freed after the call. */
async function forEachBand(
  backend: Backend,
  x: Tensor,
  visit: (rows: Tensor, start: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const [count] = matrix(x);
  for (let start = 0; start < count; start += BAND) {
    signal?.throwIfAborted();
    const rows = Uint32Array.from({ length: Math.min(BAND, count - start) }, (_, i) => start + i);
    const band = gatherRows(backend, x, rows, 0);
    try {
      visit(band, start);
    } finally {
      backend.free(band);
    }
    await backend.settle();
  }
}

/** Transposes a matrix by exact products of its bands with the identity. The caller owns the result. */
export async function transposed(backend: Backend, x: Tensor, signal?: AbortSignal): Promise<Tensor> {
  const [rows, columns] = matrix(x);
  const scope = new Scope(backend);
  try {
    const out = scope.own(backend.zeros([columns, rows], `${x.label} transposed`));
    await forEachBand(
      backend,
      x,
      (band, start) => {
        const eye = scope.own(diagonal(backend, new Float32Array(matrix(band)[0]).fill(1)));
        backend.matmul(band, eye, { orientation: 'tn', into: out, columnOffset: start });
        scope.free(eye);
      },
      signal,
    );
    return scope.release(out);
  } finally {
    scope.free();
  }
}

/** Multiplies row i by `factors[i]`. The caller owns the result. */
export async function scaledRows(
  backend: Backend,
  x: Tensor,
  factors: Float32Array,
  signal?: AbortSignal,
): Promise<Tensor> {
  const scope = new Scope(backend);
  try {
    const out = scope.own(backend.zeros(x.shape, `${x.label} scaled`));
    await forEachBand(
      backend,
      x,
      (band, start) => {
        const scale = scope.own(diagonal(backend, factors.subarray(start, start + matrix(band)[0])));
        const scaled = scope.own(backend.matmul(scale, band));
        backend.copyRows(scaled, out, start);
        scope.free(scale, scaled);
      },
      signal,
    );
    return scope.release(out);
  } finally {
    scope.free();
  }
}
