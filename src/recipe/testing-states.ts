import fc from 'fast-check';
import { CONTROLS } from './controls';
import type { LinkState } from './link';
import {
  BLOCK_TENSORS,
  COST_FEATURES,
  COST_METRICS,
  COST_ROWS,
  COST_SCALES,
  DTYPES,
  FEATURE_TEXTS,
  GAP_PRESETS,
  LEARNING_RATES,
  ACCELERATIONS,
  PROGOT_SCHEDULES,
  SOLVER_KINDS,
  TRAINED,
} from './schema';
import type { Against } from './against';
import {
  BUDGETS,
  COMPARISONS,
  DEPTHS,
  KERNELS,
  MAP_COLOURS,
  MAP_VALUES,
  ORDERS,
  PAIR_COUNTS,
  PANES,
  PICTURES,
  POOLINGS,
  RACES,
  SCALES,
  SPEEDS,
  TABS,
  TENSORS,
  TEXTS,
  TOKEN_BUDGETS,
  TOWER_MEASURES,
} from './view';

/** Ids of methods, because links do not import the list of methods. */
export const METHODS = ['opt-deus:paper', 'opt-deus:hard', 'average', 'passthrough'];

const pick = <T>(values: readonly T[]) => fc.constantFrom(...values);
const fraction = fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0);
const whole = fc.nat({ max: 999_999_999 });
const thousandths = fc.integer({ min: 1, max: 20_000_000 }).map((value) => value / 1000);
const pairs = fc.record({ row: whole, column: whole });

const factor = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((scale) => scale + 0);

/** All slices that the schema accepts, as decoding returns them: without a `scale` of null. */
const slices = fc
  .record(
    {
      start: fc.nat({ max: 99 }),
      length: fc.integer({ min: 1, max: 99 }),
      scale: fc.oneof(
        factor,
        fc.array(
          fc.record(
            { filter: fc.string({ unit: 'grapheme', minLength: 1 }), value: factor },
            { requiredKeys: ['value'] },
          ),
          { minLength: 1, maxLength: 3 },
        ),
      ),
    },
    { requiredKeys: ['start', 'length'] },
  )
  .map(({ start, length, ...scale }) => Object.assign(scale, { start, end: start + length }));

const against: fc.Arbitrary<Against> = fc.oneof(
  fc.constant({ kind: 'next' as const }),
  whole.map((draw) => ({ kind: 'null' as const, draw })),
  whole.map((seed) => ({ kind: 'copy' as const, seed })),
);

/** For tests: every state that a link can have. */
export const states: fc.Arbitrary<LinkState> = fc.record({
  recipe: fc.record({
    version: fc.constant(1 as const),
    model: fc.oneof(
      fc.constant({ kind: 'shipped' as const }),
      fc.record({ kind: fc.constant('local' as const), name: fc.string({ unit: 'grapheme' }) }),
      fc.webUrl({ withQueryParameters: true }).map((url) => ({ kind: 'url' as const, url })),
    ),
    method: pick(METHODS),
    gaps: fc.oneof(pick(GAP_PRESETS), fc.array(fc.nat({ max: 200 }), { minLength: 1, maxLength: 40 })),
    solver: fc.record({
      kind: pick(SOLVER_KINDS),
      epsilon: fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
      spread: fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
      targetPerplexity: fc.option(fc.double({ min: 1e-9, max: 1, noNaN: true })),
      rho: fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
      steps: fc.integer({ min: 1, max: 64 }),
      schedule: pick(PROGOT_SCHEDULES),
      acceleration: pick(ACCELERATIONS),
      tolerance: fc.double({ min: 1e-7, max: 0.1, noNaN: true }),
      maxIterations: fc.integer({ min: 1, max: 100_000 }),
    }),
    cost: fc.record({
      metric: pick(COST_METRICS),
      rows: pick(COST_ROWS),
      scale: pick(COST_SCALES),
      features: pick(COST_FEATURES),
      text: fc.oneof(
        pick(FEATURE_TEXTS),
        fc
          .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
          .filter((name) => !/[/\\@]/.test(name))
          .map((name) => `file:${name}@0123456789abcdef`),
      ),
      tokens: fc.integer({ min: 2, max: 1024 }),
    }),
    alpha: fc.double({ min: 0, max: 1, noNaN: true }).map((alpha) => alpha + 0),
    group: fc.integer({ min: 1, max: 64 }),
    slices: fc.option(fc.array(slices, { minLength: 1, maxLength: 5 })),
    dtype: fc.option(pick(DTYPES)),
    outDtype: fc.option(pick(DTYPES)),
    parents: fc.dictionary(
      fc.nat({ max: 99 }).map(String),
      fc.tuple(fc.nat({ max: 99 }), fc.nat({ max: 99 })),
      {
        noNullPrototype: true,
      },
    ),
    training: fc.record({
      trains: pick(TRAINED),
      tensors: fc.option(fc.array(pick(BLOCK_TENSORS), { minLength: 1, maxLength: 9 })),
      embedding: fc.boolean(),
      finalNorm: fc.boolean(),
      head: fc.boolean(),
      steps: fc.integer({ min: 0, max: 1e6 }),
      tuningSteps: fc.integer({ min: 0, max: 1e6 }),
      batch: fc.integer({ min: 1, max: 4096 }),
      accumulation: fc.integer({ min: 1, max: 4096 }),
      context: fc.integer({ min: 2, max: 131_072 }),
      rate: fc.double({ min: 1e-9, max: 1, noNaN: true }),
      schedule: pick(LEARNING_RATES),
      warmup: fraction,
      decay: fraction,
      weightDecay: fraction,
      betas: fc.tuple(
        fc.double({ min: 0, max: 0.9999, noNaN: true }).map((beta) => beta + 0),
        fc.double({ min: 0, max: 0.99999, noNaN: true }).map((beta) => beta + 0),
      ),
      eps: fc.double({ min: 1e-12, max: 1, noNaN: true }),
      clip: fc.option(fc.double({ min: 1e-9, max: 1e9, noNaN: true })),
      seed: fc.integer({ min: 0, max: 0xffffffff }),
    }),
    structured: fc.record({ rotate: fc.boolean(), repairNorms: fc.boolean(), down: fc.boolean() }),
    zeroInit: pick(['method', true, false] as const),
    seed: fc.integer({ min: 0, max: 0xffffffff }),
  }),
  view: fc.record({
    tab: pick(TABS),
    gap: fc.option(whole),
    tensor: pick(TENSORS),
    picture: pick(PICTURES),
    order: pick(ORDERS),
    scale: pick(SCALES),
    fit: fc.boolean(),
    pooling: pick(POOLINGS),
    halfStep: fc.option(whole),
    window: fc.option(fc.record({ row: thousandths, column: thousandths, rows: thousandths })),
    against,
    panes: pick(PANES),
    second: fc.record({
      method: fc.option(pick(METHODS)),
      epsilon: fc.option(fc.double({ min: 1e-6, max: 1e6, noNaN: true })),
      gap: fc.option(whole),
      tensor: fc.option(pick(TENSORS)),
      against: fc.option(against),
    }),
    ribbons: fc.boolean(),
    pairs: pick(PAIR_COUNTS),
    speed: pick(SPEEDS),
    cell: fc.option(pairs),
    part: fc.option(whole),
    mapPath: fc.array(pairs, { maxLength: 2 }),
    mapCell: fc.option(pairs),
    mapValue: pick(MAP_VALUES),
    mapColours: pick(MAP_COLOURS),
    text: pick(TEXTS),
    tokens: pick(TOKEN_BUDGETS),
    race: pick(RACES),
    without: fc.array(fc.stringMatching(/^[a-z0-9:-]+$/), { maxLength: 4 }),
    seeds: fc.integer({ min: 1, max: 100 }),
    budget: pick(BUDGETS),
    minutes: fc.option(fc.integer({ min: 1, max: 10_000 })),
    measurements: fc.option(fc.integer({ min: 2, max: 1000 })),
    comparison: pick(COMPARISONS),
    chosen: fc.option(
      fc
        .array(fc.stringMatching(/^[a-z0-9:-]+$/), { maxLength: 4 })
        .filter((ids) => String(ids) !== 'default'),
    ),
    depth: pick(DEPTHS),
    firstPage: fc.boolean(),
    prompt: fc.string({ unit: 'grapheme' }),
    temperature: fc.double({ min: 0, max: 10, noNaN: true }).map((value) => value + 0),
    topP: fc.double({ min: 1e-9, max: 1, noNaN: true }),
    maxTokens: fc.integer({ min: 1, max: 1024 }),
    trySeed: whole,
    measure: pick(TOWER_MEASURES),
    kernel: pick(KERNELS),
    neuron: fc.boolean(),
    describe: fc.boolean(),
    lesson: fc.constantFrom(null, 'why-deeper', 'https://example.org/a%20lesson.json?x=1&y=2'),
    step: fc.integer({ min: 1, max: 40 }),
    hide: fc.subarray([...CONTROLS]),
    presenter: fc.boolean(),
  }),
});
