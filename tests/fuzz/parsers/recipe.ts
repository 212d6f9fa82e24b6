import { deepEqual, equal } from 'node:assert/strict';
import * as fc from 'fast-check';
import { parseJson } from '../../../src/checkpoint/json';
import { METHOD_IDS, parseRecipe } from '../../../src/engine/methods';
import { type HubModel, hubEndpoint, readHub, readHubInput, writeHub } from '../../../src/recipe/hub';
import { type LinkProblem, type LinkState, decodeLink, encodeLink } from '../../../src/recipe/link';
import { FIELDS } from '../../../src/recipe/link-fields';
import { DEFAULT_RECIPE, type Recipe } from '../../../src/recipe/schema';
import { damage, damagedText } from '../damage';
import { hostileNumber, hostileText, seldom } from '../hostile';
import { jsonTexts } from '../json';
import { fuzzed } from '../parser';
import { quoted } from './sources';

const RECIPES = [
  DEFAULT_RECIPE,
  {
    ...DEFAULT_RECIPE,
    model: { kind: 'hub', repo: 'owner/name', revision: 'main', file: 'a.gguf', endpoint: 'https://host' },
    method: 'passthrough',
    gaps: [1, 2],
    slices: [
      { start: 0, end: 3, scale: 0.5 },
      { start: 1, end: 4, scale: [{ filter: 'o_proj', value: 0 }, { value: 1 }] },
    ],
    parents: { '1': [0, 2] },
    training: { ...DEFAULT_RECIPE.training, tensors: ['mlp.up_proj'], betas: [0.8, 0.9], clip: null },
  },
  { ...DEFAULT_RECIPE, model: { kind: 'url', url: 'https://host/folder/' }, dtype: 'float16' },
];

/** True if every value of `data` that `checked` has too is the same there. */
function same(checked: unknown, data: unknown): boolean {
  if (typeof checked !== 'object' || checked === null) return checked === data;
  if (typeof data !== 'object' || data === null || Array.isArray(checked) !== Array.isArray(data))
    return false;
  if (Array.isArray(checked) && checked.length !== (data as unknown[]).length) return false;
  return Object.keys(checked).every(
    (key) => !Object.hasOwn(data, key) || same(Reflect.get(checked, key), Reflect.get(data, key)),
  );
}

/** A recipe's file. */
export const recipeFile = fuzzed<string>({
  name: 'recipe',
  inputs: jsonTexts(RECIPES),
  errors: ['RecipeError', 'CheckpointError'],
  read: (text) => parseRecipe(parseJson(text, 'interlayer.json')),
  check(recipe: Recipe, text) {
    if (!same(recipe, JSON.parse(text))) throw new Error('the recipe differs from its file');
    // As text, because JSON writes −0 as 0, which is the same number.
    const written = JSON.stringify(recipe);
    equal(JSON.stringify(parseRecipe(JSON.parse(written))), written);
  },
  show: quoted,
});

const VALUES = [
  'align',
  'q',
  'on',
  'off',
  'none',
  'all',
  'null:3',
  'copy:7',
  '0-6,2-8:0.5',
  '3:2.5',
  '12.87',
  '16,40.5,32',
  '6.7,0.1',
  'hub:owner/name@main',
  'a,b',
  '0.9,0.95',
  '0-2:q=1;=0',
  'local:x',
];
const LONG_NUMBER = `${'1'.repeat(50_000)}x`;

const part = fc
  .tuple(
    fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...FIELDS.map(({ key }) => key)) }, hostileText),
    fc.oneof(
      { weight: 40, arbitrary: fc.constantFrom(...VALUES) },
      { weight: 40, arbitrary: hostileNumber },
      { weight: 30, arbitrary: hostileText },
      { weight: 1, arbitrary: fc.constant(LONG_NUMBER) },
    ),
    fc.boolean(),
  )
  .map(([key, value, escaped]) =>
    escaped ? `${key}=${encodeURIComponent(value.toWellFormed())}` : `${key}=${value}`,
  );

interface Decoded {
  readonly state: LinkState;
  readonly problems: readonly LinkProblem[];
}

/** The fragment of the page's address, which is also how a state is stored and how lessons name one. */
export const link = fuzzed<string>({
  name: 'link',
  inputs: fc
    .tuple(fc.array(part, { maxLength: 6 }), fc.constantFrom('', '#', '#\ufeff', '&'), seldom(damage))
    .map(([parts, before, hurt]) => {
      const text = before + parts.join('&');
      return hurt === null ? text : damagedText(text, hurt);
    }),
  errors: [],
  read: (text) => decodeLink(text, METHOD_IDS),
  check({ state, problems }: Decoded) {
    // What was accepted is written and read back the same, without a problem.
    const again = decodeLink(encodeLink(state), METHOD_IDS);
    deepEqual(again.problems, []);
    deepEqual(encodeLink(again.state), encodeLink(state));
    for (const { message } of problems)
      if (message.length > 1100 || /[\p{Cc}\p{Cs}\u202a-\u202e]/u.test(message))
        throw new Error(`a message that cannot be shown: ${quoted(message)}`);
    // So that its text can be shown beside it.
    parseRecipe(JSON.parse(JSON.stringify(state.recipe)));
  },
  show: quoted,
});

const HUB_PARTS = [
  'hub:',
  'owner',
  '/',
  'name',
  '@',
  'main',
  ':',
  'a.gguf',
  'https://huggingface.co/',
  'https://host:80',
  '..',
  '--',
  'tree/',
  'refs/pr/1',
  '%',
  '%2e',
  '?',
  '#',
  ' ',
];

/** A model on a Hub as a person or a link names it. */
export const hubName = fuzzed<string>({
  name: 'hub name',
  inputs: fc
    .array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...HUB_PARTS) }, hostileText), { maxLength: 8 })
    .map((parts) => parts.join('')),
  errors: [],
  read: (text) => [readHub(text), readHubInput(text), hubEndpoint(text)],
  check([fromLink, given, endpoint]: [HubModel | undefined, HubModel | undefined, string | undefined]) {
    for (const model of [fromLink, given]) {
      if (model === undefined) continue;
      deepEqual(readHub(writeHub(model)), model);
      const path = new URL(`https://host/${model.repo}/resolve/`).pathname;
      if (path !== `/${model.repo}/resolve/`)
        throw new Error(`${quoted(model.repo)} is another address: ${path}`);
    }
    if (endpoint !== undefined && hubEndpoint(endpoint) !== endpoint)
      throw new Error(`${endpoint} is not itself`);
  },
  show: quoted,
});
