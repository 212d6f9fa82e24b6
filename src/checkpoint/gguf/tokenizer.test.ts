import { describe, expect, it } from 'vitest';
import { Tokenizer } from '../../llama/tokenizer';
import { Checkpoint } from '../checkpoint';
import { MemoryFiles } from '../sources';
import { SMALL_LLAMA, type TestValue, fixture, ggufFile, ggufFolder } from './testing';

interface Case {
  readonly metadata: Readonly<Record<string, string | number | boolean | string[] | number[]>>;
  readonly ids: readonly (readonly number[])[];
}

const { texts, tokenizers } = JSON.parse((await fixture('tokenizers.json')).toString()) as {
  texts: string[];
  tokenizers: Record<string, Case>;
};

/** Writes a GGUF file with the metadata of a case and a small model. */
function fileOf(metadata: Case['metadata'], changes: Readonly<Record<string, TestValue>> = {}): Uint8Array {
  const architecture = String(metadata['general.architecture']);
  const model = Object.entries(SMALL_LLAMA).map(([key, value]) => [
    key.replace(/^llama/, architecture),
    value,
  ]);
  const written = Object.entries(metadata).map(([key, value]): [string, TestValue] => {
    if (!Array.isArray(value)) return [key, value];
    if (key.endsWith('scores')) return [key, Float32Array.from(value as number[])];
    return [key, key.endsWith('token_type') ? Int32Array.from(value as number[]) : (value as string[])];
  });
  const embedding = { name: 'token_embd.weight', shape: [1, 8], type: 0, data: new Uint8Array(32) };
  return ggufFile({ ...Object.fromEntries(model), ...Object.fromEntries(written), ...changes }, [embedding]);
}

const tokenizerOf = async (file: Uint8Array): Promise<Tokenizer> =>
  Tokenizer.open((await Checkpoint.open(ggufFolder(file))).files);

describe.each(Object.entries(tokenizers))('a vocabulary of kind %s', (kind, { metadata, ids }) => {
  it('gives the ids of its own library', async () => {
    const tokenizer = await tokenizerOf(fileOf(metadata));
    expect(ids).toHaveLength(texts.length);
    for (const [i, text] of texts.entries()) expect(tokenizer.encode(text), text).toEqual(ids[i]);
  });

  it('gives texts back', async () => {
    const tokenizer = await tokenizerOf(fileOf(metadata));
    for (const text of texts.filter((each) => !each.includes('<|'))) {
      const same = kind === 'qwen2' ? text.normalize('NFC') : text;
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(same);
    }
  });
});

describe('what is added to a text', () => {
  const [smollm, spm] = [tokenizers['smollm'], tokenizers['spm']];
  if (smollm === undefined || spm === undefined) throw new Error('no such fixture');

  it('is the token at its beginning if the file says so', async () => {
    const added = await tokenizerOf(fileOf(smollm.metadata, { 'tokenizer.ggml.add_bos_token': true }));
    expect(added.encode('king')[0]).toBe(1);
    const none = await tokenizerOf(fileOf(spm.metadata, { 'tokenizer.ggml.add_bos_token': false }));
    expect(none.encode(texts[0] ?? '')).toEqual(spm.ids[0]?.slice(1));
  });

  it('is said to transformers too', async () => {
    const { files } = await Checkpoint.open(
      ggufFolder(fileOf(smollm.metadata, { 'tokenizer.chat_template': '{{ x }}' })),
    );
    const source = await files.open('tokenizer_config.json');
    const bytes = await source?.read(0, source.size);
    expect(JSON.parse(new TextDecoder().decode(bytes))).toMatchObject({
      add_bos_token: false,
      bos_token: '<|im_start|>',
      eos_token: '<|im_end|>',
      chat_template: '{{ x }}',
    });
  });
});

describe('a vocabulary that is not read', () => {
  const metadata = tokenizers['smollm']?.metadata ?? {};
  const without = (key: string): Case['metadata'] =>
    Object.fromEntries(Object.entries(metadata).filter(([name]) => name !== `tokenizer.ggml.${key}`));

  it.each([
    [
      'an unknown pre-tokenizer',
      fileOf(metadata, { 'tokenizer.ggml.pre': 'poro-chat' }),
      /pre among .*"poro-chat"/,
    ],
    ['no pre-tokenizer', fileOf(without('pre')), /pre among gpt-2, .*got nothing/],
    ['another kind', fileOf(metadata, { 'tokenizer.ggml.model': 't5' }), /gpt2 or llama, got "t5"/],
    ['no vocabulary', fileOf(without('tokens')), /a vocabulary in the file, got none/],
    ['no merges', fileOf(without('merges')), /expected merges/],
    [
      'types of other tokens',
      fileOf(metadata, { 'tokenizer.ggml.token_type': Int32Array.of(1) }),
      /384 tokens/,
    ],
    ['numbers as tokens', fileOf(metadata, { 'tokenizer.ggml.tokens': Int32Array.of(1) }), /list of texts/],
    ['no scores', fileOf(metadata, { 'tokenizer.ggml.model': 'llama' }), /a score for each of 384/],
  ])('%s: the model opens, and the reason is said', async (_, file, reason) => {
    const { files } = await Checkpoint.open(ggufFolder(file));
    expect(await Tokenizer.missingFrom(files)).toMatch(reason);
    await expect(Tokenizer.open(files)).rejects.toThrow(/^model\.gguf: expected .* give token ids/);
  });

  it('gives way to a tokenizer.json beside the file', async () => {
    const other = { model: { type: 'WordLevel', vocab: { king: 0 }, unk_token: 'king' } };
    const folder = new Map([
      ['model.gguf', fileOf(without('pre'))],
      ['tokenizer.json', new TextEncoder().encode(JSON.stringify(other))],
    ]);
    const { files } = await Checkpoint.open(new MemoryFiles(folder));
    expect((await Tokenizer.open(files)).encode('king')).toEqual([0]);
  });
});
