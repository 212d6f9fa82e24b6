import { expect, it } from 'vitest';
import { Checkpoint } from './checkpoint';
import { encode } from './dtype';
import { CheckpointError, SourceError } from './errors';
import { MemorySink } from './memory-sink';
import { MemoryFiles } from './sources';
import { writeCheckpoint } from './write';

const VALUES = Float32Array.of(0.5, -1, 2, 3.25, -0.125, 7);

async function valid(shardBytes: number): Promise<Map<string, Uint8Array>> {
  const sink = new MemorySink();
  const tensors = ['F32', 'F16', 'BF16'].flatMap((dtype) =>
    ['x', 'y'].map((end) => ({
      name: `${dtype}.${end}`,
      dtype,
      shape: [2, 3],
      data: async () => encode(VALUES, dtype),
    })),
  );
  const copyFrom = new MemoryFiles(new Map());
  await writeCheckpoint(sink, {
    tensors,
    config: { layers: 1 },
    copyFrom,
    documents: { 'README.md': '' },
    shardBytes,
  });
  return sink.files;
}

/** Opens a checkpoint and reads all tensors: name → bytes. */
async function readAll(files: ReadonlyMap<string, Uint8Array>): Promise<Map<string, Uint8Array>> {
  const checkpoint = await Checkpoint.open(new MemoryFiles(files));
  const all = new Map<string, Uint8Array>();
  for (const [name, info] of checkpoint.tensors) {
    const bytes = await checkpoint.read(name);
    expect(bytes.byteLength).toBe(info.bytes);
    all.set(name, bytes);
  }
  return all;
}

/** Returns the tensors of a damaged checkpoint, or undefined if it was refused with a CheckpointError or SourceError. */
async function readDamaged(
  files: ReadonlyMap<string, Uint8Array>,
): Promise<Map<string, Uint8Array> | undefined> {
  try {
    return await readAll(files);
  } catch (error) {
    if (error instanceof CheckpointError || error instanceof SourceError) return undefined;
    throw error;
  }
}

for (const shardBytes of [1e9, 30]) {
  const kind = shardBytes > 1e6 ? 'one file' : 'shards';

  it(`any truncation or extension of a weight file is refused (${kind})`, async () => {
    const files = await valid(shardBytes);
    const names = [...files.keys()].filter((name) => name.endsWith('.safetensors'));
    for (const name of names) {
      const whole = files.get(name) ?? new Uint8Array(0);
      for (let length = 0; length < whole.byteLength; length++) {
        const cut = new Map(files).set(name, whole.slice(0, length));
        expect(await readDamaged(cut), `${name} cut to ${length}`).toBeUndefined();
      }
      const longer = new Uint8Array(whole.byteLength + 1);
      longer.set(whole);
      expect(await readDamaged(new Map(files).set(name, longer))).toBeUndefined();
    }
  });
}

it('single changed bytes of the data change that tensor and no other', async () => {
  const files = await valid(1e9);
  const original = await readAll(files);
  const whole = files.get('model.safetensors') ?? new Uint8Array(0);
  const start = 8 + Number(new DataView(whole.buffer, whole.byteOffset).getBigUint64(0, true));
  for (let at = start; at < whole.byteLength; at++) {
    const bytes = whole.slice();
    bytes[at] = (bytes[at] ?? 0) ^ 0x01;
    const all = await readDamaged(new Map(files).set('model.safetensors', bytes));
    const changed = [...(all ?? [])].filter(
      ([key, tensor]) => Buffer.compare(tensor, original.get(key) ?? Buffer.of()) !== 0,
    );
    expect(changed.length).toBe(1);
  }
});
