import {
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Checkpoint } from '../checkpoint/checkpoint';
import { SinkError, SourceError } from '../checkpoint/errors';
import { toSinkError } from '../checkpoint/sink-errors';
import { MemoryFiles } from '../checkpoint/sources';
import { writeCheckpoint } from '../checkpoint/write';
import { FolderFiles, FolderSink } from './folder';

const SHIPPED = fileURLToPath(new URL('../../public/models/interlayer-fairy-1.7m', import.meta.url));
let work: string;
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'interlayer-'));
});
afterEach(() => rm(work, { recursive: true }));

const contents = {
  tensors: [{ name: 'w', dtype: 'F32', shape: [2], data: async () => new Uint8Array(8) }],
  config: { layers: 1 },
  copyFrom: new MemoryFiles(new Map()),
  documents: { 'README.md': 'card', 'interlayer.json': '{}' },
};

describe('FolderFiles', () => {
  it('copies the shipped checkpoint through a FolderSink, byte for byte', async () => {
    const base = await Checkpoint.open(new FolderFiles(SHIPPED));
    expect(base.name).toBe('interlayer-fairy-1.7m');
    const tensors = [...base.tensors.values()].map((copyOf) => {
      const { name, dtype, shape } = copyOf;
      return { name, dtype, shape, copyOf };
    });
    const out = join(work, 'a/b/deeper');
    const { bytes } = await writeCheckpoint(new FolderSink(out), {
      ...contents,
      tensors,
      config: base.config,
      copyFrom: base.files,
    });
    expect((await readdir(out)).sort()).toEqual([
      'README.md',
      'config.json',
      'generation_config.json',
      'interlayer.json',
      'model.safetensors',
      'special_tokens_map.json',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    expect(await readdir(join(work, 'a/b'))).toEqual(['deeper']);
    const sizes = await Promise.all(
      (await readdir(out)).map(async (name) => (await readFile(join(out, name))).byteLength),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(bytes);
    const back = await Checkpoint.open(new FolderFiles(out));
    expect(back.tensors.size).toBe(74);
    for (const name of base.tensors.keys())
      expect(Buffer.compare(await back.read(name), await base.read(name))).toBe(0);
  });

  it('reads ranges, through links too, and gives undefined for what is no file', async () => {
    await writeFile(join(work, 'f'), '0123456789');
    await symlink(join(work, 'f'), join(work, 'link'));
    await mkdir(join(work, 'folder'));
    const files = new FolderFiles(work);
    const link = await files.open('link');
    expect(Buffer.from((await link?.read(3, 4)) ?? []).toString()).toBe('3456');
    expect(link?.size).toBe(10);
    expect(await files.open('folder')).toBeUndefined();
    expect(await files.open('none')).toBeUndefined();
    expect(await files.open('folder/../f')).toBeUndefined();
    await expect(link?.read(8, 3)).rejects.toThrow(/within 10 bytes, got 3 at 8/);
    await expect(link?.read(0, 1, AbortSignal.abort())).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
  });

  it('notices a file that shrank, changed or went away', async () => {
    const path = join(work, 'f');
    await writeFile(path, '0123456789');
    const source = await new FolderFiles(work).open('f');
    await truncate(path, 5);
    await expect(source?.read(0, 3)).rejects.toThrow(/10 bytes it had when opened, got 5/);
    await writeFile(path, 'abcdefghij');
    await utimes(path, 1, 1);
    await expect(source?.read(0, 3)).rejects.toThrow(SourceError);
    await rm(path);
    await expect(source?.read(0, 3)).rejects.toThrow(/got ENOENT/);
  });

  it('says that the folder is not there, is empty, or is a file', async () => {
    await expect(Checkpoint.open(new FolderFiles(join(work, 'none')))).rejects.toThrow(
      /none: .*got ENOENT\. There is no such file or folder/,
    );
    await expect(Checkpoint.open(new FolderFiles(work))).rejects.toThrow(
      /expected config.json, got no files/,
    );
    await writeFile(join(work, 'f'), '');
    await expect(Checkpoint.open(new FolderFiles(join(work, 'f')))).rejects.toThrow(
      /got ENOTDIR.*give the folder/,
    );
  });
});

describe('FolderSink', () => {
  it('shows nothing under the real name before commit', async () => {
    const sink = new FolderSink(join(work, 'out'));
    const writer = await sink.create('model.safetensors');
    await writer.write(new Uint8Array(3));
    await writer.close();
    expect(await readdir(work)).toEqual([expect.stringMatching(/^out\.partial-/)]);
    await sink.commit();
    expect(await readdir(work)).toEqual(['out']);
    await sink.abort();
    expect(await readdir(join(work, 'out'))).toEqual(['model.safetensors']);
  });

  it('takes an empty folder, also behind a link, and refuses any other', async () => {
    const real = join(work, 'real');
    await mkdir(real);
    await symlink(real, join(work, 'link'));
    await writeCheckpoint(new FolderSink(join(work, 'link')), contents);
    expect(await readdir(real)).toContain('config.json');
    expect((await readdir(work)).sort()).toEqual(['link', 'real']);
    await expect(writeCheckpoint(new FolderSink(real), contents)).rejects.toThrow(
      /new or empty folder .*got one that holds README.md/,
    );
    expect(await readdir(real)).toHaveLength(4);
  });

  it('removes everything when it fails, the folders made on the way included', async () => {
    const failing = [{ name: 'w', dtype: 'F32', shape: [2], data: () => Promise.reject(new Error('lost')) }];
    const writing = writeCheckpoint(new FolderSink(join(work, 'a/b/out')), { ...contents, tensors: failing });
    await expect(writing).rejects.toThrow('lost');
    expect(await readdir(work)).toEqual([]);
  });

  it('refuses when something was put into the folder meanwhile, and leaves that', async () => {
    const out = join(work, 'out');
    const sink = new FolderSink(out);
    await (await sink.create('f')).close();
    await mkdir(out);
    await writeFile(join(out, 'precious'), 'x');
    await expect(sink.commit()).rejects.toThrow(/ENOTEMPTY.*choose another name/);
    await sink.abort();
    expect(await readdir(work)).toEqual(['out']);
    expect(await readdir(out)).toEqual(['precious']);
  });

  it('names a file in the way', async () => {
    await writeFile(join(work, 'f'), '');
    for (const path of ['f', 'f/out']) {
      const writing = writeCheckpoint(new FolderSink(join(work, path)), contents);
      await expect(writing).rejects.toThrow(/ENOTDIR.*A part of the path is a file/);
    }
    expect(await readdir(work)).toEqual(['f']);
  });

  it.each([
    ['ENOSPC', /The disk is full: free some space/],
    ['EACCES', /no permission to write there/],
    ['EROFS', /read-only/],
    ['EIO', /Export again, or choose another folder/],
  ])('turns %s into a SinkError with a next step', (code, message) => {
    const failure = toSinkError(Object.assign(new Error(`${code}: no`), { code }), 'write x');
    expect(failure).toBeInstanceOf(SinkError);
    expect((failure as Error).message).toMatch(message);
  });
});
