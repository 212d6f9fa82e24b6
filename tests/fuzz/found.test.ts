import { readFileSync, readdirSync } from 'node:fs';
import { makeZip } from 'client-zip';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { readResults } from '../../src/app/store/compare/saved-result';
import { loadRace } from '../../src/app/store/train/saved-race';
import { Markdown } from '../../src/app/shell/markdown';
import type { Backend } from '../../src/backend/operations';
import { parseChoices } from '../../src/backend/webgpu/products/choice';
import { readGgufHeader } from '../../src/checkpoint/gguf/header';
import { mergesOf } from '../../src/checkpoint/gguf/merges';
import { SMALL_LLAMA, ggufFile } from '../../src/checkpoint/gguf/testing';
import { parseListing } from '../../src/checkpoint/hub/repository';
import { isPlainFileName } from '../../src/checkpoint/names';
import { MemoryFiles, MemorySource } from '../../src/checkpoint/sources';
import { readHeader } from '../../src/checkpoint/header';
import { safetensors } from '../../src/checkpoint/testing';
import { ZipFiles } from '../../src/checkpoint/zip-files';
import { METHOD_IDS, parseRecipe } from '../../src/engine/methods';
import { readTranslation } from '../../src/lessons/translation';
import { parseConfig } from '../../src/llama/config';
import { configOf } from '../../src/llama/recognise';
import { Tokenizer } from '../../src/llama/tokenizer';
import { decodeLink } from '../../src/recipe/link';
import { readMergekit } from '../../src/recipe/mergekit';
import { DEFAULT_RECIPE } from '../../src/recipe/schema';
import { documentsOf } from '../../src/train/documents';
import { Parameters } from '../../src/train/parameters';
import { restoreState } from '../../src/train/state';
import { ClaimedSource } from './parsers/sources';

/** What fuzzing has found, each with the smallest input: it was read wrong, threw an error without words, or took forever. */

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const DEEP = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

describe('files of a model', () => {
  it('deep nesting is named, not shown', async () => {
    const header = safetensors(`{"a":${DEEP}}`);
    await expect(readHeader(new MemorySource(header, 'm'))).rejects.toThrow(/tensor "a": expected an object/);
    const config = JSON.parse(`{"architectures":["LlamaForCausalLM"],"hidden_size":${DEEP}}`) as unknown;
    expect(() => parseConfig(config)).toThrow(
      /expected hidden_size to be a whole number above 0, got \[\[\[/,
    );
  });

  it('hidden characters of a name are written out', async () => {
    const header = safetensors(
      { 'a\u202e\u009b': { dtype: 'F32', shape: [1], data_offsets: [0, 8] } },
      new Uint8Array(8),
    );
    await expect(readHeader(new MemorySource(header, 'm'))).rejects.toThrow(String.raw`"a\u202e\u009b"`);
  });

  it('names that no disk or address can hold are no names of shards', () => {
    for (const name of ['\ud800.safetensors', 'x'.repeat(256)]) expect(isPlainFileName(name)).toBe(false);
    expect(isPlainFileName('Bär 😀.safetensors')).toBe(true);
  });

  it('countless blocks and a name that is none are refused', () => {
    const config = {
      architectures: ['LlamaForCausalLM'],
      hidden_size: 8,
      num_attention_heads: 2,
      intermediate_size: 8,
      vocab_size: 8,
    };
    expect(() => parseConfig({ ...config, num_hidden_layers: 4e9 })).toThrow(
      /num_hidden_layers to be at most 1024, got 4000000000/,
    );
    expect(() => parseConfig({ architectures: [{ toString: 1 }] })).toThrow(/got \{"toString":1\}/);
  });

  it('a block of an unknown model is counted only where it can be', () => {
    const names = ['0', '1', '4294967295', '99999'].map(
      (block) => `model.layers.${block}.mlp.up_proj.weight`,
    );
    const info = { dtype: 'F32', shape: [4, 4], offset: 0, bytes: 64, file: 'm', source: undefined as never };
    const tensors = new Map(names.map((name) => [name, { ...info, name }]));
    expect(configOf({ config: { architectures: ['Mystery'] }, tensors }).layers).toBe(2);
  });

  it('a GGUF file that claims to be of any size has no more tensors than its header can name', async () => {
    const file = ggufFile(SMALL_LLAMA);
    new DataView(file.buffer).setBigUint64(8, 2n ** 40n, true);
    await expect(readGgufHeader(new ClaimedSource(file, 2 ** 53))).rejects.toThrow(
      /at most \d+ tensors, got 1099511627776/,
    );
  });

  it('a long token of a GGUF vocabulary is parted only where its parts can be tokens', () => {
    const long = 'ab'.repeat(200_000);
    expect(mergesOf(['a', 'b', 'ab', long], undefined)).toEqual([['a', 'b']]);
  });

  it('a tokenizer is not guessed', async () => {
    const open = (bytes: Uint8Array) => Tokenizer.open(new MemoryFiles(new Map([['tokenizer.json', bytes]])));
    const bpe = (more: object, id = 1) =>
      utf8(
        JSON.stringify({
          pre_tokenizer: null,
          ...more,
          model: { type: 'BPE', vocab: { a: 0, b: id }, merges: [] },
        }),
      );
    await expect(open(Uint8Array.of(0x7b, 0xff, 0x7d))).rejects.toThrow(/expected UTF-8 text/);
    await expect(open(bpe({ pre_tokenizer: { type: 'Split', pattern: {} } }))).rejects.toThrow(
      /a pattern with String or Regex in pre_tokenizer, got \{\}/,
    );
    // A text of four thousand million characters, for a reader that only asks for its length.
    const long = [{ id: 0, content: { length: 4294967295 } }];
    await expect(open(bpe({ added_tokens: long }))).rejects.toThrow(/a list of tokens with id and content/);
    await expect(open(bpe({}, 0.5))).rejects.toThrow(
      /an id or a score for every token, got \{"a":0,"b":0\.5\}/,
    );
    const fixed = bpe({ pre_tokenizer: { type: 'FixedLength', length: 0 } });
    await expect(open(fixed)).rejects.toThrow(/a length above 0/);
  });

  it('a zip in which two readers may see other files is refused', async () => {
    const zip = new Uint8Array(
      await new Response(
        makeZip([
          { name: 'd/a', input: 'x' },
          { name: 'd/b', input: 'y' },
        ]),
      ).arrayBuffer(),
    );
    const entry = Buffer.from(zip).lastIndexOf(Buffer.from('PK\u0001\u0002', 'latin1'));
    const changed = (at: number, byte: number): Promise<ZipFiles> => {
      const copy = zip.slice();
      copy[entry + at] = byte;
      return ZipFiles.open(new MemorySource(copy, 'd.zip'));
    };
    // Encrypted; compressed in size alone; the first file once more.
    for (const [at, byte] of [
      [8, 1],
      [20, 9],
      [48, 0x61],
    ] as const)
      await expect(changed(at, byte)).rejects.toThrow(/without compression/);
    // Named c in the list and b at its place.
    const other = await changed(48, 0x63);
    await expect(other.open('c')).rejects.toThrow(/without compression/);
  });

  it('a path of a Hub that leads out of its repository is left out, and a tag that is no text', () => {
    const listing = {
      sha: '0'.repeat(40),
      siblings: [
        { rfilename: '../x' },
        { rfilename: 'a/../../x' },
        { rfilename: '\ud800' },
        { rfilename: 'a/x' },
      ],
    };
    expect([...parseListing(listing, 'hub').files.keys()]).toEqual(['a/x']);
    expect(parseListing({ ...listing, tags: [{ toString: 1 }, 'license:mit'] }, 'hub').licence).toBe('mit');
  });

  it('a card of openings without ends is parsed at once, and shown without markup of its own', () => {
    const parts = ['[', '](https:', '**a* ', '[x](https:a'];
    const text = parts.map((part) => part.repeat(40_000)).join('\n\n');
    const html = renderToStaticMarkup(createElement(Markdown, { text: `${text}\n\n<b>`, level: 3 }));
    expect(html).toContain('<p>&lt;b&gt;</p>');
    expect(new Set(html.match(/<[a-z]+/g))).toEqual(new Set(['<div', '<p', '<strong']));
  });
});

describe('recipes, links and configurations', () => {
  it('a list is no group of settings, and an unknown setting is named', () => {
    expect(() => parseRecipe({ ...DEFAULT_RECIPE, cost: [] })).toThrow(/cost: expected an object, got Array/);
    expect(() => parseRecipe({ ...DEFAULT_RECIPE, parents: [] })).toThrow(/parents: expected an object/);
    expect(() => parseRecipe({ ...DEFAULT_RECIPE, alfa: 0.2 })).toThrow(/alfa: expected no such field/);
    expect(() => parseRecipe({ ...DEFAULT_RECIPE, solver: { ...DEFAULT_RECIPE.solver, eps: 1 } })).toThrow(
      /solver\.eps: expected no such field/,
    );
    expect(parseRecipe({ ...DEFAULT_RECIPE, newLayers: [3], duplicates: {} })).toEqual(DEFAULT_RECIPE);
  });

  it('a field that stands twice in a link is named, a long one read at once, and problems are few', () => {
    const { state, problems } = decodeLink('eps=0.1&eps=0.2', METHOD_IDS);
    expect(state.recipe.solver.epsilon).toBe(0.2);
    expect(problems).toEqual([
      { field: 'eps', message: 'expected the field once, got it again. The last one counts.' },
    ]);
    const long = decodeLink(`eps=${'1'.repeat(200_000)}x&slices=0-2:${'1'.repeat(200_000)}x`, METHOD_IDS);
    expect(long.problems.map(({ field }) => field)).toEqual(['eps', 'slices']);
    expect(decodeLink('b-eps=1e999', METHOD_IDS).problems[0]?.message).toMatch(
      /a number above 0, or same, got "1e999"/,
    );
    const many = Array.from({ length: 5000 }, (_, i) => `${'k'.repeat(100)}${i}=1`).join('&');
    expect(decodeLink(many, METHOD_IDS).problems).toHaveLength(20);
  });

  const configuration = (value: string) =>
    `merge_method: passthrough\nslices:\n  - sources:\n      - model: a/b\n        layer_range: ${value}\n`;
  it.each([
    // mergekit reads octal 10.
    [configuration('[0, 012]'), /got 012/],
    [configuration('[0, 2]\n---\nmerge_method: passthrough'), /expected one document/],
    [configuration('[0, 9007199254740993]'), /a number that is exact/],
    [configuration('[0, yes]'), /true, false or null, or quotes, got yes/],
    [`${configuration('[0, 2]')}x: ${'- '.repeat(50_000)}`, /a plain value/],
    [`- ${'- '.repeat(50_000)}x`, /at most 32 values within each other/],
    [`a${' '.repeat(100_000)}b`, /merge_method|mergekit configuration/],
  ])('what versions of YAML do not read alike is named: %#', (text, message) => {
    expect(() => readMergekit(text)).toThrow(message);
  });

  it('a translation that is no translation is named', () => {
    expect(() => readTranslation('<!doctype html>', 'small.de')).toThrow(/small\.de: expected JSON/);
    expect(() => readTranslation('{"language":"de"}', 'small.de')).toThrow(/small\.de: title: expected/);
  });
});

describe('what is kept and imported', () => {
  it('a result in which a number is something else is refused before it is shown', () => {
    const plan = {
      gap: 0,
      tensor: 'self_attn.q_proj',
      rows: 4,
      planPerplexity: 1,
      transportCost: {},
      marginalError: 0,
      iterations: 1,
      converged: true,
    };
    const result = {
      loss: 3,
      perplexity: 1,
      tokens: 1,
      backend: 'cpu',
      milliseconds: 1,
      layers: 1,
      parameters: 1,
      plans: [plan],
    };
    const saved = {
      key: 'k',
      title: 't',
      recipe: null,
      model: { name: 'm', layers: 1, parameters: 1 },
      text: 't',
      tokens: 1,
      device: 'd',
      at: '',
      result,
    };
    const text = JSON.stringify({ format: 'interlayer-comparison', version: 1, results: [saved] });
    expect(() => readResults(text)).toThrow(/results\.0\.result\.plans\.0\.transportCost: expected/);
  });

  it('a race without its arms is refused by name', async () => {
    const bytes = utf8('{"format":"interlayer race 1","race":{"id":"r"},"texts":{}}');
    const store = {
      read: async () => bytes,
      write: async () => true,
      remove: async () => undefined,
      list: async () => [],
    };
    await expect(loadRace(store, 'r')).rejects.toMatchObject({
      name: 'SavedRaceError',
      message: expect.stringMatching(/^race\./),
    });
  });

  it.each([
    ['without its losses', 0, { step: 1, moments: 1, tokens: 1, evaluations: [] }],
    ['with other losses than steps', 0, { step: 2, moments: 1, tokens: 1, losses: [1], evaluations: [] }],
    [
      'whose values begin between two places',
      1,
      { step: 0, moments: 0, tokens: 0, losses: [], evaluations: [] },
    ],
  ])('the state of a training %s changes nothing', (_, off, progress) => {
    const json = utf8(
      JSON.stringify({ format: 'interlayer training 1', key: 'k', tensors: [], ...progress }),
    );
    const length = Math.ceil(json.length / 4) * 4 + off;
    const file = new Uint8Array(8 + length).fill(0x20);
    new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
    file.set(json, 8);
    const backend = {} as Backend;
    expect(() => restoreState(backend, new Parameters(backend), 'k', file)).toThrow(
      /a damaged or another file/,
    );
  });

  it('measured kernels that are not JSON count as none', () => {
    expect(parseChoices('{')).toEqual([]);
  });

  it('a line of a text is named, however deep; many empty lines are parted at once', () => {
    expect(() => documentsOf('a.jsonl', DEEP)).toThrow(
      /a\.jsonl, line 1: expected a JSON object, got \[\[\[/,
    );
    expect(documentsOf('a.txt', `One${'\n '.repeat(100_000)}\n***\nTwo`)).toEqual(['One', 'Two']);
  });
});

it('no part of the page is made of the text of a file or a server as HTML', () => {
  const folder = new URL('../../src/', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.tsx?$/.test(name) && !name.includes('.test.'),
  );
  expect(files.length).toBeGreaterThan(500);
  for (const name of files)
    expect(readFileSync(new URL(name.replaceAll('\\', '/'), folder), 'utf8'), name).not.toMatch(
      /dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|srcdoc/i,
    );
});
