import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { METHOD_IDS } from '../../../engine/methods';
import { decodeLink } from '../../../recipe/link';
import { featureTextTitle } from '../derived/evaluation';
import { partCount } from '../derived/part';
import { openApp } from '../testing';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(1000);

it('the engine is told where the shipped texts are', async () => {
  const { engine } = await openApp();
  expect(engine.last('start').args).toEqual({
    backend: 'auto',
    corpus: 'https://example.org/interlayer/corpus/',
  });
});

it('comparing activations is a step of the recipe: it solves anew, stands in the link and can be undone', async () => {
  const { app, engine, address } = await openApp();
  await settle();
  app.recipe.setCost({ features: 'activations' });
  await settle();
  app.recipe.setCost({ text: 'observatory' });
  await settle();
  app.recipe.setCost({ tokens: 64 });
  await settle();
  const asked = engine.all('align').map(({ args }) => args.recipe.cost);
  expect(asked.map(({ features, text, tokens }) => [features, text, tokens])).toEqual([
    ['weights', 'fairy', 256],
    ['activations', 'fairy', 256],
    ['activations', 'observatory', 256],
    ['activations', 'observatory', 64],
  ]);
  expect(address.fragment).toBe('features=activations&features-text=observatory&features-tokens=64');
  expect(decodeLink(address.fragment, METHOD_IDS).state.recipe).toEqual(app.store.getState().recipe.current);
  app.recipe.undo();
  app.recipe.undo();
  app.recipe.undo();
  await settle();
  expect(app.store.getState().recipe.current.cost.features).toBe('weights');
  expect(address.fragment).toBe('');
});

it('heads have plans of their own where activations are compared', async () => {
  const { app, engine } = await openApp({ fragment: 'features=activations' });
  const heads = (): number => partCount(app.store.getState());
  const { heads: queryHeads, kvHeads, headDim } = app.store.getState().model.info ?? {};
  expect(heads()).toBe(queryHeads);
  app.view.showPart(1);
  await settle();
  expect(engine.last('align').args).toMatchObject({ tensor: 'self_attn.q_proj', part: 1 });
  expect(app.store.getState().align.subject?.rows).toBe(headDim);
  app.view.showTensor('k');
  expect(heads()).toBe(kvHeads);
  app.view.showTensor('o');
  expect(heads()).toBe(0);
  app.view.showTensor('k');
  // That method matches heads jointly and does not match rows of k.
  app.recipe.setMethod('opt-deus:structured');
  expect(heads()).toBe(0);
  app.recipe.setMethod('average');
  expect(heads()).toBe(0);
});

it('texts have names for people', () => {
  expect(featureTextTitle('fairy')).toBe('Fairy tales, held out');
  expect(featureTextTitle('file:my@tales.txt@0123456789abcdef')).toBe('my@tales.txt');
});
