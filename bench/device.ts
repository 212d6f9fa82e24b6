import { existsSync } from 'node:fs';
import type { Backend } from '../src/backend/operations';
import { WasmBackend } from '../src/backend/wasm/backend';
import { nodeThreads } from '../src/backend/wasm/thread-node';
import { WebGpuBackend } from '../src/backend/webgpu/backend';
import { FolderFiles } from '../src/cli/folder';
import { copyRate, measureBandwidth } from './bandwidth';
import { MODEL } from './data';
import { openGpu } from './gpu';
import { measureKernels, type Measurement } from './kernels';
import { printNodePeers } from './node-peers';
import { runPython } from './python';
import { sinkhornTimes } from './sinkhorn';
import sinkhornScript from './sinkhorn.py?raw';
import { printChoices, variantBackends } from './suite/variants';
import { printTable, short } from './table';
import { printMemoryOverSteps, printStepTimes } from './training';
import { printUpscales } from './upscale';

/** Seconds for everything. Parts that begin late are cut short or left out. */
const WHOLE = 235;

interface Bench {
  readonly gpu: GPU;
  readonly backend: WebGpuBackend;
  readonly software: boolean;
  /** Seconds left of the whole. */
  left(): number;
}

/** In order of importance; each prints as it measures. Arguments of the command name the parts to run, by default all. */
const PARTS: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  suite,
  kernels,
  sinkhorn,
  upscale: ({ backend }) => printUpscales(backend),
  training,
  peers: ({ gpu, left }) => printNodePeers(gpu, Math.min(60, left())),
  python: ({ left }) =>
    runPython(sinkhornScript, ['384,1024,2048,4096,8192'], Math.max(1, Math.min(60, left()))),
};

async function main(): Promise<void> {
  const begun = performance.now();
  const gpu = await openGpu();
  const backend = await WebGpuBackend.open(gpu);
  const { description, software, features } = backend.info;
  const clock = features.includes('timestamp-query') ? 'timestamp queries' : 'wall clock';
  console.log(`${description}${software ? ' (software)' : ''}, kernels timed by ${clock}`);
  const bench = { gpu, backend, software, left: () => WHOLE - (performance.now() - begun) / 1000 };
  const chosen = process.argv.slice(2).filter((name) => name in PARTS);
  for (const [name, part] of Object.entries(PARTS)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    if (bench.left() < 5) {
      console.log(`\n${name}: left out, the ${WHOLE} s are over`);
      continue;
    }
    console.log(`\n— ${name}, ${Math.round(WHOLE - bench.left())} s —`);
    try {
      await part(bench);
    } catch (error) {
      console.log(`${name} failed: ${error instanceof Error ? error.stack : String(error)}`);
      process.exitCode = 1;
    }
  }
  const { bytes, tensors } = backend.memory();
  console.log(`\nmemory after everything: ${bytes} bytes in ${tensors} tensors`);
  console.log(`${Math.round(WHOLE - bench.left())} s in all`);
  backend.dispose();
  // Libraries beside us keep devices, and so the process, alive.
  process.exit();
}

/** Every operation, and every variant of its kernels, against its formula. */
async function suite({ gpu }: Bench): Promise<void> {
  // Only the bundle can run it, since only there the suite's test runner is ours.
  const { runOperationsSuite } = await import('./suite/suite');
  let failed = await runOperationsSuite('WebGPU', () => WebGpuBackend.open(gpu));
  for (const { name, open } of variantBackends()) failed += await runOperationsSuite(name, () => open(gpu));
  if (failed > 0) process.exitCode = 1;
}

/** What every kernel reaches of the device's limits. */
async function kernels({ gpu, backend, software }: Bench): Promise<void> {
  const bandwidth = await measureBandwidth(gpu);
  const { kernel, buffer, read, bytes } = bandwidth;
  console.log(
    `buffers of ${bytes / 2 ** 20} MiB: a kernel copies ${short(kernel)} GB/s, copyBufferToBuffer ${short(buffer)} GB/s ` +
      `(read and written bytes both counted); a kernel reads ${short(read)} GB/s`,
  );
  const copy = copyRate(bandwidth);
  const results: Measurement[] = [];
  for (const n of software ? [256] : [1024, 2048, 4096]) results.push(...(await measureKernels(backend, n)));
  const best = Math.max(...results.filter((r) => r.kernel === 'matmul').map((r) => r.gflops));
  const ofCopy = (r: Measurement): number => (100 * r.gigabytes) / copy;
  console.log(`best matrix rate ${short(best)} GFLOP/s\n`);
  printTable(
    ['kernel', 'shape', 'ms', 'GFLOP/s', 'of matrix rate', 'GB/s', 'of copy'],
    results.map((r) => [
      r.kernel,
      r.shape,
      short(r.milliseconds),
      short(r.gflops),
      r.gflops > 0 ? `${short((100 * r.gflops) / best)} %` : '–',
      short(r.gigabytes),
      `${short(ofCopy(r))} %${ofCopy(r) > 100 ? ' !' : ''}`,
    ]),
  );
  const above = results.filter((r) => ofCopy(r) > 100);
  if (above.length > 0)
    console.log(
      `! ${above.length} above the copy bandwidth: that measurement of copies, or of these kernels, is wrong, unless their ` +
        'operands stay in a cache that the copied buffers do not fit into.',
    );
  printChoices(backend);
}

async function sinkhorn({ backend, software }: Bench): Promise<void> {
  const cpu = await WasmBackend.open(nodeThreads());
  const devices: readonly (readonly [string, Backend])[] = [
    ['WebGPU', backend],
    ['CPU', cpu],
  ];
  const rows: string[][] = [];
  for (const n of software ? [384] : [384, 1024, 2048, 4096, 8192]) {
    for (const [device, on] of devices) {
      if (on === cpu && n > 1024) continue;
      const { perIteration, solve } = await sinkhornTimes(on, n);
      const { milliseconds, iterations, converged } = solve;
      const row = [
        `${n} × ${n}`,
        device,
        short(perIteration),
        short((4 * n * n) / perIteration / 1e6),
        `${short(milliseconds)}${converged ? '' : ' (not converged)'}`,
        String(iterations),
      ];
      console.log(row.join('  '));
      rows.push(row);
    }
  }
  console.log();
  const solve = ['solve to 1e-5 at ε 0.02, ms', 'iterations'];
  printTable(['Sinkhorn', 'on', 'ms per iteration', 'GB/s if the cost is read once', ...solve], rows);
  cpu.dispose();
}

async function training({ backend, software }: Bench): Promise<void> {
  if (!existsSync(MODEL)) {
    console.log(`not timed, there is no ${MODEL} here`);
    return;
  }
  await printStepTimes([['WebGPU', backend]], new FolderFiles(MODEL), software ? 3 : 20);
  await printMemoryOverSteps(backend, new FolderFiles(MODEL));
}

await main();
