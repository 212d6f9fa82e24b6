import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SHIPPED } from '../../tests/engine';
import { randomTensors, safetensors, TINY, type TinyTensor } from '../llama/testing';
import { parseConfig } from '../llama/config';
import { runLine } from './testing';

const base = await mkdtemp(join(tmpdir(), 'interlayer-compare-'));
afterAll(() => rm(base, { recursive: true }));
beforeAll(() => writeFile(join(base, 'text.txt'), 'Once upon a time there was a king who had three sons.'));

interface Row {
  readonly arm: string;
  readonly method: string | null;
  readonly zeroed: boolean | null;
  readonly differs: readonly string[];
  readonly loss: number | null;
  readonly perplexity: number;
  readonly deltaBase: number | null;
  readonly maxLogitDifference: number;
  readonly meanPlanPerplexityShare: Readonly<Record<string, number>>;
  readonly layers: number;
  readonly parameters: number;
  readonly error?: string;
  readonly measures?: {
    readonly blocks: readonly {
      readonly isNew: boolean;
      readonly lossSkipped: number | null;
      readonly lossDoubled: number | null;
    }[];
    readonly cka: readonly number[];
    readonly sample: { readonly loss: number };
  };
}

const run = (line: string, signal?: AbortSignal) => runLine(line, { base, signal });

async function rowsOf(line: string): Promise<{ answer: Record<string, unknown>; rows: Row[] }> {
  const { code, out, err } = await run(`${line} --json`);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const answer = JSON.parse(out) as Record<string, unknown> & { rows: Row[] };
  return { answer, rows: answer.rows };
}

test('positions on the shipped model: zeroed arms are the base, the others are not', async () => {
  const { answer, rows } = await rowsOf(
    `compare ${SHIPPED} --preset positions --text text.txt --tokens 6 --backend cpu`,
  );
  expect(answer).toMatchObject({ preset: 'positions', text: 'text.txt', tokens: 6, backend: 'cpu' });
  expect(rows.map(({ arm }) => arm)).toEqual([
    'base',
    ...['top', 'middle', 'bottom', 'ends'].flatMap((place) => [`${place}:zero`, `${place}:kept`]),
  ]);
  const [first, ...others] = rows;
  expect(first).toMatchObject({ method: null, zeroed: null, deltaBase: 0, layers: 8, parameters: 1_706_112 });
  for (const row of others) {
    expect(row).toMatchObject({ method: 'opt-deus:paper', layers: 12 });
    expect(row.perplexity).toBeCloseTo(Math.exp(row.loss ?? Number.NaN), 8);
    expect(row.deltaBase).toBe((row.loss ?? Number.NaN) - (first?.loss ?? Number.NaN));
    expect(row.deltaBase === 0 && row.maxLogitDifference === 0).toBe(row.zeroed);
    expect(Object.keys(row.meanPlanPerplexityShare)).toContain('mlp.gate_proj');
    for (const share of Object.values(row.meanPlanPerplexityShare)) {
      expect(share).toBeGreaterThan(0);
      expect(share).toBeLessThanOrEqual(1.000001);
    }
  }
  expect(rows.find(({ arm }) => arm === 'ends:kept')?.differs).toEqual(['zeroing', 'gaps']);
});

/** Writes a random model of `layers` blocks with the shipped model's tokenizer; `change` may edit it, and adds MLP biases. */
async function modelFolder(
  name: string,
  layers: number,
  change?: (tensors: Map<string, TinyTensor>) => void,
): Promise<void> {
  const sizes = { num_hidden_layers: layers, vocab_size: 1024, max_position_embeddings: 64 };
  const raw = { ...TINY, ...sizes, mlp_bias: change !== undefined };
  const tensors = randomTensors(parseConfig(raw), 2);
  change?.(tensors);
  const folder = join(base, name);
  await mkdir(folder);
  await writeFile(join(folder, 'config.json'), JSON.stringify(raw));
  for (const file of ['tokenizer.json', 'tokenizer_config.json'])
    await cp(join(SHIPPED, file), join(folder, file));
  await writeFile(join(folder, 'model.safetensors'), safetensors(tensors));
}

test('an arm that ends in NaN says so, and the others go on', async () => {
  // One residual value of block 1 is 2e38, so that repeating that block overflows float32.
  await modelFolder('overflowing', 4, (tensors) => {
    const name = 'model.layers.1.mlp.down_proj.bias';
    tensors.set(name, { dtype: 'F32', shape: [20], values: Float32Array.of(2e38, ...Array(19).fill(0)) });
  });
  const { rows } = await rowsOf(
    'compare overflowing --preset paper --text text.txt --tokens 8 --backend webgpu',
  );
  const found = Object.fromEntries(rows.map((row) => [row.arm, row]));
  expect(found['solar']).toMatchObject({ loss: null, error: expect.stringMatching(/finite loss.*NaN/) });
  expect(found['base']?.loss).toBeGreaterThan(0);
  expect(found['llama-pro']).toMatchObject({ deltaBase: 0, loss: found['base']?.loss });
});

test('an arm that cannot be made says so, and the others go on', async () => {
  await modelFolder('shallow', 3);
  const { rows } = await rowsOf(`compare shallow --preset paper --text text.txt --tokens 8 --backend cpu`);
  expect(rows.map(({ arm }) => arm)).toEqual(['base', 'solar', 'llama-pro', 'lesa', 'average', 'paper']);
  const solar = rows.find(({ arm }) => arm === 'solar');
  expect(solar).toMatchObject({ loss: null, deltaBase: null, meanPlanPerplexityShare: {} });
  expect(solar?.error).toMatch(/at least 4 blocks/);
  for (const row of rows.filter(({ arm }) => arm !== 'solar')) {
    expect(row.error, row.arm).toBeUndefined();
    expect(row.loss, row.arm).toBeGreaterThan(0);
  }
  const { code, out } = await run('compare shallow --preset paper --text text.txt --tokens 8 --backend cpu');
  expect(code).toBe(0);
  expect(out).toMatch(/^The paper’s table\n/);
  expect(out).toMatch(/SOLAR, two overlapping copies .*failed: solar: expected at least 4 blocks/);
  expect(out).toMatch(/Average \(Avg-DeUS\) .*differs from paper in method and zeroing/);
});

test('measures come along when they are asked for', async () => {
  await modelFolder('measured', 3);
  const { rows } = await rowsOf(
    'compare measured --preset paper --text text.txt --tokens 8 --measures --backend cpu',
  );
  const measured = rows.find(({ arm }) => arm === 'paper')?.measures;
  expect(measured?.blocks).toHaveLength(4);
  expect(measured?.cka).toHaveLength(16);
  expect(measured).toMatchObject({ model: { klFromBase: 0 }, sample: { tokens: 8 } });
  expect(measured?.blocks.map(({ lossSkipped }) => lossSkipped)).toEqual([null, null, null, null]);
});

test('ablations come with the measures: a zeroed block alone can be left out or doubled for nothing', async () => {
  await modelFolder('ablated', 3);
  const { rows } = await rowsOf(
    'compare ablated --preset paper --text text.txt --tokens 8 --ablations --backend cpu',
  );
  const measured = rows.find(({ arm }) => arm === 'llama-pro')?.measures;
  const whole = measured?.sample.loss ?? Number.NaN;
  for (const { isNew, lossSkipped, lossDoubled } of measured?.blocks ?? []) {
    expect(lossSkipped === whole).toBe(isNew);
    expect(lossDoubled === whole).toBe(isNew);
  }
  expect(measured?.blocks.some(({ isNew }) => isNew)).toBe(true);
});

test('only the arms that are named are run, beside the base model', async () => {
  await modelFolder('chosen', 3);
  const line = 'compare chosen --preset paper --text text.txt --tokens 8 --backend cpu';
  const { rows } = await rowsOf(`${line} --arms paper,average`);
  expect(rows.map(({ arm }) => arm)).toEqual(['base', 'average', 'paper']);
});

test('wrong usage is told before a model is opened, and stopping stops all arms', async () => {
  for (const [line, expected] of [
    ['compare nowhere', /expected --preset paper\|alignment\|positions, got none/],
    ['compare nowhere --preset all', /one of paper, alignment, positions, got all/],
    [
      'compare nowhere --preset paper --arms solar,none',
      /--arms among base, solar, .* of the preset paper, got none/,
    ],
    ['compare nowhere --preset paper --tokens 0', /--tokens to be at least 1, got 0/],
  ] as const) {
    const { code, err } = await run(line);
    expect(code).toBe(2);
    expect(err).toMatch(expected);
  }
  const stopped = AbortSignal.abort();
  const line = `compare ${SHIPPED} --preset paper --text text.txt --tokens 4 --backend cpu`;
  expect((await run(line, stopped)).code).toBe(130);
});
