import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHIPPED } from '../../tests/engine';
import { runLine } from './testing';

const base = await mkdtemp(join(tmpdir(), 'interlayer-train-cli-'));
afterAll(() => rm(base, { recursive: true }));
beforeAll(async () => {
  await cp(SHIPPED, join(base, 'model'), { recursive: true });
  const corpus = async (name: string): Promise<string> =>
    readFile(new URL(`../../public/corpus/${name}`, import.meta.url), 'utf8');
  await writeFile(join(base, 'text.txt'), (await corpus('observatory-train.txt')).slice(0, 1500));
  await writeFile(join(base, 'new.txt'), (await corpus('observatory-heldout.txt')).slice(0, 300));
  await writeFile(join(base, 'old.txt'), (await corpus('fairy-heldout.txt')).slice(0, 300));
  await writeFile(
    join(base, 'pairs.jsonl'),
    (await corpus('questions.jsonl')).split('\n').slice(0, 6).join('\n'),
  );
  await writeFile(
    join(base, 'broken.jsonl'),
    '{"instruction": "a", "response": "b"}\n{"instruction": "c"}\n',
  );
});

const run = (line: string) => runLine(line, { base });

async function json(line: string): Promise<Record<string, unknown>> {
  const { code, out, err } = await run(`${line} --json`);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Record<string, unknown>;
}

const ARM = '--method copy-previous --gaps 6 --zero --backend cpu';
const SMALL = '--steps 3 --batch 2 --context 16 --lr 3e-3 --seed 1';

describe('train', () => {
  it('answers with losses, held-out and retention loss, times and the folder', async () => {
    const answer = await json(
      `train model ${ARM} --text text.txt --heldout new.txt --retention old.txt ${SMALL} --out one`,
    );
    expect(Object.keys(answer)).toEqual(
      expect.arrayContaining(['losses', 'heldout', 'retention', 'stepMs', 'trainable', 'out']),
    );
    expect(answer['losses']).toHaveLength(3);
    for (const name of ['heldout', 'retention', 'heldoutStart', 'retentionStart'])
      expect(answer[name], name).toBeGreaterThan(1);
    expect(answer['heldout']).not.toBe(answer['heldoutStart']);
    expect(answer['response']).toBeNull();
    expect(Object.keys(answer['stepMs'] as object)).toEqual(['forward', 'backward', 'optimizer']);
    expect(answer).toMatchObject({
      trainable: 196_864,
      layers: 9,
      newLayers: [7],
      out: join(base, 'one'),
      backend: 'cpu',
    });
    // The same result from the exported recipe file, and from a training in two parts.
    const again = await json(
      `train model --recipe one/interlayer.json --text text.txt --heldout new.txt --out two --state run.state --backend cpu`,
    );
    expect(again['losses']).toEqual(answer['losses']);
    expect(again['heldout']).toBe(answer['heldout']);
    const resumed = await json(
      `train model --recipe one/interlayer.json --text text.txt --heldout new.txt --out three --state run.state --backend cpu`,
    );
    expect(resumed['losses']).toEqual(answer['losses']);
    expect(resumed['heldoutStart']).toBe(answer['heldoutStart']);
    // The training was already complete.
    expect(resumed['stepMs']).toBeNull();
    const [a, b] = await Promise.all(
      ['one', 'three'].map((folder) => readFile(join(base, folder, 'model.safetensors'))),
    );
    expect(Buffer.compare(a ?? Buffer.of(), b ?? Buffer.of(0))).toBe(0);
    expect((await json('eval one --text new.txt --backend cpu'))['loss']).not.toBe(
      (await json('eval model --text new.txt --backend cpu'))['loss'],
    );
  });

  it('fine-tunes on pairs alone, with what is asked for learning', async () => {
    const answer = await json(
      `train model ${ARM} --sft pairs.jsonl --sft-heldout pairs.jsonl --steps 2 --batch 2 --context 48 --tensors o_proj,down_proj --final-norm --out tuned`,
    );
    expect(answer['losses']).toHaveLength(2);
    expect(answer['trainable']).toBe(128 * 128 + 128 * 384 + 128);
    expect(answer['response']).toBeGreaterThan(1);
    const { out } = await run(
      `train model ${ARM} --sft pairs.jsonl --steps 1 --batch 2 --context 36 --out cut`,
    );
    expect(out).toMatch(/pairs\.jsonl: \d+ pairs were (cut at the context|left out)/);
  });

  it.each([
    [`train model ${ARM} --out x`, 2, /expected --text FILE or --sft FILE to learn from, got neither/],
    [`train model ${ARM} --text text.txt`, 2, /expected --out DIR, got none/],
    [
      `train model ${ARM} --text text.txt --out x --lr 2`,
      1,
      /training\.rate: expected a learning rate above 0 and at most 1/,
    ],
    [`train model ${ARM} --text text.txt --out x --steps 0`, 1, /expected at least 1 step, got 0/],
    [`train model ${ARM} --text text.txt --out x --context 500`, 1, /at most 256 tokens/],
    [
      `train model ${ARM} --text new.txt --out x --context 200`,
      1,
      /at least 201 tokens, one window, got \d+/,
    ],
    [
      `train model ${ARM} --sft broken.jsonl --out x`,
      1,
      /broken\.jsonl, line 2: expected a text in the field response/,
    ],
    [`train model ${ARM} --text text.txt --out x --tensors lm_head`, 2, /expected --tensors to be a list of/],
    [`train model ${ARM} --text text.txt --out x --memory 1`, 1, /fits into 1 MiB/],
    [`train model ${ARM} --text text.txt --out x --sft-steps 2`, 2, /expected --sft FILE with --sft-steps/],
  ])('refuses: %s', async (line, code, message) => {
    const result = await run(line);
    expect(result.err).toMatch(message);
    expect(result.err.trim()).not.toContain('\n');
    expect(result).toMatchObject({ code, out: '' });
  });
});

describe('race', () => {
  const TEXTS = '--text text.txt --heldout new.txt --retention old.txt --backend cpu';

  it('gives a row per arm and seed, a summary and what it does not show', async () => {
    const answer = await json(
      `race model --preset count ${TEXTS} --steps 1 --batch 1 --context 8 --seeds 2 --evaluate-every 1`,
    );
    const rows = answer['rows'] as Record<string, unknown>[];
    expect(rows.map(({ arm, seed }) => `${String(arm)} ${String(seed)}`)).toEqual([
      '1 0',
      '2 0',
      '4 0',
      '1 1',
      '2 1',
      '4 1',
    ]);
    // Zeroed arms start as the base model, and train on the same batches.
    for (const row of rows) {
      expect(row['heldoutStart']).toBeCloseTo(Number(rows[0]?.['heldoutStart']), 9);
      const [first] = rows.filter(({ seed }) => seed === row['seed']).map(({ losses }) => losses as number[]);
      expect((row['losses'] as number[])[0]).toBeCloseTo(first?.[0] ?? 0, 9);
    }
    expect(answer).toMatchObject({ preset: 'count', reference: '1', seeds: 2, steps: 1, tokens: 8 });
    const summary = answer['summary'] as Record<string, unknown>[];
    expect(summary).toHaveLength(3);
    expect(summary.find(({ arm }) => arm === '2')?.['difference']).toMatchObject({ seeds: 2 });
    expect(answer['conclusion']).toContain('over 2 seeds');
    expect(answer['conclusion']).toContain('One model, one text');
  }, 120_000);

  it('runs only the arms asked for, and the one that they are compared with', async () => {
    const answer = await json(`race model --preset count --arms 4 ${TEXTS} --steps 1 --batch 1 --context 8`);
    const rows = answer['rows'] as Record<string, unknown>[];
    expect(rows.map(({ arm }) => arm)).toEqual(['1', '4']);
  }, 120_000);

  it.each([
    ['race model', 2, /expected --preset paper\|alignment\|positions\|count, got none/],
    ['race model --preset all', 2, /expected --preset to be one of paper, alignment/],
    ['race model --preset count --arms three', 2, /expected --arms from .*, got three/],
    ['race model --preset count --seeds 0', 2, /expected --seeds from 1 to 100, got 0/],
    ['race model --preset count --batch 0', 1, /training\.batch/],
  ])('refuses: %s', async (line, code, message) => {
    expect(await run(line)).toMatchObject({ code, out: '', err: expect.stringMatching(message) });
  });
});
