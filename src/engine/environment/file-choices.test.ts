import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileChoices } from './file-choices';

describe('choices in a file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'choices-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('come back by their key, in another process too', async () => {
    const file = join(folder, 'new', 'kernels.json');
    expect(await fileChoices(file).read('one')).toBeUndefined();
    await fileChoices(file).write('one', '[1]');
    await fileChoices(file).write('two', '[2]');
    expect(await fileChoices(file).read('one')).toBe('[1]');
    expect(await fileChoices(file).read('two')).toBe('[2]');
  });

  it('start anew where the file holds something else', async () => {
    const file = join(folder, 'kernels.json');
    await writeFile(file, 'half a f');
    expect(await fileChoices(file).read('one')).toBeUndefined();
    await fileChoices(file).write('one', '[1]');
    expect(await fileChoices(file).read('one')).toBe('[1]');
  });
});
