import type { Backend, Tensor } from '../../src/backend/operations';
import { Scope } from '../../src/backend/scope';
import { checkTensors } from '../../src/llama/check';
import { parseConfig, type LlamaConfig } from '../../src/llama/config';
import { evaluate } from '../../src/llama/evaluate';
import { KvCache } from '../../src/llama/kv-cache';
import { LlamaModel } from '../../src/llama/model';
import { Weights } from '../../src/llama/weights';
import { Checkpoint } from '../../src/checkpoint/checkpoint';
import { MemoryFiles } from '../../src/checkpoint/sources';
import { batchesOf } from '../../src/train/batches';
import { Trainer } from '../../src/train/trainer';
import { applyPlan, planMeasures } from '../../src/transport/plan';
import { CostMatrix } from '../../src/transport/cost';
import { solve } from '../../src/transport/solve';
import { ActivationFeatures } from '../../src/upscale/activations/features';
import { flowOf, isLayout } from '../../src/upscale/contract/method';
import { alignmentProblem } from '../../src/upscale/expanding/alignment';
import { expand } from '../../src/upscale/expanding/expand';
import { PLANNED_TENSORS, type PlannedTensor } from '../../src/upscale/block/planned';
import { methodOf } from '../../src/upscale/methods';
import { comparesActivations } from '../../src/upscale/methods/resolve';
import type { Draw } from './draw';
import type { Report } from './twin/plan';

/** A solved plan of a backend. */
export interface SolvedPlan extends Report {
  readonly cost: Float32Array;
  /** T, row-major. */
  readonly plan: Float32Array;
  readonly transportCost: number;
  readonly perplexity: number;
  readonly marginalError: number;
}

/** A job that ended with an error of a known type, or with another one. */
export interface Refusal {
  readonly job: string;
  readonly name: string;
  readonly message: string;
}

/** What a backend makes of a draw. What is undefined was refused, or not reached. */
export interface Answer {
  readonly refusals: Refusal[];
  nll?: Float32Array;
  loss?: number;
  lastLogits?: Float32Array;
  /** By index of the new block and plan, such as `3.self_attn.v_proj/0`. */
  plans: Map<string, SolvedPlan>;
  /** New blocks by gap, tensors by name. */
  blocks?: ReadonlyMap<number, ReadonlyMap<string, Float32Array>>;
  deeperNll?: Float32Array;
  deeperLoss?: number;
  /** Loss, gradients and updated values of one training step of all tensors, by `block index.name` or the name of an outer tensor. */
  trained?: {
    readonly loss: number;
    readonly gradients: ReadonlyMap<string, Float32Array>;
    readonly before: ReadonlyMap<string, Float32Array>;
    readonly after: ReadonlyMap<string, Float32Array>;
  };
  /** Tensors that are still on the device at the end. */
  leaked: number;
}

export const ADAMW = { betas: [0.9, 0.95], eps: 1e-8, weightDecay: 0.1, clip: null, rate: 1e-3 } as const;

export async function answerOf(backend: Backend, draw: Draw): Promise<Answer> {
  const answer: Answer = { refusals: [], plans: new Map(), leaked: 0 };
  const held = backend.memory().tensors;
  const attempt = async (job: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      answer.refusals.push({ job, name: error.name, message: error.message });
    }
  };
  await attempt('open', async () => {
    const { config, checkpoint } = await opened(draw);
    const weights = new Weights(backend, checkpoint, config);
    try {
      const model = LlamaModel.base(backend, config, weights);
      await attempt('evaluate', async () => {
        const { nll, loss } = await evaluate(
          model,
          draw.windows.map((ids) => Uint32Array.from(ids)),
        );
        Object.assign(answer, { nll, loss });
      });
      await attempt('generate', async () => {
        answer.lastLogits = await tokenByToken(model, draw);
      });
      await deeper(backend, draw, config, weights, answer, attempt);
    } finally {
      weights.free();
    }
  });
  answer.leaked = backend.memory().tensors - held;
  return answer;
}

async function opened(draw: Draw): Promise<{ config: LlamaConfig; checkpoint: Checkpoint }> {
  const config = parseConfig(draw.config);
  const files = new Map([
    ['config.json', new TextEncoder().encode(JSON.stringify(draw.config))],
    ['model.safetensors', safetensors(draw)],
  ]);
  const checkpoint = await Checkpoint.open(new MemoryFiles(files, 'draw'));
  checkTensors(config, checkpoint);
  return { config, checkpoint };
}

function safetensors({ tensors, dtype }: Draw): Uint8Array {
  const header: Record<string, unknown> = {};
  let end = 0;
  for (const [name, { shape, bytes }] of tensors) {
    header[name] = { dtype: dtype.toUpperCase(), shape, data_offsets: [end, (end += bytes.length)] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  let at = 8 + text.length;
  for (const { bytes } of tensors.values()) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

/** Logits after the last input of every window, fed token by token through the cache of keys and values. */
async function tokenByToken(model: LlamaModel, { windows }: Draw): Promise<Float32Array> {
  const { backend, config } = model;
  const all: number[] = [];
  for (const ids of windows) {
    const inputs = Uint32Array.from(ids.slice(0, -1));
    const cache = new KvCache(backend, config, model.layers.length, inputs.length);
    const scope = new Scope(backend);
    try {
      const cut = Math.ceil(inputs.length / 2);
      let hidden = await model.extend(inputs.subarray(0, cut), cache);
      scope.own(hidden);
      for (let t = cut; t < inputs.length; t++)
        hidden = scope.own(await model.extend(inputs.subarray(t, t + 1), cache));
      const logits = scope.own(await model.logits(hidden, (hidden.shape[0] ?? 1) - 1, 1));
      all.push(...(await backend.read(logits)));
    } finally {
      scope.free();
      cache.free();
    }
  }
  return Float32Array.from(all);
}

type Attempt = (job: string, work: () => Promise<void>) => Promise<void>;

async function deeper(
  backend: Backend,
  draw: Draw,
  config: LlamaConfig,
  weights: Weights,
  answer: Answer,
  attempt: Attempt,
): Promise<void> {
  const { recipe } = draw;
  let features: ActivationFeatures | undefined;
  await attempt('features', async () => {
    if (!comparesActivations(recipe)) return;
    const windows = draw.windows.map((ids) => Uint32Array.from(ids.slice(0, -1)));
    features = await ActivationFeatures.of(backend, weights, windows);
  });
  try {
    await attempt('expand', async () => {
      const expansion = await expand(backend, weights, recipe, { features });
      try {
        const blocks = new Map<number, Map<string, Float32Array>>();
        for (const [i, place] of expansion.places.entries()) {
          if (place.kind !== 'new') continue;
          const tensors = new Map<string, Float32Array>();
          for (const key of place.block.tensors.keys()) tensors.set(key, await place.block.read(key));
          blocks.set(i, tensors);
        }
        answer.blocks = blocks;
        for (const [i, place] of expansion.places.entries())
          if (place.kind === 'new' && !isLayout(methodOf(recipe.method)))
            await plansOf(
              backend,
              weights,
              config,
              draw,
              { gap: place.block.gap, index: i },
              features,
              answer,
              attempt,
            );
        const model = expansion.model(weights);
        await attempt('evaluate deeper', async () => {
          const { nll, loss } = await evaluate(
            model,
            draw.windows.map((ids) => Uint32Array.from(ids)),
          );
          answer.deeperNll = nll;
          answer.deeperLoss = loss;
        });
        await attempt('train', () => train(backend, draw, model, answer));
      } finally {
        expansion.free();
      }
    });
  } finally {
    features?.free();
  }
}

async function plansOf(
  backend: Backend,
  weights: Weights,
  config: LlamaConfig,
  { recipe }: Draw,
  { gap, index }: { gap: number; index: number },
  features: ActivationFeatures | undefined,
  answer: Answer,
  attempt: Attempt,
): Promise<void> {
  if (flowOf(methodOf(recipe.method)) === undefined) return;
  for (const tensor of PLANNED_TENSORS)
    for (const part of partsOf(
      tensor,
      config,
      recipe.method === 'opt-deus:structured',
      features !== undefined,
    )) {
      const name = part === undefined ? tensor : `${tensor}/${part}`;
      await attempt(`align ${index}.${name}`, async () => {
        const problem = await alignmentProblem(
          backend,
          weights,
          { ...recipe, gap, tensor, part },
          { features },
        );
        try {
          if (!problem.solver) return;
          const solved = await solve(backend, problem.a, problem.b, problem.solver, { cost: problem.cost });
          const scope = new Scope(backend);
          try {
            const measures = await planMeasures(backend, solved.plan);
            const cost = await CostMatrix.build(backend, problem.a, problem.b, { cost: problem.cost });
            const costs = await cost.readAll();
            cost.free();
            const n = problem.a.shape[0] ?? 1;
            const eye = new Float32Array(n * n);
            for (let i = 0; i < n; i++) eye[i * (n + 1)] = 1;
            const identity = scope.own(backend.upload(eye, [n, n], 'f32', 'identity'));
            const plan = scope.own(await applyPlan(backend, solved.plan, identity, 1, 1));
            answer.plans.set(`${index}.${name}`, {
              cost: costs,
              plan: await backend.read(plan),
              transportCost: measures.transportCost,
              perplexity: measures.planPerplexity,
              marginalError: measures.marginalError,
              iterations: solved.iterations,
              converged: solved.converged,
              epsilon: solved.epsilon,
              assignment: solved.plan.kind === 'permutation' ? [...solved.plan.assignment] : undefined,
            });
          } finally {
            scope.free();
            solved.free();
          }
        } finally {
          problem.free();
        }
      });
    }
}

/** The heads with plans of their own; `[undefined]` if one plan matches all rows. */
function partsOf(
  tensor: PlannedTensor,
  { heads, kvHeads }: LlamaConfig,
  structured: boolean,
  activations: boolean,
): (number | undefined)[] {
  const all = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
  if (structured) {
    if (tensor === 'self_attn.v_proj') return all(kvHeads);
    // One plan moves gate, up and down.
    return tensor === 'mlp.gate_proj' ? [undefined] : [];
  }
  if (!activations || !['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'].includes(tensor))
    return [undefined];
  return all(tensor === 'self_attn.q_proj' ? heads : kvHeads);
}

async function train(backend: Backend, draw: Draw, model: LlamaModel, answer: Answer): Promise<void> {
  const examples = draw.windows.map((ids, i) => ({ ids: Uint32Array.from(ids), from: draw.from[i] ?? 1 }));
  const { rate, ...options } = ADAMW;
  const trainer = await Trainer.open(
    model,
    {
      blocks: model.layers.map((_, i) => i),
      embedding: true,
      finalNorm: true,
      head: true,
    },
    { ...options, keepActivations: draw.keepActivations },
  );
  try {
    const { blocks, parameters } = trainer.trained;
    const names = new Map<Tensor, string>();
    for (const [index, own] of blocks)
      for (const [key, { value }] of own) names.set(value, `${index}.${key}`);
    const nameOf = (parameter: { name: string; value: Tensor }): string =>
      names.get(parameter.value) ?? parameter.name;
    const before = new Map<string, Float32Array>();
    for (const parameter of parameters.all)
      before.set(nameOf(parameter), await backend.read(parameter.value));
    const { loss } = await trainer.step(batchesOf(examples, draw.windows.length > 1 ? 2 : 1), rate);
    const gradients = new Map<string, Float32Array>();
    const after = new Map<string, Float32Array>();
    for (const parameter of parameters.all) {
      gradients.set(nameOf(parameter), await backend.read(parameter.gradient));
      after.set(nameOf(parameter), await backend.read(parameter.value));
    }
    answer.trained = { loss, gradients, before, after };
  } finally {
    trainer.free();
  }
}
