import { Module } from './assembler/module';
import { V128 } from './assembler/values';

/** True if the engine has relaxed SIMD (WebAssembly 3.0), with its fused multiply-add: Chromium 114, Node 22 and later. */
export function hasRelaxedSimd(): boolean {
  const module = new Module(true);
  module.func([], undefined, (f) => f.drop(f.multiplyAdd(V128.of(1), 1, 1)));
  return WebAssembly.validate(module.encode(0, 1, false));
}
