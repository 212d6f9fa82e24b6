import { CpuBackend } from '../cpu/backend';
import type { Operations, Tensor } from '../operations';
import type { Runner } from './runner';
import { WasmTensor } from './tensor';

/**
 * For operations without a WebAssembly kernel: runs the operation on the plain TypeScript backend with copies of its operands, then
 * copies back the result and all changed tensors.
 */
export function fallBack<N extends keyof Operations>(
  runner: Runner,
  operation: N,
  args: Parameters<Operations[N]>,
): ReturnType<Operations[N]> {
  const reference = new CpuBackend();
  const copies = new Map<Tensor, Tensor>();
  const originals = new Map<Tensor, WasmTensor>();
  const copy = (tensor: Tensor): Tensor => {
    const known = copies.get(tensor);
    if (known) return known;
    const own = runner.own(tensor);
    const bytes = runner.heap.bytes(own.at, own.bytes).slice();
    const made = reference.upload(bytes, own.shape, own.dtype, own.label);
    copies.set(own, made);
    originals.set(made, own);
    return made;
  };
  const adopt = (tensor: Tensor): Tensor =>
    originals.get(tensor) ?? runner.upload(reference.values(tensor), tensor.shape, 'f32', tensor.label);
  try {
    const compute = reference[operation] as (...args: unknown[]) => unknown;
    const result = compute.apply(
      reference,
      args.map((arg) => replace(arg, copy)),
    );
    for (const [made, own] of originals) {
      // Only f32 tensors are ever written to. Those that stayed as they are keep what was made of them, such as float64 copies.
      if (own.dtype !== 'f32') continue;
      const values = reference.values(made);
      const held = runner.heap.floats(own.at, own.bytes / 4);
      if (held.some((value, k) => !Object.is(value, values[k]))) {
        runner.heap.floats(runner.target(own), own.bytes / 4).set(values);
      }
    }
    return replace(result, adopt) as ReturnType<Operations[N]>;
  } finally {
    reference.dispose();
  }
}

/** Returns a copy of `value` with every tensor inside, at any depth, replaced. */
function replace(value: unknown, by: (tensor: Tensor) => Tensor): unknown {
  if (Array.isArray(value)) return value.map((part) => replace(part, by));
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value;
  if ('dtype' in value && 'label' in value) return by(value as Tensor);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, replace(part, by)]));
}
