import { deepEqual, equal } from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Backend, Tensor } from '../../../src/backend/operations';
import { loadRace } from '../../../src/app/store/train/saved-race';
import type { SavedRace } from '../../../src/app/store/train/saved-race';
import { documentsOf } from '../../../src/train/documents';
import { type InstructionPair, instructionPairs } from '../../../src/train/instructions';
import { Parameters } from '../../../src/train/parameters';
import { type Progress, restoreState } from '../../../src/train/state';
import { DEFAULT_RECIPE } from '../../../src/recipe/schema';
import { damage, damagedText, overwrite, overwritten } from '../damage';
import { hostileText, seldom } from '../hostile';
import { jsonTexts } from '../json';
import { fuzzed } from '../parser';
import { hex, quoted } from './sources';

/** A backend that only remembers what is written into its tensors. */
class WriteOnly {
  readonly written: Float32Array[] = [];
  write(_: Tensor, values: Float32Array): void {
    this.written.push(values.slice());
  }
}

const tensor = (shape: readonly number[]): Tensor =>
  ({ shape, bytes: 4 * shape.reduce((product, size) => product * size, 1) }) as Tensor;

function parameters(backend: Backend): Parameters {
  const made = new Parameters(backend);
  for (const [name, shape] of [
    ['a', [2, 3]],
    ['b', [1]],
  ] as const)
    made.all.push({ name, value: tensor(shape), moments: tensor([2, ...shape]), gradient: tensor(shape) });
  return made;
}

const VALUES = 21;
const HEADER = {
  format: 'interlayer training 1',
  key: 'key',
  step: 2,
  moments: 2,
  tokens: 100,
  losses: [3.5, 3.25],
  evaluations: [
    { step: 0, heldout: 3.5, retention: null, response: null, moved: { a: { distance: 0, from: 1 } } },
  ],
  tensors: [
    { name: 'a', shape: [2, 3] },
    { name: 'b', shape: [1] },
  ],
};

/** The state of a training, as it is kept from one visit to the next. */
export const trainingState = fuzzed<Uint8Array>({
  name: 'training state',
  inputs: fc
    .tuple(
      jsonTexts([HEADER]),
      seldom(fc.integer({ min: -9, max: 9 })),
      seldom(fc.integer({ min: -5, max: 5 })),
      seldom(fc.array(overwrite, { maxLength: 2 })),
    )
    .map(([header, more, off, overwrites]) => {
      const json = new TextEncoder().encode(header);
      const start = 8 + Math.ceil(json.length / 4) * 4;
      const file = new Uint8Array(Math.max(start, start + 4 * VALUES + (more ?? 0))).fill(0x20, 8, start);
      new DataView(file.buffer).setBigUint64(0, BigInt(Math.max(0, start - 8 + (off ?? 0))), true);
      file.set(json, 8);
      for (let i = start; i < file.length; i++) file[i] = (i * 37) % 60;
      return overwritten(file, overwrites ?? []);
    }),
  errors: ['TrainError'],
  read(file) {
    const backend = new WriteOnly();
    try {
      return {
        ...restoreState(
          backend as unknown as Backend,
          parameters(backend as unknown as Backend),
          'key',
          file,
        ),
        written: backend.written,
      };
    } catch (error) {
      equal(backend.written.length, 0, 'a refused state was restored in part');
      throw error;
    }
  },
  check({ written, ...progress }: Progress & { written: Float32Array[] }, file) {
    const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as typeof HEADER;
    deepEqual(
      [progress.step, progress.moments, progress.tokens],
      [header.step, header.moments, header.tokens],
    );
    deepEqual(progress.losses, header.losses);
    deepEqual(
      progress.evaluations.map(({ step }) => step),
      header.evaluations.map(({ step }) => step),
    );
    const values = file.slice(8 + length);
    deepEqual(
      written.flatMap((each) => [...each]),
      [...new Float32Array(values.buffer)],
    );
  },
  show: hex,
});

const RUN = {
  arm: 'a',
  seed: 1,
  name: 'a 1',
  status: 'paused',
  steps: 10,
  losses: [3, 2.5],
  evaluations: HEADER.evaluations,
  gradients: { 'model.norm.weight': [0.1, null] },
  samples: [{ step: 0, text: 'Once <b>upon' }],
  facts: {
    stepMs: { forward: 1, backward: 2, optimizer: 0.5 },
    stepCost: 3,
    trainable: 10,
    parameters: 20,
    layers: 3,
    newLayers: [2],
    memory: {
      frozen: 1,
      parameters: 1,
      gradients: 1,
      moments: 2,
      activations: 3,
      working: 4,
      total: 12,
      keepActivations: true,
    },
    texts: [{ name: 'x', texts: 1, tokens: 2, examples: 1, unknown: 0, charactersPerToken: 3 }],
  },
  keptStep: 1,
};
const RACE = {
  format: 'interlayer race 1',
  race: {
    id: 'r',
    question: 'paper',
    title: 'A race',
    recipe: DEFAULT_RECIPE,
    without: [],
    arms: [{ id: 'a', title: 'A', recipe: DEFAULT_RECIPE }],
    reference: 'a',
    seeds: [1],
    budget: 'tokens',
    evaluations: 3,
    tokensPerStep: 8,
    modelKey: 'k',
    model: 'm',
    text: 't',
    prompt: 'Once',
    device: 'd',
    backend: 'cpu',
    at: '2026-01-01T00:00:00.000Z',
    runs: [RUN],
  },
  texts: { train: { name: 'x.txt', content: 'text' }, heldOutShare: 0.1 },
};

/** A race as the browser keeps it. */
export const savedRace = fuzzed<string>({
  name: 'race',
  inputs: jsonTexts([RACE]),
  errors: ['SavedRaceError', 'RecipeError'],
  read: (text) => loadRace(storeOf(text), 'r'),
  async check({ race, texts, saved }: SavedRace, text) {
    const stored = JSON.parse(text) as typeof RACE;
    deepEqual(
      race.runs.map(({ losses }) => losses),
      stored.race.runs.map(({ losses }) => losses),
    );
    deepEqual(race.title, stored.race.title);
    // As text, because JSON writes −0 as 0, which is the same number.
    const written = JSON.stringify({ format: RACE.format, race, texts, saved });
    const again = await loadRace(storeOf(written), 'r');
    const { race: raceAgain, texts: textsAgain, saved: savedAgain } = again ?? {};
    equal(
      JSON.stringify({ format: RACE.format, race: raceAgain, texts: textsAgain, saved: savedAgain }),
      written,
    );
  },
  show: quoted,
});

const storeOf = (text: string) => ({
  read: async () => new TextEncoder().encode(text),
  write: async () => true,
  list: async () => [],
  remove: async () => undefined,
});

interface TextInput {
  readonly name: string;
  readonly content: string;
}

const LINE = fc.oneof(
  {
    weight: 4,
    arbitrary: jsonTexts([{ text: 'One.' }, { instruction: 'Do.', input: 'x', response: 'Done.' }]),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      '***',
      ' *** ',
      'Some text.',
      '{"text": "One", "id": 3}',
      '{"prompt":"a","output":"b"}',
    ),
  },
  { weight: 1, arbitrary: hostileText },
);
const TEXTS = fc
  .tuple(
    fc.array(LINE, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('\n', '\r\n', '\n\n'),
    seldom(damage),
  )
  .map(([lines, end, hurt]) => (hurt === null ? lines.join(end) : damagedText(lines.join(end), hurt)));

/** Texts to train on: `.txt` and `.jsonl`. */
export const texts = fuzzed<TextInput>({
  name: 'texts',
  inputs: fc.record({ name: fc.constantFrom('a.txt', 'a.jsonl', 'b.NDJSON'), content: TEXTS }),
  errors: ['TrainError'],
  read: ({ name, content }) => documentsOf(name, content),
  check(documents: string[], { name, content }) {
    deepEqual(
      documents,
      name.endsWith('txt') ? parts(content) : fieldsOf(content, 'text').filter((text) => text !== ''),
    );
  },
  show: ({ name, content }) => `${name}: ${quoted(content)}`,
});

/** Pairs of instruction and response: `.jsonl`. */
export const pairs = fuzzed<string>({
  name: 'pairs',
  inputs: fc
    .array(
      fc.oneof(
        {
          weight: 9,
          arbitrary: jsonTexts([
            { instruction: 'Do.', input: 'x', response: 'Done.' },
            { prompt: 'Do.', output: 'Done.' },
          ]),
        },
        { weight: 1, arbitrary: LINE },
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((lines) => lines.join('\n')),
  errors: ['TrainError'],
  read: (content) => instructionPairs('pairs.jsonl', content),
  check(read: InstructionPair[], content) {
    const lines = linesOf(content);
    equal(read.length, lines.length);
    for (const [i, { response }] of read.entries()) {
      const { response: own, output } = lines[i] ?? {};
      equal(response, ` ${String(own ?? output).trim()}`);
    }
  },
  show: quoted,
});

const linesOf = (content: string) =>
  content
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const fieldsOf = (content: string, name: string) => linesOf(content).map((fields) => fields[name]);

/** The texts between lines that are `***` alone. */
function parts(content: string): string[] {
  const found: string[][] = [[]];
  for (const line of content.split('\n')) {
    if (line.trim() === '***') found.push([]);
    else found.at(-1)?.push(line);
  }
  return found.map((lines) => lines.join('\n').trim()).filter((text) => text !== '');
}
