import type { BackendSummary } from '../../engine/jobs';

/** What really computes: `WebGPU on …`, or `the CPU (WebAssembly SIMD, 2 threads)`. */
export function computesWords({ kind, description, software }: BackendSummary): string {
  if (kind === 'cpu') return `the CPU (${description.replace(/^CPU, /, '')})`;
  return `WebGPU on ${software ? 'a software adapter, ' : ''}${description}`;
}
