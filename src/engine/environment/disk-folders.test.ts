import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DiskFolders } from './disk-folders';

describe('folders on disk', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'kept-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  it('keep files by path until they are removed', async () => {
    const folders = new DiskFolders(join(root, 'new'));
    expect(await folders.list('')).toEqual([]);
    expect(await folders.read('a/b', 0, 4)).toBeUndefined();
    await folders.write('a/b/0-4', Uint8Array.of(1, 2, 3, 4));
    await folders.write('a/about', Uint8Array.of(7));
    expect(await folders.list('')).toEqual([{ name: 'a', size: 0, isFolder: true }]);
    expect((await folders.list('a')).toSorted((x, y) => x.size - y.size)).toEqual([
      { name: 'b', size: 0, isFolder: true },
      { name: 'about', size: 1, isFolder: false },
    ]);
    expect(await folders.read('a/b/0-4', 1, 2)).toEqual(Uint8Array.of(2, 3));
    expect(await folders.read('a/b/0-4', 3, 9)).toEqual(Uint8Array.of(4));
    expect(await folders.free()).toBeGreaterThan(0);
    await folders.remove('a');
    await folders.remove('a');
    expect(await folders.list('')).toEqual([]);
  });

  it('leave nothing half-written where a write fails', async () => {
    await writeFile(join(root, 'a'), 'a file in the way');
    const folders = new DiskFolders(root);
    await expect(folders.write('a/b', Uint8Array.of(1))).rejects.toThrow();
    await expect(folders.list('a')).rejects.toThrow();
    expect(await readdir(root)).toEqual(['a']);
  });
});
