import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../src/backend/operations';
import { WasmBackend } from '../../src/backend/wasm/backend';
import { LAYOUT } from '../../src/backend/wasm/layout';
import { nodeThreads } from '../../src/backend/wasm/thread-node';
import type { SpawnThread } from '../../src/backend/wasm/threads';
import type { Engine } from '../../src/engine/engine';
import type { JobEvent } from '../../src/engine/jobs';
import { openShipped, reference, testEnvironment } from '../engine';

/** A thread that claims the first range it can, and then ends as `end` says, without having computed it. */
const claiming = (end: string): SpawnThread => {
  const source = `
    const { parentPort, workerData: { memory, at } } = require('node:worker_threads');
    const words = new Int32Array(memory.buffer);
    parentPort.postMessage('serving');
    for (let left = 0; left < 1 || Atomics.compareExchange(words, at, left, left - 1) !== left;) left = Atomics.load(words, at);
    ${end}`;
  return (_, memory) =>
    new Promise((resolve) => {
      const worker = new Worker(source, { eval: true, workerData: { memory, at: LAYOUT.unclaimed / 4 } });
      worker.unref();
      // As in the product, so that an error of the thread does not end the process.
      worker.once('error', () => undefined);
      worker.once('message', () => resolve({ terminate: () => void worker.terminate() }));
    });
};

const two = { ...nodeThreads(), count: 2, patience: 1 };
/** Opens the first backend with threads that `spawn` starts, and later ones with real threads. */
function broken(spawn: SpawnThread): { open: () => Promise<Backend>; opened: number } {
  const state = {
    opened: 0,
    open: (): Promise<Backend> => WasmBackend.open(state.opened++ === 0 ? { ...two, spawn } : two),
  };
  return state;
}

/** Kernels of the shipped model have enough ranges for another thread to claim one. */
const ids = reference.forward.ids.slice(0, 64);
const evaluated = async (engine: Engine, events: JobEvent[] = []): Promise<number> =>
  (await engine.run('evaluate', { recipe: null, ids }, { onEvent: (event) => events.push(event) })).loss;
const opened = (openBackend: () => Promise<Backend>): Promise<Engine> =>
  openShipped({ ...testEnvironment(), openBackend });

const calm = await opened(() => WasmBackend.open());
const loss = await evaluated(calm);
calm.dispose();

describe('WebAssembly', () => {
  for (const [what, end] of [
    ['dies', 'process.exit();'],
    ['throws', 'throw new Error("out of memory");'],
    ['hangs', 'Atomics.wait(words, at, words[at]);'],
  ] as const)
    test(`a thread ${what} in the middle of a kernel → the job repeats with new threads, to the same numbers`, async () => {
      const backends = broken(claiming(end));
      const engine = await opened(backends.open);
      const events: JobEvent[] = [];
      // On a busy machine it may be a while until the thread gets a range.
      while (backends.opened < 2) expect(await evaluated(engine, events)).toBe(loss);
      expect(JSON.stringify(events)).toContain('A thread of the CPU backend was lost');
      expect(await evaluated(engine)).toBe(loss);
      engine.dispose();
    });

  test('threads cannot be created → the backend computes without them, to the same numbers', async () => {
    const none: SpawnThread = () => Promise.reject(new Error('no more workers'));
    const engine = await opened(broken(none).open);
    expect(await evaluated(engine)).toBe(loss);
    engine.dispose();
  });
});
