import { createHash } from 'node:crypto';
import { Checkpoint } from '../src/checkpoint/checkpoint';
import type { TensorInfo } from '../src/checkpoint/header';
import { folders } from '../src/cli/folders';
import { Engine } from '../src/engine/engine';
import type { Environment } from '../src/engine/environment/environment';
import { PLANNED_TENSORS } from '../src/engine/jobs';
import { NodeEnvironment } from '../src/engine/node';
import { DEFAULT_RECIPE, type Recipe } from '../src/recipe/schema';
import { HashingSink } from './hashing-sink';
import type { Task } from './sizes-tasks';
import { SHAPES, type ShapeName, randomCheckpoint } from './random-checkpoint';

const CHUNK = 16 * 2 ** 20;

/** Runs one job on a random model of a published shape. Each has a process of its own, so that the peak memory is the job's. */
const JOBS = {
  plan: (run) => run.align('self_attn.q_proj'),
  gap: (run) => run.alignAll(),
  upscale: (run) => run.upscale(),
  evaluate: (run) => run.evaluate(),
} as const satisfies Record<Task, (run: Run) => Promise<string | undefined | void>>;

class Run {
  readonly #shape: ShapeName;
  readonly #sink = new HashingSink();
  readonly engine: Engine;

  constructor(shape: ShapeName) {
    this.#shape = shape;
    const node = new NodeEnvironment(folders);
    const environment: Environment = {
      scratch: node.scratch,
      byteStore: node.byteStore,
      openBackend: (kind) => node.openBackend(kind),
      files: () => randomCheckpoint(shape),
      text: (name) => node.text(name),
      keptFolders: () => node.keptFolders(),
      destination: async () => ({ sink: this.#sink }),
    };
    this.engine = new Engine(environment);
  }

  async open(): Promise<void> {
    await this.engine.run('start', { backend: 'cpu' });
    await this.engine.run('open', { source: { kind: 'url', url: 'file:///random', name: this.#shape } });
  }

  async align(tensor: (typeof PLANNED_TENSORS)[number]): Promise<undefined> {
    const gap = Math.floor(SHAPES[this.#shape].layers / 2);
    const recipe: Recipe = { ...DEFAULT_RECIPE, gaps: [gap] };
    const { key } = await this.engine.run('align', { recipe, gap, tensor });
    await this.engine.run('picture', { key, kind: 'plan', maxPixels: 512 });
  }

  async alignAll(): Promise<string | undefined> {
    const tensors = this.#tooWide
      ? PLANNED_TENSORS.filter((tensor) => tensor.startsWith('self_attn'))
      : PLANNED_TENSORS;
    for (const tensor of tensors) await this.align(tensor);
    return this.#tooWide
      ? 'attention only: three costs of 14,336 × 14,336 take hours on two cores'
      : undefined;
  }

  /** True if costs between MLP neurons are recomputed at every iteration, because they do not fit into memory. */
  get #tooWide(): boolean {
    return SHAPES[this.#shape].inner > 8192;
  }

  /** Writes the deeper model and compares the hashes of all tensors that are not those of new blocks. */
  async upscale(): Promise<string> {
    const method = this.#tooWide ? 'average' : 'opt-deus:paper';
    const recipe: Recipe = { ...DEFAULT_RECIPE, method, gaps: 'top' };
    const forecast = await this.engine.run('forecast', { recipe });
    const { newLayers } = await this.engine.run('export', {
      recipe,
      name: 'deeper',
      destination: { kind: 'zip' },
    });
    const source = await Checkpoint.open(randomCheckpoint(this.#shape));
    let same = 0;
    for (const name of source.tensors.keys()) {
      const renamed = name.replace(/(?<=layers\.)\d+/, (index) =>
        String(deeperIndex(Number(index), newLayers)),
      );
      if (this.#sink.hashes.get(renamed) !== (await hashOf(source.tensor(name))))
        throw new Error(`${renamed} is not the source's ${name}`);
      same++;
    }
    const gibibytes = (this.#sink.bytes / 2 ** 30).toFixed(2);
    return `${method}, ${newLayers.length} new blocks, ${gibibytes} GiB written, ${same} tensors of the source unchanged; forecast ${forecast.seconds.toFixed(0)} s for the blocks`;
  }

  async evaluate(): Promise<undefined> {
    const ids = Array.from({ length: 257 }, (_, i) => (i * 7919) % SHAPES[this.#shape].vocabulary);
    await this.engine.run('evaluate', { recipe: null, ids, oneWindow: true });
  }
}

/** Returns the SHA-256 of a tensor's bytes, in hexadecimal. */
async function hashOf({ source, offset, bytes }: TensorInfo): Promise<string> {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes; at += CHUNK)
    hash.update(await source.read(offset + at, Math.min(CHUNK, bytes - at)));
  return hash.digest('hex');
}

/** Where a base block lies in the deeper model. */
function deeperIndex(base: number, newLayers: readonly number[]): number {
  let index = base;
  for (const added of newLayers) if (added <= index) index++;
  return index;
}

const [shape = '', task = ''] = process.argv.slice(2);
if (!(shape in SHAPES) || !(task in JOBS))
  throw new Error(`expected a shape and a job, got ${shape} ${task}`);
const run = new Run(shape as ShapeName);
const start = performance.now();
await run.open();
const note = await JOBS[task as Task](run);
const seconds = (performance.now() - start) / 1000;
const { peakBytes } = await run.engine.run('memory', {});
run.engine.dispose();
const resident = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(JSON.stringify({ seconds, resident, device: Math.round(peakBytes / 2 ** 20), note }));
process.exit(0);
