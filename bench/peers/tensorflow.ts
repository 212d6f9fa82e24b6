import { BLOCK, BLOCK_SHAPES, BLOCK_WEIGHTS } from '../block-data';
import type { Contender, Device, Prepared } from './contender';
import {
  type AttentionProblem,
  type BlockProblem,
  type Problem,
  type ProductProblem,
  sampleRow,
  type SinkhornProblem,
  type SoftmaxProblem,
} from './problem';
import type { Tf, TfTensor, TfWasm } from './libraries';
import { BLOCK_SAMPLE, centred } from './reference';
import { attend, causalMask } from './tensorflow-attention';
import { blockLoss } from './tensorflow-block';

/** Addresses of the WebAssembly files of its package, by file name. */
export type WasmFiles = Readonly<Record<string, string>>;

/** TensorFlow.js, eager as it is meant to be used. */
export async function openTensorflow(device: Device, files: WasmFiles, threads: number): Promise<Contender> {
  const tf = exportsOf<Tf>(await import('@tensorflow/tfjs'));
  if (device === 'webgpu') await import('@tensorflow/tfjs-backend-webgpu');
  else {
    const wasm = exportsOf<TfWasm>(await import('@tensorflow/tfjs-backend-wasm'));
    wasm.setWasmPaths(files);
    wasm.setThreadsCount(threads);
  }
  tf.enableProdMode();
  await tf.setBackend(device);
  await tf.ready();
  if (tf.getBackend() !== device) throw new Error(`tfjs has no ${device} here`);
  return {
    name: 'tfjs',
    description: device === 'wasm' ? `${threads} threads asked for` : device,
    prepare: async (problem) => prepare(tf, problem),
    close: () => tf.removeBackend(device),
  };
}

/** Node has it as a CommonJS module, whose exports are the default export. */
const exportsOf = <T>(module: object): T => ('default' in module ? module.default : module) as T;

function prepare(tf: Tf, problem: Problem): Prepared | undefined {
  if (problem.kind === 'product') return prepareProduct(tf, problem);
  if (problem.kind === 'attention') return prepareAttention(tf, problem);
  if (problem.kind === 'softmax') return prepareSoftmax(tf, problem);
  if (problem.kind === 'sinkhorn') return prepareSinkhorn(tf, problem);
  if (problem.kind === 'block') return prepareBlock(tf, problem);
  // Distances of rows are no operation of its own.
  return undefined;
}

/** Applies `step` again and again to all of `start`, and reads what `sample` picks of the last result. */
function chain(
  tf: Tf,
  start: readonly TfTensor[],
  fixed: readonly TfTensor[],
  step: (state: readonly TfTensor[]) => readonly TfTensor[],
  sample: (state: readonly TfTensor[]) => readonly TfTensor[],
): Prepared {
  return {
    async run(steps) {
      let state: readonly TfTensor[] = start.map((x) => x.clone());
      for (let i = 0; i < steps; i++) {
        const next = tf.tidy(() => [...step(state)]);
        for (const x of state) x.dispose();
        state = next;
      }
      const parts = tf.tidy(() => [...sample(state)]);
      const read = await Promise.all(parts.map((part) => part.data()));
      for (const x of [...state, ...parts]) x.dispose();
      return Float32Array.from(read.flatMap((part) => [...part]));
    },
    free: () => {
      for (const x of [...start, ...fixed]) x.dispose();
    },
  };
}

const row = (x: TfTensor | undefined, index: number): TfTensor => {
  if (!x) throw new Error('a state has its tensors');
  return x.slice([index, 0], [1, x.shape[1] ?? 0]);
};

function prepareProduct(tf: Tf, { rows, shapes, x, weights, transposed }: ProductProblem): Prepared {
  const uploaded = shapes.map(([inner, columns], i) =>
    tf.tensor(weights[i] ?? new Float32Array(), transposed ? [columns, inner] : [inner, columns]),
  );
  return chain(
    tf,
    [tf.tensor(x, [rows, shapes[0]?.[0] ?? 0])],
    uploaded,
    (state) => [uploaded.reduce((a, weight) => tf.matMul(a, weight, false, transposed), state[0]!)],
    (state) => [row(state[0], sampleRow(rows))],
  );
}

function prepareAttention(tf: Tf, { tokens, heads, headDim, ...data }: AttentionProblem): Prepared {
  const upload = (values: Float32Array): TfTensor => tf.tensor(values, [tokens, heads, headDim]);
  // Keys and values stay in the order that products need; queries come and go as a model's do.
  const byHead = (x: TfTensor): TfTensor => x.transpose([1, 0, 2]);
  const [k, v] = tf.tidy(() => [byHead(upload(data.k)), byHead(upload(data.v))]) as [TfTensor, TfTensor];
  const mask = causalMask(tf, tokens);
  return chain(
    tf,
    [upload(data.q)],
    [k, v, mask],
    ([x]) => [byHead(attend(tf, byHead(x!), k, v, mask))],
    ([x]) => [x!.slice([sampleRow(tokens), 0, 0], [1, heads, headDim])],
  );
}

const prepareSoftmax = (tf: Tf, { rows, columns, x }: SoftmaxProblem): Prepared =>
  chain(
    tf,
    [tf.tensor(x, [rows, columns])],
    [],
    (state) => [state[0]!.softmax()],
    (state) => [row(state[0], sampleRow(rows))],
  );

/** In units of ε: f = log a − LSE_j(g − C/ε), or u = a / (K v). */
function prepareSinkhorn(tf: Tf, { form, n, epsilon, cost }: SinkhornProblem): Prepared {
  const log = form === 'log';
  const matrix = tf.tensor(
    cost.map((c) => (log ? c / epsilon : Math.exp(-c / epsilon))),
    [n, n],
  );
  const logMass = -Math.log(n);
  const start = () => tf.tensor(new Float32Array(n).fill(log ? 0 : 1), [1, n]);
  const mass = tf.tensor(Float32Array.of(1 / n), [1, 1]);
  const step = ([, g]: readonly TfTensor[]): TfTensor[] => {
    if (!log) {
      const u = mass.div(tf.matMul(g!, matrix, false, true));
      return [u, mass.div(tf.matMul(u, matrix))];
    }
    const f = g!.sub(matrix).logSumExp(1).neg().add(logMass);
    return [f, f.reshape([n, 1]).sub(matrix).logSumExp(0).neg().add(logMass).reshape([1, n])];
  };
  const all = chain(tf, [start(), start()], [matrix, mass], step, (state) => state.map((x) => x.clone()));
  return {
    ...all,
    async run(steps) {
      const values = await all.run(steps);
      const potentials = log ? values : values.map(Math.log);
      return Float32Array.from(centred(potentials.subarray(0, n), potentials.subarray(n)));
    },
  };
}

function prepareBlock(tf: Tf, { data }: BlockProblem): Prepared {
  const rows = BLOCK.windows * BLOCK.length;
  const start = BLOCK_WEIGHTS.map((name) => tf.tensor(data.weights[name], [...BLOCK_SHAPES[name]]));
  const half = BLOCK.headDim / 2;
  const table = tf.tensor(data.table, [rows, BLOCK.headDim]);
  const fixed = {
    x: tf.tensor(data.x, [rows, BLOCK.width]),
    upstream: tf.tensor(data.upstream, [rows, BLOCK.width]),
    cosine: tf.tidy(() => table.slice([0, 0], [rows, half]).reshape([rows, 1, half])),
    sine: tf.tidy(() => table.slice([0, half], [rows, half]).reshape([rows, 1, half])),
    mask: causalMask(tf, BLOCK.length),
  };
  table.dispose();
  const gradients = tf.grads((...weights) => blockLoss(tf, weights, fixed));
  return chain(
    tf,
    start,
    Object.values(fixed),
    (weights) => {
      const slopes = gradients([...weights]);
      return weights.map((weight, i) => weight.sub(slopes[i]!.mul(BLOCK.rate)));
    },
    (weights) =>
      BLOCK_SAMPLE.map(([name, index]) => {
        const weight = weights[BLOCK_WEIGHTS.indexOf(name)]!;
        return weight.shape.length === 1 ? weight.clone() : row(weight, index);
      }),
  );
}
