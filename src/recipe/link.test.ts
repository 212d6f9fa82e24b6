import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LINK, decodeLink, encodeLink } from './link';
import type { LinkState } from './link';
import { METHODS, states } from './testing-states';

const decode = (fragment: string) => decodeLink(fragment, METHODS);

const recipeWith = (fragment: string) => decode(fragment).state.recipe;

describe('a link', () => {
  it('is empty for the default state', () => {
    expect(encodeLink(DEFAULT_LINK)).toBe('');
    expect(decode('')).toEqual({ state: DEFAULT_LINK, problems: [] });
    expect(decode('#')).toEqual({ state: DEFAULT_LINK, problems: [] });
    for (const mark of ['\uFEFF', '%EF%BB%BF']) expect(decode(`#${mark}seed=7`)).toEqual(decode('#seed=7'));
  });

  it('restores every state it was made from, through a real URL', () => {
    fc.assert(
      fc.property(states, (state) => {
        const url = new URL(`https://example.org/page/#${encodeLink(state)}`);
        expect(decode(url.hash)).toEqual({ state, problems: [] });
      }),
      { numRuns: 400 },
    );
  });

  it('never throws and always gives a usable state, whatever is typed after the #', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webFragments()), (text) => {
        const { state } = decode(text);
        // A decoded state must encode and decode to itself, so it is valid.
        expect(decode(encodeLink(state)).state).toEqual(state);
      }),
    );
  });

  it('reads as words and numbers', () => {
    const { recipe, view } = DEFAULT_LINK;
    const state: LinkState = {
      recipe: {
        ...recipe,
        method: 'opt-deus:hard',
        gaps: [3, 5],
        solver: { ...recipe.solver, epsilon: 0.01 },
      },
      view: { ...view, gap: 5, tensor: 'gate', cell: { row: 212, column: 87 } },
    };
    expect(encodeLink(state)).toBe('method=opt-deus:hard&gaps=3,5&eps=0.01&gap=5&tensor=gate&cell=212.87');
  });

  it.each([
    ['eps=0', 'eps', 'expected ε above 0'],
    ['eps=NaN', 'eps', 'expected a number'],
    ['eps=', 'eps', 'expected a number'],
    ['eps=0x10', 'eps', 'expected a number'],
    ['eps=1e999', 'eps', 'expected'],
    ['method=mean', 'method', 'expected opt-deus:paper, opt-deus:hard, average, passthrough, got "mean"'],
    ['b-method=mean', 'b-method', 'passthrough, or same, got "mean"'],
    ['alpha=1.5', 'alpha', 'expected alpha from 0 to 1'],
    ['group=0', 'group', 'at least 1'],
    ['slices=6-2', 'slices', 'above its start'],
    ['slices=0-6,8', 'slices', 'such as 0-6,2-8:0.5'],
    ['parents=3:2', 'parents', 'such as 3:2.5'],
    ['perplexity=2', 'perplexity', 'up to 1'],
    ['rho=0', 'rho', 'expected ρ above 0'],
    ['steps=0', 'steps', 'steps'],
    ['solver=emd', 'solver', 'expected method, sinkhorn'],
    ['metric=manhattan', 'metric', 'euclidean'],
    ['gaps=3,,5', 'gaps', 'gap numbers such as 4,5,6'],
    ['gaps=-1', 'gaps', 'gap numbers'],
    ['seed=1.5', 'seed', 'seed'],
    ['iterations=0', 'iterations', 'maxIterations'],
    ['tensor=mlp', 'tensor', 'expected q, k, v'],
    ['cell=1.2.3', 'cell', 'row.column'],
    ['map=6-7', 'map', 'for example 6.7,0.1'],
    ['map=6.7,0.1,2.2', 'map', 'for example 6.7,0.1'],
    ['map-value=cost', 'map-value', 'distance, relative'],
    ['part=-1', 'part', 'or all'],
    ['features-text=novel', 'features-text', 'expected fairy, observatory'],
    ['features-text=file:a.txt', 'features-text', '16 hexadecimal digits'],
    ['features-tokens=1', 'features-tokens', 'tokens'],
    ['model=ftp', 'model', 'the address of a model folder'],
    ['tokens=7', 'tokens', '512'],
    ['temperature=10.1', 'temperature', 'from 0 to 10'],
    ['temperature=-1', 'temperature', 'from 0 to 10'],
    ['top-p=0', 'top-p', 'above 0 to 1'],
    ['top-p=1.01', 'top-p', 'above 0 to 1'],
    ['max-tokens=0', 'max-tokens', 'from 1 to 1024'],
    ['max-tokens=1025', 'max-tokens', 'from 1 to 1024'],
    ['try-seed=-1', 'try-seed', 'a whole number from 0'],
    ['hide=share,exports', 'hide', 'names of controls such as share,export, got "share,exports"'],
    ['presenter=yes', 'presenter', 'on or off'],
    ['epsilon=3', 'epsilon', 'got “epsilon”. Did you mean “eps”?'],
    ['utm_source=3', 'utm_source', 'expected the name of a field, got “utm_source”.'],
  ])('names the field in %s and keeps its default', (fragment, field, part) => {
    const { state, problems } = decode(fragment);
    expect(state).toEqual(DEFAULT_LINK);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.field).toBe(field);
    expect(problems[0]?.message).toContain(part);
  });

  it('writes slices, parents and settings so that they can be typed', () => {
    const { recipe } = DEFAULT_LINK;
    const state: LinkState = {
      ...DEFAULT_LINK,
      recipe: {
        ...recipe,
        method: 'passthrough',
        alpha: 0.25,
        slices: [
          { start: 0, end: 6 },
          { start: 2, end: 8, scale: 0 },
        ],
        parents: { 3: [2, 5] },
      },
    };
    expect(encodeLink(state)).toBe('method=passthrough&alpha=0.25&slices=0-6,2-8:0&parents=3:2.5');
  });

  it('keeps the good fields of a link with a bad one', () => {
    const { state, problems } = decode('#method=average&eps=-3&seed=7');
    expect(problems.map((problem) => problem.field)).toEqual(['eps']);
    expect(state.recipe).toEqual({ ...DEFAULT_LINK.recipe, method: 'average', seed: 7 });
  });

  it('keeps an address as it was written, percent signs and all', () => {
    expect(recipeWith('model=https://example.org/a%2520b/').model).toEqual({
      kind: 'url',
      url: 'https://example.org/a%20b/',
    });
  });
});
