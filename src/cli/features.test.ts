import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SHIPPED } from '../../tests/engine';
import { main } from './main';

const base = await mkdtemp(join(tmpdir(), 'interlayer-features-'));
afterAll(() => rm(base, { recursive: true }));
beforeAll(async () => {
  await cp(SHIPPED, join(base, 'model'), { recursive: true });
  const text = await readFile(
    new URL('../../public/corpus/observatory-heldout.txt', import.meta.url),
    'utf8',
  );
  await writeFile(join(base, 'tales.txt'), text.slice(0, 3000));
  await writeFile(join(base, 'others.txt'), text.slice(3000, 6000));
  await writeFile(join(base, 'short.txt'), text.slice(0, 300));
});

async function run(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  const code = await main(line.split(' '), {
    out: (text) => (stdout += text),
    err: (text) => (stderr += text),
    isTTY: false,
    base,
  });
  return { code, stdout, stderr };
}

const MAKE = 'upscale model --method opt-deus:hard --gaps 3 --no-zero --backend cpu';
const TALES = '--features activations --features-text tales.txt --features-tokens 64';
const weights = (folder: string): Promise<Buffer> => readFile(join(base, folder, 'model.safetensors'));

test('a model made from activations on a file says so, and its recipe makes it again from that file alone', async () => {
  expect(await run(`${MAKE} ${TALES} --out made`)).toMatchObject({ code: 0 });
  const saved = JSON.parse(await readFile(join(base, 'made', 'interlayer.json'), 'utf8')) as {
    cost: { features: string; text: string; tokens: number };
  };
  expect(saved.cost).toMatchObject({ features: 'activations', tokens: 64 });
  expect(saved.cost.text).toMatch(/^file:tales\.txt@[0-9a-f]{16}$/);
  const card = await readFile(join(base, 'made', 'README.md'), 'utf8');
  expect(card).toMatch(
    /1 − correlation between activations .* last 64 tokens of `tales\.txt` \(SHA-256 [0-9a-f]{16} …\)/,
  );

  const again = 'upscale model --recipe made/interlayer.json --backend cpu';
  expect(await run(`${again} --features-text tales.txt --out again`)).toMatchObject({ code: 0 });
  expect((await weights('again')).equals(await weights('made'))).toBe(true);
  const without = await run(`${again} --out without`);
  expect(without.code).toBe(1);
  expect(without.stderr).toMatch(/expected the text file:tales\.txt@.*--features-text/);
  const other = await run(`${again} --features-text others.txt --out other`);
  expect(other.code).toBe(2);
  expect(other.stderr).toMatch(/recipe's own text file:tales\.txt@.*got file:others\.txt@/);

  expect(await run(`${MAKE} --features activations --out shipped`)).toMatchObject({ code: 0 });
  expect((await weights('shipped')).equals(await weights('made'))).toBe(false);
  expect(await run(`${MAKE} --out plain`)).toMatchObject({ code: 0 });
  expect((await weights('plain')).equals(await weights('shipped'))).toBe(false);
});

test('the cost is named in the card of a soft plan', async () => {
  const line =
    'upscale model --method opt-deus:paper --gaps 3 --features activations --features-text observatory --iterations 5 --out soft --backend cpu';
  expect(await run(line)).toMatchObject({ code: 0 });
  expect(await readFile(join(base, 'soft', 'README.md'), 'utf8')).toContain(
    '1 − correlation between activations of the base model’s neurons on the last 256 tokens of the shipped text observatory',
  );
});

test('align solves on activations; heads of q, k and v have no single plan', async () => {
  const { stdout } = await run(`align model --gap 3 --method opt-deus:hard ${TALES} --backend cpu --json`);
  const { tensors } = JSON.parse(stdout) as { tensors: Record<string, Record<string, number | null>> };
  expect(tensors['self_attn.v_proj']).toMatchObject({ planPerplexity: null });
  expect(tensors['mlp.gate_proj']).toMatchObject({ planPerplexity: 1, n: 384 });
  // gate and up are matched as one unit.
  expect(tensors['mlp.up_proj']).toEqual(tensors['mlp.gate_proj']);
});

test.each([
  ['--features neurons', 2, /--features to be one of weights, activations, got neurons/],
  ['--features activations --features-text none.txt', 1, /expected a file that can be read/],
  ['--features activations --features-tokens 1', 1, /cost\.tokens/],
  [
    '--features activations --features-tokens 1000 --features-text short.txt',
    1,
    /at least 1000 tokens, got \d+/,
  ],
])('%s is refused', async (options, code, message) => {
  const result = await run(`align model --gap 3 --method opt-deus:hard ${options} --backend cpu`);
  expect(result.stderr).toMatch(message);
  expect(result.code).toBe(code);
});
