import { afterEach, expect, test } from 'vitest';
import { SHIPPED, recipeWith, reference, testEnvironment } from '../../tests/engine';
import { EngineClient, type SpawnEngine } from './client';
import { Engine } from './engine';
import type { EngineApi, JobEvent } from './jobs';
import { type Port, serve } from './protocol';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Returns a client and its engine at the other end of a message channel. */
function connected(makeEngine: () => EngineApi = () => new Engine(testEnvironment())) {
  const spawned: EngineApi[] = [];
  const spawn: SpawnEngine = () => {
    const { port1, port2 } = new MessageChannel();
    const engine = makeEngine();
    spawned.push(engine);
    serve(port2 as Port, engine);
    const terminate = (): void => {
      port1.close();
      port2.close();
    };
    closers.push(terminate);
    return { port: port1 as Port, terminate };
  };
  return { client: new EngineClient(spawn), spawned };
}

const source = { kind: 'url', url: SHIPPED } as const;
const ids = reference.forward.ids.slice(0, 8);

test('jobs, their events and typed arrays cross the channel', async () => {
  const { client, spawned } = connected();
  expect(spawned).toHaveLength(0);
  await client.run('start', { backend: 'cpu' });
  expect((await client.run('open', { source })).layers).toBe(8);
  const events: JobEvent[] = [];
  const request = { recipe: recipeWith({}), gap: 3, tensor: 'self_attn.k_proj' } as const;
  const result = await client.run('align', request, { onEvent: (event) => events.push(event) });
  expect(result.argmax).toBeInstanceOf(Uint32Array);
  expect(events.some((event) => event.type === 'frame' && event.frame.key === result.key)).toBe(true);
  // The arrays are transferred out of the worker, and a second request still gets them.
  expect(await client.run('align', request)).toEqual(result);
  const picture = await client.run('picture', { key: result.key, kind: 'cost', maxPixels: 8 });
  expect(picture.max).toHaveLength(64);
  expect(spawned).toHaveLength(1);
});

test('an error keeps its name and message', async () => {
  const { client } = connected();
  await expect(client.run('memory', {})).rejects.toMatchObject({
    name: 'RequestError',
    message: /start first/,
  });
  const odd = (thrown: unknown): EngineClient =>
    connected(() => ({ run: () => Promise.reject(thrown) })).client;
  await expect(odd(new TypeError('')).run('memory', {})).rejects.toMatchObject({
    name: 'TypeError',
    message: /./,
  });
  await expect(odd('a string').run('memory', {})).rejects.toThrow(/"a string"/);
  await expect(odd(undefined).run('memory', {})).rejects.toThrow(/undefined/);
});

test('a cancelled job ends as an AbortError, on either side', async () => {
  const { client } = connected();
  await client.run('start', { backend: 'cpu' });
  await client.run('open', { source });
  const controller = new AbortController();
  const job = client.run(
    'generate',
    { recipe: null, ids, maxTokens: 200, temperature: 0, topP: 1, seed: 0 },
    { signal: controller.signal, onEvent: () => controller.abort() },
  );
  await expect(job).rejects.toMatchObject({ name: 'AbortError' });
  const before = AbortSignal.abort();
  await expect(client.run('memory', {}, { signal: before })).rejects.toMatchObject({ name: 'AbortError' });
  expect((await client.run('evaluate', { recipe: null, ids })).tokens).toBe(7);
});

test('a closed client starts afresh and knows nothing', async () => {
  const { client } = connected();
  await client.run('start', { backend: 'cpu' });
  const running = client.run('open', { source });
  client.dispose();
  await expect(running).rejects.toMatchObject({ name: 'EngineCrashError' });
  await expect(client.run('memory', {})).rejects.toThrow(/start first/);
});
