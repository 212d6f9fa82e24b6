import { readFile } from 'node:fs/promises';
import { MemoryFiles } from '../../src/checkpoint/sources';
import { Engine } from '../../src/engine/engine';
import type { Environment } from '../../src/engine/environment/environment';
import type { JobName, Jobs, RunOptions } from '../../src/engine/jobs';
import { parseConfig } from '../../src/llama/config';
import { randomTensors, safetensors } from '../../src/llama/testing';
import { DEFAULT_RECIPE, type Recipe } from '../../src/recipe/schema';
import { recipeWith, testEnvironment } from '../engine';

const FOLDER = new URL('../fixtures/cases/sentencepiece-space/', import.meta.url);
const file = async (name: string) => [name, new Uint8Array(await readFile(new URL(name, FOLDER)))] as const;
const config = await file('config.json');
const weights = randomTensors(parseConfig(JSON.parse(new TextDecoder().decode(config[1]))), 1);
/** A random model of two blocks, width 16 and 302 tokens, on which every job takes milliseconds. */
export const SMALL: ReadonlyMap<string, Uint8Array> = new Map([
  config,
  await file('tokenizer.json'),
  await file('tokenizer_config.json'),
  ['model.safetensors', safetensors(weights)],
]);

const TALE = 'Once upon a time there was a king who had three daughters, and the youngest was kind. '.repeat(
  4,
);
const recipe = recipeWith({
  gaps: [0],
  training: { ...DEFAULT_RECIPE.training, steps: 3, batch: 2, context: 16, rate: 3e-3 },
});
const training = { arm: 'a', recipe, texts: { train: { name: 'tale.txt', content: TALE } } };
const text = { text: TALE, maxTokens: 24 };
const tensor = 'self_attn.q_proj';

type Request = { readonly [N in JobName]: readonly [name: N, args: Jobs[N]['args']] }[JobName];

/** A request of every job that computes, on the small model, by what the job does. */
export const JOBS = {
  aligning: ['align', { recipe, gap: 0, tensor }],
  forecasting: ['forecast', { recipe }],
  evaluating: ['evaluate', { recipe, ...text, compareWithBase: true }],
  measuring: ['measure', { recipe, ...text }],
  mapping: ['map', { tensor, level: { kind: 'blocks' } }],
  'comparing with the null': ['null', { recipe, gap: 0, draws: 2, tensors: [tensor] }],
  'undoing a shuffle': ['twin', { block: 0, ...text }],
  'measuring a shuffle': ['shuffled', { block: 0, part: 'units', ...text }],
  generating: ['generate', { recipe, prompt: 'Once upon', maxTokens: 6, temperature: 0, topP: 1, seed: 0 }],
  probing: ['probe', { recipe, text: 'Once upon a time', lens: true }],
  'measuring what saving does': ['savedLoss', { recipe, dtype: 'source', text: TALE, maxTokens: 24 }],
  exporting: ['export', { recipe, name: 'deeper', destination: { kind: 'zip' } }],
  'planning a training': ['planTraining', { recipes: [recipe], texts: training.texts }],
  'timing a training step': ['trainingSpeed', { batch: 1, context: 8 }],
  training: ['train', training],
} as const satisfies Readonly<Record<string, Request>>;

const aligned = (change: Partial<Recipe>): Request => [
  'align',
  { recipe: { ...recipe, ...change }, gap: 0, tensor },
];
const solvedBy = (solver: Partial<Recipe['solver']>): Request =>
  aligned({ solver: { ...recipe.solver, ...solver } });
const expanded = (method: Recipe['method']): Request => [
  'evaluate',
  { recipe: { ...recipe, method }, ...text },
];

/** The same jobs with other solvers and methods. */
export const VARIANTS: Readonly<Record<string, Request>> = {
  ...JOBS,
  'aligning, unbalanced': solvedBy({ kind: 'unbalanced' }),
  'aligning, ProgOT': solvedBy({ kind: 'progot', maxIterations: 200 }),
  'aligning, exact': solvedBy({ kind: 'exact' }),
  'aligning, activations': aligned({
    cost: { ...recipe.cost, features: 'activations', tokens: 16 },
  }),
  'expanding, structured': expanded('opt-deus:structured'),
  'expanding, relative ε': expanded('opt-deus:relative'),
  'expanding, exact plans': expanded('opt-deus:hard'),
  'expanding, scaled norms': expanded('average:norms'),
  'expanding, random rows': expanded('random'),
  'expanding, LLaMA-Pro': expanded('llama-pro'),
};

/** Opens the small model, on a backend that `openBackend` opens. */
export async function openSmall(openBackend: Environment['openBackend']): Promise<Engine> {
  const engine = new Engine({
    ...testEnvironment(),
    openBackend,
    files: () => new MemoryFiles(SMALL, 'small'),
  });
  await engine.run('start', { backend: 'auto' });
  await engine.run('open', { source: { kind: 'url', url: 'memory:' } });
  return engine;
}

/** Fields of results that differ between any two runs. */
const CHANGING = new Set([
  'key',
  'blob',
  'milliseconds',
  'seconds',
  'stepMs',
  'quicker',
  'evaluationMsPerToken',
]);

/** Runs a job; returns its result without what differs between any two runs, such as times. */
export async function run(engine: Engine, [name, args]: Request, options?: RunOptions): Promise<object> {
  const result = await engine.run(name, args, options);
  return Object.fromEntries(Object.entries(result ?? {}).filter(([field]) => !CHANGING.has(field)));
}

/** Frees all that the engine holds on its device; returns the number of tensors that are left. */
export async function clear(engine: Engine): Promise<number> {
  await engine.run('dropTraining', { arm: training.arm });
  await engine.run('clear', {});
  return (await engine.run('memory', {})).tensors;
}

/** True if two results are the same but for the rounding of numbers. */
export function isSameResult(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number')
    return Object.is(a, b) || Math.abs(a - b) <= 1e-5 + 1e-3 * Math.abs(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  const [x, y] = [Object.entries(a), Object.entries(b)];
  return (
    x.length === y.length &&
    x.every(([name, value]) => isSameResult(value, (b as Record<string, unknown>)[name]))
  );
}
