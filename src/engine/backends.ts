import { CpuBackend } from '../backend/cpu/backend';
import { NoAdapterError } from '../backend/errors';
import type { Backend } from '../backend/operations';
import { WebGpuBackend } from '../backend/webgpu/backend';
import type { Environment } from './environment';
import type { BackendSummary } from './jobs';

export type BackendChoice = 'auto' | 'webgpu' | 'cpu';

/** Kernels of the first alignment. */
const FIRST_KERNELS = [
  'extent',
  'row_moments',
  'row_potential',
  'column_log_sum',
  'column_potential',
  'plan_rows',
  'picture',
];

/** Opens a backend of either kind; `gpu` is asked only for WebGPU, every time anew. */
export async function openBackend(
  kind: 'webgpu' | 'cpu',
  gpu: () => Promise<GPU | undefined>,
): Promise<Backend> {
  if (kind === 'cpu') return new CpuBackend();
  const entry = await gpu();
  if (!entry) {
    throw new NoAdapterError(
      'expected WebGPU, found none: use a current browser over https or on localhost, or the CPU backend',
    );
  }
  const backend = await WebGpuBackend.open(entry);
  // The first picture waits for these; they compile while the model's files are read.
  backend.warm(FIRST_KERNELS);
  return backend;
}

/**
 * The backend asked for; `auto` takes WebGPU where an adapter exists and says why where it does not.
 * @throws NoAdapterError when `webgpu` is asked for in so many words and there is none.
 */
export async function chooseBackend(
  environment: Environment,
  choice: BackendChoice,
): Promise<{ backend: Backend; summary: BackendSummary }> {
  let notice: string | undefined;
  let backend: Backend | undefined;
  if (choice !== 'cpu') {
    try {
      backend = await environment.openBackend('webgpu');
    } catch (error) {
      if (choice === 'webgpu') throw error;
      notice = `No WebGPU here, so the CPU computes, more slowly${reason(error)}.`;
    }
  }
  backend ??= await environment.openBackend('cpu');
  const { kind, description, software, limits, features } = backend.info;
  const summary = { kind, description, software, limits, features, ...(notice ? { notice } : {}) };
  return { backend, summary };
}

/** An adapter that is merely absent needs no explanation; anything else that kept the GPU from starting does. */
const reason = (error: unknown): string =>
  error instanceof NoAdapterError || !(error instanceof Error)
    ? ''
    : ` (${error.message.replace(/[.\s]+$/, '')})`;
