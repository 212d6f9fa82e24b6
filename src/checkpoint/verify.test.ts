import { expect, it } from 'vitest';
import { encode } from './dtype';
import { CheckpointError, SinkError } from './errors';
import { MemorySink } from './memory-sink';
import { MemoryFiles } from './sources';
import { type OutTensor, writeCheckpoint } from './write';

const made = (name: string, values: number[], dtype: string): OutTensor => ({
  name,
  dtype,
  shape: [values.length],
  data: async () => encode(Float32Array.from(values), dtype),
});
const contents = {
  tensors: [made('first', [1, 2, 3], 'F32'), made('second', [4, 5], 'BF16'), made('third', [6], 'F16')],
  config: { layers: 1 },
  copyFrom: new MemoryFiles(new Map([['tokenizer.json', new TextEncoder().encode('{"a": 1}')]])),
  documents: { 'README.md': '# card' },
  shardBytes: 14,
};

/** A sink whose files are changed between writing and reading back. */
class ChangedSink extends MemorySink {
  readonly #change: (files: Map<string, Uint8Array>) => void;

  constructor(change: (files: Map<string, Uint8Array>) => void) {
    super();
    this.#change = change;
  }

  override async finish() {
    this.#change(this.files);
    return super.finish();
  }
}

/** Writes to such a sink and returns the error; expects that nothing is left. */
async function failure(change: (files: Map<string, Uint8Array>) => void): Promise<Error> {
  const sink = new ChangedSink(change);
  const error = await writeCheckpoint(sink, contents).then(
    () => new Error('nothing was noticed'),
    (reason: Error) => reason,
  );
  expect([sink.files.size, sink.aborted, sink.committed]).toEqual([0, true, false]);
  return error;
}

const whole = new MemorySink();
await writeCheckpoint(whole, contents);

it('one changed bit is found, wherever it is', async () => {
  for (const [name, bytes] of whole.files)
    for (let at = 0; at < bytes.byteLength; at++) {
      const error = await failure((files) => {
        const file = files.get(name) ?? new Uint8Array(0);
        file[at] = (file[at] ?? 0) ^ (1 << (at % 8));
      });
      expect(error instanceof SinkError || error instanceof CheckpointError, `${name} ${at} ${error}`).toBe(
        true,
      );
      expect(error.message, `${name} ${at}`).toContain(name);
    }
});

it('names the tensor, with both hashes and what to do', async () => {
  const [, shard = ''] = [...whole.files.keys()];
  const error = await failure((files) => {
    const file = files.get(shard);
    if (file) file[file.length - 1] = 0;
  });
  expect(error).toBeInstanceOf(SinkError);
  expect(error.message).toMatch(
    /^model-00002-of-00002\.safetensors: expected .* tensor third with SHA-256 [0-9a-f]{64}, got SHA-256 [0-9a-f]{64}\. .*export again/,
  );
});

it('a file that is cut short, longer or gone is found', async () => {
  for (const [name, bytes] of whole.files) {
    const cut = await failure((files) => void files.set(name, bytes.slice(0, -1)));
    expect(cut.message).toBe(
      `${name}: expected to read back what was written, ${bytes.byteLength} bytes, got ${bytes.byteLength - 1}. ` +
        'The disk or another program changed it: export again, to another place.',
    );
    const longer = await failure((files) => void files.set(name, Uint8Array.of(...bytes, 0)));
    expect(longer.message).toContain(`got ${bytes.byteLength + 1}`);
    const gone = await failure((files) => void files.delete(name));
    expect(gone.message).toContain('got no file');
  }
});

it('two tensors that changed places are found', async () => {
  const error = await failure((files) => {
    const [name = '', bytes = new Uint8Array(0)] = [...files][0] ?? [];
    const text = new TextDecoder('latin1').decode(bytes);
    const swapped = text.replace('first', 'XXXXX').replace('second', 'first_').replace('XXXXX', 'secon');
    files.set(
      name,
      Uint8Array.from(swapped, (character) => character.charCodeAt(0)),
    );
  });
  expect(error.message).toMatch(/tensor first as F32 \[3\], got none/);
});

it('can be cancelled while reading back', async () => {
  const controller = new AbortController();
  const sink = new ChangedSink(() => controller.abort());
  const writing = writeCheckpoint(sink, contents, { signal: controller.signal });
  await expect(writing).rejects.toMatchObject({ name: 'AbortError' });
  expect([sink.files.size, sink.aborted, sink.committed]).toEqual([0, true, false]);
});
