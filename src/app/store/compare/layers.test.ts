import { describe, expect, it, vi } from 'vitest';
import type { Measurement } from '../../../engine/jobs';
import { layerValues } from '../derived/layer-measures';
import { layersKey } from '../derived/layers';
import { namedError, openApp } from '../testing';

const block = (layer: number, base: number, isNew: boolean, residualChange: number) => ({
  layer,
  base,
  isNew,
  residualChange,
  residualCosine: null,
  ckaToPrevious: null,
  attentionEntropy: null,
  logitLensLoss: 3,
  lossSkipped: null,
  lossDoubled: null,
});

const MEASURED: Measurement = {
  tensors: [],
  blocks: [block(0, 0, false, 40), block(1, 1, false, 0.25), block(2, 1, true, 0)],
  cka: new Float32Array(9),
  model: null,
  sample: { tokens: 128, loss: 2.5 },
};

const GROUPS = ['blocks', 'attention', 'lens'] as const;

describe('measuring layers', () => {
  it('asks for the recipe on show, on the chosen text, and keeps the numbers', async () => {
    const { app, engine } = await openApp();
    app.view.show({ measure: 'residualChange' });
    expect(layerValues(app.store.getState())).toBeUndefined();
    const measuring = app.layers.measure(GROUPS);
    await vi.waitFor(() => engine.last('measure'));
    const { args } = engine.last('measure');
    expect(args.groups).toEqual(GROUPS);
    expect(args.recipe?.method).toBe('opt-deus:paper');
    expect(args.text).toMatch(/fairy-heldout/);
    expect(args.maxTokens).toBe(512);
    engine.last('measure').emit({ type: 'progress', progress: { label: 'blocks', fraction: 0.5 } });
    expect(app.store.getState().layers.progress?.fraction).toBe(0.5);
    engine.last('measure').resolve(MEASURED);
    await measuring;
    expect(layerValues(app.store.getState())).toEqual({
      base: { 0: 40, 1: 0.25 },
      byGap: { 1: 0 },
      byIndex: { 0: 40, 1: 0.25, 2: 0 },
    });
    await app.layers.measure(GROUPS);
    expect(engine.all('measure')).toHaveLength(1);
  });

  it('draws the whole model’s loss beside losses only', async () => {
    const { app } = await openApp({ answers: { measure: () => MEASURED } });
    await app.layers.measure(GROUPS);
    app.view.show({ measure: 'logitLensLoss' });
    expect(layerValues(app.store.getState())?.reference).toBe(2.5);
    app.view.show({ measure: 'attentionEntropy' });
    expect(layerValues(app.store.getState())).toEqual({ base: {}, byGap: {}, byIndex: {} });
  });

  it('never shows the numbers of another recipe, and finds them again after an undo', async () => {
    const { app } = await openApp({ answers: { measure: () => MEASURED } });
    app.view.show({ measure: 'residualChange' });
    await app.layers.measure(GROUPS);
    app.recipe.moveGap(3, 1);
    expect(layerValues(app.store.getState())).toBeUndefined();
    app.recipe.undo();
    expect(layerValues(app.store.getState())?.base[1]).toBe(0.25);
  });

  it('stops when cancelled and when the recipe changes, without a trace', async () => {
    const { app, engine } = await openApp();
    for (const stop of [() => app.layers.cancel(), () => app.recipe.moveGap(3, 1)]) {
      const measuring = app.layers.measure(GROUPS);
      const before = engine.all('measure').length;
      await vi.waitFor(() => expect(engine.all('measure').length).toBeGreaterThan(before - 1));
      await vi.waitFor(() => expect(app.store.getState().layers.running).toBeDefined());
      stop();
      await measuring;
      expect(app.store.getState().layers).toEqual({
        entries: {},
        running: undefined,
        progress: undefined,
        failed: undefined,
      });
    }
    expect(engine.all('measure').every(({ signal }) => signal?.aborted)).toBe(true);
  });

  it('keeps why it failed until the next try', async () => {
    const { app, engine } = await openApp();
    const measuring = app.layers.measure(GROUPS);
    await vi.waitFor(() => engine.last('measure'));
    engine.last('measure').reject(namedError('EvaluationError', 'expected a finite loss'));
    await measuring;
    const { failed } = app.store.getState().layers;
    expect(failed?.failure.message).toBe('expected a finite loss');
    expect(failed?.key).toBe(layersKey(app.store.getState(), GROUPS));
  });
});
