import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import merges from '../../tests/fixtures/passthrough.json';
import { DEFAULT_RECIPE } from '../recipe/schema';
import { Checkpoint } from '../checkpoint/checkpoint';
import { decode, encode } from '../checkpoint/dtype';
import { FolderFiles } from './folder';
import { main } from './main';

const base = await mkdtemp(join(tmpdir(), 'interlayer-cases-'));
afterAll(() => rm(base, { recursive: true }));

const folderOf = (name: string): string =>
  fileURLToPath(new URL(`../../tests/fixtures/cases/${name}`, import.meta.url));

async function json(...args: string[]): Promise<Record<string, unknown>> {
  let [stdout, stderr] = ['', ''];
  const terminal = {
    out: (text: string) => (stdout += text),
    err: (text: string) => (stderr += text),
    isTTY: false,
    base,
  };
  const code = await main([...args, '--backend', 'cpu', '--json'], terminal);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>;
}

test('a continuation begins with the space that SentencePiece writes', async () => {
  const model = folderOf('sentencepiece-space');
  const made = await json('generate', model, '--prompt', 'Once upon a time', '--max-tokens', '8');
  expect(made['text']).toBe(' there was kings.');
});

const DTYPES = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/** Names, dtypes and digests of a checkpoint's tensors, as in the fixture. */
async function digests(folder: string): Promise<Record<string, string[]>> {
  const checkpoint = await Checkpoint.open(new FolderFiles(folder));
  const found: Record<string, string[]> = {};
  for (const [name, { dtype }] of checkpoint.tensors) {
    const values = decode(await checkpoint.read(name), dtype).map((value) => value + 0);
    const digest = createHash('sha256').update(encode(values, dtype)).digest('hex').slice(0, 16);
    found[name] = [DTYPES[dtype as keyof typeof DTYPES], digest];
  }
  return found;
}

test.each(merges.map((found, i) => ({ ...found, i })))(
  'a mergekit recipe gives the tensors that mergekit gives, bit for bit: $i',
  async ({ yaml, tensors, i }) => {
    // As some editors save it.
    await writeFile(join(base, `${i}.yaml`), `\uFEFF${yaml}`);
    const model = folderOf('layer-filter');
    await json('upscale', model, '--recipe', `${i}.yaml`, '--out', `made-${i}`);
    expect(await digests(join(base, `made-${i}`))).toEqual(tensors);
    // The recipe beside it makes the same.
    await json('upscale', model, '--recipe', `made-${i}/interlayer.json`, '--out', `again-${i}`);
    expect(await digests(join(base, `again-${i}`))).toEqual(tensors);
  },
);

test('every text file may begin with a byte-order mark', async () => {
  const model = join(base, 'marked');
  await cp(folderOf('sentencepiece-space'), model, { recursive: true });
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json'])
    await writeFile(join(model, name), `\uFEFF${await readFile(join(model, name), 'utf8')}`);
  await writeFile(join(base, 'ids.json'), '\uFEFF[1, 291, 294]');
  await writeFile(join(base, 'text.txt'), '\uFEFFOnce upon a time');
  const recipe = { ...DEFAULT_RECIPE, method: 'llama-pro', gaps: [0] };
  await writeFile(join(base, 'recipe.json'), `\uFEFF${JSON.stringify(recipe)}`);
  await json('upscale', model, '--recipe', 'recipe.json', '--out', 'marked-out');
  expect(await readFile(join(base, 'marked-out', 'config.json'), 'utf8')).toMatch(
    /^\{\n[^]*"rope_theta": 10000\.0/,
  );
  expect((await json('eval', model, '--ids', 'ids.json'))['tokens']).toBe(2);
  // A mark that is read as text would be three more tokens.
  await writeFile(join(base, 'plain.txt'), 'Once upon a time');
  const [marked, plain] = [
    await json('eval', model, '--text', 'text.txt'),
    await json('eval', model, '--text', 'plain.txt'),
  ];
  expect(marked).toEqual(plain);
});

test('what a mergekit recipe has in vain is said, and the dtype is in config.json', async () => {
  const model = folderOf('layer-filter');
  const config = async (out: string): Promise<string> => readFile(join(base, out, 'config.json'), 'utf8');
  const [plain, , named, , filtered] = merges;
  await writeFile(join(base, 'named.yaml'), named?.yaml ?? '');
  await writeFile(join(base, 'filtered.yaml'), filtered?.yaml ?? '');
  await writeFile(join(base, 'plain.yaml'), plain?.yaml ?? '');
  const ofNamed = await json('upscale', model, '--recipe', 'named.yaml', '--out', 'named');
  expect(ofNamed['notices']).toEqual([
    expect.stringMatching(/^named\.yaml: base_model, name: change nothing /),
  ]);
  expect(await config('named')).toContain('"torch_dtype": "bfloat16"');
  const ofFiltered = await json('upscale', model, '--recipe', 'filtered.yaml', '--out', 'filtered');
  // The last slice scales its other tensors, the head too, by 1 itself.
  expect(ofFiltered['notices']).toEqual([
    expect.stringMatching(
      /^The filter kq decides on no tensor: .*model\.layers\.0\.self_attn\.q_proj\.weight/,
    ),
    expect.stringMatching(/^The filter lm_head decides on no tensor/),
  ]);
  expect(await config('filtered')).toContain('"torch_dtype": "float32"');
  expect(await json('upscale', model, '--recipe', 'plain.yaml', '--out', 'plain')).not.toHaveProperty(
    'notices',
  );
  // Numbers stay as they are in the file.
  expect(await config('plain')).toContain('"rope_theta": 10000.0,');
});
