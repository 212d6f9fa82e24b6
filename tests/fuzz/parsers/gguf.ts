import { deepEqual, equal } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { Checkpoint } from '../../../src/checkpoint/checkpoint';
import { GgufFiles } from '../../../src/checkpoint/gguf/files';
import { readGgufHeader } from '../../../src/checkpoint/gguf/header';
import { SMALL_LLAMA, ggufFile, ggufFolder } from '../../../src/checkpoint/gguf/testing';
import { parseConfig } from '../../../src/llama/config';
import { MemoryFiles, MemorySource } from '../../../src/checkpoint/sources';
import { Tokenizer } from '../../../src/llama/tokenizer';
import { readGguf } from '../../gguf-reader';
import { type Overwrite, overwrite, overwritten } from '../damage';
import { hostileText, seldom } from '../hostile';
import { fuzzed } from '../parser';
import { ClaimedSource, claimedSize, hex } from './sources';

const fixture = (name: string): Uint8Array =>
  Uint8Array.from(readFileSync(new URL(`../../fixtures/gguf/${name}.gguf`, import.meta.url)));

const tensor = (name: string, rows: number, columns: number) => ({
  name,
  shape: [rows, columns],
  type: 0,
  data: new Uint8Array(4 * rows * columns).fill(60),
});
const vocabulary = (tokens: readonly string[], more: Parameters<typeof ggufFile>[0]) =>
  ggufFile(
    {
      ...SMALL_LLAMA,
      'tokenizer.ggml.tokens': tokens,
      'tokenizer.ggml.token_type': Int32Array.from(tokens, (_, id) => (id === 0 ? 3 : 1)),
      'tokenizer.ggml.bos_token_id': 0,
      ...more,
    },
    [tensor('token_embd.weight', tokens.length, 8)],
  );

const FILES = [
  ...['llama-f16', 'qwen3', 'granite'].map(fixture),
  vocabulary(['<s>', 'a', 'b', 'ab', 'Ġ', 'Ġa'], {
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'gpt-2',
    'tokenizer.ggml.merges': ['a b', 'Ġ a'],
  }),
  vocabulary(['<s>', '▁', 'a', 'b', 'ab', '▁ab'], {
    'tokenizer.ggml.model': 'llama',
    'tokenizer.ggml.scores': Float32Array.of(0, -1, -2, -3, -0.5, -0.25),
  }),
].map((bytes) => ({ bytes, places: readGguf(bytes).places }));

interface Input {
  readonly file: Uint8Array;
  readonly size: number | null;
}

const NAME = new TextEncoder();

/** Numbers are written where the file's counts, lengths, types, offsets and values stand, and texts over texts of their length. */
const files: fc.Arbitrary<Input> = fc
  .tuple(
    fc.nat(FILES.length - 1),
    fc.array(overwrite, { maxLength: 3 }),
    seldom(fc.tuple(fc.nat(9999), hostileText)),
    seldom(fc.double({ min: 0, max: 1, noNaN: true })),
    claimedSize,
  )
  .map(([which, overwrites, text, keep, size]) => {
    const { bytes, places } = FILES[which] ?? { bytes: new Uint8Array(), places: [] };
    const file = overwritten(bytes, overwrites as readonly Overwrite[], places);
    if (text !== null) file.set(NAME.encode(text[1]).subarray(0, 12), text[0] % (file.length - 12));
    return { file: keep === null ? file : file.slice(0, Math.floor(keep * file.length)), size };
  });

interface Read {
  readonly config: Readonly<Record<string, unknown>>;
  readonly tensors: ReadonlyMap<string, Uint8Array>;
}

/** A GGUF file: header, tensors, configuration and vocabulary. */
export const ggufModel = fuzzed<Input>({
  name: 'gguf',
  inputs: files,
  errors: ['CheckpointError', 'SourceError', 'ConfigError', 'UnsupportedArchitectureError', 'TokenizerError'],
  async read({ file, size }): Promise<Read> {
    if (size !== null) await readGgufHeader(new ClaimedSource(file, size));
    const checkpoint = await Checkpoint.open(ggufFolder(file));
    parseConfig(checkpoint.config);
    const tensors = new Map<string, Uint8Array>();
    for (const name of checkpoint.tensors.keys()) tensors.set(name, await checkpoint.read(name));
    const missing = await Tokenizer.missingFrom(checkpoint.files);
    if (missing === undefined) (await Tokenizer.open(checkpoint.files)).encode('ab a');
    return { config: checkpoint.config, tensors };
  },
  async check({ config, tensors }: Read, { file }) {
    const { metadata, tensors: stored } = readGguf(file);
    const kind = metadata.get('general.architecture');
    for (const [field, key] of FIELDS) {
      const value = metadata.get(`${String(kind)}.${key}`);
      if (value !== undefined) equal(config[field], value, field);
    }
    equal(tensors.size, stored.filter(({ name }) => name !== 'rope_freqs.weight').length);
    // As stored, for tensors that are neither quantised nor moved nor shifted.
    const outer = [
      ['token_embd.weight', 'model.embed_tokens.weight'],
      ['output.weight', 'lm_head.weight'],
    ] as const;
    for (const [name, hubName] of outer) {
      const own = stored.find((each) => each.name === name);
      const bytes = tensors.get(hubName);
      if (own && bytes && (own.type === 0 || own.type === 1 || own.type === 30))
        deepEqual(bytes, file.slice(own.offset, own.offset + bytes.length));
    }
    const tokens = metadata.get('tokenizer.ggml.tokens');
    const opened = await GgufFiles.open(new MemoryFiles(new Map()), new MemorySource(file, 'model.gguf'));
    const json = await opened.open('tokenizer.json');
    if (json === undefined || !Array.isArray(tokens)) return;
    const written = JSON.parse(new TextDecoder().decode(await json.read(0, json.size))) as {
      model: { vocab: object };
    };
    deepEqual(Object.keys(written.model.vocab).toSorted(), [...new Set(tokens)].map(String).toSorted());
  },
  show: ({ file, size }) => `${size === null ? '' : `a server says ${size} bytes; `}${hex(file)}`,
});

const FIELDS = [
  ['hidden_size', 'embedding_length'],
  ['num_hidden_layers', 'block_count'],
  ['intermediate_size', 'feed_forward_length'],
  ['num_attention_heads', 'attention.head_count'],
  ['num_key_value_heads', 'attention.head_count_kv'],
  ['max_position_embeddings', 'context_length'],
] as const;
