import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fixture } from '../checkpoint/gguf/testing';
import { main } from './main';

const FIXTURES = fileURLToPath(new URL('../../tests/fixtures/gguf/', import.meta.url));
const base = await mkdtemp(join(tmpdir(), 'interlayer-gguf-'));
afterAll(() => rm(base, { recursive: true }));

const MODELS = JSON.parse((await fixture('models.json')).toString()) as Record<
  string,
  { readonly loss: number; readonly ids: readonly number[] }
>;
beforeAll(() => writeFile(join(base, 'ids.json'), JSON.stringify(MODELS['llama']?.ids)));

async function run(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  const out = (text: string): void => void (stdout += text);
  const err = (text: string): void => void (stderr += text);
  return { code: await main(line.split(' '), { out, err, isTTY: false, base }), stdout, stderr };
}

async function loss(model: string): Promise<number> {
  const { stdout, stderr } = await run(`eval ${model} --ids ids.json --backend cpu --json`);
  expect(stderr).toBe('');
  return (JSON.parse(stdout) as { loss: number }).loss;
}

it.each(Object.keys(MODELS))('%s.gguf has the loss of the model it was made from', async (name) => {
  expect(await loss(join(FIXTURES, `${name}.gguf`))).toBeCloseTo(MODELS[name]?.loss ?? Number.NaN, 5);
});

it('is exported as safetensors of the same loss', async () => {
  const model = join(FIXTURES, 'llama-linear.gguf');
  const deeper = await run(`upscale ${model} --method llama-pro --gaps 0 --out deeper`);
  expect(deeper).toMatchObject({ code: 0, stderr: '' });
  expect(await readdir(join(base, 'deeper'))).toContain('model.safetensors');
  expect(await loss('deeper')).toBeCloseTo(MODELS['llama-linear']?.loss ?? Number.NaN, 5);
});

it('a folder with one GGUF file is a model, a folder of that name too', async () => {
  await mkdir(join(base, 'folder.gguf'));
  await copyFile(join(FIXTURES, 'llama.gguf'), join(base, 'folder.gguf/model.gguf'));
  expect(await loss('folder.gguf')).toBeCloseTo(MODELS['llama']?.loss ?? Number.NaN, 5);
});

it('says that there is no tokenizer, and what is expected of MODEL', async () => {
  const { stdout } = await run(`info ${join(FIXTURES, 'llama.gguf')}`);
  expect(stdout).toMatch(/tokenizer +llama\.gguf: expected a vocabulary in the file, got none\. Put/);
  const text = await run(`generate ${join(FIXTURES, 'llama.gguf')} --prompt a --max-tokens 1`);
  expect(text).toMatchObject({ code: 1, stderr: expect.stringMatching(/expected a vocabulary in the file/) });
  const none = await run('info none.gguf');
  expect(none.stderr).toMatch(/expected a folder .*or a \.gguf file, at .*none\.gguf, got nothing/);
});
