import { describe, expect, it } from 'vitest';
import type { Jobs } from '../../../engine/jobs';
import { namedError, openApp } from '../testing';

type MapArgs = Jobs['map']['args'];
type DistanceMap = Jobs['map']['result'];

/** A map with the row count of the toy model at this level; its values count up. */
function counted({ level }: MapArgs): DistanceMap {
  const rows = level.kind === 'blocks' ? 8 : 2;
  const distances = Float32Array.from({ length: rows * rows }, (_, i) => i);
  return { kind: level.kind, rows, columns: rows, distances, relative: distances, solver: 'exact' };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('the map', () => {
  it('is asked for while its tab is open, from blocks to heads to neurons and back', async () => {
    const { app, engine } = await openApp({ answers: { map: counted } });
    expect(engine.all('map')).toHaveLength(0);
    app.view.show({ tab: 'map' });
    await settled();
    expect(engine.last('map').args).toMatchObject({
      tensor: 'self_attn.q_proj',
      level: { kind: 'blocks' },
      cost: { metric: 'method', features: 'weights' },
    });
    app.map.open({ row: 2, column: 5 });
    await settled();
    expect(engine.last('map').args.level).toEqual({ kind: 'heads', previous: 2, next: 5 });
    app.map.open({ row: 1, column: 0 });
    await settled();
    expect(engine.last('map').args.level).toEqual({ kind: 'neurons', previous: 2, next: 5, heads: [1, 0] });
    expect(app.store.getState().map).toMatchObject({ phase: 'ready', shown: { rows: 2 } });

    const asked = engine.all('map').length;
    app.map.backTo(0);
    await settled();
    expect(app.store.getState().map.shown?.level).toEqual({ kind: 'blocks' });
    expect(app.store.getState().view).toMatchObject({ mapPath: [], mapCell: { row: 2, column: 5 } });
    // A map computed before is cached.
    expect(engine.all('map')).toHaveLength(asked);
  });

  it('opens a pair of blocks straight into neurons where rows belong to no heads', async () => {
    const { app, engine } = await openApp({
      fragment: 'tab=map&tensor=k&map=2.5,0.0',
      answers: { map: counted },
    });
    await settled();
    expect(engine.last('map').args.level).toMatchObject({ kind: 'neurons', heads: [0, 0] });
    app.view.showTensor('gate');
    await settled();
    expect(engine.last('map').args).toMatchObject({
      tensor: 'mlp.gate_proj',
      level: { kind: 'neurons', previous: 2, next: 5 },
    });
    expect(engine.last('map').args.level).not.toHaveProperty('heads');
    app.map.open({ row: 0, column: 0 });
    expect(app.store.getState().view.mapPath).toHaveLength(1);
  });

  it('leaves out what a link opens that the model does not have', async () => {
    const { engine } = await openApp({ fragment: 'tab=map&map=2.8', answers: { map: counted } });
    await settled();
    expect(engine.last('map').args.level).toEqual({ kind: 'blocks' });
  });

  it('can be stopped, says why it failed, and goes on when asked', async () => {
    const { app, engine } = await openApp({ fragment: 'tab=map' });
    app.map.stop();
    await settled();
    expect(engine.last('map').signal?.aborted).toBe(true);
    expect(app.store.getState().map.phase).toBe('stopped');
    app.map.again();
    engine.last('map').reject(namedError('TransportError', 'expected finite costs, got NaN'));
    await settled();
    expect(app.store.getState().map).toMatchObject({
      phase: 'failed',
      failure: { message: 'expected finite costs, got NaN' },
    });
    app.map.again();
    app.view.show({ tab: 'align' });
    expect(engine.last('map').signal?.aborted).toBe(true);
    expect(app.store.getState().map.phase).toBe('idle');
  });

  it('makes the chosen blocks the parents of a gap, which can be undone, and shows them in Align', async () => {
    const { app } = await openApp({ fragment: 'tab=map&tensor=q&map=2.5,1.0', answers: { map: counted } });
    await settled();
    app.map.makeParents(4);
    expect(app.store.getState().recipe.current.parents).toEqual({ 4: [2, 5] });
    app.map.choose({ row: 1, column: 0 });
    app.map.align(4);
    // The toy model's heads have two dimensions: neuron 1 of head 1 is row 3.
    expect(app.store.getState().view).toMatchObject({ tab: 'align', gap: 4, cell: { row: 3, column: 0 } });
    app.recipe.undo();
    expect(app.store.getState().recipe.current.parents).toEqual({});
  });
});
