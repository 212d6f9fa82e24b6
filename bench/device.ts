import { existsSync } from 'node:fs';
import { CpuBackend } from '../src/backend/cpu/backend';
import type { Backend } from '../src/backend/operations';
import { WebGpuBackend } from '../src/backend/webgpu/backend';
import { openDawn } from '../src/backend/webgpu/node';
import { CostMatrix } from '../src/transport/cost';
import { FolderFiles } from '../src/cli/folder';
import { Sinkhorn } from '../src/transport/sinkhorn';
import { MODEL, normal } from './data';
import { copyBandwidth, measureKernels, type Measurement } from './kernels';
import { printTable, short } from './table';
import { printStepTimes, printMemoryOverSteps } from './training';

/** Measures kernels, solvers and training on the available adapter, and compares kernels with the device's measured limits. */
async function main(): Promise<void> {
  const backend = await WebGpuBackend.open(await openDawn());
  const { description, software, features } = backend.info;
  console.log(
    `${description}${software ? ' (software)' : ''}, timed by ${features.includes('timestamp-query') ? 'timestamp queries' : 'wall clock'}\n`,
  );

  const copy = await copyBandwidth(backend);
  const sizes = software ? [256] : [1024, 2048, 4096];
  const results: Measurement[] = [];
  for (const n of sizes) results.push(...(await measureKernels(backend, n)));
  const best = Math.max(...results.filter((r) => r.kernel === 'matmul').map((r) => r.gflops));
  console.log(`copy bandwidth ${short(copy)} GB/s, best matrix rate ${short(best)} GFLOP/s\n`);
  printTable(
    ['kernel', 'shape', 'ms', 'GFLOP/s', 'of matrix rate', 'GB/s', 'of copy'],
    results.map((r) => [
      r.kernel,
      r.shape,
      short(r.milliseconds),
      short(r.gflops),
      r.gflops > 0 ? `${short((100 * r.gflops) / best)} %` : '–',
      short(r.gigabytes),
      `${short((100 * r.gigabytes) / copy)} %`,
    ]),
  );

  const cpu = new CpuBackend();
  const rows: string[][] = [];
  for (const n of software ? [128, 384] : [384, 1024, 2048, 4096]) {
    const gpuTime = await sinkhornTime(backend, n);
    const cpuTime = n <= 1024 ? await sinkhornTime(cpu, n) : 0;
    rows.push([
      'Sinkhorn',
      `${n}×${n}, ε 0.06`,
      short(gpuTime),
      short(cpuTime),
      cpuTime ? `${short(cpuTime / gpuTime)} ×` : '–',
    ]);
  }
  console.log();
  printTable(['solver', 'shape', 'WebGPU ms per iteration', 'CPU twin ms', 'ratio'], rows);
  console.log();
  const devices = [['WebGPU', backend] as const, ['CPU', cpu] as const];
  if (existsSync(MODEL)) {
    await printStepTimes(devices, new FolderFiles(MODEL), software ? 3 : 20);
    await printMemoryOverSteps(backend, new FolderFiles(MODEL));
  } else console.log(`training: not timed, there is no ${MODEL} here`);
  console.log(
    `\nmemory after everything: ${backend.memory().bytes} bytes in ${backend.memory().tensors} tensors`,
  );
  backend.dispose();
}

async function sinkhornTime(backend: Backend, n: number): Promise<number> {
  const a = backend.upload(normal(n * 128, 2), [n, 128], 'f32', 'a');
  const b = backend.upload(normal(n * 128, 3), [n, 128], 'f32', 'b');
  const cost = await CostMatrix.build(backend, a, b);
  const solve = async (maxIterations: number): Promise<number> => {
    const solver = new Sinkhorn(backend, cost, { epsilon: 0.06, tolerance: 1e-7, maxIterations, seed: 0 });
    const start = performance.now();
    await solver.run({});
    const time = performance.now() - start;
    const done = solver.iterations;
    solver.free();
    return time / done;
  };
  await solve(5);
  const time = await solve(30);
  cost.free();
  backend.free(a, b);
  return time;
}

await main();
