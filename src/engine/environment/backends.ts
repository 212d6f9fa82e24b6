import { openCpu } from '../../backend/wasm/open';
import { NoAdapterError } from '../../backend/errors';
import type { Backend, BackendInfo } from '../../backend/operations';
import type { Threading } from '../../backend/wasm/threads';
import type { WebGpuBackend } from '../../backend/webgpu/backend';
import type { ChoiceMemory } from '../../backend/webgpu/products/choice';
import { calibrate } from './calibrate';
import type { Environment } from './environment';
import type { BackendSummary } from '../jobs';

export type BackendChoice = 'auto' | 'webgpu' | 'cpu';

/** Kernels that the first alignment and its picture use. */
const FIRST_KERNELS = [
  'extent',
  'row_moments',
  'column_log_sum',
  'sinkhorn_columns',
  'plan_rows',
  'picture',
  'gather',
];

/** Opens a backend. `gpu` is called each time, and only for WebGPU, which keeps what it measures in `memory`. */
export async function openBackend(
  kind: BackendInfo['kind'],
  gpu: () => Promise<GPU | undefined>,
  threading: Threading,
  memory?: ChoiceMemory,
): Promise<Backend> {
  if (kind === 'cpu') return openCpu(threading);
  const entry = await gpu();
  if (!entry) {
    throw new NoAdapterError(
      'expected WebGPU, found none: use a current browser over https or on localhost, or the CPU backend',
    );
  }
  // Imported on demand, as the CPU backend is, because most visits need only one of them.
  const { WebGpuBackend } = await import('../../backend/webgpu/backend');
  return WebGpuBackend.open(entry, { memory });
}

/**
 * Opens the chosen backend. `auto` takes WebGPU if there is an adapter, a software adapter only if it is faster than the CPU
 * backend; otherwise the CPU, with a notice that says why.
 * @throws NoAdapterError if the choice is `webgpu` and there is no adapter.
 */
export async function chooseBackend(
  environment: Environment,
  choice: BackendChoice,
): Promise<{ backend: Backend; summary: BackendSummary }> {
  const { backend, notice } =
    choice === 'auto'
      ? await bestBackend(environment)
      : { backend: await environment.openBackend(choice), notice: undefined };
  // These compile while the model's files are read, because the first picture needs them.
  if (isWebGpu(backend)) backend.precompile(FIRST_KERNELS);
  const { kind, description, software, limits, features } = backend.info;
  const summary = { kind, description, software, limits, features, ...(notice ? { notice } : {}) };
  return { backend, summary };
}

const isWebGpu = (backend: Backend): backend is WebGpuBackend => 'precompile' in backend;

interface ChosenBackend {
  readonly backend: Backend;
  readonly notice: string | undefined;
}

async function bestBackend(environment: Environment): Promise<ChosenBackend> {
  let gpu: Backend;
  try {
    gpu = await environment.openBackend('webgpu');
  } catch (error) {
    const notice = `No WebGPU here, so the CPU computes${reason(error)}.`;
    return { backend: await environment.openBackend('cpu'), notice };
  }
  return gpu.info.software ? fasterOf(environment, gpu) : { backend: gpu, notice: undefined };
}

/** Speed of the CPU backend relative to the software adapter, measured once per environment. */
const advantages = new WeakMap<Environment, number>();

async function fasterOf(environment: Environment, gpu: Backend): Promise<ChosenBackend> {
  let cpu: Backend | undefined;
  try {
    cpu = await environment.openBackend('cpu');
    const advantage = advantages.get(environment) ?? (await calibrate(gpu)) / (await calibrate(cpu));
    advantages.set(environment, advantage);
    if (!(advantage > 1)) {
      cpu.dispose();
      return { backend: gpu, notice: undefined };
    }
  } catch {
    // A CPU backend that cannot be measured is not chosen.
    cpu?.dispose();
    return { backend: gpu, notice: undefined };
  }
  gpu.dispose();
  const times = advantages.get(environment) ?? 1;
  return {
    backend: cpu,
    notice: `The only WebGPU adapter here is software; the CPU backend measured ${times.toFixed(1)} times as fast, so it computes.`,
  };
}

/** Returns why the GPU did not start, in brackets; empty if there is simply no adapter. */
const reason = (error: unknown): string =>
  error instanceof NoAdapterError || !(error instanceof Error)
    ? ''
    : ` (${error.message.replace(/[.\s]+$/, '')})`;
