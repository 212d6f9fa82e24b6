import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { folders } from '../src/cli/folders';
import { Engine } from '../src/engine/engine';
import { NodeEnvironment } from '../src/engine/node';
import { DEFAULT_RECIPE } from '../src/recipe/schema';

const SHIPPED = new URL('../public/models/interlayer-fairy-1.7m/', import.meta.url).pathname;
const TEXT = new URL('../public/corpus/observatory-heldout.txt', import.meta.url);
const ARM = 'soak';

export interface TrainingOptions {
  readonly backend: 'cpu' | 'webgpu';
  readonly steps: number;
  readonly seed: number;
  readonly log?: (line: string) => void;
}

/** Memory of the device: bytes, tensors, and bytes kept for reuse. */
interface DeviceMemory {
  readonly bytes: number;
  readonly tensors: number;
  readonly pooledBytes: number;
}

export interface TrainingReport extends TrainingOptions {
  readonly description: string;
  readonly seconds: number;
  /** Loss before every step. */
  readonly losses: readonly number[];
  /** With the model open, before the training and after it was dropped. */
  readonly before: DeviceMemory;
  readonly after: DeviceMemory;
  /** After every tenth of the steps. */
  readonly held: readonly DeviceMemory[];
}

/** Trains one new block of the shipped model, in ten requests that each continue the last, and drops it. */
export async function runTraining(options: TrainingOptions): Promise<TrainingReport> {
  const { backend, steps, seed, log } = options;
  const environment = new NodeEnvironment(folders);
  const engine = new Engine(environment);
  const memory = async (): Promise<DeviceMemory> => {
    const { bytes, tensors, pooledBytes } = await engine.run('memory', {});
    return { bytes, tensors, pooledBytes };
  };
  const { description } = await engine.run('start', { backend });
  await engine.run('open', { source: { kind: 'url', url: pathToFileURL(SHIPPED).href } });
  const before = await memory();
  const training = { ...DEFAULT_RECIPE.training, steps, batch: 1, context: 16 };
  const recipe = { ...DEFAULT_RECIPE, method: 'copy-previous:zero', gaps: [6], seed, training };
  const texts = { train: { name: 'observatory.txt', content: await readFile(TEXT, 'utf8') } };
  const begun = Date.now();
  const held: DeviceMemory[] = [];
  let losses: readonly number[] = [];
  for (let part = 0; part < 10; part++) {
    const maxSteps = Math.ceil(steps / 10);
    ({ losses } = await engine.run('train', { arm: ARM, recipe, texts, maxSteps, evaluateEvery: steps }));
    held.push(await memory());
    log?.(
      `${losses.length} steps, ${((Date.now() - begun) / 1000).toFixed(0)} s, loss ${losses.at(-1)}, ${JSON.stringify(held.at(-1))}`,
    );
  }
  await engine.run('dropTraining', { arm: ARM });
  await engine.run('clear', {});
  const after = await memory();
  engine.dispose();
  environment.release();
  return { ...options, description, seconds: (Date.now() - begun) / 1000, losses, before, after, held };
}
