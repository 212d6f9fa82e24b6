import { randomSource } from '../random';

/**
 * Returns `count` standard normal numbers: Box–Muller with the mulberry32 generator. The same seed gives the same numbers on
 * every machine.
 */
export function normals(count: number, seed: number): Float32Array {
  const uniform = randomSource(seed);
  return Float32Array.from({ length: count }, () => {
    // 1 − u is in (0, 1], so the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    return radius * Math.cos(2 * Math.PI * uniform());
  });
}
