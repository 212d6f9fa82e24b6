import { describe, expect, it } from 'vitest';
import fixture from '../../tests/fixtures/demo-model.json';
import { openBackends } from '../../tests/backends';
import { CpuBackend } from '../backend/cpu/backend';
import { Checkpoint } from '../checkpoint/checkpoint';
import { parseConfig } from './config';
import { distribution } from './distribution';
import { evaluate } from './evaluate';
import { LlamaModel } from './model';
import { probe } from './probe';
import { logitsOf, randomModel, shippedFiles, worstDifference } from './testing';
import { Weights } from './weights';

const { forward } = fixture;

async function tiny(backend = new CpuBackend()): Promise<LlamaModel> {
  const { config, checkpoint } = await randomModel({ attention_bias: true }, 21);
  return LlamaModel.base(backend, config, new Weights(backend, checkpoint, config));
}

describe.each(await openBackends())('a probe on $name', ({ open }) => {
  it('has the losses and the last logits of float64 PyTorch, and leaves nothing behind', async () => {
    const backend = await open();
    const checkpoint = await Checkpoint.open(await shippedFiles());
    const config = parseConfig(checkpoint.config);
    const weights = new Weights(backend, checkpoint, config);
    const model = LlamaModel.base(backend, config, weights);
    // The reference's last row belongs to the second to last token, the last one with a target.
    const at = forward.ids.length - 2;
    const { nll, next, lens } = await probe(model, forward.ids, { at, top: 5, lens: true });
    expect(worstDifference(nll, forward.nll)).toBeLessThan(1e-4);
    expect(next.map(({ id }) => id)).toEqual(forward.last_top5.map(([id]) => id));
    const [best = 0] = forward.last_top5.map(([, logit]) => logit ?? 0);
    for (const [i, { probability }] of next.entries()) {
      const odds = Math.log(probability / (next[0]?.probability ?? 0));
      expect(odds).toBeCloseTo((forward.last_top5[i]?.[1] ?? 0) - best, 3);
    }
    expect(lens.map(({ depth }) => depth)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const last = lens.at(-1);
    expect(last?.top).toEqual(next);
    expect(Math.log(last?.targetProbability ?? 0)).toBeCloseTo(-(forward.nll.at(-1) ?? 0), 3);
    weights.free();
    expect(backend.memory().tensors).toBe(0);
    backend.dispose();
  });
});

describe('a probe', () => {
  const ids = [1, 4, 9, 30, 2];

  it('has the losses that evaluation has', async () => {
    const model = await tiny();
    const { nll } = await evaluate(model, [Uint32Array.from(ids)]);
    expect(worstDifference((await probe(model, ids)).nll, nll)).toBeLessThan(1e-6);
  });

  it('reads any position, each as if the text ended there', async () => {
    const model = await tiny();
    for (const at of ids.keys()) {
      const whole = await probe(model, ids, { at, lens: true });
      const cut = await probe(model, ids.slice(0, at + 1), { lens: true });
      expect(whole.next.map(({ id }) => id)).toEqual(cut.next.map(({ id }) => id));
      expect(cut.lens.at(-1)?.targetProbability).toBeNull();
      const target = ids[at + 1];
      const expected = target === undefined ? null : Math.exp(-(whole.nll[at] ?? 0));
      if (expected === null) expect(whole.lens.at(-1)?.targetProbability).toBeNull();
      else expect(whole.lens.at(-1)?.targetProbability).toBeCloseTo(expected, 6);
    }
  });

  it('reads the embedding and every shorter model’s end', async () => {
    const model = await tiny();
    const { lens } = await probe(model, ids, { at: 2, lens: true });
    for (const { depth, top, entropy } of lens) {
      const { config, weights, backend, layers } = model;
      const shorter = new LlamaModel(backend, config, weights, layers.slice(0, depth));
      const logits = (await logitsOf(shorter, ids)).slice(2 * config.vocabSize, 3 * config.vocabSize);
      const expected = distribution(logits);
      expect(top.map(({ id }) => id)).toEqual(expected.softmax.top(5).map(({ id }) => id));
      expect(entropy).toBeCloseTo(expected.entropy, 5);
    }
    expect(lens).toHaveLength(4);
  });

  it('has no loss for a single token', async () => {
    const { nll, next, lens } = await probe(await tiny(), [3], { top: 2 });
    expect([nll.length, next.length, lens.length]).toEqual([0, 2, 0]);
  });

  it('stops when cancelled and frees what it made', async () => {
    const model = await tiny();
    const cancel = new AbortController();
    const run = probe(model, ids, {
      lens: true,
      signal: cancel.signal,
      onProgress: (fraction) => fraction > 0.5 && cancel.abort(),
    });
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
    (model.weights as Weights).free();
    expect(model.backend.memory().tensors).toBe(0);
  });

  it.each([
    [[], {}, 'got 0. Write something'],
    [Array.from({ length: 17 }, () => 1), {}, "1 to 16 tokens (the model's context), got 17. Shorten"],
    [[1, 99], {}, 'got 99'],
    [[1, 2], { at: 2 }, 'position from 0 to 1, got 2'],
    [[1, 2], { at: -1 }, 'got -1'],
    [[1, 2], { top: 0 }, 'got 0'],
  ])('refuses %j with %j', async (wrong, options, message) => {
    const run = probe(await tiny(), wrong, options);
    await expect(run).rejects.toMatchObject({
      name: 'EvaluationError',
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('a distribution', () => {
  it('is the softmax, with its entropy', () => {
    const { softmax, entropy } = distribution(Float32Array.of(0, Math.log(3), -Infinity, 0));
    expect(softmax.top(3).map(({ id }) => id)).toEqual([1, 0, 3]);
    expect(softmax.probability(1)).toBeCloseTo(0.6, 6);
    expect(softmax.probability(2)).toBe(0);
    expect(entropy).toBeCloseTo(-(0.6 * Math.log(0.6) + 0.4 * Math.log(0.2)), 6);
  });

  it.each([Number.NaN, Infinity])('is refused with a logit of %f', (logit) => {
    expect(() => distribution(Float32Array.of(0, logit))).toThrow(/Expected .*, got .*\. Check/);
  });
});
