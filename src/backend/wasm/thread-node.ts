import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { MOST_THREADS, type SpawnThread, type Threading } from './threads';

// As text, because Node cannot load this project's TypeScript by itself.
const SOURCE = `
const { parentPort, workerData: { module, memory, index } } = require('node:worker_threads');
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
parentPort.postMessage('serving');
exports.serve(index);
`;

const spawn: SpawnThread = (module, memory, index) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(SOURCE, { eval: true, workerData: { module, memory, index } });
    // A thread that waits for work keeps no process alive.
    worker.unref();
    worker.once('message', () => resolve({ terminate: () => void worker.terminate() }));
    worker.once('error', reject);
  });

/** Threads of this process, one for each core it may use. */
export const nodeThreads = (): Threading => ({
  count: Math.min(MOST_THREADS, availableParallelism()),
  spawn,
});
