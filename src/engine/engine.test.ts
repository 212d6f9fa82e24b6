import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { SHIPPED, corpusText, openShipped, recipeWith, reference, testEnvironment } from '../../tests/engine';
import { MemoryFiles } from '../checkpoint/sources';
import { FolderFiles } from '../cli/folder';
import { parseRecipe } from '../upscale/recipe';
import { Engine } from './engine';

const engine = await openShipped();
const folder = await mkdtemp(join(tmpdir(), 'interlayer-'));
afterAll(() => rm(folder, { recursive: true }));

const ids = reference.forward.ids;
const bytesHeld = async (of = engine): Promise<number> => (await of.run('memory', {})).bytes;

test('an open model is described', async () => {
  const info = await engine.run('open', { source: { kind: 'url', url: SHIPPED } });
  const [d, m, vocabulary, keyValue] = [128, 384, 1024, 64];
  const block = 2 * d + 2 * d * d + 2 * keyValue * d + 3 * d * m;
  expect(info).toMatchObject({
    architecture: 'LlamaForCausalLM',
    layers: 8,
    hiddenSize: d,
    intermediateSize: m,
    heads: 4,
    kvHeads: 2,
    headDim: 32,
    vocabSize: vocabulary,
    context: 256,
    tied: true,
    parameters: 8 * block + vocabulary * d + d,
    blockParameters: block,
    hasTokenizer: true,
    dtypes: { BF16: 74 },
  });
  expect(info.card).toContain('#');
});

test('without an adapter, auto computes on the CPU and says so, and webgpu is an error', async () => {
  const engine = new Engine(testEnvironment());
  const summary = await engine.run('start', { backend: 'auto' });
  expect(summary.kind).toBe('cpu');
  expect(summary.notice).toMatch(/^No WebGPU.*\.$/);
  await expect(engine.run('start', { backend: 'webgpu' })).rejects.toMatchObject({ name: 'NoAdapterError' });
  expect((await engine.run('start', { backend: 'cpu' })).notice).toBeUndefined();
});

test('jobs before start and before open say what to do first', async () => {
  const engine = new Engine(testEnvironment());
  await expect(engine.run('memory', {})).rejects.toThrow(/run start first/);
  await engine.run('start', { backend: 'cpu' });
  await expect(engine.run('evaluate', { recipe: null, ids })).rejects.toThrow(/open one first/);
});

test('a model that cannot be opened leaves the one before open', async () => {
  await expect(engine.run('open', { source: { kind: 'url', url: '/nowhere' } })).rejects.toMatchObject({
    name: 'SourceError',
  });
  expect((await engine.run('evaluate', { recipe: null, ids: ids.slice(0, 3) })).tokens).toBe(2);
});

test('the loss of the shipped model is the reference', async () => {
  const result = await engine.run('evaluate', { recipe: null, ids, oneWindow: true });
  expect(result.tokens).toBe(96);
  expect(Math.abs(result.loss - reference.forward.mean_nll)).toBeLessThan(1e-5);
  for (const [i, nll] of reference.forward.nll.entries()) expect(result.nll[i]).toBeCloseTo(nll, 4);
  expect(result.perplexity).toBeCloseTo(Math.exp(result.loss), 10);
  expect(result).toMatchObject({ layers: 8, backend: 'cpu', plans: [] });
});

test('a zero-initialised deeper model is the base model in every digit', async () => {
  const base = await engine.run('evaluate', { recipe: null, ids });
  const recipe = recipeWith({ method: 'opt-deus:paper', gaps: 'top' });
  const deeper = await engine.run('evaluate', { recipe, ids, compareWithBase: true });
  expect(deeper.loss).toBe(base.loss);
  expect(deeper.nll).toEqual(base.nll);
  expect(deeper.maxLogitDifference).toBe(0);
  expect(deeper.layers).toBe(12);
  const plan = deeper.plans.find(({ gap, tensor }) => gap === 3 && tensor === 'self_attn.q_proj');
  expect(plan?.planPerplexity).toBeCloseTo(
    reference.blocks['3']?.['paper']?.plans['self_attn.q_proj'].perplexity ?? 0,
    2,
  );
});

test('the averaged model loses what the reference loses', async () => {
  const recipe = recipeWith({ method: 'average', gaps: 'top' });
  const result = await engine.run('evaluate', { recipe, ids, compareWithBase: true });
  expect(result.loss).toBeCloseTo(reference.arms['average_top'] ?? Number.NaN, 4);
  expect(result.maxLogitDifference).toBeGreaterThan(0.1);
  expect(result.plans).toEqual([]);
});

test('text is tokenised, cut in windows of the context, and limited', async () => {
  const text = await corpusText('fairy-heldout.txt');
  const whole = await engine.run('evaluate', { recipe: null, text: text.slice(0, 2000), maxTokens: 300 });
  expect(whole.tokens).toBe(300);
  // The second window starts with the last token of the first, and has no context before it.
  const first = await engine.run('evaluate', { recipe: null, text: text.slice(0, 2000), maxTokens: 255 });
  expect(whole.nll.slice(0, 255)).toEqual(first.nll);
});

test('what cannot be evaluated is refused by name', async () => {
  const evaluate = (args: object): Promise<unknown> => engine.run('evaluate', { recipe: null, ...args });
  await expect(evaluate({ ids: [5] })).rejects.toThrow(/at least 2 tokens, got 1/);
  await expect(evaluate({ text: '' })).rejects.toThrow(/at least 2 tokens/);
  await expect(evaluate({ ids: [5, 1024] })).rejects.toThrow(/1023.*got 1024/);
  await expect(evaluate({})).rejects.toThrow(/neither/);
  await expect(evaluate({ ids, text: 'both' })).rejects.toThrow(/both/);
  await expect(evaluate({ ids, maxTokens: 0 })).rejects.toMatchObject({ name: 'RequestError' });
  const recipe = recipeWith({ gaps: [7] });
  await expect(evaluate({ recipe, ids })).rejects.toMatchObject({ name: 'GapError' });
});

test('the greedy continuation is the reference, and its text arrives token by token', async () => {
  const texts: string[] = [];
  const request = {
    recipe: null,
    ids: reference.greedy.prompt,
    maxTokens: 40,
    temperature: 0,
    topP: 1,
    seed: 0,
  };
  const made = await engine.run('generate', request, {
    onEvent: (event) => event.type === 'text' && texts.push(event.text),
  });
  expect(made.ids).toEqual(reference.greedy.continuation);
  expect(texts).toHaveLength(40);
  expect(texts.at(-1)).toBe(made.text);
  expect(made.text.startsWith(texts[10] ?? '?')).toBe(true);
  const deeper = await engine.run('generate', { ...request, recipe: recipeWith({ gaps: [3] }) });
  expect(deeper.ids).toEqual(made.ids);
});

test('without a tokenizer ids still work, and text says what is missing', async () => {
  const files = new Map<string, Uint8Array>();
  for (const name of ['config.json', 'model.safetensors'])
    files.set(name, await readFile(join(SHIPPED, name)));
  const bare = new Engine({ ...testEnvironment(), files: () => new MemoryFiles(files, 'bare') });
  await bare.run('start', { backend: 'cpu' });
  const info = await bare.run('open', { source: { kind: 'url', url: 'bare' } });
  expect(info.hasTokenizer).toBe(false);
  expect(info.card).toBeUndefined();
  expect((await bare.run('evaluate', { recipe: null, ids: ids.slice(0, 4) })).tokens).toBe(3);
  const request = { recipe: null, ids: ids.slice(0, 4), maxTokens: 2, temperature: 0, topP: 1, seed: 0 };
  expect(await bare.run('generate', request)).toMatchObject({
    text: '',
    ids: [expect.any(Number), expect.any(Number)],
  });
  await expect(bare.run('evaluate', { recipe: null, text: 'Once' })).rejects.toThrow(/tokenizer\.json.*ids/);
});

test.each([
  ['opt-deus:paper', 'source'],
  ['average', 'source'],
  ['average', 'f32'],
] as const)(
  'an exported %s model (%s) opens again with the loss that was said before',
  async (method, dtype) => {
    const recipe = recipeWith({ method, gaps: [2, 5] });
    const here = await engine.run('evaluate', { recipe, ids });
    const labels: string[] = [];
    const said = await engine.run(
      'savedLoss',
      { recipe, dtype, ids },
      { onEvent: (event) => void (event.type === 'progress' && labels.push(event.progress.label)) },
    );
    const base = await engine.run('evaluate', { recipe: null, ids });
    expect(said).toMatchObject({ tokens: here.tokens, base: base.loss, exact: here.loss });
    expect(said.rounded).toBe(dtype === 'f32' ? 0 : method === 'average' ? 18 : 14);
    expect(new Set(labels)).toContain('Evaluating the deeper model');
    const path = join(folder, `${method.replace(':', '-')} ${dtype}`);
    const result = await engine.run('export', {
      recipe,
      dtype,
      name: 'deeper',
      destination: { kind: 'folder', path },
    });
    expect(result).toMatchObject({ layers: 10, newLayers: [3, 7], parameters: here.parameters });
    expect(result).toMatchObject({ tensors: 8 * 9 + 2 + 18, unchanged: 8 * 9 + 2 });
    expect((await readdir(path)).toSorted()).toEqual(result.files.map(({ name }) => name).toSorted());
    expect(parseRecipe(JSON.parse(await readFile(join(path, 'interlayer.json'), 'utf8')))).toEqual(recipe);
    expect(JSON.parse(await readFile(join(path, 'config.json'), 'utf8'))).toMatchObject({
      torch_dtype: dtype === 'f32' ? 'float32' : 'bfloat16',
    });

    const copied = await openShipped({ ...testEnvironment(), files: () => new FolderFiles(path) });
    const there = await copied.run('evaluate', { recipe: null, ids });
    expect(there.layers).toBe(10);
    expect(there.parameters).toBe(here.parameters);
    expect(there.loss).toBe(said.saved);
    if (method === 'average' && dtype === 'source') expect(said.saved).not.toBe(said.exact);
    else expect(said.saved).toBe(here.loss);
  },
);

test('an export can be a zip, and its name must be the name of a folder', async () => {
  const recipe = recipeWith({ method: 'llama-pro', gaps: [1] });
  const destination = { kind: 'zip' } as const;
  const { blob, files } = await engine.run('export', { recipe, name: 'deeper model', destination });
  expect(blob?.size).toBeGreaterThan(3.4e6);
  expect(files.map(({ name }) => name)).toContain('interlayer.json');
  for (const name of ['', '..', 'a/b', 'a\\b', 'ends.']) {
    await expect(engine.run('export', { recipe, name, destination })).rejects.toMatchObject({
      name: 'RequestError',
    });
  }
});

test('nothing stays on the device after many up-scales', async () => {
  await engine.run('clear', {});
  expect(await bytesHeld()).toBe(0);
  let held: number | undefined;
  for (let round = 0; round < 20; round++) {
    const method =
      (['average', 'llama-pro', 'average:zero', 'opt-deus:hard'] as const)[round % 4] ?? 'average';
    await engine.run('evaluate', { recipe: recipeWith({ method, gaps: [round % 7] }), ids: ids.slice(0, 8) });
    // Only the new blocks of one recipe and the weights stay.
    if (round === 3) held = await bytesHeld();
  }
  expect(await bytesHeld()).toBe(held);
  await engine.run('align', { recipe: recipeWith({}), gap: 2, tensor: 'mlp.up_proj' });
  expect(await bytesHeld()).toBeGreaterThan(held ?? Infinity);
  await engine.run('clear', {});
  expect((await engine.run('memory', {})).tensors).toBe(0);
});

test('switching the backend keeps the model open', async () => {
  const engine = await openShipped();
  const before = await engine.run('evaluate', { recipe: null, ids });
  await engine.run('start', { backend: 'cpu' });
  expect((await engine.run('evaluate', { recipe: null, ids })).loss).toBe(before.loss);
});
