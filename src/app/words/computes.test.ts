import { expect, it } from 'vitest';
import { computesWords } from './computes';

it('says what computes: the CPU with what it runs, or the adapter and whether it is software', () => {
  const summary = { limits: {}, features: [] };
  const cpu = {
    ...summary,
    kind: 'cpu',
    description: 'CPU, WebAssembly SIMD, 2 threads',
    software: false,
  } as const;
  expect(computesWords(cpu)).toBe('the CPU (WebAssembly SIMD, 2 threads)');
  const gpu = { ...summary, kind: 'webgpu', description: 'Apple M2', software: false } as const;
  expect(computesWords(gpu)).toBe('WebGPU on Apple M2');
  expect(computesWords({ ...gpu, software: true })).toBe('WebGPU on a software adapter, Apple M2');
});
