import { deepEqual } from 'node:assert/strict';
import * as fc from 'fast-check';
import { parse as parseYaml11 } from 'yaml';
import { type Passthrough, readMergekit, writeMergekit } from '../../../src/recipe/mergekit';
import { damage, damagedText } from '../damage';
import { hostileNumber, hostileText, seldom } from '../hostile';
import { fuzzed } from '../parser';
import { quoted } from './sources';

const LINES = [
  'slices:',
  '  - sources:',
  '      - model: owner/name',
  '        layer_range: [0, 2]',
  '        parameters:',
  '          scale:',
  '            - filter: o_proj',
  '              value: 0.0',
  '            - value: 1.0',
  '  - sources:',
  '    - model: "owner/name" # the same',
  '      layer_range: [1, 3]',
  "merge_method: 'passthrough'",
  'dtype: bfloat16',
  'parameters:',
  '  scale: 0.5',
  'tokenizer_source: base',
];

const change = fc.record({
  at: fc.nat(LINES.length - 1),
  kind: fc.constantFrom('drop', 'again', 'value', 'indent', 'before', 'key', 'number', 'nest'),
  text: hostileText,
  number: hostileNumber,
  spaces: fc.nat(6),
});

/** A configuration of mergekit, in YAML. */
export const mergekitFile = fuzzed<string>({
  name: 'mergekit',
  inputs: fc
    .tuple(fc.array(change, { maxLength: 3 }), fc.constantFrom('\n', '\r\n'), seldom(damage))
    .map(([changes, end, hurt]) => {
      const lines = [...LINES];
      for (const { at, kind, text, number, spaces } of changes) {
        const line = lines[at] ?? '';
        const [, key = '', value = ''] = /^(.*?:)(.*)$/.exec(line) ?? [];
        if (kind === 'drop') lines.splice(at, 1);
        if (kind === 'again') lines.splice(at, 0, line);
        if (kind === 'value') lines[at] = `${key} ${text}`;
        if (kind === 'number')
          lines[at] = line.includes('[') ? `${key} [${spaces}, ${number}]` : `${key} ${number}`;
        if (kind === 'indent') lines[at] = `${' '.repeat(spaces)}${line.trimStart()}`;
        if (kind === 'before') lines.splice(at, 0, text);
        if (kind === 'key') lines[at] = `${text}:${value}`;
        if (kind === 'nest') lines[at] = `${key} ${'- '.repeat(20_000)}`;
      }
      const text = lines.join(end);
      return hurt === null ? text : damagedText(text, hurt);
    }),
  errors: ['MergekitError'],
  read: readMergekit,
  check(read: Passthrough, text) {
    // YAML 1.1 is what mergekit reads (PyYAML).
    const other = parseYaml11(text, { version: '1.1', strict: true, uniqueKeys: true }) as {
      slices: { sources: { model: string; layer_range: number[] }[] }[];
      dtype?: string | null;
    };
    deepEqual(
      read.slices.map(({ start, end }) => [start, end]),
      other.slices.map(({ sources }) => sources[0]?.layer_range),
    );
    for (const { sources } of other.slices) deepEqual(read.model, sources[0]?.model);
    deepEqual(read.dtype ?? null, other.dtype ?? null);
    const { notes: _, ...written } = read;
    const { notes: __, ...again } = readMergekit(writeMergekit(written));
    deepEqual(again, written);
  },
  show: quoted,
});
