import type { Backend } from '../src/backend/operations';
import { Checkpoint } from '../src/checkpoint/checkpoint';
import type { FileSet } from '../src/checkpoint/source';
import { type LlamaConfig, parseConfig } from '../src/llama/config';
import { LlamaModel } from '../src/llama/model';
import { Weights } from '../src/llama/weights';
import { costOfTraining } from '../src/measures/cost-of-training';
import { DEFAULT_RECIPE } from '../src/recipe/schema';
import { batchesOf } from '../src/train/batches';
import type { StepTimes } from '../src/train/clock';
import { Trainer } from '../src/train/trainer';
import { expand } from '../src/upscale/expanding/expand';
import type { Expansion } from '../src/upscale/expanding/expansion';
import { median } from './median';
import { printTable, short } from './table';

/** Measured times of a training step with four new blocks in one preset of gaps, and the cost model's prediction (method.md 7.5). */
interface PresetTime {
  readonly gaps: string;
  /** Medians. */
  readonly milliseconds: number;
  readonly forward: number;
  readonly backward: number;
  readonly optimizer: number;
  readonly tokensPerSecond: number;
  /** Time and predicted cost relative to the preset `bottom`. */
  readonly share: number;
  readonly predicted: number;
}

const PRESETS = ['top', 'middle', 'bottom'] as const;

/** Prints the time of a training step of 8 × 128 tokens for every preset of gaps. */
export async function printStepTimes(
  devices: readonly (readonly [name: string, backend: Backend])[],
  files: FileSet,
  steps: number,
): Promise<void> {
  const rows: string[][] = [];
  for (const [name, backend] of devices) {
    for (const row of await stepTimes(backend, files, { batch: 8, context: 128, steps }))
      rows.push([
        name,
        row.gaps,
        ...[row.milliseconds, row.forward, row.backward, row.optimizer, row.tokensPerSecond].map(short),
        `${short(100 * row.share)} %`,
        `${short(100 * row.predicted)} %`,
      ]);
  }
  const parts = ['ms per step', 'forward', 'backward', 'optimiser', 'tokens/s', 'of bottom', 'predicted'];
  printTable(['training', 'new blocks', ...parts], rows);
}

/** Presets take turns, so that a slower phase of the machine affects all of them. */
async function stepTimes(
  backend: Backend,
  files: FileSet,
  { batch, context, steps }: { batch: number; context: number; steps: number },
): Promise<PresetTime[]> {
  const checkpoint = await Checkpoint.open(files);
  const config = parseConfig(checkpoint.config);
  const weights = new Weights(backend, checkpoint, config);
  const examples = Array.from({ length: batch }, (_, i) => ({
    ids: Uint32Array.from({ length: context + 1 }, (__, t) => (i * 7919 + t * 104_729) % config.vocabSize),
    from: 1,
  }));
  const arms = [];
  for (const gaps of PRESETS) {
    const { expansion, trainer } = await makeArm(gaps, backend, weights, config);
    const { trainStepCost } = costOfTraining(expansion, expansion.layers.length);
    arms.push({ gaps, expansion, trainer, trainStepCost, times: [] as StepTimes[] });
  }
  for (let step = 0; step <= steps; step++) {
    for (const { trainer, times } of arms) {
      const { milliseconds } = await trainer.step(batchesOf(examples, batch), 1e-4);
      // The first step is not timed, because it compiles kernels and reads weights.
      if (step > 0) times.push(milliseconds);
    }
  }
  const rows = arms.map(({ gaps, times, trainStepCost, trainer, expansion }) => {
    trainer.free();
    expansion.free();
    const of = (part: 'forward' | 'backward' | 'optimizer'): number =>
      median(times.map((time) => time[part]));
    const whole = median(times.map((time) => time.forward + time.backward + time.optimizer));
    return {
      gaps,
      whole,
      cost: trainStepCost,
      forward: of('forward'),
      backward: of('backward'),
      optimizer: of('optimizer'),
    };
  });
  weights.free();
  const bottom = rows.find(({ gaps }) => gaps === 'bottom');
  return rows.map(({ gaps, whole, cost, ...parts }) => ({
    gaps,
    milliseconds: whole,
    ...parts,
    tokensPerSecond: (1000 * batch * context) / whole,
    share: whole / (bottom?.whole ?? whole),
    predicted: cost / (bottom?.cost ?? cost),
  }));
}

const MEMORY_STEPS = 500;

/** Prints the memory on the device during a long training with small steps. It must not grow. */
export async function printMemoryOverSteps(backend: Backend, files: FileSet): Promise<void> {
  const checkpoint = await Checkpoint.open(files);
  const config = parseConfig(checkpoint.config);
  const weights = new Weights(backend, checkpoint, config);
  const { trainer, expansion } = await makeArm('top', backend, weights, config);
  const examples = [{ ids: Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), from: 1 }];
  const held: number[] = [];
  for (let step = 1; step <= MEMORY_STEPS; step++) {
    await trainer.step(batchesOf(examples, 1), 1e-4);
    held.push(backend.memory().bytes);
  }
  const [after] = held.slice(9);
  console.log(
    `\n${MEMORY_STEPS} steps: ${after} bytes on the device after the tenth, ${held.at(-1)} after the last, ` +
      `${Math.max(...held.slice(9))} at most between steps (goal: the same)`,
  );
  trainer.free();
  expansion.free();
  weights.free();
}

/** Makes four new blocks in one preset of gaps, and a trainer for them. The caller frees both. */
async function makeArm(
  gaps: (typeof PRESETS)[number],
  backend: Backend,
  weights: Weights,
  config: LlamaConfig,
): Promise<{ expansion: Expansion; trainer: Trainer }> {
  const expansion = await expand(backend, weights, { ...DEFAULT_RECIPE, method: 'copy-previous:zero', gaps });
  const model = new LlamaModel(backend, config, weights, expansion.layers);
  const trainable = { blocks: expansion.newLayers, embedding: false, finalNorm: false, head: false };
  const { betas, eps, weightDecay, clip } = DEFAULT_RECIPE.training;
  const options = { betas, eps, weightDecay, clip, keepActivations: true };
  return { expansion, trainer: await Trainer.open(model, trainable, options) };
}
