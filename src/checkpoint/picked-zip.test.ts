import { makeZip } from 'client-zip';
import { expect, it } from 'vitest';
import { CheckpointError } from './errors';
import { PickedZip, zipAmong } from './picked-zip';

const zipOf = async (...names: string[]): Promise<File> =>
  new File([await new Response(makeZip(names.map((name) => ({ name, input: name })))).blob()], 'deeper.zip');

it('has the files of the folder of its first file', async () => {
  const zip = new PickedZip(await zipOf('deeper/config.json', 'deeper/a.txt', 'other/b.txt'), 'deeper');
  expect(await zip.list()).toEqual(['config.json', 'a.txt']);
  const file = await zip.open('a.txt');
  expect(new TextDecoder().decode(await file?.read(0, file.size))).toBe('deeper/a.txt');
  expect(await zip.open('b.txt')).toBeUndefined();
});

it('has the files of a zip without a folder', async () => {
  expect(await new PickedZip(await zipOf('config.json', 'a.txt'), 'deeper').list()).toEqual([
    'config.json',
    'a.txt',
  ]);
});

it('refuses what is no zip', async () => {
  const zip = new PickedZip(new File(['no zip'], 'a.zip'), 'a');
  await expect(zip.list()).rejects.toThrow(CheckpointError);
});

it('is taken for a model only if it is alone', async () => {
  const zip = await zipOf('a');
  expect(zipAmong([zip])).toBe(zip);
  expect(zipAmong([zip, zip])).toBeUndefined();
  expect(zipAmong([new File([], 'model.safetensors')])).toBeUndefined();
  expect(zipAmong([])).toBeUndefined();
});
