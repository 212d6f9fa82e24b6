import { describe, expect, it } from 'vitest';
import fixture from '../../tests/fixtures/demo-model.json';
import { MemoryFiles } from '../checkpoint/sources';
import { shippedFiles } from './testing';
import { Tokenizer } from './tokenizer';

const TEXTS = [
  'Once upon a time there was a king who had three daughters, and the youngest was so beautiful.',
  "It's 3 o'clock; the wolf didn't knock!  Two spaces,\n\na new paragraph\tand a tab. ",
  ' leading space , and a space before a comma .',
  'Zauberflöte, 雪 and 🦊',
];

/** Returns the shipped files with some replaced; null removes a file. */
async function variant(changes: Readonly<Record<string, object | string | null>>): Promise<MemoryFiles> {
  const shipped = await shippedFiles();
  const files = new Map<string, Uint8Array>();
  for (const name of ['tokenizer.json', 'tokenizer_config.json']) {
    const file = await shipped.open(name);
    if (file !== undefined) files.set(name, await file.read(0, file.size));
  }
  for (const [name, change] of Object.entries(changes)) {
    if (change === null) files.delete(name);
    else
      files.set(name, new TextEncoder().encode(typeof change === 'string' ? change : JSON.stringify(change)));
  }
  return new MemoryFiles(files, 'variant');
}

async function shippedJson(name: string): Promise<Record<string, unknown>> {
  const file = await (await shippedFiles()).open(name);
  if (file === undefined) throw new Error(`no ${name}`);
  return JSON.parse(new TextDecoder().decode(await file.read(0, file.size))) as Record<string, unknown>;
}

describe('Tokenizer', () => {
  it('gives texts back as they were', async () => {
    const tokenizer = await Tokenizer.open(await shippedFiles());
    for (const text of TEXTS) {
      const ids = tokenizer.encode(text);
      expect(tokenizer.decode(ids)).toBe(text);
      expect(ids.every((id) => Number.isInteger(id) && id >= 0 && id < 1024)).toBe(true);
    }
    expect(tokenizer.encode(TEXTS[0] ?? '').length).toBeLessThan(40);
  });

  it('agrees with the ids the reference text was cut into', async () => {
    const tokenizer = await Tokenizer.open(await shippedFiles());
    const { ids } = fixture.forward;
    expect(tokenizer.encode(tokenizer.decode(ids))).toEqual(ids);
    const { prompt } = fixture.greedy;
    expect(tokenizer.encode(tokenizer.decode(prompt))).toEqual(prompt);
  });

  it('begins with one beginning-of-text token, whoever adds it', async () => {
    const plain = { ...(await shippedJson('tokenizer.json')), post_processor: null };
    const config = await shippedJson('tokenizer_config.json');
    const [shipped, byConfig, byObject, byPipeline, byNone] = await Promise.all(
      [
        {},
        { 'tokenizer.json': plain },
        {
          'tokenizer.json': plain,
          'tokenizer_config.json': { ...config, bos_token: { content: '<|bos|>' } },
        },
        { 'tokenizer_config.json': null },
        { 'tokenizer.json': plain, 'tokenizer_config.json': { ...config, add_bos_token: false } },
      ].map(async (changes) => (await Tokenizer.open(await variant(changes))).encode('The king')),
    );
    expect(shipped?.[0]).toBe(0);
    expect(shipped?.filter((id) => id === 0)).toHaveLength(1);
    expect(byConfig).toEqual(shipped);
    expect(byObject).toEqual(shipped);
    expect(byPipeline).toEqual(shipped);
    expect(byNone).toEqual(shipped?.slice(1));
  });

  it('counts what its vocabulary lacks, where it has a token for that', async () => {
    const words = {
      version: '1.0',
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: { type: 'Whitespace' },
      post_processor: null,
      decoder: null,
      model: { type: 'WordLevel', vocab: { '<unk>': 0, once: 1, upon: 2 }, unk_token: '<unk>' },
    };
    const tokenizer = await Tokenizer.open(
      await variant({ 'tokenizer.json': words, 'tokenizer_config.json': { unk_token: '<unk>' } }),
    );
    const ids = tokenizer.encode('once upon a time once');
    expect(ids).toEqual([1, 2, 0, 0, 1]);
    expect(tokenizer.countUnknown(ids)).toBe(2);
    // The shipped tokenizer works on bytes, so it has no unknown text.
    const bytes = await Tokenizer.open(await shippedFiles());
    expect(bytes.countUnknown(bytes.encode('雪 🦊'))).toBe(0);
  });

  it('decodes no tokens, special ones and unknown ones to nothing', async () => {
    const tokenizer = await Tokenizer.open(await shippedFiles());
    expect(tokenizer.decode([])).toBe('');
    expect(tokenizer.decode([0, 1, 2])).toBe('');
    expect(tokenizer.decode([5000])).toBe('');
    expect(tokenizer.encode('')).toEqual([0]);
  });

  it('names what is wrong with the files', async () => {
    const open = async (changes: Parameters<typeof variant>[0]): Promise<Tokenizer> =>
      Tokenizer.open(await variant(changes));
    const none = await variant({ 'tokenizer.json': null });
    expect(await Tokenizer.missingFrom(await shippedFiles())).toBeUndefined();
    expect(await Tokenizer.missingFrom(none)).toMatch(/expected tokenizer\.json .*got no such file\. Add it/);
    const model = await variant({ 'tokenizer.json': null, 'tokenizer.model': 'bytes' });
    const make = /got only tokenizer\.model\. Run python3 -c ".*save_pretrained/;
    expect(await Tokenizer.missingFrom(model)).toMatch(make);
    await expect(Tokenizer.open(model)).rejects.toThrow(make);
    await expect(Tokenizer.open(none)).rejects.toMatchObject({ name: 'TokenizerError' });
    await expect(open({ 'tokenizer.json': '{"model": ' })).rejects.toThrow(/tokenizer\.json: expected JSON/);
    await expect(open({ 'tokenizer.json': '[]' })).rejects.toThrow(/tokenizer\.json: expected a JSON object/);
    await expect(open({ 'tokenizer.json': {} })).rejects.toMatchObject({ name: 'TokenizerError' });
    await expect(open({ 'tokenizer.json': { model: { type: 'Magic' } } })).rejects.toMatchObject({
      name: 'TokenizerError',
    });
    await expect(
      open({ 'tokenizer_config.json': { add_bos_token: true, bos_token: '<s>' } }),
    ).rejects.toThrow(/bos_token.*"<s>"/);
  });
});
