import { expect, it } from 'vitest';
import { openApp } from '../testing';

const asked = (engine: Awaited<ReturnType<typeof openApp>>['engine']): string[] =>
  engine.all('start').map(({ args }) => args.backend);

it('starts with whichever backend is faster, and keeps a choice for the next visit', async () => {
  const stored = new Map<string, string>();
  const first = await openApp({ stored });
  expect(asked(first.engine)).toEqual(['auto']);
  expect(first.app.store.getState().backend.choice).toBe('auto');
  await first.app.switchBackend('cpu');
  expect(first.app.store.getState().backend.choice).toBe('cpu');
  const second = await openApp({ stored });
  expect(asked(second.engine)).toEqual(['cpu']);
});

it('is whichever is faster where the kept choice is not to be had', async () => {
  const { app, engine } = await openApp({
    stored: new Map([['interlayer.backend', 'webgpu']]),
    answers: {
      start: ({ backend }) => {
        if (backend === 'webgpu') throw new Error('no adapter');
        return { kind: 'cpu', description: 'test', software: false, limits: {}, features: [] };
      },
    },
  });
  expect(asked(engine)).toEqual(['webgpu', 'auto']);
  expect(app.store.getState().backend).toMatchObject({ status: 'ready', choice: 'auto' });
  expect(app.store.getState().notices.map(({ title }) => title)).toEqual(['The backend did not start']);
});

it('keeps no choice that did not start, and ignores one it does not know', async () => {
  const stored = new Map([['interlayer.backend', 'abacus']]);
  const { app, engine } = await openApp({ stored });
  expect(asked(engine)).toEqual(['auto']);
  engine.answers.start = () => {
    throw new Error('no adapter');
  };
  await app.switchBackend('webgpu');
  expect(stored.get('interlayer.backend')).toBe('abacus');
  expect(app.store.getState().backend).toMatchObject({ status: 'ready', choice: 'auto' });
});
