import { randomSource } from '../random';

/**
 * `count` standard normal numbers from a seed: Box–Muller over the mulberry32 generator. The same seed gives the same
 * numbers on every machine.
 */
export function normals(count: number, seed: number): Float32Array {
  const uniform = randomSource(seed);
  return Float32Array.from({ length: count }, () => {
    // 1 − u is in (0, 1], so the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    return radius * Math.cos(2 * Math.PI * uniform());
  });
}
