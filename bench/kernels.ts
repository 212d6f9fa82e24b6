import type { Tensor } from '../src/backend/operations';
import type { WebGpuBackend } from '../src/backend/webgpu/backend';
import { normal } from './data';

/** One kernel on one shape, with the least work and memory traffic of a run. */
interface KernelCase {
  readonly kernel: string;
  readonly shape: string;
  readonly run: () => Tensor | undefined;
  /** Multiply-adds and other floating-point operations, 2 per multiply-add; 0 for kernels bound by memory. */
  readonly flops: number;
  /** Bytes read and written if every operand is touched once. */
  readonly bytes: number;
}

export interface Measurement {
  readonly kernel: string;
  readonly shape: string;
  readonly milliseconds: number;
  readonly gflops: number;
  readonly gigabytes: number;
}

/** Times every kernel on shapes of width `n`. */
export async function measureKernels(backend: WebGpuBackend, n: number): Promise<Measurement[]> {
  const kept: Tensor[] = [];
  const keep = (tensor: Tensor): Tensor => {
    kept.push(tensor);
    return tensor;
  };
  const f32 = (rows: number, columns: number): Tensor => {
    return keep(backend.upload(normal(rows * columns), [rows, columns], 'f32', `${rows}×${columns}`));
  };
  const bf16 = (rows: number, columns: number): Tensor => {
    const words = new Uint32Array(normal(rows * columns).buffer).map((word) => word >>> 16);
    const bytes = new Uint8Array(Uint16Array.from(words).buffer);
    return keep(backend.upload(bytes, [rows, columns], 'bf16', `${rows}×${columns} bf16`));
  };
  const results: Measurement[] = [];
  for (const item of cases(backend, n, f32, bf16, keep)) {
    const warm = item.run();
    if (warm) backend.free(warm);
    await idle(backend);
    const times = await timed(backend, item, await timed(backend, item, 1).then(repeats));
    const { kernel, shape, flops, bytes } = item;
    results.push({
      kernel,
      shape,
      milliseconds: times,
      gflops: flops / times / 1e6,
      gigabytes: bytes / times / 1e6,
    });
  }
  backend.free(...kept);
  return results;
}

/** Enough for some tens of milliseconds, since a single short dispatch is too short for the clock. */
const repeats = (milliseconds: number): number => Math.max(1, Math.min(200, Math.round(40 / milliseconds)));

/** Milliseconds of one run on the device, by timestamp queries if available, else by wall clock. */
async function timed(backend: WebGpuBackend, item: KernelCase, times: number): Promise<number> {
  const start = performance.now();
  const profile = await backend.profile(async () => {
    for (let i = 0; i < times; i++) {
      const made = item.run();
      if (made) backend.free(made);
      await backend.settle();
    }
    await idle(backend);
  });
  // Some operations run several kernels, and which depends on the device.
  const measured = [...(profile?.values() ?? [])].reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return (measured || performance.now() - start) / times;
}

async function idle(backend: WebGpuBackend): Promise<void> {
  const probe = backend.zeros([1], 'probe');
  await backend.read(probe);
  backend.free(probe);
}

function cases(
  backend: WebGpuBackend,
  n: number,
  f32: (rows: number, columns: number) => Tensor,
  bf16: (rows: number, columns: number) => Tensor,
  keep: (tensor: Tensor) => Tensor,
): KernelCase[] {
  const a = f32(n, n);
  const b = f32(n, n);
  const packed = bf16(n, n);
  const cost = keep(backend.pairwiseDistance(a, b, 0, n));
  const band = { cost, rowStart: 0, rows: n };
  const potentials = { f: f32(1, n), g: f32(1, n), epsilon: 1 };
  const state = f32(2, n);
  const moved = f32(n, n);
  const side = Math.min(n, 256);
  const pixels = keep(backend.zeros([side, side, 2], 'pixels'));
  const head = 64;
  const heads = n / head;
  const shape = { heads, kvHeads: heads, headDim: head, past: 0 };
  const window = { rowStart: 0, rowEnd: n, columnStart: 0, columnEnd: n };
  const targets = keep(backend.upload(new Uint32Array(n), [n], 'u32', 'targets'));
  const square = 4 * n * n;
  const cube = 2 * n ** 3;
  const size = `${n}×${n}`;
  return [
    {
      kernel: 'matmul',
      shape: `${size}×${n} f32 nn`,
      run: () => backend.matmul(a, b),
      flops: cube,
      bytes: 3 * square,
    },
    {
      kernel: 'matmul',
      shape: `${size}×${n} bf16 nt`,
      run: () => backend.matmul(a, packed, { orientation: 'nt' }),
      flops: cube,
      bytes: 2.5 * square,
    },
    {
      kernel: 'pairwise_distance',
      shape: `${size}, k ${n}`,
      run: () => backend.pairwiseDistance(a, b, 0, n),
      flops: 1.5 * cube,
      bytes: 3 * square,
    },
    {
      kernel: 'apply_plan',
      shape: `${size}, width ${n}`,
      run: () => void backend.applyPlan(band, potentials, a, 0, n, moved),
      flops: cube,
      bytes: 4 * square,
    },
    {
      kernel: 'sinkhorn_rows',
      shape: size,
      run: () => void backend.rowPotential(band, potentials, { logMarginal: -1 }, state),
      flops: 0,
      bytes: square,
    },
    {
      kernel: 'column_log_sum',
      shape: size,
      run: () => void backend.columnLogSum(band, potentials, state),
      flops: 0,
      bytes: square,
    },
    {
      kernel: 'plan_rows',
      shape: size,
      run: () => backend.planRows(band, potentials),
      flops: 0,
      bytes: square,
    },
    {
      kernel: 'picture',
      shape: `${size} → ${side}×${side}`,
      run: () => void backend.picture(band, potentials, window, pixels),
      flops: 0,
      bytes: square,
    },
    {
      kernel: 'attention',
      shape: `${n} tokens, ${heads} heads of ${head}`,
      run: () => backend.attention(a, b, a, shape),
      flops: cube,
      bytes: 4 * square,
    },
    {
      kernel: 'rms_norm',
      shape: size,
      run: () => backend.rmsNorm(a, potentials.f, 1e-5),
      flops: 0,
      bytes: 2 * square,
    },
    { kernel: 'swiglu', shape: size, run: () => backend.swiglu(a, b), flops: 0, bytes: 3 * square },
    {
      kernel: 'weighted_sum',
      shape: size,
      run: () => backend.weightedSum(a, 0.5, b, 0.5),
      flops: 0,
      bytes: 3 * square,
    },
    {
      kernel: 'cross_entropy',
      shape: size,
      run: () => backend.crossEntropy(a, targets),
      flops: 0,
      bytes: square,
    },
    { kernel: 'extent', shape: size, run: () => backend.extent(a), flops: 0, bytes: square },
    { kernel: 'unit_rows', shape: size, run: () => backend.unitRows(a), flops: 0, bytes: 2 * square },
    { kernel: 'row_moments', shape: size, run: () => backend.rowMoments(band), flops: 0, bytes: square },
  ];
}
