import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { MAX_THREADS, type SpawnThread, type Threading } from './threads';

// JavaScript as text, because Node cannot load this project's TypeScript.
const SOURCE = `
const { parentPort, workerData: { module, memory, index } } = require('node:worker_threads');
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
parentPort.postMessage('serving');
exports.serve(index);
`;

const spawn: SpawnThread = (module, memory, index) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(SOURCE, { eval: true, workerData: { module, memory, index } });
    // An idle thread must not keep the process alive.
    worker.unref();
    worker.once('message', () => resolve({ terminate: () => void worker.terminate() }));
    worker.once('error', reject);
  });

/** Node worker threads, one per core that this process may use. */
export const nodeThreads = (): Threading => ({
  count: Math.min(MAX_THREADS, availableParallelism()),
  spawn,
});
