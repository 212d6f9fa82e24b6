import { describe, expect, it } from 'vitest';
import type { HubSummary } from '../../../engine/jobs';
import { MODEL, namedError, openApp } from '../testing';
import { hubActionsOf } from './hub';

const FAIRY = { repo: 'owner/fairy', revision: 'main' };
const MIRROR = { ...FAIRY, endpoint: 'https://mirror.example' };
const SUMMARY: HubSummary = {
  ...FAIRY,
  sha: '0'.repeat(40),
  page: 'https://huggingface.co/owner/fairy',
  gated: false,
  architecture: 'LlamaForCausalLM',
  layers: 8,
  parameters: 1000,
  weightBytes: 4000,
  firstBytes: 100,
};

describe('a model of the Hub', () => {
  it('is found, and opened under its name, which link and recipe keep', async () => {
    const { app, engine } = await openApp({ answers: { lookUp: () => SUMMARY } });
    const hub = hubActionsOf(app.context);
    await hub.find(FAIRY);
    expect(app.store.getState().hub.lookUp).toEqual({ status: 'done', model: FAIRY, summary: SUMMARY });
    expect(await app.model.openHub(FAIRY)).toBe(true);
    expect(engine.last('open').args.source).toEqual({ kind: 'hub', ...FAIRY });
    expect(app.store.getState().recipe.current.model).toEqual({ kind: 'hub', ...FAIRY });
    expect(app.link.current()).toBe('model=hub:owner/fairy@main');
  });

  it('of a link is opened when the person says so, with its endpoint and all that the link shows', async () => {
    const { app, engine, address } = await openApp({
      fragment: 'model=hub:https://mirror.example/owner/fairy@main&gaps=2&tensor=v',
    });
    const { store, link } = app;
    expect(store.getState()).toMatchObject({ dialog: 'hub', hub: { asked: { kind: 'hub', ...MIRROR } } });
    expect(engine.all('open').map(({ args }) => args.source)).toMatchObject([
      { name: 'interlayer-fairy-1.7m' },
    ]);
    expect(engine.all('lookUp')).toEqual([]);
    await link.choose({ kind: 'hub', ...MIRROR });
    expect(engine.last('open').args.source).toEqual({ kind: 'hub', ...MIRROR });
    expect(link.current()).toBe('model=hub:https://mirror.example/owner/fairy@main&gaps=2&tensor=v');
    // The page wrote this entry, so a reload of it asks no more; somebody's link does.
    address.replace(link.current());
    const again = await openApp({ address });
    expect(again.engine.all('open')).toHaveLength(1);
    expect(again.engine.last('open').args.source).toEqual({ kind: 'hub', ...MIRROR });
    expect(again.app.store.getState().dialog).toBeNull();
  });

  it('of a link leaves alone what is open until the person decides', async () => {
    const { app, engine, address } = await openApp();
    app.recipe.setSeed(7);
    address.fragment = 'model=https://example.org/other/&seed=3&tab=map';
    const before = app.store.getState();
    await app.link.restore();
    const { dialog, hub, recipe, view, model } = app.store.getState();
    expect({ dialog, asked: hub.asked }).toEqual({
      dialog: 'url',
      asked: { kind: 'url', url: 'https://example.org/other/' },
    });
    expect({ recipe, view, model }).toEqual({
      recipe: before.recipe,
      view: before.view,
      model: before.model,
    });
    expect(engine.all('open')).toHaveLength(1);
    await app.link.choose({ kind: 'url', url: 'https://example.org/other/' });
    expect(engine.all('open')).toHaveLength(2);
    expect(app.store.getState()).toMatchObject({ recipe: { current: { seed: 3 } }, view: { tab: 'map' } });
  });

  it('that needs a token asks for one in the dialog, while the shipped model is open', async () => {
    const { app } = await openApp({
      fragment: 'model=hub:owner/fairy@main',
      answers: {
        open: ({ source }) => {
          if (source.kind === 'hub') throw namedError('GatedRepositoryError', 'it is gated. Ask for access.');
          return MODEL;
        },
      },
    });
    await app.link.choose({ kind: 'hub', ...FAIRY });
    const { dialog, hub, notices, model } = app.store.getState();
    expect(dialog).toBe('hub');
    expect(hub.lookUp).toEqual({
      status: 'failed',
      model: FAIRY,
      failure: { name: 'GatedRepositoryError', message: 'it is gated. Ask for access.' },
    });
    expect(notices).toEqual([]);
    expect(model.info).toEqual(MODEL);
  });

  it('that is not there is a notice', async () => {
    const { app } = await openApp({
      answers: {
        open: ({ source }) => {
          if (source.kind === 'hub') throw namedError('NoSuchRepositoryError', 'there is none');
          return MODEL;
        },
      },
    });
    await app.link.choose({ kind: 'hub', ...FAIRY });
    expect(app.store.getState()).toMatchObject({
      dialog: null,
      notices: [{ tone: 'error', title: 'Could not open owner/fairy', text: 'there is none' }],
    });
  });
});

describe('a token', () => {
  it('goes to its own Hub only, and is in no state, link or stored text', async () => {
    const stored = new Map<string, string>();
    const { app, engine, address } = await openApp({ answers: { lookUp: () => SUMMARY }, stored });
    const hub = hubActionsOf(app.context);
    hub.setToken(FAIRY, 'hf_secret');
    await hub.find(FAIRY);
    expect(engine.last('lookUp').args.source).toEqual({ kind: 'hub', ...FAIRY, token: 'hf_secret' });
    await hub.find(MIRROR);
    expect(engine.last('lookUp').args.source).toEqual({ kind: 'hub', ...MIRROR });
    await app.model.openHub(MIRROR);
    expect(engine.last('open').args.source).toEqual({ kind: 'hub', ...MIRROR });
    await app.model.openHub(FAIRY);
    expect(engine.last('open').args.source).toEqual({ kind: 'hub', ...FAIRY, token: 'hf_secret' });
    const seen = JSON.stringify([app.store.getState(), app.link.current(), address.fragment, [...stored]]);
    expect(seen).toContain('owner/fairy');
    expect(seen).not.toContain('hf_secret');
    hub.setToken(FAIRY, '');
    await hub.find(FAIRY);
    expect(engine.last('lookUp').args.source).not.toHaveProperty('token');
  });
});

describe('a search', () => {
  it('shows progress, and nothing after it was stopped', async () => {
    const { app, engine } = await openApp();
    const hub = hubActionsOf(app.context);
    const finding = hub.find(FAIRY);
    const call = engine.last('lookUp');
    call.emit({ type: 'progress', progress: { label: 'Downloading', fraction: 0.5 } });
    expect(app.store.getState().hub.lookUp).toMatchObject({
      status: 'running',
      progress: { label: 'Downloading', fraction: 0.5 },
    });
    hub.reset();
    expect(call.signal?.aborted).toBe(true);
    await finding;
    expect(app.store.getState().hub.lookUp).toEqual({ status: 'idle' });
  });

  it('that fails says why', async () => {
    const { app, engine } = await openApp();
    const hub = hubActionsOf(app.context);
    const finding = hub.find(FAIRY);
    engine.last('lookUp').reject(namedError('OfflineError', 'offline'));
    await finding;
    expect(app.store.getState().hub.lookUp).toMatchObject({
      status: 'failed',
      failure: { message: 'offline' },
    });
  });
});

describe('what is kept', () => {
  it('is listed and freed, and a failure is shown beside the list', async () => {
    const kept = { models: [], bytes: 0, free: 10 };
    const { app, engine } = await openApp({ answers: { kept: () => kept } });
    const hub = hubActionsOf(app.context);
    await hub.list();
    expect(app.store.getState().hub).toMatchObject({ kept });
    const freeing = hub.free('id');
    expect(engine.last('freeKept').args).toEqual({ id: 'id' });
    engine.last('freeKept').reject(namedError('RequestError', 'no such'));
    await freeing;
    expect(app.store.getState().hub).toMatchObject({ kept, keptFailure: { message: 'no such' } });
  });

  it('or cannot be is a notice, whichever job says it', async () => {
    const { app, engine } = await openApp();
    delete engine.answers.open;
    const opening = app.model.openHub(FAIRY);
    engine.last('open').emit({ type: 'notice', text: 'It cannot be kept.' });
    engine.last('open').resolve(MODEL);
    await opening;
    expect(app.store.getState().notices).toMatchObject([{ tone: 'info', title: 'It cannot be kept.' }]);
  });
});
