import { expect, it } from 'vitest';
import fixture from '../../tests/fixtures/quantization.json';
import { Checkpoint } from './checkpoint';
import { CheckpointError } from './errors';
import { MemoryFiles } from './sources';
import { modelFiles, safetensors } from './testing';

// A tensor that is refused itself, so that the message must come first.
const WEIGHTS = safetensors({ w: { dtype: 'F8_E4M3', shape: [1], data_offsets: [0, 1] } }, Uint8Array.of(0));
const open = (config: object): Promise<Checkpoint> =>
  Checkpoint.open(new MemoryFiles(modelFiles(WEIGHTS, config)));

it.each(fixture)('says that a model is quantised with $method in $bits bits', async (made) => {
  const opened = open({ quantization_config: made.config });
  await expect(opened).rejects.toBeInstanceOf(CheckpointError);
  await expect(opened).rejects.toThrow(
    `got a quantised model (quantization_config: ${made.method}, ${made.bits} bits). Open the repository that it was quantised from, or`,
  );
});

it('names the original where it is known, and an older or unknown way as far as it can be told', async () => {
  const config = { _name_or_path: 'owner/name-1B', quantization_config: { load_in_4bit: true } };
  await expect(open(config)).rejects.toThrow(
    /bitsandbytes, 4 bits\)\. Open .* from, perhaps owner\/name-1B, or/,
  );
  await expect(open({ compression_config: { odd: 1 } })).rejects.toThrow(
    /\(compression_config: an unnamed method\)\..*remove compression_config/,
  );
});

it('lets a model open that says nothing of the kind', async () => {
  await expect(open({ quantization_config: null })).rejects.toThrow(/dtype F32, F16 or BF16/);
});
