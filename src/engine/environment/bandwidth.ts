import { type Instruments, hasInstruments } from '../../backend/instruments';
import type { Backend } from '../../backend/operations';
import { RequestError } from '../jobs/errors';
import type { Bandwidth } from '../jobs';
import type { Environment } from './environment';
import { now } from '../../now';

const MIB = 2 ** 20;
/** Larger than the caches of current GPUs; on processors, software adapters included, large enough and soon copied. */
const GPU_BYTES = 128 * MIB;
const CPU_BYTES = 32 * MIB;
const WIDTH = 1024;

/** The difference of two measurements must be this long, so that waiting for the device does not blur it. */
const ENOUGH_MS = 20;
/** No further measurement starts after this time. */
const LIMIT_MS = 100;
/** Of a coarse clock. */
const RESOLUTION_MS = 0.1;

/**
 * Measures how fast copies in the memory of a device of this kind are. It is another one than the engine's, so that neither memory
 * nor kernels of the measurement are taken for the engine's.
 */
export async function copyBandwidth(environment: Environment, kind: 'webgpu' | 'cpu'): Promise<Bandwidth> {
  const backend = await environment.openBackend(kind);
  try {
    if (hasInstruments(backend)) return await measure(backend);
    throw new RequestError(
      'bandwidth: expected a backend that copies in WGSL or WebAssembly, got the plain TypeScript one. Use a browser with WebAssembly SIMD.',
    );
  } finally {
    backend.dispose();
  }
}

/**
 * Measures by the wall clock: the difference of many and of few copies has none of the fixed time of waiting. Timestamp queries are
 * no better, because browsers round them to a tenth of a millisecond.
 */
async function measure(backend: Backend & Instruments): Promise<Bandwidth> {
  const { kind, software, maxTensorBytes } = backend.info;
  const wanted = kind === 'webgpu' && !software ? GPU_BYTES : CPU_BYTES;
  const rows = Math.floor(Math.min(wanted, maxTensorBytes) / (4 * WIDTH));
  const bytes = 4 * WIDTH * rows;
  const source = backend.zeros([rows, WIDTH], 'copy source');
  const target = backend.zeros([rows, WIDTH], 'copy target');
  const probe = backend.zeros([1], 'probe');
  const copy = async (times: number): Promise<number> => {
    const started = now();
    for (let i = 0; i < times; i++) backend.copy(source, target);
    await backend.read(probe);
    return now() - started;
  };
  // Compiles the kernel, and touches memory that the system only gives when it is used.
  await copy(1);
  const started = now();
  for (let times = 1; ; times *= 4) {
    const few = await copy(times);
    const difference = (await copy(3 * times)) - few;
    const last = now() - started >= LIMIT_MS;
    if (difference < ENOUGH_MS && !last) continue;
    // Under load the difference may be none; then twice the time of the few is no less than it should be.
    const milliseconds = difference > 0 ? difference : Math.max(2 * few, RESOLUTION_MS);
    // Reading and writing each count.
    return { bytesPerSecond: (1000 * 2 * bytes * 2 * times) / milliseconds, bytes };
  }
}
