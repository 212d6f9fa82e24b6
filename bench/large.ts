import { CpuBackend } from '../src/backend/cpu/backend';
import type { Backend } from '../src/backend/operations';
import { DEFAULT_RECIPE } from '../src/recipe/schema';
import { CostMatrix } from '../src/transport/cost';
import { Alignment } from '../src/engine/aligning/alignment';
import { alignments } from '../src/engine/aligning/alignments';
import type { JobContext } from '../src/engine/workspace/context';
import { order } from '../src/engine/neurons/order';
import { picture } from '../src/engine/pictures/picture';
import { solveAlignment } from '../src/engine/aligning/solve';
import { strongest } from '../src/engine/neurons/strongest';
import { Workspace } from '../src/engine/workspace/workspace';
import { normal } from './data';
import { printTable, short } from './table';
import { MemoryByteStore } from '../src/engine/environment/byte-store';

const N = 14_336;
const WIDTH = 16;
const ITERATIONS = 2;
const MIB = 2 ** 20;

/** Peak bytes of array buffers and of the heap, sampled before every operation. */
interface Peak {
  buffers: number;
  heap: number;
}

function withMemorySampling(inner: Backend, peak: Peak): Backend {
  return new Proxy(inner, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        const { arrayBuffers, heapUsed } = process.memoryUsage();
        peak.buffers = Math.max(peak.buffers, arrayBuffers);
        peak.heap = Math.max(peak.heap, heapUsed);
        return Reflect.apply(value, target, args);
      };
    },
  });
}

/** Measures one gap of the largest MLPs: memory of the whole engine, and time of every request. */
async function main(): Promise<void> {
  const peak: Peak = { buffers: 0, heap: 0 };
  const before = process.memoryUsage();
  const backend = withMemorySampling(new CpuBackend(), peak);
  const workspace = await Workspace.open(
    {
      byteStore: new MemoryByteStore(),
      openBackend: async () => backend,
      files: () => {
        throw new Error('no files here');
      },
      destination: () => Promise.reject(new Error('nothing is written here')),
      text: () => Promise.reject(new Error('no texts here')),
      keptFolders: () => Promise.reject(new Error('nothing is kept here')),
    },
    'cpu',
    undefined,
  );
  const rows: string[][] = [];
  const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await work();
    rows.push([what, `${short((performance.now() - start) / 1000)} s`]);
    return result;
  };
  const context: JobContext = { signal: undefined, emit: () => undefined };
  const [a, b] = [2, 3].map((seed) => backend.upload(normal(N * WIDTH, seed), [N, WIDTH], 'f32', 'rows'));
  if (!a || !b) throw new Error('two matrices were uploaded');
  const cost = await timed('cost measured, one pass', () =>
    CostMatrix.build(backend, a, b, { budgetBytes: 256 * MIB }),
  );
  const key = 'large';
  const spec = { key, recipe: DEFAULT_RECIPE, gap: 0, tensor: 'mlp.up_proj' } as const;
  const solver = { kind: 'entropic', epsilon: 0.5, tolerance: 1e-9, maxIterations: ITERATIONS } as const;
  const alignment = new Alignment(backend, { spec, solver, a, b, free: () => undefined }, cost);
  workspace.get(alignments).add(alignment);
  await timed(`${ITERATIONS} iterations and the plan's measures`, () =>
    solveAlignment(alignment, performance.now(), context),
  );
  const whole = { key, kind: 'plan', maxPixels: 1024 } as const;
  const window = { rowStart: 7000, rowEnd: 7256, columnStart: 100, columnEnd: 356 };
  await timed('overview of the plan, 1024 × 1024', () => picture(workspace, whole, context));
  await timed('the same again: switching back to it', () => picture(workspace, whole, context));
  await timed('256 × 256 single cells', () => picture(workspace, { ...whole, window }, context));
  await timed('order by assignment', () => order(workspace, { key, order: 'matched' }, context));
  await timed('256 × 256 single cells in that order', () =>
    picture(workspace, { ...whole, window, order: 'matched' }, context),
  );
  await timed('order by clusters', () => order(workspace, { key, order: 'cluster' }, context));
  await timed('overview in that order', () => picture(workspace, { ...whole, order: 'cluster' }, context));
  await timed('the 100 strongest pairs', () => strongest(workspace, { key, count: 100 }, context));
  console.log(`\n${N} × ${N} on the CPU, rows of ${WIDTH} numbers, cost computed in bands at every visit`);
  printTable(['what', 'measured'], rows);
  const grown = peak.buffers - before.arrayBuffers + peak.heap - before.heapUsed;
  console.log(
    `\npeak above the start: ${Math.round(grown / MIB)} MiB of heap and buffers, of which the backend ` +
      `${Math.round(backend.memory().peakBytes / MIB)} MiB (goal: under 191 MiB, 200 MB)`,
  );
  workspace.close();
}

await main();
