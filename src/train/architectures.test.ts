import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackends } from '../../tests/backends';
import { type ArchitectureAnswer, ARCHITECTURE_ANSWERS } from '../../tests/architectures';
import type { Backend } from '../backend/operations';
import { checkTensors } from '../llama/check';
import { type LlamaConfig, parseConfig } from '../llama/config';
import { evaluate } from '../llama/evaluate';
import { generate } from '../llama/generate';
import { LlamaModel } from '../llama/model';
import { seededTensors } from '../llama/seeded';
import { logitsOf, tinyCheckpoint, worstDifference } from '../llama/testing';
import { Weights } from '../llama/weights';
import { batchesOf } from './batches';
import { Trainer } from './trainer';

/** Every row of the architecture table against transformers in float64: loss, logits, continuation, gradients. */

/** On a software adapter the gradients of those that together have every part: biases, norms of q and k and after, caps, tied weights. */
const SLOW_GRADIENTS: ReadonlySet<string> = new Set(['Qwen 2', 'OLMo 2', 'Gemma 2', 'Gemma 3']);

const ADAMW = { betas: [0.9, 0.95], eps: 1e-8, weightDecay: 0, clip: null } as const;

describe.each(await openBackends())('on $name', ({ name, slow, open }) => {
  // The float64 backend reads rotary angles rounded to float32.
  const tolerance = name === 'cpu' ? 5e-7 : 2.5e-6;
  let backend: Backend;
  beforeAll(async () => {
    backend = await open();
  });
  afterAll(() => {
    expect(backend.memory().tensors).toBe(0);
    backend.dispose();
  });

  async function opened(answer: ArchitectureAnswer): Promise<{ config: LlamaConfig; weights: Weights }> {
    const config = parseConfig(answer.config);
    const checkpoint = await tinyCheckpoint(answer.config, seededTensors(config));
    checkTensors(config, checkpoint);
    return { config, weights: new Weights(backend, checkpoint, config) };
  }

  it.each(ARCHITECTURE_ANSWERS.map((answer) => [answer.name, answer] as const))(
    '%s reads a text as transformers does',
    async (_, answer) => {
      const { config, weights } = await opened(answer);
      const model = LlamaModel.base(backend, config, weights);
      const windows = answer.windows.map((ids) => Uint32Array.from(ids));
      const { loss, nll } = await evaluate(model, windows);
      expect(worstDifference(nll, answer.nll)).toBeLessThan(10 * tolerance);
      expect(Math.abs(loss - answer.loss)).toBeLessThan(tolerance);
      const logits = await Promise.all(windows.map((ids) => logitsOf(model, ids)));
      const last = logits[0]?.slice(-config.vocabSize) ?? [];
      expect(worstDifference(last, answer.lastLogits)).toBeLessThan(10 * tolerance);
      const norm = Math.hypot(...logits.flatMap((values) => [...values]));
      expect(Math.abs(norm / answer.logitsNorm - 1)).toBeLessThan(tolerance);
      weights.free();
    },
  );

  it.each(
    ARCHITECTURE_ANSWERS.flatMap((answer) => {
      const { name: of, gradients, greedy } = answer;
      if (slow && !SLOW_GRADIENTS.has(of)) return [];
      return gradients && greedy ? [[answer.name, { answer, gradients, greedy }] as const] : [];
    }),
  )('%s continues a text and goes back as transformers does', async (_, { answer, gradients, greedy }) => {
    const { config, weights } = await opened(answer);
    const model = LlamaModel.base(backend, config, weights);
    const prompt = answer.windows[0]?.slice(0, 6) ?? [];
    expect(await generate(model, prompt, { maxTokens: greedy.length })).toEqual(greedy);

    const blocks = Array.from({ length: config.layers }, (__, i) => i);
    const trainable = { blocks, embedding: true, finalNorm: true, head: !config.tied };
    const examples = answer.windows.map((ids) => ({ ids: Uint32Array.from(ids), from: 1 }));
    // Kept activations and recomputed ones take the same kernels.
    for (const keepActivations of slow ? [true] : [true, false]) {
      const trainer = await Trainer.open(model, trainable, { ...ADAMW, keepActivations });
      const { loss } = await trainer.step(batchesOf(examples, examples.length), 1e-3);
      expect(Math.abs(loss - answer.loss)).toBeLessThan(tolerance);
      const { all } = trainer.trained.parameters;
      expect(all.map((parameter) => parameter.name).sort()).toEqual(Object.keys(gradients).sort());
      for (const { name: tensor, gradient } of all) {
        const digest = gradients[tensor];
        const values = await backend.read(gradient);
        if (!digest) continue;
        const size = Math.max(...digest.value.map(Math.abs));
        for (const [k, index] of digest.index.entries()) {
          const off = Math.abs((values[index] ?? Number.NaN) - (digest.value[k] ?? Number.NaN));
          expect(off, `${tensor}[${index}]`).toBeLessThan(10 * tolerance * size);
        }
        expect(Math.abs(Math.hypot(...values) / digest.norm - 1), tensor).toBeLessThan(10 * tolerance);
      }
      trainer.free();
    }
    weights.free();
  });
});
