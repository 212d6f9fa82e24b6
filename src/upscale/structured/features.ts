import type { Backend, Tensor } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import { matrix } from '../../backend/shape';
import { mean, readRowNorms } from './norms';

/** Features of the units of two blocks, one row per unit. */
export interface FeaturePair {
  readonly a: Tensor;
  readonly b: Tensor;
}

/**
 * Joins several features of the same units side by side. Divides each part by the mean row norm over both blocks, so that
 * all parts have similar weight and size differences between the blocks remain. The caller owns both results and the parts.
 */
export async function joinFeatures(backend: Backend, parts: readonly FeaturePair[]): Promise<FeaturePair> {
  const scope = new Scope(backend);
  try {
    const scaled: FeaturePair[] = [];
    for (const { a, b } of parts) {
      const size = (mean(await readRowNorms(backend, a)) + mean(await readRowNorms(backend, b))) / 2;
      // A part that is zero in both blocks stays zero.
      const factor = size > 0 ? 1 / size : 1;
      scaled.push({
        a: scope.own(backend.weightedSum(a, factor)),
        b: scope.own(backend.weightedSum(b, factor)),
      });
    }
    const a = scope.own(
      concatColumns(
        backend,
        scaled.map((part) => part.a),
      ),
    );
    const b = scope.own(
      concatColumns(
        backend,
        scaled.map((part) => part.b),
      ),
    );
    return { a: scope.release(a), b: scope.release(b) };
  } finally {
    scope.free();
  }
}

/** Puts matrices with equal numbers of rows side by side. The caller owns the result. */
export function concatColumns(backend: Backend, parts: readonly Tensor[]): Tensor {
  const rows = Math.max(...parts.map((part) => matrix(part)[0]));
  const width = parts.reduce((sum, part) => sum + matrix(part)[1], 0);
  const scope = new Scope(backend);
  try {
    const into = scope.own(backend.zeros([rows, width], 'features'));
    const columns = Uint32Array.from({ length: width }, (_, column) => column);
    const index = scope.own(backend.upload(columns, [width], 'u32', 'columns'));
    let offset = 0;
    for (const part of parts) {
      // `gather` does not write columns outside the part.
      backend.gather(part, index, { axis: 1, offset, into });
      offset += matrix(part)[1];
    }
    return scope.release(into);
  } finally {
    scope.free();
  }
}
