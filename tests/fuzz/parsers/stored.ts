import { deepEqual } from 'node:assert/strict';
import * as fc from 'fast-check';
import { loadProgress } from '../../../src/app/store/lesson/progress';
import { readResults, writeResults } from '../../../src/app/store/compare/saved-result';
import type { SavedResult } from '../../../src/app/store/state/evaluations';
import { parseChoices } from '../../../src/backend/webgpu/products/choice';
import type { KeptFolders } from '../../../src/checkpoint/hub/kept-folders';
import { type KeptModel, KeptModels } from '../../../src/checkpoint/hub/kept-models';
import { type HubListing, fileUrl, parseListing } from '../../../src/checkpoint/hub/repository';
import { parseJson } from '../../../src/checkpoint/json';
import { DEFAULT_RECIPE } from '../../../src/recipe/schema';
import { hostileText } from '../hostile';
import { jsonTexts } from '../json';
import { fuzzed } from '../parser';
import { quoted } from './sources';

const RESULTS = {
  format: 'interlayer-comparison',
  version: 1,
  results: [
    {
      key: 'k',
      title: 'Average <b>',
      recipe: DEFAULT_RECIPE,
      model: { name: 'm', layers: 2, parameters: 100 },
      text: 'fairy',
      tokens: 128,
      device: 'd',
      at: '2026-01-01T00:00:00.000Z',
      result: {
        loss: 3,
        perplexity: 20,
        tokens: 128,
        backend: 'cpu',
        milliseconds: 5,
        layers: 3,
        parameters: 150,
        plans: [
          {
            gap: 0,
            tensor: 'self_attn.q_proj',
            rows: 4,
            planPerplexity: 1.5,
            transportCost: null,
            marginalError: 1e-6,
            epsilon: 0.06,
            iterations: 10,
            converged: true,
          },
        ],
      },
      measurement: {
        tensors: [],
        blocks: [
          {
            layer: 0,
            isNew: false,
            base: 0,
            residualChange: 0.5,
            residualCosine: null,
            ckaToPrevious: null,
            attentionEntropy: null,
            logitLensLoss: null,
            lossSkipped: null,
            lossDoubled: 3,
          },
        ],
        model: {
          loss: 3,
          perplexity: 20,
          tokens: 128,
          klFromBase: 0,
          maxLogitDifference: 0,
          layers: 3,
          parameters: 150,
          bytes: 300,
          trainStepCost: 4,
          trainStepShare: 0.4,
        },
        sample: { tokens: 8, loss: null },
      },
    },
  ],
};

/** A file of results that Compare exported, which is also how the browser keeps them. */
export const results = fuzzed<string>({
  name: 'results',
  inputs: jsonTexts([RESULTS, { ...RESULTS, results: [] }]),
  errors: ['ResultsError'],
  read: readResults,
  check(read: SavedResult[], text) {
    const stored = JSON.parse(text) as typeof RESULTS;
    deepEqual(
      read.map(({ result }) => result.loss),
      stored.results.map(({ result }) => result.loss),
    );
    deepEqual(
      read.map(({ title }) => title),
      stored.results.map(({ title }) => title),
    );
    deepEqual(readResults(writeResults(read)), read);
  },
  show: quoted,
});

interface Kept {
  readonly choices: readonly { readonly shapeClass: string; readonly variant: string }[] | undefined;
  readonly progress: Readonly<Record<string, { readonly step: number }>>;
}

/** Kernels that were measured, and how far lessons are: what cannot be read is as if it was not there. */
export const keptSettings = fuzzed<string>({
  name: 'kept settings',
  inputs: jsonTexts([
    [
      { shapeClass: 'matmul nt f32×bf16, large', variant: 'a', rate: 10 },
      { shapeClass: 's', variant: 'b' },
    ],
    {
      'why-deeper': {
        step: 1,
        records: [{ done: true, guess: 0.5, right: [0], readings: { 'plan.epsilon': 0.06 } }],
      },
    },
  ]),
  errors: [],
  read: (text) => ({ choices: parseChoices(text), progress: loadProgress({ loadText: () => text }) }),
  check({ choices = [], progress }: Kept) {
    for (const { shapeClass, variant } of choices)
      deepEqual([typeof shapeClass, typeof variant], ['string', 'string']);
    for (const { step } of Object.values(progress))
      if (!Number.isSafeInteger(step) || step < 0) throw new Error(`step ${step}`);
  },
  show: quoted,
});

const LISTING = {
  sha: '0123456789abcdef0123456789abcdef01234567',
  gated: false,
  cardData: { license: 'mit' },
  tags: ['license:apache-2.0'],
  siblings: [
    { rfilename: 'config.json', size: 100 },
    { rfilename: 'model.safetensors', size: 1000 },
    { rfilename: 'folder/other.bin' },
  ],
};
const REPOSITORY = { endpoint: 'https://host', repo: 'owner/name', revision: 'main' };

/** What a Hub says of a repository. */
export const hubListing = fuzzed<string>({
  name: 'hub listing',
  inputs: jsonTexts([LISTING]),
  errors: ['CheckpointError'],
  read: (text) => parseListing(parseJson(text, 'listing'), 'listing'),
  check({ sha, files }: HubListing, text) {
    const listing = JSON.parse(text) as { sha: string; siblings: { rfilename?: unknown }[] };
    deepEqual(sha, listing.sha);
    for (const path of files.keys()) {
      if (!listing.siblings.some((sibling) => sibling?.rfilename === path))
        throw new Error(`${quoted(path)} is not listed`);
      const url = new URL(fileUrl(REPOSITORY, sha, path));
      const folder = `/owner/name/resolve/${sha}/`;
      if (url.origin !== 'https://host' || !url.pathname.startsWith(folder))
        throw new Error(`${quoted(path)} is at ${url.href}`);
    }
  },
  show: quoted,
});

interface KeptInput {
  readonly folder: string;
  readonly about: string;
}

/** The index of models that are kept, in a folder that others may write. */
export const keptModels = fuzzed<KeptInput>({
  name: 'kept models',
  inputs: fc.record({
    folder: fc.oneof(
      { weight: 3, arbitrary: fc.constant(`https%3A%2F%2Fhost@owner@name@${LISTING.sha}`) },
      { weight: 1, arbitrary: hostileText.map((text) => `${text}@owner@name@${LISTING.sha}`) },
      { weight: 1, arbitrary: hostileText },
    ),
    about: jsonTexts([{ ...LISTING, revision: 'main', used: 5, file: 'a.gguf' }]),
  }),
  errors: [],
  async read({ folder, about }) {
    const folders: KeptFolders = {
      list: async (path) => (path === '' ? [{ name: folder, size: 0, isFolder: true }] : []),
      read: async () => new TextEncoder().encode(about),
      write: async () => undefined,
      remove: async () => undefined,
      free: async () => undefined,
    };
    const models = new KeptModels(folders);
    await models.noted(REPOSITORY);
    return models.list();
  },
  check(models: KeptModel[]) {
    for (const { revision, used, sha } of models) {
      if (typeof revision !== 'string' || revision.length > 1000)
        throw new Error('a revision that is no name');
      if (used !== undefined && !Number.isFinite(used)) throw new Error(`used at ${used}`);
      deepEqual(sha, LISTING.sha);
    }
  },
  show: ({ folder, about }) => `${quoted(folder)}: ${quoted(about)}`,
});
