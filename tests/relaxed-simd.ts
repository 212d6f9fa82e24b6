import { setFlagsFromString } from 'node:v8';
import { hasRelaxedSimd } from '../src/backend/wasm/relaxed-simd';

/** Turns on relaxed SIMD in this process, which Node 20 has behind a flag. Newer ones have it anyway. */
export function enableRelaxedSimd(): void {
  if (!hasRelaxedSimd()) setFlagsFromString('--experimental-wasm-relaxed-simd');
}
