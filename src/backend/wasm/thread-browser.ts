import { MAX_THREADS, type SpawnThread, type Threading } from './threads';

const spawn: SpawnThread = (module, memory, index) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./thread.ts', import.meta.url), {
      type: 'module',
      name: `engine thread ${index}`,
    });
    worker.onmessage = () => resolve(worker);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message || 'the script of a thread could not be loaded'));
    };
    worker.postMessage({ module, memory, index });
  });

/** Web Workers, one per core that the browser reports. */
export const browserThreads = (): Threading => ({
  count: Math.min(MAX_THREADS, globalThis.navigator?.hardwareConcurrency ?? 1),
  spawn,
});
