import { afterAll, beforeAll, expect, it } from 'vitest';
import { Checkpoint } from '../checkpoint';
import { SourceError } from '../errors';
import { FileServer, ranged } from '../file-server';
import { FileListFiles, filesAt } from '../sources';
import { fixture } from './testing';

const server = new FileServer();
beforeAll(() => server.start());
afterAll(() => server.stop());

it('an address that ends in .gguf is read by ranges', async () => {
  server.routes.set('/a/My%20Model.gguf', ranged(await fixture('llama.gguf')));
  const checkpoint = await Checkpoint.open(filesAt(`${server.base}/a/My%20Model.gguf`));
  expect(checkpoint.name).toBe('My Model.gguf');
  expect((await checkpoint.read('model.norm.weight')).byteLength).toBe(32);
  expect(() => filesAt('https://host/%zz.gguf')).toThrow(SourceError);
  await expect(Checkpoint.open(filesAt(`${server.base}/none.gguf`))).rejects.toThrow(/expected config\.json/);
});

it('a picked or dropped file is read where it is', async () => {
  const file = new File([Uint8Array.from(await fixture('qwen3.gguf'))], 'qwen3.gguf');
  const checkpoint = await Checkpoint.open(new FileListFiles([file], 'qwen3'));
  expect(checkpoint.config['model_type']).toBe('qwen3');
  expect(checkpoint.tensors.has('model.layers.1.self_attn.k_norm.weight')).toBe(true);
});
