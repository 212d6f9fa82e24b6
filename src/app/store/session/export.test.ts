import { expect, it, vi } from 'vitest';
import type { ExportResult, SavedLoss } from '../../../engine/jobs';
import { forecastKey } from '../derived/forecast';
import { savedLossOf } from '../derived/saved-loss';
import { openApp } from '../testing';

const LOSS: SavedLoss = { tokens: 100, base: 3, exact: 3.5, saved: 3.5625, rounded: 36 };
const RESULT: ExportResult = {
  layers: 12,
  newLayers: [4],
  parameters: 10,
  bytes: 100,
  files: [],
  tensors: 10,
  unchanged: 8,
  rounded: 0,
  notices: [],
};
const ZIP = { kind: 'zip' } as const;

it('measures on the text on show before saving, and tells the export what it found', async () => {
  const { app, engine } = await openApp({ answers: { savedLoss: () => LOSS, export: () => RESULT } });
  const { store, exporting } = app;
  const prepare = vi.fn(async () => undefined);
  await exporting.measure(prepare);
  expect(prepare).toHaveBeenCalledWith(undefined);
  expect(engine.last('savedLoss').args).toMatchObject({
    dtype: 'source',
    maxTokens: store.getState().view.tokens,
    text: expect.any(String),
  });
  expect(savedLossOf(store.getState())).toEqual(LOSS);
  await exporting.write('deeper', ZIP);
  expect(engine.last('export').args).toMatchObject({
    dtype: 'source',
    name: 'deeper',
    losses: { ...LOSS, text: 'Fairy tales, held out' },
  });
  expect(store.getState().exporting).toMatchObject({ status: 'done', written: 'deeper', result: RESULT });
});

it('what was measured is only of what it was measured of', async () => {
  const { app, engine } = await openApp({ answers: { savedLoss: () => LOSS, export: () => RESULT } });
  const { store, exporting, recipe } = app;
  await exporting.measure(async () => undefined);
  exporting.chooseDType('f32');
  expect(savedLossOf(store.getState())).toBeUndefined();
  await exporting.write('deeper', ZIP);
  expect(engine.last('export').args).toMatchObject({ dtype: 'f32' });
  expect(engine.last('export').args).not.toHaveProperty('losses');
  exporting.chooseDType('source');
  expect(savedLossOf(store.getState())).toEqual(LOSS);
  recipe.setMethod('average');
  expect(savedLossOf(store.getState())).toBeUndefined();
});

it('a measurement can be cancelled, by itself or by saving, and a failure is said', async () => {
  const { app, engine } = await openApp();
  const { store, exporting } = app;
  const first = exporting.measure(async () => undefined);
  await vi.waitFor(() => expect(engine.all('savedLoss')).toHaveLength(1));
  engine.last('savedLoss').emit({ type: 'progress', progress: { label: 'Evaluating', fraction: 0.5 } });
  expect(store.getState().exporting.losses.progress?.fraction).toBe(0.5);
  exporting.cancelMeasuring();
  await first;
  expect(engine.last('savedLoss').signal?.aborted).toBe(true);
  const second = exporting.measure(async () => undefined);
  await vi.waitFor(() => expect(engine.all('savedLoss')).toHaveLength(2));
  const writing = exporting.write('deeper', ZIP);
  await second;
  expect(engine.last('savedLoss').signal?.aborted).toBe(true);
  engine.last('export').resolve(RESULT);
  await writing;
  engine.answers.savedLoss = () => {
    throw new Error('no tokenizer');
  };
  await exporting.measure(async () => undefined);
  expect(store.getState().exporting.losses.failed?.failure.message).toBe('no tokenizer');
  expect(store.getState().exporting.status).toBe('done');
});

it('a forecast can be cancelled, and is made when it is asked for again', async () => {
  const { app, engine } = await openApp();
  const { store, exporting } = app;
  const key = forecastKey(store.getState());
  const left = exporting.forecast(key);
  exporting.cancelForecast();
  await left;
  expect(engine.last('forecast').signal?.aborted).toBe(true);
  expect(store.getState().exporting.forecasts).toMatchObject({ running: undefined, entries: {} });
  void exporting.forecast(key);
  expect(engine.all('forecast')).toHaveLength(2);
});
