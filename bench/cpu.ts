import { readFile } from 'node:fs/promises';
import { CpuBackend } from '../src/backend/cpu/backend';
import type { Backend, Tensor } from '../src/backend/operations';
import { WasmBackend } from '../src/backend/wasm/backend';
import { enableRelaxedSimd } from '../src/backend/wasm/relaxed-simd-node';
import { nodeThreads } from '../src/backend/wasm/thread-node';
import { FolderFiles } from '../src/cli/folder';
import { folders, sourceOf } from '../src/cli/folders';
import { Engine } from '../src/engine/engine';
import { NodeEnvironment } from '../src/engine/node';
import { BlockStep } from './block';
import { blockData } from './block-data';
import { normal } from './data';
import { pythonOutput } from './python';
import { printTable, short } from './table';
import { printStepTimes } from './training';

const MODEL = 'public/models/interlayer-fairy-1.7m';
const TEXT = 'public/corpus/fairy-heldout.txt';
const SIDE = 512;
const FLOPS = 2 * SIDE ** 3;

interface BenchBackend {
  readonly name: string;
  open(): Promise<Backend>;
}

/** The first one is the baseline for the others. */
const BACKENDS: readonly BenchBackend[] = [
  { name: 'plain TypeScript', open: async () => new CpuBackend() },
  { name: 'WebAssembly, 1 thread', open: () => WasmBackend.open() },
  { name: 'WebAssembly, all threads', open: () => WasmBackend.open(nodeThreads()) },
];

const NUMPY = `
import time, numpy
a = numpy.random.rand(${SIDE}, ${SIDE}).astype('f'); b = numpy.random.rand(${SIDE}, ${SIDE}).astype('f')
best = 1e9
for i in range(30):
    start = time.perf_counter(); a @ b; best = min(best, time.perf_counter() - start)
print(1000 * best)
`;

/** Milliseconds of a matrix product in numpy; undefined if numpy is not installed. */
function numpyTime(): number | undefined {
  const output = pythonOutput(NUMPY, '');
  return output === undefined ? undefined : Number(output);
}

/** Shortest milliseconds of a run, among runs for about half a second. */
async function shortest(run: () => Promise<void>): Promise<number> {
  await run();
  let best = Infinity;
  const end = performance.now() + 500;
  do {
    const start = performance.now();
    await run();
    best = Math.min(best, performance.now() - start);
  } while (performance.now() < end);
  return best;
}

/** Cases by name: operations on shapes of width `SIDE`, and a training step of one block. The caller frees a returned tensor. */
function cases(backend: Backend): Readonly<Record<string, () => Tensor | undefined>> {
  const upload = (rows: number, columns: number): Tensor =>
    backend.upload(normal(rows * columns, rows), [rows, columns], 'f32', `${rows}×${columns}`);
  const [a, b] = [upload(SIDE, SIDE), upload(SIDE, SIDE)];
  const words = Uint16Array.from(new Uint32Array(normal(SIDE * SIDE).buffer), (word) => word >>> 16);
  const packed = backend.upload(new Uint8Array(words.buffer), [SIDE, SIDE], 'bf16', 'packed');
  const cost = backend.pairwiseDistance(a, b, 0, SIDE);
  const band = { cost, rowStart: 0, rows: SIDE };
  const potentials = { f: upload(1, SIDE), g: upload(1, SIDE), epsilon: 1 };
  const [state, moved] = [upload(2, SIDE), upload(SIDE, SIDE)];
  const targets = backend.upload(new Uint32Array(SIDE), [SIDE], 'u32', 'targets');
  const shape = { heads: 8, kvHeads: 4, headDim: 64, past: 0 };
  const keys = upload(SIDE, 256);
  const half = { logMarginal: -Math.log(SIDE) };
  const iterations = { rows: half, columns: half, count: 1, tolerance: 0 };
  const block = new BlockStep(backend, blockData());
  return {
    'matmul nn': () => backend.matmul(a, b),
    'matmul nt, bf16': () => backend.matmul(a, packed, { orientation: 'nt' }),
    pairwiseDistance: () => backend.pairwiseDistance(a, b, 0, SIDE),
    rowPotential: () => void backend.rowPotential(band, potentials, { logMarginal: -1 }, state),
    columnLogSum: () => void backend.columnLogSum(band, potentials, state),
    'sinkhorn, one iteration': () => backend.sinkhorn(band, potentials, state, iterations),
    planRows: () => backend.planRows(band, potentials),
    applyPlan: () => void backend.applyPlan(band, potentials, a, 0, 1, moved),
    attention: () => backend.attention(a, keys, keys, shape),
    rmsNorm: () => backend.rmsNorm(a, potentials.f, 1e-5),
    swiglu: () => backend.swiglu(a, b),
    crossEntropy: () => backend.crossEntropy(a, targets),
    'block of the shipped model, 8 × 128 tokens, forth and back': () => void block.step(),
  };
}

async function measureOperations(): Promise<void> {
  const times = new Map<string, number[]>();
  for (const { open } of BACKENDS) {
    const backend = await open();
    for (const [name, run] of Object.entries(cases(backend))) {
      const time = await shortest(async () => {
        const made = run();
        if (made) backend.free(made);
      });
      times.set(name, [...(times.get(name) ?? []), time]);
    }
    backend.dispose();
  }
  console.log(`\nCPU backend, operations of width ${SIDE}, ms`);
  printTable(
    ['operation', ...BACKENDS.map(({ name }) => name), 'twin / all threads'],
    [...times].map(([name, row]) => [
      name,
      ...row.map(short),
      `${short((row[0] ?? NaN) / (row.at(-1) ?? NaN))} ×`,
    ]),
  );
}

const ROUNDS = 3;

/** Shortest milliseconds of a matrix product on each backend and in numpy. They take turns, so that other load affects all of them. */
async function measureProducts(): Promise<{ products: number[]; numpy: number | undefined }> {
  const backends = await Promise.all(BACKENDS.map(({ open }) => open()));
  const runs = backends.map((backend) => cases(backend)['matmul nn']);
  const products = backends.map(() => Infinity);
  let numpy = numpyTime();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, backend] of backends.entries()) {
      const time = await shortest(async () => {
        const made = runs[i]?.();
        if (made) backend.free(made);
      });
      products[i] = Math.min(products[i] ?? Infinity, time);
    }
    if (numpy !== undefined) numpy = Math.min(numpy, numpyTime() ?? Infinity);
  }
  for (const backend of backends) backend.dispose();
  return { products, numpy };
}

/** An environment that always opens the given backend. */
class FixedBackendEnvironment extends NodeEnvironment {
  readonly #open: () => Promise<Backend>;

  constructor(open: () => Promise<Backend>) {
    super(folders);
    this.#open = open;
  }

  override openBackend(): Promise<Backend> {
    return this.#open();
  }
}

/** Tokens per second of evaluating the shipped model. */
async function evaluationSpeed(open: () => Promise<Backend>): Promise<number> {
  const engine = new Engine(new FixedBackendEnvironment(open));
  await engine.run('start', { backend: 'cpu' });
  await engine.run('open', { source: await sourceOf(MODEL) });
  const text = await readFile(TEXT, 'utf8');
  let tokens = 0;
  const milliseconds = await shortest(async () => {
    ({ tokens } = await engine.run('evaluate', { recipe: null, text, maxTokens: 2048 }));
  });
  engine.dispose();
  return (1000 * tokens) / milliseconds;
}

async function main(): Promise<void> {
  enableRelaxedSimd();
  await measureOperations();
  const { products, numpy } = await measureProducts();
  const rates = products.map((time) => FLOPS / time / 1e6);
  console.log(`\n${SIDE}³ matrix product, GFLOP/s, beside numpy in the same run (goal: a quarter of it)`);
  printTable(
    ['what', 'GFLOP/s', 'of numpy'],
    [
      ...BACKENDS.map(({ name }, i) => [
        name,
        short(rates[i] ?? NaN),
        numpy ? `${short((100 * numpy) / (products[i] ?? NaN))} %` : '–',
      ]),
      ['numpy', numpy ? short(FLOPS / numpy / 1e6) : 'not installed', numpy ? '100 %' : '–'],
    ],
  );

  console.log('\ntraining, steps of 8 × 128 tokens (goal: 8 × the plain TypeScript twin)');
  for (const { name, open } of BACKENDS) {
    if (name.endsWith('1 thread')) continue;
    const backend = await open();
    await printStepTimes([[name, backend]], new FolderFiles(MODEL), name.startsWith('plain') ? 1 : 12);
    backend.dispose();
  }

  const speeds: number[] = [];
  for (const { open } of BACKENDS) speeds.push(await evaluationSpeed(open));
  console.log('\nshipped model, evaluating held-out text (goal: 8 × the plain TypeScript twin)');
  printTable(
    ['what', 'tokens/s', 'of twin'],
    BACKENDS.map(({ name }, i) => [
      name,
      short(speeds[i] ?? NaN),
      `${short((speeds[i] ?? NaN) / (speeds[0] ?? NaN))} ×`,
    ]),
  );
}

await main();
