import { exponent, fixed } from '../words/numbers';

/** Writes a probability in per cent: 41.2 %, and small ones in powers of ten. */
export function percent(probability: number): string {
  const share = 100 * probability;
  if (share === 0) return '0 %';
  return share < 0.05 ? `${exponent(share, 2)} %` : `${fixed(share, 1)} %`;
}
