import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HubModel, readHub, readHubInput, writeHub } from './hub';
import { decodeLink, encodeLink, DEFAULT_LINK } from './link';
import { DEFAULT_RECIPE, parseRecipe } from './schema';

const METHODS = ['opt-deus:paper'];

describe('a reference to the Hub', () => {
  it.each<[string, HubModel]>([
    ['hub:a/b', { repo: 'a/b', revision: 'main' }],
    ['hub:a/b@v1.0', { repo: 'a/b', revision: 'v1.0' }],
    ['hub:a/b@refs/pr/3', { repo: 'a/b', revision: 'refs/pr/3' }],
    ['hub:a/b:m.Q4_1.gguf', { repo: 'a/b', revision: 'main', file: 'm.Q4_1.gguf' }],
    ['hub:a/b@x:m.gguf', { repo: 'a/b', revision: 'x', file: 'm.gguf' }],
    [
      'hub:http://127.0.0.1:8080/mirror/a/b@x',
      { repo: 'a/b', revision: 'x', endpoint: 'http://127.0.0.1:8080/mirror' },
    ],
    ['hub:https://huggingface.co/a/b', { repo: 'a/b', revision: 'main' }],
  ])('%s', (text, model) => {
    expect(readHub(text)).toEqual(model);
    expect(readHub(writeHub(model))).toEqual(model);
    expect(readHubInput(text.slice('hub:'.length))).toEqual(model);
  });

  it.each([
    'a/b',
    'hub:',
    'hub:a',
    'hub:a/b/c',
    'hub:../b',
    'hub:a/..',
    'hub:-a/b',
    'hub:a/b.',
    'hub:a--b/c',
    'hub:a/b@',
    'hub:a/b@x y',
    'hub:a/b@../x',
    'hub:a/b:../x.gguf',
    'hub:a/b:c/x.gguf',
    'hub:ftp://host/a/b',
    'hub:https://user:secret@host/a/b',
  ])('refuses %j', (text) => {
    expect(readHub(text)).toBeUndefined();
  });

  it.each<[string, HubModel | undefined]>([
    [' a/b ', { repo: 'a/b', revision: 'main' }],
    ['https://huggingface.co/a/b', { repo: 'a/b', revision: 'main' }],
    ['https://huggingface.co/a/b/', { repo: 'a/b', revision: 'main' }],
    ['https://huggingface.co/a/b/tree/v2', { repo: 'a/b', revision: 'v2' }],
    ['https://huggingface.co/a/b/blob/main/m.gguf', { repo: 'a/b', revision: 'main', file: 'm.gguf' }],
    ['https://huggingface.co/a/b/blob/main/config.json', { repo: 'a/b', revision: 'main' }],
    ['https://huggingface.co/datasets/a/b', undefined],
    ['https://huggingface.co/a', undefined],
    ['https://huggingface.co/a/b/tree/refs%2Fpr%2F3', { repo: 'a/b', revision: 'refs/pr/3' }],
    ['https://huggingface.co/a/b/tree/%ff', undefined],
    ['b', undefined],
  ])('takes what people paste: %s', (text, model) => {
    expect(readHubInput(text)).toEqual(model);
  });

  it('survives a link whatever its parts are, and the schema takes it', () => {
    const word = fc.stringMatching(/^[a-zA-Z0-9](?:[\w]{0,8}[a-zA-Z0-9])?$/);
    const model = fc.record(
      {
        repo: fc.tuple(word, word).map((parts) => parts.join('/')),
        revision: fc.stringMatching(/^[\w.&=%#+é-]{1,9}$/).filter((text) => !text.includes('..')),
        file: word.map((name) => `${name}&=%#+ü.gguf`),
        endpoint: fc.constantFrom('http://localhost:1', 'https://host.example/hub'),
      },
      { requiredKeys: ['repo', 'revision'] },
    );
    fc.assert(
      fc.property(model, (hub) => {
        const recipe = parseRecipe({ ...DEFAULT_RECIPE, model: { kind: 'hub', ...hub } }, METHODS);
        const { state, problems } = decodeLink(encodeLink({ ...DEFAULT_LINK, recipe }), METHODS);
        expect(problems).toEqual([]);
        expect(state.recipe.model).toEqual({ kind: 'hub', ...hub });
      }),
    );
  });

  it('is checked by the schema of recipes', () => {
    const parse = (model: object) => parseRecipe({ ...DEFAULT_RECIPE, model }, METHODS);
    expect(() => parse({ kind: 'hub', repo: 'x', revision: 'main' })).toThrow(
      /model\.repo: expected owner\/name/,
    );
    expect(() => parse({ kind: 'hub', repo: 'a/b', revision: '' })).toThrow(
      /model\.revision: expected a branch/,
    );
    expect(() => parse({ kind: 'hub', repo: 'a/b', revision: 'm', endpoint: 'x' })).toThrow(
      /model\.endpoint/,
    );
    // A token is no part of a recipe.
    expect(parse({ kind: 'hub', repo: 'a/b', revision: 'm', token: 'hf_x' }).model).not.toHaveProperty(
      'token',
    );
  });
});
