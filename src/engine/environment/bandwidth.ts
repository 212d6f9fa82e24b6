import { hasInstruments } from '../../backend/instruments';
import type { Backend } from '../../backend/operations';
import { RequestError } from '../jobs/errors';
import type { Bandwidth } from '../jobs';

const MIB = 2 ** 20;
/** Larger than the caches of current GPUs; on processors, software adapters included, large enough and soon copied. */
const GPU_BYTES = 128 * MIB;
const CPU_BYTES = 32 * MIB;
const WIDTH = 1024;

/** The difference of two measurements must be this long, so that waiting for the device does not blur it. */
const ENOUGH_MS = 20;
/** No further measurement starts after this time. */
const LIMIT_MS = 100;

/**
 * Measures how fast copies in the device's memory are, by the wall clock: the difference of many and of few copies has none of the
 * fixed time of waiting. Timestamp queries are no better, because browsers round them to a tenth of a millisecond.
 */
export async function copyBandwidth(backend: Backend): Promise<Bandwidth> {
  if (!hasInstruments(backend))
    throw new RequestError(
      'bandwidth: expected a backend that copies in WGSL or WebAssembly, got the plain TypeScript one. Use a browser with WebAssembly SIMD.',
    );
  const { kind, software, maxTensorBytes } = backend.info;
  const wanted = kind === 'webgpu' && !software ? GPU_BYTES : CPU_BYTES;
  const rows = Math.floor(Math.min(wanted, maxTensorBytes) / (4 * WIDTH));
  const bytes = 4 * WIDTH * rows;
  const source = backend.zeros([rows, WIDTH], 'copy source');
  const target = backend.zeros([rows, WIDTH], 'copy target');
  const probe = backend.zeros([1], 'probe');
  const copy = async (times: number): Promise<number> => {
    const started = performance.now();
    for (let i = 0; i < times; i++) backend.copy(source, target);
    await backend.read(probe);
    return performance.now() - started;
  };
  try {
    // Compiles the kernel, and touches memory that the system only gives when it is used.
    await copy(1);
    const started = performance.now();
    for (let times = 1; ; times *= 4) {
      const few = await copy(times);
      const difference = (await copy(3 * times)) - few;
      const last = performance.now() - started >= LIMIT_MS;
      if (difference < ENOUGH_MS && !last) continue;
      // Reading and writing each count. Noise may make a difference as small as none; then the whole time is an upper bound.
      const milliseconds = difference > 0 ? difference : few;
      return { bytesPerSecond: (1000 * 2 * bytes * 2 * times) / milliseconds, bytes };
    }
  } finally {
    backend.free(source, target, probe);
  }
}
