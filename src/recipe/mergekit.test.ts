import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { MergekitError, readMergekit, writeMergekit } from './mergekit';

/** Like the published configuration of a SOLAR-like model. */
const SOLAR = `
slices:
  - sources:
    - model: mistralai/Mistral-7B-v0.1
      layer_range: [0, 24]
  - sources:
    - model: mistralai/Mistral-7B-v0.1
      layer_range: [8, 32]
merge_method: passthrough
dtype: bfloat16
`;

/** Like configurations of LLaMA-Pro-style expansions, with comments and a document marker. */
const PRO = `---
# every fifth block starts as the identity
slices:
- sources:
  - model: "meta-llama/Meta-Llama-3-8B"   # the base
    layer_range:
      - 0
      - 4
- sources:
  - layer_range: [3, 4]
    model: 'meta-llama/Meta-Llama-3-8B'
    parameters:
      scale:
        - filter: o_proj
          value: 0.0
        - filter: down_proj
          value: 0.0
        - value: 1.0
- sources:
  - layer_range: [4, 8]
    model: 'meta-llama/Meta-Llama-3-8B'
merge_method: passthrough
`;

describe('readMergekit', () => {
  it('reads the published shapes', () => {
    expect(readMergekit(SOLAR)).toEqual({
      model: 'mistralai/Mistral-7B-v0.1',
      slices: [
        { start: 0, end: 24 },
        { start: 8, end: 32 },
      ],
      dtype: 'bfloat16',
      notes: [],
    });
    expect(readMergekit(PRO)).toEqual({
      model: 'meta-llama/Meta-Llama-3-8B',
      slices: [
        { start: 0, end: 4 },
        { start: 3, end: 4, scale: 0 },
        { start: 4, end: 8 },
      ],
      notes: [],
    });
    expect(readMergekit(SOLAR.replaceAll('\n', '\r\n'))).toEqual(readMergekit(SOLAR));
  });

  const slice = (source: string): string =>
    `slices:\n- sources:\n  - model: m\n    layer_range: [0, 2]\n${source}merge_method: passthrough\n`;
  const scaled = (scale: string): string => slice(`    parameters:\n      scale:${scale}\n`);

  it('takes the first filter that fits, as mergekit does', () => {
    const half = '\n      - filter: o_proj\n        value: 0.5\n      - filter: down_proj\n        value: .5';
    expect(readMergekit(scaled(half)).slices).toEqual([{ start: 0, end: 2, scale: 0.5 }]);
    const shadowed = `\n      - value: 1\n${half.slice(1)}`;
    expect(readMergekit(scaled(shadowed)).slices).toEqual([{ start: 0, end: 2 }]);
    expect(readMergekit(scaled(' 1.0')).slices).toEqual([{ start: 0, end: 2 }]);
  });

  it('keeps filters of any tensor, those of a source before those of its slice and of the file', () => {
    const filters =
      '\n      - filter: layers.1.mlp\n        value: 0.5\n      - filter: kq\n        value: 2';
    const text = `${scaled(filters)}parameters:\n  scale:\n    - filter: norm\n      value: 1e-3\n    - value: 3\n`;
    const own = [
      { filter: 'layers.1.mlp', value: 0.5 },
      { filter: 'kq', value: 2 },
    ];
    const ofFile = [{ filter: 'norm', value: 1e-3 }, { value: 3 }];
    expect(readMergekit(text).slices).toEqual([{ start: 0, end: 2, scale: [...own, ...ofFile] }]);
    const ofSlice = text.replace(
      'merge_method',
      '  parameters:\n    scale:\n      filter: "*"\n      value: 0.25\nmerge_method',
    );
    expect(readMergekit(ofSlice).slices).toEqual([
      { start: 0, end: 2, scale: [...own, { filter: '*', value: 0.25 }] },
    ]);
    expect(readMergekit(scaled(' 0.5')).slices).toEqual([{ start: 0, end: 2, scale: [{ value: 0.5 }] }]);
    expect(readMergekit(scaled('\n      - filter: o_proj\n        value: 0')).slices).toEqual([
      { start: 0, end: 2, scale: [{ filter: 'o_proj', value: 0 }] },
    ]);
  });

  it('names what changes nothing, in one sentence', () => {
    const text = `${slice('    parameters:\n      scale: 1\n      weight: 1\n')}name: deeper\nbase_model: m
tokenizer_source: base\nchat_template: auto\nout_dtype: float16\nparameters:\n  normalize: true\n`;
    expect(readMergekit(text)).toEqual({
      model: 'm',
      slices: [{ start: 0, end: 2 }],
      outDtype: 'float16',
      notes: [
        'base_model, tokenizer_source, chat_template, name, parameters.normalize, slices.0.sources.0.parameters.weight: change ' +
          'nothing in a passthrough of one model, whose tokenizer and embedding are kept.',
      ],
    });
    const tokenizer = readMergekit(`${SOLAR}tokenizer:\n  source: union\n`);
    expect(tokenizer.notes).toEqual([expect.stringMatching(/^tokenizer: changes nothing /)]);
  });

  it.each([
    [SOLAR.replace('passthrough', 'slerp'), /^merge_method: expected passthrough, got "slerp"/],
    [
      SOLAR.replace('dtype: bfloat16', 'tokenizer_source: other'),
      /^tokenizer_source: expected base, union or .*mistralai.*got other\. Put the files/,
    ],
    [`${SOLAR}tokenizer:\n  source: other\n`, /^tokenizer\.source: expected base, union/],
    [
      `${SOLAR}tokenizer:\n  pad_to_multiple_of: 8\n`,
      /^tokenizer\.pad_to_multiple_of: expected no change of the vocabulary, got 8/,
    ],
    [`${SOLAR}chat_template: chatml\n`, /^chat_template: expected auto or none/],
    [`${SOLAR}base_model: other\n`, /^base_model: expected the model of the slices, mistralai.*got other/],
    [SOLAR.replace('bfloat16', 'int8'), /^dtype: expected float32, float16, bfloat16, got "int8"/],
    [
      SOLAR.replaceAll('v0.1', 'v0.1+some/lora'),
      /^slices\.0\.sources\.0\.model: expected a model without an adapter/,
    ],
    [
      SOLAR.replace('    - model: mistralai/Mistral-7B-v0.1', '    - model: other'),
      /one model in all of them, got other, mistralai/,
    ],
    [
      SOLAR.replace('[0, 24]', '[24, 0]'),
      /layer_range: expected a start from 0 and an end above it, got \[24, 0\]/,
    ],
    [SOLAR.replace('[0, 24]', '[0, 24, 3]'), /^slices\.0\.sources\.0\.layer_range/],
    [SOLAR.replace('[0, 24]', '[0.5, 24]'), /^slices\.0\.sources\.0\.layer_range\.0/],
    [SOLAR.replace('[0, 24]', '{from: 0}'), /line 5: expected a plain value/],
    [SOLAR.replace('[0, 24]', '[0, [24]]'), /line 5: expected a list in brackets/],
    [SOLAR.replace('slices:', 'slices: &all'), /line 2: expected a plain value/],
    [
      SOLAR.replace('dtype: bfloat16', 'dtype: bfloat16\ndtype: float16'),
      /line 11: expected every key once, got dtype twice/,
    ],
    [SOLAR.replace('dtype:', '\tdtype:'), /line 10: expected spaces before the text, got a tab/],
    [SOLAR.replace('      layer_range: [8', '     layer_range: [8'), /line 8/],
    [`${SOLAR}just words\n`, /line 11: expected key: value, got just words/],
    [
      scaled(' [0, 1]'),
      /^slices\.0\.sources\.0\.parameters\.scale.*: expected a number.* one slice for each block/,
    ],
    [
      scaled('\n      - filter: o_proj\n        value: [0, 1]'),
      /parameters\.scale.*: expected a number.* one slice for each block/,
    ],
    [scaled(' half'), /parameters\.scale: expected a number, or filters with one number each, got "half"/],
    [slice('  - model: m\n    layer_range: [0, 2]\n'), /^slices\.0\.sources: expected one source/],
    ['', /expected Object/i],
    ['models:\n- model: m\nmerge_method: linear\n', /^merge_method: expected passthrough, got "linear"/],
    ['merge_method: passthrough\n', /^slices: /],
  ])('names what it does not understand: %j', (text, message) => {
    expect(() => readMergekit(text)).toThrow(MergekitError);
    expect(() => readMergekit(text)).toThrow(message);
  });

  it('fails by name on any text', () => {
    const lines = fc.constantFrom(
      ...SOLAR.split('\n'),
      ...PRO.split('\n'),
      '- - a',
      '  ? b',
      ': c',
      '- ',
      '"',
      '[',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(lines, fc.string()), { maxLength: 12 }), (parts) => {
        try {
          readMergekit(parts.join('\n'));
        } catch (error) {
          expect(error).toBeInstanceOf(MergekitError);
        }
      }),
    );
  });
});

describe('writeMergekit', () => {
  it.each([
    'N',
    'on',
    'TRUE',
    'null',
    '1e3',
    '.inf',
    '2026-11-30',
    'a: b',
    'a #b',
    'a\u007fb',
    'org/model-1.7B',
  ])('writes the model %j so that every version of YAML reads that name', (model) => {
    const text = writeMergekit({ model, slices: [{ start: 0, end: 2 }] });
    expect(readMergekit(text).model).toBe(model);
    for (const version of ['1.1', '1.2'] as const) {
      const { slices } = parse(text, { version }) as { slices: { sources: { model: unknown }[] }[] };
      expect(slices[0]?.sources[0]?.model).toBe(model);
    }
  });

  it('writes the published shape', () => {
    expect(writeMergekit(readMergekit(SOLAR))).toBe(
      SOLAR.slice(1)
        .replaceAll('    - model', '      - model')
        .replaceAll('      layer_range', '        layer_range'),
    );
  });

  it('is read back as it was written', () => {
    // A scale of 1 is no scale.
    const factor = fc
      .double({ min: -1e3, max: 1e3, noNaN: true })
      .filter((scale) => scale !== 1)
      .map((s) => s + 0);
    const named = fc.record({
      filter: fc.oneof(
        fc.constantFrom('layers.1.mlp', 'norm', 'true', '1.5', 'q_proj'),
        fc.string({ unit: 'grapheme-ascii', minLength: 1 }).filter((text) => text !== '*'),
      ),
      value: factor,
    });
    // o_proj alone is written as it is read, too.
    const filters = fc
      .tuple(fc.constant({ filter: 'o_proj', value: 0.5 }), fc.array(named, { maxLength: 3 }))
      .map((list) => list.flat());
    const slices = fc
      .record(
        {
          start: fc.nat({ max: 99 }),
          length: fc.integer({ min: 1, max: 9 }),
          scale: fc.oneof(factor, filters),
        },
        { requiredKeys: ['start', 'length'] },
      )
      .map(({ start, length, ...scale }) => Object.assign(scale, { start, end: start + length }));
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme-ascii', minLength: 1 }).filter((name) => !name.includes('+')),
        fc.array(slices, { minLength: 1, maxLength: 6 }),
        (model, list) => {
          expect(readMergekit(writeMergekit({ model, slices: list, dtype: 'float16' }))).toEqual({
            model,
            slices: list,
            dtype: 'float16',
            notes: [],
          });
        },
      ),
    );
  });
});
