import { setFlagsFromString } from 'node:v8';
import { hasRelaxedSimd } from './relaxed-simd';

/** Turns on relaxed SIMD in this process: Node 20 has it behind a flag, newer ones have it anyway. */
export function enableRelaxedSimd(): void {
  if (!hasRelaxedSimd()) setFlagsFromString('--experimental-wasm-relaxed-simd');
}
