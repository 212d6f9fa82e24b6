import asyncifyScript from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import asyncifyWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import threadedScript from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import threadedWasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import { browserThreads } from '../../src/backend/wasm/thread-browser';
import type { Contender, Device } from './contender';
import { openJax } from './jax';
import { openOnnx } from './onnx';
import { openOurs } from './ours';
import { ROWS } from './problem';
import { type Budget, expectedRound, type Measured, measureRow, remember, type RowResult } from './rounds';
import { openTensorflow } from './tensorflow';

/** What to measure. */
export interface Order {
  readonly devices: readonly Device[];
  readonly budget: Budget;
  /** Only rows whose group or shape contains this. */
  readonly only: string;
}

export type Message =
  | { readonly kind: 'log'; readonly text: string }
  | { readonly kind: 'left out'; readonly device: Device; readonly text: string }
  | { readonly kind: 'row'; readonly result: RowResult }
  | { readonly kind: 'done'; readonly failure?: string };

const send = (message: Message): void => self.postMessage(message);
const log = (text: string): void => send({ kind: 'log', text });

self.onmessage = async ({ data }: MessageEvent<Order>) => {
  try {
    if (!crossOriginIsolated) log('not cross-origin isolated: nobody has threads');
    for (const device of data.devices) await measureDevice(device, data);
    send({ kind: 'done' });
  } catch (error) {
    send({ kind: 'done', failure: String(error) });
  }
};

async function measureDevice(device: Device, { budget, only }: Order): Promise<void> {
  const contenders = await openAll(device);
  const measured: Measured = new Map();
  const begun = performance.now();
  for (const row of ROWS) {
    if (!`${row.group} ${row.shape}`.includes(only)) continue;
    const expected = expectedRound(row, measured);
    const late = performance.now() - begun > budget.whole;
    if (late || expected > budget.longestRound) {
      const reason = late ? 'no time left' : `a round would take ${Math.round(expected / 1000)} s`;
      send({ kind: 'left out', device, text: `${row.group} ${row.shape} (${reason})` });
      continue;
    }
    const result = await measureRow(row, device, contenders, budget);
    remember(measured, row, result);
    send({ kind: 'row', result });
  }
  for (const contender of contenders) contender.close();
}

/** Opens all libraries on a device. One that fails is left out, and the log says so. */
async function openAll(device: Device): Promise<Contender[]> {
  const threads = crossOriginIsolated ? navigator.hardwareConcurrency : 1;
  const ortFiles =
    device === 'webgpu'
      ? { mjs: asyncifyScript, wasm: asyncifyWasm }
      : { mjs: threadedScript, wasm: threadedWasm };
  const tfFiles = {
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': threadedSimd,
  };
  const openings = {
    ours: () => openOurs(device, () => navigator.gpu, browserThreads()),
    'jax-js': () => openJax(device),
    'onnxruntime-web': () => openOnnx(device, threads, ortFiles),
    tfjs: () => openTensorflow(device, tfFiles, threads),
  };
  const opened: Contender[] = [];
  for (const [name, open] of Object.entries(openings)) {
    try {
      const contender = await open();
      opened.push(contender);
      log(`${device}: ${name}, ${contender.description}`);
    } catch (error) {
      log(`${device}: ${name} did not open: ${String(error)}`);
    }
  }
  return opened;
}
