import type { Backend, Tensor } from '../../backend/operations';
import type { HeadLayout } from './heads';

/**
 * Inner products between the heads of two matrices, separately for each rotary pair (dimensions j and j + h/2, as Hugging
 * Face stores q and k). Besides scaling, the only linear map of a pair that commutes with RoPE is a rotation by θ,
 * (x, x′) ↦ (x cos θ − x′ sin θ, x sin θ + x′ cos θ). With the rows of head s rotated,
 * ‖R(θ)A_s − B_t‖² = ‖A_s‖² + ‖B_t‖² − 2 Σ_p (cos θ_p · C_p + sin θ_p · S_p).
 */
export interface RotaryProducts {
  /** Number of heads of each matrix. */
  readonly heads: number;
  /** ‖A_s‖² and ‖B_t‖² by head. */
  readonly squaresA: Float64Array;
  readonly squaresB: Float64Array;
  /** C `[s, t, p]` = ⟨a_j, b_j⟩ + ⟨a_j′, b_j′⟩. */
  readonly cosines: Float64Array;
  /** S `[s, t, p]` = ⟨a_j, b_j′⟩ − ⟨a_j′, b_j⟩; all zero without `rotate`. */
  readonly sines: Float64Array;
}

/**
 * Computes the products of all heads of `a` with all heads of `b`, both `[heads · h, d]`, in float64.
 * @param rotate Compute the sines too.
 * @param pause Awaited between heads of `a`; it may throw to stop the work.
 */
export async function rotaryProducts(
  { a, b }: { a: Float32Array; b: Float32Array },
  heads: number,
  headDim: HeadLayout['headDim'],
  rotate: boolean,
  pause: () => Promise<void>,
): Promise<RotaryProducts> {
  const pairs = headDim / 2;
  const width = a.length / (heads * headDim);
  const row = (values: Float32Array, head: number, dimension: number): Float32Array => {
    const start = (head * headDim + dimension) * width;
    return values.subarray(start, start + width);
  };
  const squares = (values: Float32Array): Float64Array =>
    Float64Array.from({ length: heads }, (_, head) => {
      const part = values.subarray(head * headDim * width, (head + 1) * headDim * width);
      return dot(part, part);
    });
  const cosines = new Float64Array(heads * heads * pairs);
  const sines = new Float64Array(heads * heads * pairs);
  for (let s = 0; s < heads; s++) {
    await pause();
    for (let t = 0; t < heads; t++) {
      for (let p = 0; p < pairs; p++) {
        const at = (s * heads + t) * pairs + p;
        const [x, y] = [row(a, s, p), row(a, s, p + pairs)];
        const [z, w] = [row(b, t, p), row(b, t, p + pairs)];
        cosines[at] = dot(x, z) + dot(y, w);
        if (rotate) sines[at] = dot(x, w) - dot(y, z);
      }
    }
  }
  return { heads, squaresA: squares(a), squaresB: squares(b), cosines, sines };
}

function dot(x: Float32Array, y: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (y[i] as number);
  return sum;
}

/** Head `source` of the previous block matched with head `target` of the next, in q or k. */
export interface MatchedHead {
  readonly products: RotaryProducts;
  readonly source: number;
  readonly target: number;
}

/** Fits one rotation per pair (in radians) for all matched heads (Procrustes). `cost` is the remaining squared distance. */
export function fitRotation(
  placed: readonly MatchedHead[],
  headDim: number,
  rotate: boolean,
): { angles: Float64Array; cost: number } {
  const pairs = headDim / 2;
  const angles = new Float64Array(pairs);
  let cost = 0;
  for (const { products, source, target } of placed)
    cost += (products.squaresA[source] ?? 0) + (products.squaresB[target] ?? 0);
  for (let p = 0; p < pairs; p++) {
    let [c, s] = [0, 0];
    for (const { products, source, target } of placed) {
      const at = (source * products.heads + target) * pairs + p;
      c += products.cosines[at] ?? 0;
      s += products.sines[at] ?? 0;
    }
    if (rotate) angles[p] = Math.atan2(s, c);
    cost -= 2 * (rotate ? Math.hypot(c, s) : c);
  }
  // For equal heads only rounding error remains, which may be negative.
  return { angles, cost: Math.max(0, cost) };
}

/** Uploads the matrix `[h, h]` that rotates every pair by its angle. The caller owns it. */
export function uploadRotation(backend: Backend, angles: Float64Array): Tensor {
  const pairs = angles.length;
  const size = 2 * pairs;
  const entries = new Float32Array(size * size);
  for (const [p, angle] of angles.entries()) {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    entries[p * size + p] = cos;
    entries[p * size + p + pairs] = -sin;
    entries[(p + pairs) * size + p] = sin;
    entries[(p + pairs) * size + p + pairs] = cos;
  }
  return backend.upload(entries, [size, size], 'f32', 'rotation');
}
