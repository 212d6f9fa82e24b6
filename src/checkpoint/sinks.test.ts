import { crc32 } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SinkError } from './errors';
import { DirectorySink, ZipSink } from './sinks';
import { MemoryFiles } from './sources';
import { type OutTensor, writeCheckpoint } from './write';

const utf8 = (content: string) => new TextEncoder().encode(content);

/** A directory in memory that behaves like the platform's: bytes are visible after close, only empty folders are removed. */
class FakeDirectory {
  readonly kind = 'directory';
  readonly entriesByName = new Map<string, FakeDirectory | FakeFile>();
  /** Number of bytes that can be written before the disk is full. */
  static space = Infinity;

  async getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<FakeDirectory> {
    const found = this.entriesByName.get(name);
    if (found instanceof FakeDirectory) return found;
    if (found !== undefined) throw new DOMException('a file', 'TypeMismatchError');
    if (!options?.create) throw new DOMException('none', 'NotFoundError');
    const made = new FakeDirectory();
    this.entriesByName.set(name, made);
    return made;
  }

  async getFileHandle(name: string): Promise<FakeFile> {
    if (name.includes('/')) throw new TypeError('Name is not allowed.');
    const found = this.entriesByName.get(name);
    if (found instanceof FakeFile) return found;
    const made = new FakeFile(name);
    this.entriesByName.set(name, made);
    return made;
  }

  async removeEntry(name: string): Promise<void> {
    const found = this.entriesByName.get(name);
    if (found === undefined) throw new DOMException('none', 'NotFoundError');
    if (found instanceof FakeDirectory && found.entriesByName.size > 0) {
      throw new DOMException('not empty', 'InvalidModificationError');
    }
    this.entriesByName.delete(name);
  }

  async *keys(): AsyncGenerator<string> {
    yield* this.entriesByName.keys();
  }

  async *entries(): AsyncGenerator<[string, FakeDirectory | FakeFile]> {
    yield* this.entriesByName.entries();
  }
}

class FakeFile {
  readonly kind = 'file';
  content = new Uint8Array(0);
  modified = Date.now();
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  async createWritable() {
    const parts: Uint8Array[] = [];
    return {
      write: async (bytes: Uint8Array) => {
        FakeDirectory.space -= bytes.byteLength;
        if (FakeDirectory.space < 0)
          throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
        parts.push(bytes.slice());
      },
      close: async () => void (this.content = new Uint8Array(Buffer.concat(parts))),
      abort: async () => void (parts.length = 0),
    };
  }

  async getFile() {
    return new File([this.content], this.name, { lastModified: this.modified });
  }
}

const asHandle = (fake: FakeDirectory) => fake as unknown as FileSystemDirectoryHandle;
const asStorage = (root: FakeDirectory) =>
  ({ getDirectory: async () => asHandle(root) }) as unknown as StorageManager;
const names = (folder: FakeDirectory | FakeFile | undefined) =>
  folder instanceof FakeDirectory ? [...folder.entriesByName.keys()] : undefined;

const tensors: OutTensor[] = ['a', 'b'].map((name) => ({
  name,
  dtype: 'F32',
  shape: [64],
  data: async () => new Uint8Array(256),
}));
const contents = {
  tensors,
  config: {},
  copyFrom: new MemoryFiles(new Map()),
  documents: { 'README.md': 'card', 'interlayer.json': '{}' },
  shardBytes: 256,
};
const FILES = [
  'model-00001-of-00002.safetensors',
  'model-00002-of-00002.safetensors',
  'model.safetensors.index.json',
  'README.md',
  'interlayer.json',
  'config.json',
];

afterEach(() => {
  FakeDirectory.space = Infinity;
  vi.unstubAllGlobals();
});

describe('DirectorySink', () => {
  it('puts the files into a new folder', async () => {
    const parent = new FakeDirectory();
    await writeCheckpoint(new DirectorySink(asHandle(parent), 'deeper'), contents);
    expect(names(parent)).toEqual(['deeper']);
    expect(names(parent.entriesByName.get('deeper'))).toEqual(FILES);
    const card = (parent.entriesByName.get('deeper') as FakeDirectory).entriesByName.get('README.md');
    expect((card as FakeFile).content).toEqual(utf8('card'));
  });

  it('takes an empty folder and refuses any other, leaving both as they were on failure', async () => {
    const parent = new FakeDirectory();
    const folder = await parent.getDirectoryHandle('deeper', { create: true });
    FakeDirectory.space = 300;
    await expect(writeCheckpoint(new DirectorySink(asHandle(parent), 'deeper'), contents)).rejects.toThrow(
      SinkError,
    );
    expect(names(parent)).toEqual(['deeper']);
    expect(names(folder)).toEqual([]);
    FakeDirectory.space = Infinity;
    await writeCheckpoint(new DirectorySink(asHandle(parent), 'deeper'), contents);
    const again = writeCheckpoint(new DirectorySink(asHandle(parent), 'deeper'), contents);
    await expect(again).rejects.toThrow(/new or empty folder deeper, got one that holds model-00001/);
    expect(names(folder)).toEqual(FILES);
  });

  it('says that the disk is full and removes the new folder, wherever it happens', async () => {
    for (let space = 0; space < 860; space += 90) {
      const parent = new FakeDirectory();
      FakeDirectory.space = space;
      const writing = writeCheckpoint(new DirectorySink(asHandle(parent), 'deeper'), contents);
      await expect(writing).rejects.toThrow(/QuotaExceededError .*is full: free some space/);
      expect(names(parent)).toEqual([]);
    }
  });

  it('names a file in the way, and a name that cannot be', async () => {
    const parent = new FakeDirectory();
    await parent.getFileHandle('deeper');
    await expect(new DirectorySink(asHandle(parent), 'deeper').create('x')).rejects.toThrow(
      /A file of that name is there already/,
    );
    await expect(new DirectorySink(asHandle(new FakeDirectory()), 'd').create('a/b')).rejects.toThrow(
      SinkError,
    );
    expect(names(parent)).toEqual(['deeper']);
  });

  it('keeps everything after commit', async () => {
    const parent = new FakeDirectory();
    const sink = new DirectorySink(asHandle(parent), 'deeper');
    await writeCheckpoint(sink, contents);
    await sink.abort();
    expect(names(parent.entriesByName.get('deeper'))).toEqual(FILES);
  });
});

/** Reads a zip of uncompressed files by its central directory and checks every checksum. */
async function unzip(blob: Blob): Promise<Map<string, Uint8Array>> {
  const bytes = Buffer.from(await blob.arrayBuffer());
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const files = new Map<string, Uint8Array>();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    expect(bytes.toString('latin1', at, at + 4)).toBe('PK\x01\x02');
    const [size, nameLength, extra, comment, local] = [24, 28, 30, 32, 42].map((offset, i) =>
      i === 0 || i === 4 ? bytes.readUInt32LE(at + offset) : bytes.readUInt16LE(at + offset),
    ) as [number, number, number, number, number];
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const content = bytes.subarray(start, start + size);
    expect(bytes.readUInt16LE(at + 10), 'stored').toBe(0);
    expect(crc32(content), name).toBe(bytes.readUInt32LE(at + 16));
    files.set(name, new Uint8Array(content));
    at += 46 + nameLength + extra + comment;
  }
  expect(at).toBe(end);
  return files;
}

it.each(['directory', 'zip'])(
  'a byte that the disk changed is found, and the %s is removed',
  async (kind) => {
    vi.stubGlobal('FileSystemFileHandle', FakeFile);
    const root = new FakeDirectory();
    const sink =
      kind === 'zip' ? new ZipSink('deeper', asStorage(root)) : new DirectorySink(asHandle(root), 'deeper');
    const close = vi.spyOn(FakeFile.prototype, 'getFile').mockImplementation(async function (this: FakeFile) {
      const content = this.content.slice();
      const at = Buffer.from(content).indexOf(Buffer.from('"F32"'));
      // The last of the tensor's bytes: after its header, of a length that is a multiple of 8, 256 bytes of zeros.
      if (at > 0) content[content.indexOf(0x7d, at + 40) + 200] = 1;
      return new File([content], this.name, { lastModified: this.modified });
    });
    try {
      await expect(writeCheckpoint(sink, contents)).rejects.toThrow(
        /model-00001-of-00002\.safetensors: expected to read back what was written, tensor a with SHA-256/,
      );
    } finally {
      close.mockRestore();
    }
    expect(names(kind === 'zip' ? root.entriesByName.get('interlayer-exports') : root)).toEqual([]);
    if (sink instanceof ZipSink) expect(() => sink.blob).toThrow(SinkError);
  },
);

describe('ZipSink', () => {
  it.each(['memory', 'private file system'])(
    'puts all files into one folder of the zip (%s)',
    async (where) => {
      vi.stubGlobal('FileSystemFileHandle', FakeFile);
      const root = new FakeDirectory();
      const sink = new ZipSink('deeper', where === 'memory' ? undefined : asStorage(root));
      expect(() => sink.blob).toThrow(SinkError);
      const { bytes } = await writeCheckpoint(sink, contents);
      const files = await unzip(sink.blob);
      expect([...files.keys()]).toEqual(FILES.map((name) => `deeper/${name}`));
      expect(files.get('deeper/README.md')).toEqual(utf8('card'));
      expect([...files.values()].reduce((sum, file) => sum + file.byteLength, 0)).toBe(bytes);
      expect(names(root)).toEqual(where === 'memory' ? [] : ['interlayer-exports']);
    },
  );

  it('says that the disk is full and removes the file, wherever it happens', async () => {
    vi.stubGlobal('FileSystemFileHandle', FakeFile);
    for (let space = 0; space < 1500; space += 100) {
      const root = new FakeDirectory();
      FakeDirectory.space = space;
      const sink = new ZipSink('deeper', asStorage(root));
      await expect(writeCheckpoint(sink, contents)).rejects.toThrow(
        /QuotaExceededError .*is full: free some space/,
      );
      expect(names(root.entriesByName.get('interlayer-exports'))).toEqual([]);
      expect(() => sink.blob).toThrow(SinkError);
    }
  });

  it('is dropped when cancelled in the middle of a file', async () => {
    vi.stubGlobal('FileSystemFileHandle', FakeFile);
    const root = new FakeDirectory();
    const sink = new ZipSink('deeper', asStorage(root));
    const controller = new AbortController();
    const stopping: OutTensor = {
      name: 'c',
      dtype: 'F32',
      shape: [64],
      data: async () => {
        controller.abort();
        return new Uint8Array(256);
      },
    };
    const writing = writeCheckpoint(
      sink,
      { ...contents, tensors: [...tensors, stopping] },
      { signal: controller.signal },
    );
    await expect(writing).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(names(root.entriesByName.get('interlayer-exports'))).toEqual([]);
    await sink.abort();
  });

  it('clears exports away after a day', async () => {
    vi.stubGlobal('FileSystemFileHandle', FakeFile);
    const root = new FakeDirectory();
    const folder = await root.getDirectoryHandle('interlayer-exports', { create: true });
    const [old, recent] = [await folder.getFileHandle('old.zip'), await folder.getFileHandle('recent.zip')];
    old.modified = Date.now() - 25 * 3600 * 1000;
    recent.modified = Date.now() - 3600 * 1000;
    await writeCheckpoint(new ZipSink('deeper', asStorage(root)), contents);
    expect(names(folder)).toEqual(['recent.zip', expect.stringMatching(/^[0-9a-f-]{36}\.zip$/)]);
  });

  it('writes one file after the other', async () => {
    const sink = new ZipSink('deeper', undefined);
    await sink.create('a');
    await expect(sink.create('b')).rejects.toThrow(/expected the file before b to be closed/);
    await sink.abort();
  });

  it('keeps an empty file', async () => {
    const sink = new ZipSink('z', undefined);
    const writer = await sink.create('empty');
    await writer.close();
    expect(await (await sink.finish()).list?.()).toEqual(['empty']);
    await sink.commit();
    expect([...(await unzip(sink.blob)).entries()]).toEqual([['z/empty', new Uint8Array(0)]]);
  });
});
