import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SHIPPED, reference } from '../../tests/engine';
import { PLANNED_TENSORS } from '../engine/jobs';
import { DEFAULT_RECIPE } from '../recipe/schema';
import { METHOD_IDS } from '../upscale/methods';
import { main } from './main';

const base = await mkdtemp(join(tmpdir(), 'interlayer-cli-'));
afterAll(() => rm(base, { recursive: true }));
beforeAll(async () => {
  await cp(SHIPPED, join(base, 'model'), { recursive: true });
  await writeFile(join(base, 'ids.json'), JSON.stringify(reference.forward.ids));
  await writeFile(join(base, 'prompt.json'), JSON.stringify(reference.greedy.prompt));
  await writeFile(join(base, 'text.txt'), 'Once upon a time there was a king who had three sons.');
  await writeFile(join(base, 'broken.json'), '{"not": ');
});

/** Runs a command line as typed, without quotes. */
async function run(line: string, options: { isTTY?: boolean; signal?: AbortSignal } = {}) {
  let [stdout, stderr] = ['', ''];
  const code = await main(line.split(' ').filter(Boolean), {
    out: (text) => (stdout += text),
    err: (text) => (stderr += text),
    isTTY: options.isTTY ?? false,
    base,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  return { code, stdout, stderr };
}

/** Returns the JSON object that a command prints, and checks that it prints nothing else. */
async function json(line: string): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await run(`${line} --json`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.endsWith('\n')).toBe(true);
  return JSON.parse(stdout) as Record<string, unknown>;
}

test('info describes the model', async () => {
  expect(await json('info model')).toEqual({
    architecture: 'LlamaForCausalLM',
    layers: 8,
    hiddenSize: 128,
    intermediateSize: 384,
    heads: 4,
    kvHeads: 2,
    vocabSize: 1024,
    parameters: 1_706_112,
    dtypes: { BF16: 74 },
  });
  const { stdout } = await run('info model');
  expect(stdout).toMatch(/parameters +1,706,112\n/);
});

test.each([
  ['cpu', 1e-5],
  ['webgpu', 1e-4],
] as const)('eval of ids on %s is the reference', async (backend, tolerance) => {
  const result = await json(`eval model --ids ids.json --backend ${backend}`);
  expect(Object.keys(result)).toEqual(['loss', 'perplexity', 'tokens', 'nll', 'backend']);
  expect(result).toMatchObject({ tokens: 96, backend });
  expect(Math.abs((result['loss'] as number) - reference.forward.mean_nll)).toBeLessThan(tolerance);
  expect(result['perplexity']).toBeCloseTo(Math.exp(result['loss'] as number), 10);
  const nll = result['nll'] as number[];
  for (const [i, expected] of reference.forward.nll.entries()) expect(nll[i]).toBeCloseTo(expected, 3);
});

test('eval of a text counts its tokens, for people in a table', async () => {
  const { code, stdout, stderr } = await run('eval model --text text.txt --backend cpu', { isTTY: true });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^loss +\d\.\d{6}\nperplexity +\d+\.\d{4}\ntokens +\d+\nbackend +cpu\n$/);
  expect(stderr).toContain('Evaluating');
});

test('twin breaks a block by averaging it with its shuffled copy, and mends it', async () => {
  const line = 'twin model --block 0 --text text.txt --max-tokens 8 --backend cpu';
  const result = await json(line);
  const { losses } = result as { losses: Record<string, number> };
  const { base = 0, copy = 0, average = 0, aligned = 0 } = losses;
  expect(Math.abs(copy - base)).toBeLessThan(1e-5);
  expect(average).toBeGreaterThan(base + 0.5);
  expect(aligned).toBe(base);
  expect(result).toMatchObject({ block: 0, seed: 0, tokens: 8, found: { units: { right: 384, of: 384 } } });
  const { stdout } = await run(line);
  expect(stdout).toMatch(/the average of both +\d\.\d{6} +\d/);
  expect(stdout).toMatch(/units of the MLP +384 of 384\n/);
});

test('generate continues greedily, from ids and from a prompt, and samples by seed', async () => {
  const made = await json('generate model --ids prompt.json --max-tokens 40 --backend cpu');
  expect(made['ids']).toEqual(reference.greedy.continuation);
  const { stdout } = await run('generate model --prompt=The --max-tokens 4 --temperature 0 --backend cpu');
  expect(stdout.startsWith('The')).toBe(true);
  const sampled = async (seed: number): Promise<unknown> =>
    (
      await json(
        `generate model --ids prompt.json --max-tokens 12 --temperature 1 --seed ${seed} --backend cpu`,
      )
    )['ids'];
  const first = await sampled(1);
  expect(await sampled(1)).toEqual(first);
  expect(await sampled(2)).not.toEqual(first);
});

test('align gives all seven plans', async () => {
  const { tensors } = await json('align model --gap 3 --method opt-deus:paper --backend cpu');
  const plans = tensors as Record<string, Record<string, number>>;
  expect(Object.keys(plans)).toEqual([...PLANNED_TENSORS]);
  for (const tensor of PLANNED_TENSORS) {
    const expected = reference.blocks['3']?.['paper']?.plans[tensor];
    expect(plans[tensor]).toMatchObject({ n: expected?.sample.shape[0], iterations: expect.any(Number) });
    expect((plans[tensor]?.['planPerplexity'] ?? 0) / (expected?.perplexity ?? 1)).toBeCloseTo(1, 4);
    expect(plans[tensor]?.['transportCost']).toBeCloseTo(expected?.transport_cost ?? 0, 5);
    expect(plans[tensor]?.['marginalError']).toBeLessThanOrEqual(1e-5);
  }
  const sharper = await json('align model --gap 3 --method opt-deus:paper --eps 0.03 --backend cpu');
  const q = (sharper['tensors'] as typeof plans)['self_attn.q_proj'];
  expect(q?.['planPerplexity']).toBeLessThan(plans['self_attn.q_proj']?.['planPerplexity'] ?? 0);
});

test('align of a method without plans has nothing to say but sizes', async () => {
  const { tensors } = await json('align model --gap 0 --method llama-pro --backend cpu');
  expect((tensors as Record<string, unknown>)['mlp.down_proj']).toEqual({
    planPerplexity: null,
    transportCost: null,
    costMean: expect.any(Number),
    costDeviation: expect.any(Number),
    marginalError: null,
    iterations: 0,
    n: 128,
    againstNull: {
      rows: 128,
      columns: 128,
      matching: 'one-to-one',
      matchedMass: null,
      transportCost: null,
      exactCost: expect.objectContaining({ real: expect.any(Number), excess: expect.any(Number) }),
    },
  });
});

test('align says what of a match its null has as well, or nothing of it', async () => {
  const line = 'align model --gap 6 --method opt-deus:paper --backend cpu';
  const nullOf = async (options: string) => {
    const { tensors } = (await json(`${line} ${options}`)) as {
      tensors: Record<string, { againstNull: unknown }>;
    };
    return (tensor: string) =>
      tensors[tensor]?.againstNull as { matchedMass: Record<string, number | number[]> } | null;
  };
  const q = (await nullOf('--null 3'))('self_attn.q_proj');
  expect(q?.matchedMass['real']).toBeCloseTo(0.113, 3);
  expect(Math.abs((q?.matchedMass['mean'] as number) - 0.072)).toBeLessThan(0.01);
  expect(q?.matchedMass['draws']).toHaveLength(3);
  expect((await nullOf('--null 0'))('self_attn.q_proj')).toBeNull();
  const gate = (await nullOf('--stored --null 2'))('mlp.gate_proj');
  expect(gate?.matchedMass['real']).toBeCloseTo(0.067, 3);

  const { stdout } = await run(`${line} --null 2`);
  expect(stdout).toMatch(
    /self_attn\.q_proj +0\.1133 +0\.0\d+ ± 0\.0\d+ +4\.\d % +1\.2218 +1\.29\d+ ± 0\.00\d+ +5\.\d %/,
  );
  const structured = await run('align model --gap 6 --method opt-deus:structured --backend cpu');
  expect(structured.stdout).toMatch(/Whole heads are matched here/);
});

test('upscale writes a checkpoint that evaluates like the base, and its recipe makes the same again', async () => {
  const made = await json('upscale model --method opt-deus:paper --gaps top --out deeper --backend cpu');
  expect(made).toEqual({
    out: join(base, 'deeper'),
    layers: 12,
    newLayers: [4, 6, 8, 10],
    parameters: 2_493_568,
    dtype: 'source',
    bytes: expect.any(Number),
    files: expect.any(Array),
    rounded: 28,
    verified: { tensors: 110, unchanged: 74 },
  });
  const files = made['files'] as { name: string; bytes: number; sha256: string }[];
  expect(files.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['train.py', 'train.md', 'README.md']),
  );
  for (const { name, bytes, sha256 } of files) {
    const written = await readFile(join(base, 'deeper', name));
    expect(bytes, name).toBe(written.byteLength);
    expect(sha256, name).toBe(createHash('sha256').update(written).digest('hex'));
  }
  const loss = async (model: string): Promise<unknown> =>
    (await json(`eval ${model} --ids ids.json --backend cpu`))['loss'];
  expect(await loss('deeper')).toBe(await loss('model'));

  await json('upscale model --recipe deeper/interlayer.json --out again --backend cpu');
  const weights = (folder: string): Promise<Buffer> => readFile(join(base, folder, 'model.safetensors'));
  expect((await weights('again')).equals(await weights('deeper'))).toBe(true);
});

test('upscale says what rounding changes, and exact float32 changes nothing', async () => {
  const upscale = 'upscale model --method average --gaps 2,5 --text text.txt --backend cpu';
  const rounded = await json(`${upscale} --out rounded`);
  const exact = await json(`${upscale} --dtype f32 --out exact`);
  const [of, ofExact] = [rounded, exact].map((made) => made['savedLoss'] as Record<string, number>);
  expect(of).toMatchObject({
    text: 'text.txt',
    rounded: 18,
    exact: ofExact?.['exact'],
    base: ofExact?.['base'],
  });
  expect(ofExact).toMatchObject({ rounded: 0, saved: ofExact?.['exact'] });
  expect(of?.['saved']).not.toBe(of?.['exact']);
  const evaluated = async (model: string): Promise<unknown> =>
    (await json(`eval ${model} --text text.txt --backend cpu`))['loss'];
  expect(await evaluated('rounded')).toBe(of?.['saved']);
  expect(await evaluated('exact')).toBe(ofExact?.['saved']);
  const card = await readFile(join(base, 'rounded', 'README.md'), 'utf8');
  expect(card).toContain(`| this model, as saved | ${of?.['saved']?.toFixed(4)} |`);
  const { stdout } = await run(`${upscale} --out table`);
  expect(stdout).toMatch(/verified +92 tensors read back, 74 of them the base’s byte for byte\n/);
  expect(stdout).toMatch(/rounding +-?\d\.\de[-+]\d+, on \d+ tokens of text\.txt\n$/);
});

test('upscale takes a list of gaps, its own spread for llama-pro, and leaves outputs un-zeroed when told', async () => {
  const list = await json('upscale model --method average:zero --gaps 5,2 --out list --backend cpu');
  expect(list['newLayers']).toEqual([3, 7]);
  const pro = await json('upscale model --method llama-pro --out pro --backend cpu');
  expect(pro['newLayers']).toEqual([2, 5, 8, 11]);
  await json('upscale model --method average:zero --gaps 2 --no-zero --out kept --backend cpu');
  const base = (await json('eval model --ids ids.json --backend cpu'))['loss'];
  expect((await json('eval pro --ids ids.json --backend cpu'))['loss']).toBe(base);
  expect((await json('eval kept --ids ids.json --backend cpu'))['loss']).not.toBe(base);
});

test('upscale makes layouts of whole blocks, from slices, by name or from a mergekit configuration', async () => {
  const solar = await json('upscale model --method solar --out solar --backend cpu');
  expect(solar).toMatchObject({ layers: 12, newLayers: [6, 7, 8, 9], parameters: 2_493_568 });
  const loss = async (model: string): Promise<number> =>
    (await json(`eval ${model} --ids ids.json --backend cpu`))['loss'] as number;
  expect(Math.abs((await loss('solar')) - (reference.arms['solar'] ?? 0))).toBeLessThan(1e-4);
  await json('upscale model --method passthrough --slices 0-6,2-8 --out slices --backend cpu');
  await writeFile(
    join(base, 'solar.yaml'),
    'slices:\n  - sources:\n    - model: some/model\n      layer_range: [0, 6]\n' +
      '  - sources:\n    - model: some/model\n      layer_range: [2, 8]\nmerge_method: passthrough\ntokenizer_source: base\n',
  );
  const read = await json('upscale model --recipe solar.yaml --out yaml --backend cpu');
  expect(read['notices']).toEqual([
    expect.stringMatching(/^solar\.yaml: tokenizer_source: changes nothing /),
  ]);
  const weights = (folder: string): Promise<Buffer> => readFile(join(base, folder, 'model.safetensors'));
  for (const folder of ['slices', 'yaml'])
    expect((await weights(folder)).equals(await weights('solar')), folder).toBe(true);
  await json('upscale model --method stack --zero --out doubled --backend cpu');
  expect(await loss('doubled')).toBe(await loss('model'));
});

test('settings reach the method, and what it does not read is said', async () => {
  const pro = await json('upscale model --method llama-pro --group 4 --out four --backend cpu');
  expect(pro['newLayers']).toEqual([4, 9]);
  const made = await json(
    'upscale model --method opt-deus:tf --gaps 3 --alpha 0.25 --parents 3:1.6 --cost-metric cosine --cost-scale mean ' +
      '--solver sinkhorn --iterations 50 --tolerance 0.01 --seed 3 --out settings --backend cpu',
  );
  expect(made['notices']).toBeUndefined();
  const saved = JSON.parse(await readFile(join(base, 'settings', 'interlayer.json'), 'utf8')) as object;
  expect(saved).toMatchObject({
    method: 'opt-deus:tf',
    alpha: 0.25,
    parents: { 3: [1, 6] },
    cost: { metric: 'cosine', rows: 'method', scale: 'mean', features: 'weights' },
    solver: { kind: 'sinkhorn', maxIterations: 50, tolerance: 0.01 },
    seed: 3,
    newLayers: [4],
  });
  const vain = await run('upscale model --method solar --gaps 3 --alpha 0.2 --out vain --backend cpu');
  expect(vain.code).toBe(0);
  expect(vain.stdout).toMatch(/Note: solar does not read gaps[^\n]*\nNote: solar does not read alpha/);
  const noted = await json('upscale model --method solar --gaps 3 --out noted --backend cpu');
  expect(noted['notices']).toEqual([expect.stringMatching(/solar does not read gaps/)]);
});

test.each([
  [
    '',
    /a command among info, eval, generate, align, map, twin, forecast, upscale, compare, train, race, cache, got none/,
  ],
  ['evaluate model', /got evaluate/],
  ['info', /MODEL/],
  ['info model other', /other/],
  ['info model --colour', /--colour/],
  ['info model -v', /-v/],
  ['info model --json=yes', /--json without a value/],
  ['eval model', /--text FILE or --ids FILE\.json, got neither/],
  ['eval model --text a --ids b', /both/],
  ['eval model --ids', /--ids FILE\.json, got no value/],
  ['eval model --ids --json', /--ids FILE\.json, got no value/],
  ['eval model --ids ids.json --backend gpu', /auto, webgpu or cpu, got gpu/],
  ['generate model --prompt a', /--max-tokens N, got none/],
  ['generate model --prompt a --max-tokens many', /whole number, got many/],
  ['generate model --prompt a --max-tokens 1.5', /whole number, got 1\.5/],
  ['generate model --prompt a --max-tokens 2 --temperature hot', /--temperature to be a number, got hot/],
  ['generate model --max-tokens 2', /--prompt TEXT or --ids/],
  ['align model --method opt-deus:paper', /--gap G, got none/],
  ['align model --gap 3', /--method .*opt-deus:paper.*got none/],
  ['align model --gap 3 --method ot', /one of opt-deus:paper, .*llama-pro, .*passthrough, got ot/],
  ['align model --gap 3 --method opt-deus:paper --eps small', /--eps to be a number, got small/],
  ['align model --gap 3 --method opt-deus:paper --null 1', /--null to be 0 or at least 2 draws.*got 1/],
  ['twin model --text text.txt', /--block B, got none/],
  ['twin model --block two --text text.txt', /--block to be a whole number, got two/],
  ['twin model --block 2', /--text FILE, got none/],
  ['upscale model --method opt-deus:paper --gaps top', /--out DIR, got none/],
  ['upscale model --method opt-deus:paper --out x', /--gaps .*got none/],
  ['upscale model --method opt-deus:paper --gaps upper --out x', /--gaps .*got upper/],
  ['upscale model --method opt-deus:paper --gaps 3,,4 --out x', /--gaps .*got 3,,4/],
  ['upscale model --gaps top --out x', /--method .*got none/],
  ['upscale model --recipe r.json --gaps top --out x', /either --recipe or --gaps/],
  ['upscale model --recipe r.yaml --alpha 0.2 --out x', /either --recipe or --alpha/],
  ['upscale model --method solar --zero --no-zero --out x', /either --zero or --no-zero/],
  ['upscale model --method passthrough --slices 0-6,2 --out x', /--slices .*0-6,2-8.*got 0-6,2/],
  ['upscale model --method average --gaps 3 --parents 3:2 --out x', /--parents .*3:2\.5.*got 3:2/],
  [
    'upscale model --method average --gaps 3 --cost-metric far --out x',
    /--cost-metric to be one of method, euclidean/,
  ],
  ['upscale model --method average --gaps 3 --group 1.5 --out x', /--group to be a whole number/],
])('wrong usage: %s', async (line, message) => {
  const { code, stdout, stderr } = await run(line);
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^interlayer: [^\n]+\n$/);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});

test.each([
  ['info nowhere', /nowhere, got nothing/],
  ['info ids.json', /got a file/],
  ['info .', /config\.json/],
  ['eval model --text nothing.txt', /nothing\.txt, got ENOENT/],
  ['eval model --ids broken.json', /expected JSON/],
  ['eval model --ids deeper.json', /ENOENT/],
  ['eval model --ids object.json --backend cpu', /JSON array of token ids/],
  ['eval model --ids words.json --backend cpu', /whole numbers from 0.*"one" at position 1/],
  ['eval model --ids far.json --backend cpu', /1023, got 1024/],
  ['eval model --ids short.json --backend cpu', /at least 2 tokens, got 1/],
  ['eval model --text empty.txt --backend cpu', /at least 2 tokens/],
  ['generate model --ids prompt.json --max-tokens -2 --backend cpu', /got -2/],
  ['twin model --block 8 --text text.txt --backend cpu', /a block from 0 to 7, got 8/],
  ['align model --gap 7 --method opt-deus:paper --backend cpu', /gap/],
  ['align model --gap -1 --method opt-deus:paper --backend cpu', /gap/],
  ['align model --gap 3 --method opt-deus:paper --eps 0', /ε above 0/],
  ['align model --gap 3 --method opt-deus:paper --eps -0.5', /ε above 0/],
  ['upscale model --method opt-deus:paper --gaps 7 --out x --backend cpu', /gap.* 7/],
  ['upscale model --method average --gaps 2 --out model --backend cpu', /empty folder/],
  ['upscale model --recipe object.json --out x', /version/],
  ['upscale model --recipe slerp.yml --out x', /merge_method: expected passthrough, got "slerp"/],
  ['upscale model --method passthrough --out x --backend cpu', /passthrough: expected slices/],
  ['upscale model --method passthrough --slices 0-9 --out x --backend cpu', /blocks 0 to 8 .*got 0-9/],
  [
    'upscale model --method average --gaps 3 --parents 3:2.8 --out x --backend cpu',
    /parents of gap 3\|4 from 0 to 7, got 8/,
  ],
  ['upscale model --method average --gaps 3 --alpha 2 --out x', /alpha from 0 to 1, got 2/],
  ['upscale model --recipe broken.json --out x', /expected JSON/],
])('a failure: %s', async (line, message) => {
  const files = { object: {}, words: [1, 'one'], far: [1, 1024], short: [1] };
  for (const [name, data] of Object.entries(files))
    await writeFile(join(base, `${name}.json`), JSON.stringify(data));
  await writeFile(join(base, 'empty.txt'), '');
  await writeFile(join(base, 'slerp.yml'), 'merge_method: slerp\nslices: []\n');
  const { code, stdout, stderr } = await run(line);
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^interlayer: [^\n]+\n$/);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(await readdir(base)).not.toContain('x');
});

test('without a tokenizer ids work and text is a failure', async () => {
  await cp(join(base, 'model'), join(base, 'bare'), {
    recursive: true,
    filter: (path) => !path.includes('token'),
  });
  expect((await json('eval bare --ids ids.json --backend cpu'))['tokens']).toBe(96);
  expect(await json('generate bare --ids prompt.json --max-tokens 3 --backend cpu')).toEqual({
    ids: reference.greedy.continuation.slice(0, 3),
    text: '',
  });
  const { code, stderr } = await run('eval bare --text text.txt --backend cpu');
  expect(code).toBe(1);
  expect(stderr).toMatch(/tokenizer\.json.*ids/);
});

test('--help prints the usage, of one command or of all', async () => {
  const all = await run('--help');
  expect(all.code).toBe(0);
  for (const name of ['info', 'eval', 'generate', 'align', 'upscale'])
    expect(all.stdout).toContain(`interlayer ${name} MODEL`);
  for (const word of [...METHOD_IDS, '--cost-metric', '--alpha', '--slices', '--group'])
    expect(all.stdout).toContain(word);
  const one = await run('eval --help');
  expect(one.stdout).toContain('--ids FILE.json');
  expect(one.stdout).not.toContain('upscale');
});

test('an interrupt leaves nothing half-written', async () => {
  const controller = new AbortController();
  const stopped = run('upscale model --method opt-deus:hard --gaps top --out stopped --backend cpu', {
    signal: controller.signal,
  });
  setTimeout(() => controller.abort(), 60);
  expect((await stopped).code).toBe(130);
  expect((await readdir(base)).filter((name) => name.startsWith('stopped'))).toEqual([]);
});

test('a recipe file may name another model; the one on the command line counts', async () => {
  const recipe = {
    ...DEFAULT_RECIPE,
    method: 'llama-pro',
    gaps: [0],
    model: { kind: 'url', url: 'https://host/m/' },
  };
  await writeFile(join(base, 'recipe.json'), JSON.stringify(recipe));
  const made = await json('upscale model --recipe recipe.json --out from-recipe --backend cpu');
  expect(made['newLayers']).toEqual([1]);
  const saved = JSON.parse(await readFile(join(base, 'from-recipe', 'interlayer.json'), 'utf8')) as {
    model: unknown;
  };
  expect(saved.model).toEqual({ kind: 'local', name: 'model' });
});
