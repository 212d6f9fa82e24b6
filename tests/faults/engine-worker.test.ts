import { afterEach, describe, expect, test } from 'vitest';
import { EngineClient, type SpawnEngine } from '../../src/engine/client';
import { Engine } from '../../src/engine/engine';
import { type Port, serve } from '../../src/engine/protocol';
import { recipeWith, reference, SHIPPED, testEnvironment } from '../engine';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const source = { kind: 'url', url: SHIPPED } as const;
const ids = reference.forward.ids.slice(0, 8);
/** Milliseconds between two questions whether the worker answers. */
const ASK_MS = 10;

/** Returns a client whose engines run at the other end of message channels, and what happens to them. */
function connected() {
  const state = { spawned: 0, crash: (() => undefined) as (reason: string) => void, hangs: false };
  const spawn: SpawnEngine = (onCrash) => {
    const { port1, port2 } = new MessageChannel();
    state.spawned++;
    state.crash = onCrash;
    serve(port2 as Port, new Engine(testEnvironment()));
    const answer = port2.onmessage;
    // A worker that hangs gets no message until it goes on.
    const waiting: MessageEvent[] = [];
    port2.onmessage = (event) => {
      if (state.hangs) waiting.push(event);
      else for (const each of [...waiting.splice(0), event]) answer?.call(port2, each);
    };
    const terminate = (): void => {
      port1.close();
      port2.close();
    };
    closers.push(terminate);
    return { port: port1 as Port, terminate };
  };
  return { client: new EngineClient(spawn, ASK_MS), state };
}

async function opened() {
  const { client, state } = connected();
  await client.run('start', { backend: 'cpu' });
  await client.run('open', { source });
  const silences: boolean[] = [];
  client.watch((silent) => silences.push(silent));
  const silence = async (count: number): Promise<void> => {
    while (silences.length < count) await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  };
  return { client, state, silences, silence };
}

describe('worker', () => {
  test('the engine’s worker dies with jobs running and waiting → both fail by name, and the next job finds backend and model again', async () => {
    const { client, state } = await opened();
    const expected = await client.run('evaluate', { recipe: null, ids });
    const running = client.run('evaluate', { recipe: recipeWith({}), ids });
    const waiting = client.run('memory', {});
    state.crash('Out of memory.');
    for (const job of [running, waiting])
      await expect(job).rejects.toMatchObject({ name: 'EngineCrashError', message: /Out of memory\./ });
    expect((await client.run('evaluate', { recipe: null, ids })).loss).toBe(expected.loss);
    expect(state.spawned).toBe(2);
  });

  test('the engine’s worker hangs and goes on → the silence is told and taken back, and the job gives its result', async () => {
    const { client, state, silences, silence } = await opened();
    state.hangs = true;
    const job = client.run('evaluate', { recipe: null, ids });
    await silence(1);
    state.hangs = false;
    expect((await job).tokens).toBe(7);
    expect(silences).toEqual([true, false]);
  });

  test('the engine’s worker hangs for good → started again, it fails what ran by name and computes the next job', async () => {
    const { client, state, silences, silence } = await opened();
    const expected = await client.run('evaluate', { recipe: null, ids });
    state.hangs = true;
    const job = client.run('evaluate', { recipe: null, ids });
    job.catch(() => undefined);
    await silence(1);
    state.hangs = false;
    client.restart();
    await expect(job).rejects.toMatchObject({ name: 'EngineCrashError' });
    expect((await client.run('evaluate', { recipe: null, ids })).loss).toBe(expected.loss);
    expect(state.spawned).toBe(2);
    expect(silences).toEqual([true, false]);
  });
});
