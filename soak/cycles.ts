import { pathToFileURL } from 'node:url';
import { folders } from '../src/cli/folders';
import { Engine } from '../src/engine/engine';
import { NodeEnvironment } from '../src/engine/node';
import { DEFAULT_RECIPE } from '../src/recipe/schema';
import { collectGarbage } from '../tests/garbage';

const SHIPPED = new URL('../public/models/interlayer-fairy-1.7m/', import.meta.url).pathname;

/** Settings that cycles take in turn, so that entropic, exact and structured plans are all made and freed. */
const ALIGNED = [
  { method: 'opt-deus:paper', tensor: 'self_attn.q_proj' },
  { method: 'opt-deus:hard', tensor: 'mlp.gate_proj' },
  { method: 'opt-deus:relative', tensor: 'self_attn.k_proj' },
  { method: 'opt-deus:structured', tensor: 'mlp.down_proj' },
] as const;

/** Cycles on one device before it is given back and another is started: every setting once, so that all devices do the same. */
const CYCLES_PER_DEVICE = ALIGNED.length;

export interface CycleOptions {
  readonly backend: 'cpu' | 'webgpu';
  readonly cycles: number;
  /** A folder of a model; default: the shipped one. */
  readonly model?: string;
  readonly log?: (line: string) => void;
}

/** What the process holds while no model is in use, after its garbage is collected. */
export interface Idle {
  readonly cycle: number;
  /** Bytes and tensors on the device, and bytes that the backend keeps for reuse. */
  readonly deviceBytes: number;
  readonly tensors: number;
  readonly pooledBytes: number;
  /** Bytes of the JavaScript heap, and of array buffers outside it. */
  readonly heap: number;
  readonly buffers: number;
  /** Bytes of the whole process. */
  readonly resident: number;
  /** Threads, timers and open files that keep the process alive. */
  readonly resources: number;
}

export interface CyclesReport extends CycleOptions {
  readonly description: string;
  readonly seconds: number;
  /** Of every device, just before it was given back. */
  readonly idle: readonly Idle[];
}

/** Opens a model, aligns a gap, draws it, evaluates the deeper model, and closes it; again and again. */
export async function runCycles(options: CycleOptions): Promise<CyclesReport> {
  const { backend, cycles, model = SHIPPED, log } = options;
  const environment = new NodeEnvironment(folders);
  const url = pathToFileURL(model).href;
  const begun = Date.now();
  const idle: Idle[] = [];
  let description = '';
  let engine: Engine | undefined;
  for (let cycle = 0; cycle < cycles; cycle++) {
    if (engine === undefined || cycle % CYCLES_PER_DEVICE === 0) {
      engine?.dispose();
      engine = new Engine(environment);
      ({ description } = await engine.run('start', { backend }));
    }
    await useOnce(engine, url, cycle);
    // Just before a device is given back, so that every record is of the same point of a device's use.
    if (cycle % CYCLES_PER_DEVICE === CYCLES_PER_DEVICE - 1 || cycle === cycles - 1) {
      idle.push(await measure(engine, cycle + 1));
      if (idle.length % 10 === 1) log?.(JSON.stringify(idle.at(-1)));
    }
  }
  engine?.dispose();
  environment.release();
  return { ...options, description, seconds: (Date.now() - begun) / 1000, idle };
}

async function useOnce(engine: Engine, url: string, cycle: number): Promise<void> {
  const { layers } = await engine.run('open', { source: { kind: 'url', url } });
  const { method, tensor } = ALIGNED[cycle % ALIGNED.length]!;
  const recipe = { ...DEFAULT_RECIPE, method, seed: cycle };
  const gap = cycle % (layers - 1);
  const { key } = await engine.run('align', { recipe, gap, tensor });
  await engine.run('picture', { key, kind: 'plan', order: 'matched', maxPixels: 256 });
  await engine.run('picture', { key, kind: 'cost', maxPixels: 256 });
  await engine.run('cell', { key, row: 1, column: 2 });
  if (cycle % CYCLES_PER_DEVICE === 0) {
    const ids = [1, 2, 3, 4, 5, 6, 7, 8];
    await engine.run('evaluate', { recipe: { ...recipe, gaps: [gap] }, ids, compareWithBase: true });
  }
  await engine.run('clear', {});
}

async function measure(engine: Engine, cycle: number): Promise<Idle> {
  const { bytes: deviceBytes, tensors, pooledBytes } = await engine.run('memory', {});
  // Some garbage is freed only in a later task than the one that drops it.
  for (let times = 0; times < 3; times++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    collectGarbage();
  }
  const { heapUsed: heap, arrayBuffers: buffers, rss: resident } = process.memoryUsage();
  const resources = process.getActiveResourcesInfo().length;
  return { cycle, deviceBytes, tensors, pooledBytes, heap, buffers, resident, resources };
}
