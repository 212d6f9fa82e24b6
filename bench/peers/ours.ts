import { WasmBackend } from '../../src/backend/wasm/backend';
import type { Threading } from '../../src/backend/wasm/threads';
import type { Backend, Tensor } from '../../src/backend/operations';
import { Scope } from '../../src/backend/scope';
import { WebGpuBackend } from '../../src/backend/webgpu/backend';
import { CostMatrix } from '../../src/transport/cost';
import { Sinkhorn } from '../../src/transport/sinkhorn';
import { BlockStep } from '../block';
import type { Contender, Device, Prepared } from './contender';
import {
  type AttentionProblem,
  type BlockProblem,
  type DistanceProblem,
  type Problem,
  type ProductProblem,
  sampleRow,
  type SinkhornProblem,
  type SoftmaxProblem,
} from './problem';
import { BLOCK_SAMPLE, centred } from './reference';

/** This project's backends. */
export async function openOurs(device: Device, gpu: () => GPU, threads: Threading): Promise<Contender> {
  const backend = device === 'webgpu' ? await WebGpuBackend.open(gpu()) : await WasmBackend.open(threads);
  return {
    name: 'ours',
    description: backend.info.description,
    prepare: (problem) => prepare(backend, problem),
    close: () => backend.dispose(),
  };
}

function prepare(backend: Backend, problem: Problem): Promise<Prepared> {
  if (problem.kind === 'product') return prepareProduct(backend, problem);
  if (problem.kind === 'attention') return prepareAttention(backend, problem);
  if (problem.kind === 'softmax') return prepareSoftmax(backend, problem);
  if (problem.kind === 'sinkhorn') return prepareSinkhorn(backend, problem);
  if (problem.kind === 'distance') return prepareDistance(backend, problem);
  return prepareBlock(backend, problem);
}

/** Applies `step` again and again, starting with `start`, which stays. Reads the sampled row. */
function chain(
  backend: Backend,
  start: Tensor,
  step: (x: Tensor) => Tensor,
  free: () => void,
): Promise<Prepared> {
  const [rows = 1] = start.shape;
  const index = backend.upload(Uint32Array.of(sampleRow(rows)), [1], 'u32', 'sample');
  return Promise.resolve({
    async run(steps) {
      let x = start;
      for (let i = 0; i < steps; i++) {
        const next = step(x);
        if (x !== start && x !== next) backend.free(x);
        x = next;
      }
      const row = backend.gather(x, index);
      const values = await backend.read(row);
      backend.free(row, ...(x === start ? [] : [x]));
      return values;
    },
    free: () => {
      backend.free(start, index);
      free();
    },
  });
}

function prepareProduct(
  backend: Backend,
  { rows, shapes, x, weights, transposed }: ProductProblem,
): Promise<Prepared> {
  const uploaded = shapes.map(([inner, columns], i) =>
    backend.upload(
      weights[i] ?? new Float32Array(),
      transposed ? [columns, inner] : [inner, columns],
      'f32',
      'weight',
    ),
  );
  const start = backend.upload(x, [rows, shapes[0]?.[0] ?? 0], 'f32', 'x');
  const step = (first: Tensor): Tensor =>
    uploaded.reduce((input, weight) => {
      const product = backend.matmul(input, weight, { orientation: transposed ? 'nt' : 'nn' });
      if (input !== first) backend.free(input);
      return product;
    }, first);
  return chain(backend, start, step, () => backend.free(...uploaded));
}

function prepareAttention(
  backend: Backend,
  { tokens, heads, headDim, ...data }: AttentionProblem,
): Promise<Prepared> {
  const upload = (values: Float32Array): Tensor =>
    backend.upload(values, [tokens, heads * headDim], 'f32', 'attention');
  const [q, k, v] = [upload(data.q), upload(data.k), upload(data.v)];
  const shape = { heads, kvHeads: heads, headDim, past: 0 };
  return chain(
    backend,
    q,
    (x) => backend.attention(x, k, v, shape),
    () => backend.free(k, v),
  );
}

function prepareSoftmax(backend: Backend, { rows, columns, x }: SoftmaxProblem): Promise<Prepared> {
  const start = backend.upload(x, [rows, columns], 'f32', 'x');
  const targets = backend.upload(new Uint32Array(rows), [rows], 'u32', 'targets');
  const weights = backend.upload(new Float32Array(rows).fill(1), [rows], 'f32', 'weights');
  const step = (before: Tensor): Tensor => {
    // The operation works in place, and the start must stay.
    const into = before === start ? backend.weightedSum(start, 1) : before;
    backend.crossEntropyGradient(into, targets, weights);
    return into;
  };
  return chain(backend, start, step, () => backend.free(targets, weights));
}

async function prepareSinkhorn(backend: Backend, { n, epsilon, a, b }: SinkhornProblem): Promise<Prepared> {
  const points = [a, b].map((values) => backend.upload(values, [n, 2], 'f32', 'points')) as [Tensor, Tensor];
  const settings = { metric: 'squared', rows: 'raw', scale: 'none' } as const;
  const cost = await CostMatrix.build(backend, ...points, { cost: settings });
  const start = { f: new Float32Array(n), g: new Float32Array(n) };
  return {
    async run(steps) {
      // A tolerance that is never reached; the solver measures its error as often as it does for anyone.
      const options = { epsilon, tolerance: 1e-30, maxIterations: steps };
      const solver = new Sinkhorn(backend, cost, options, { start });
      await solver.run();
      const { f, g } = await solver.snapshot();
      const done = solver.iterations;
      solver.free();
      if (done !== steps) throw new Error(`expected ${steps} iterations, got ${done}`);
      return Float32Array.from(
        centred(
          f.map((x) => x / epsilon),
          g.map((x) => x / epsilon),
        ),
      );
    },
    free: () => {
      cost.free();
      backend.free(...points);
    },
  };
}

function prepareDistance(backend: Backend, { n, width, ...rows }: DistanceProblem): Promise<Prepared> {
  const [a, b] = [rows.a, rows.b].map((values) => backend.upload(values, [n, width], 'f32', 'rows')) as [
    Tensor,
    Tensor,
  ];
  const cost = backend.zeros([n, n], 'cost');
  return chain(
    backend,
    cost,
    () => backend.pairwiseDistance(a, b, 0, n, cost),
    () => backend.free(a, b),
  );
}

function prepareBlock(backend: Backend, { data }: BlockProblem): Promise<Prepared> {
  const block = new BlockStep(backend, data);
  return Promise.resolve({
    async run(steps) {
      block.restart();
      for (let step = 0; step < steps; step++) block.step();
      const scope = new Scope(backend);
      const rows = BLOCK_SAMPLE.map(([name, row]) => {
        const index = scope.own(backend.upload(Uint32Array.of(row), [1], 'u32', 'sample'));
        const { shape } = block.weights[name];
        return shape.length === 1
          ? block.weights[name]
          : scope.own(backend.gather(block.weights[name], index));
      });
      const parts = await Promise.all(rows.map((row) => backend.read(row)));
      scope.free();
      return Float32Array.from(parts.flatMap((part) => [...part]));
    },
    free: () => block.free(),
  });
}
