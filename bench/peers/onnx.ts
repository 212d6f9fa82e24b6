import type { Contender, Device, Prepared } from './contender';
import type { Ort, OrtSession } from './libraries';
import { type Constant, type Node, onnxModel } from './onnx-model';
import {
  type AttentionProblem,
  type Problem,
  type ProductProblem,
  sampleRow,
  type SinkhornProblem,
  type SoftmaxProblem,
} from './problem';
import { centred, errorOf, expectedOf } from './reference';

/** Addresses of the runtime's script and WebAssembly. Not bundled, since its threads load the script again. */
export type OrtFiles = { readonly mjs: string; readonly wasm: string };

/** A chain as a graph: `step` appends nodes that make the next state out of the one before. */
interface Chain {
  readonly constants: readonly Constant[];
  /** Name of the constant that the chain starts with. */
  readonly start: string;
  readonly step: (state: string, i: number) => { nodes: readonly Node[]; state: string };
  /** Nodes that make the tensor `sample` of the last state. */
  readonly sample: (state: string) => readonly Node[];
  readonly sampleShape: readonly number[];
}

/** onnxruntime-web. It runs graphs, so that a chain is one graph, whose operands are constants of the model as weights are. */
export async function openOnnx(device: Device, threads: number, files: OrtFiles): Promise<Contender> {
  const module: unknown =
    device === 'webgpu' ? await import('onnxruntime-web/webgpu') : await import('onnxruntime-web/wasm');
  const ort = module as Ort;
  ort.env.wasm.numThreads = threads;
  ort.env.wasm.wasmPaths = files;
  ort.env.logLevel = 'error';
  return {
    name: 'onnxruntime-web',
    description: `${device}, ${threads} threads`,
    prepare: (problem) => prepare(ort, device, problem),
    close: () => undefined,
  };
}

async function prepare(ort: Ort, device: Device, problem: Problem): Promise<Prepared | undefined> {
  if (problem.kind === 'product') return prepared(ort, device, product(problem));
  if (problem.kind === 'softmax') return prepared(ort, device, softmax(problem));
  if (problem.kind === 'sinkhorn') return prepareSinkhorn(ort, device, problem);
  if (problem.kind !== 'attention') return undefined;
  // The first way of writing it that this device runs, and runs right.
  for (const way of [groupQueryAttention, multiHeadAttention, composedAttention]) {
    const candidate = prepared(ort, device, way(problem));
    try {
      const expected = await expectedOf(problem, 2, false);
      if (expected && errorOf(await candidate.run(2), expected) < expected.tolerance) return candidate;
    } catch {
      // Not every operator exists on every device.
    }
    candidate.free();
  }
  return undefined;
}

/** Builds a session for a number of steps when it is first asked for. */
function prepared(ort: Ort, device: Device, chain: Chain): Prepared {
  const sessions = new Map<number, OrtSession>();
  const one = new ort.Tensor('float32', Float32Array.of(1), [1]);
  return {
    async run(steps) {
      let session = sessions.get(steps);
      if (!session) {
        // One at a time, since each holds copies of the constants.
        await Promise.all([...sessions.values()].map((old) => old.release()));
        sessions.clear();
        session = await ort.InferenceSession.create(modelOf(chain, steps), {
          executionProviders: [device],
          graphOptimizationLevel: 'all',
          logSeverityLevel: 3,
        });
        sessions.set(steps, session);
        // Kernels are compiled in the first run.
        await session.run({ one });
      }
      const { sample } = await session.run({ one });
      if (!sample) throw new Error('the graph has an output named sample');
      return Float32Array.from(sample.data);
    },
    free: () => {
      for (const session of sessions.values()) void session.release();
    },
  };
}

function modelOf({ constants, start, step, sample, sampleShape }: Chain, steps: number): Uint8Array {
  // The start is multiplied by an input that is 1: of constants alone the whole chain would be computed when the session is made.
  const nodes: Node[] = [{ op: 'Mul', inputs: [start, 'one'], outputs: ['state0'] }];
  let state = 'state0';
  for (let i = 1; i <= steps; i++) {
    const next = step(state, i);
    nodes.push(...next.nodes);
    state = next.state;
  }
  nodes.push(...sample(state));
  return onnxModel({ nodes, constants, inputs: { one: [1] }, outputs: { sample: sampleShape } });
}

/** Nodes one after the other, each with one output, whose first input is the output of the one before. */
function sequence(
  state: string,
  i: number,
  ops: readonly (Omit<Node, 'inputs' | 'outputs'> & { readonly more?: readonly string[] })[],
): { nodes: Node[]; state: string } {
  let last = state;
  const nodes = ops.map(({ more = [], ...rest }, at): Node => {
    const node = { ...rest, inputs: [last, ...more], outputs: [`state${i}_${at}`] };
    [last = ''] = node.outputs;
    return node;
  });
  return { nodes, state: last };
}

const gatherRow = (rows: number): { nodes: (state: string) => Node[]; index: Constant } => ({
  nodes: (state) => [
    { op: 'Gather', inputs: [state, 'index'], outputs: ['sample'], attributes: { axis: 0 } },
  ],
  index: { name: 'index', shape: [1], values: Int32Array.of(sampleRow(rows)) },
});

function product({ rows, shapes, x, weights, transposed }: ProductProblem): Chain {
  const width = shapes[0]?.[0] ?? 0;
  const { nodes, index } = gatherRow(rows);
  const matrices = shapes.map(([inner, columns], i): Constant => ({
    name: `w${i}`,
    shape: transposed ? [columns, inner] : [inner, columns],
    values: weights[i] ?? new Float32Array(),
  }));
  return {
    constants: [{ name: 'x', shape: [rows, width], values: x }, ...matrices, index],
    start: 'x',
    step: (state, i) =>
      sequence(
        state,
        i,
        matrices.map(({ name }) =>
          transposed
            ? { op: 'Gemm', more: [name], attributes: { transB: 1 } }
            : { op: 'MatMul', more: [name] },
        ),
      ),
    sample: nodes,
    sampleShape: [1, width],
  };
}

function softmax({ rows, columns, x }: SoftmaxProblem): Chain {
  const { nodes, index } = gatherRow(rows);
  return {
    constants: [{ name: 'x', shape: [rows, columns], values: x }, index],
    start: 'x',
    step: (state, i) => sequence(state, i, [{ op: 'Softmax', attributes: { axis: -1 } }]),
    sample: nodes,
    sampleShape: [1, columns],
  };
}

function attention(
  { tokens, heads, headDim, q, k, v }: AttentionProblem,
  step: Chain['step'],
  more: readonly Constant[],
): Chain {
  const width = heads * headDim;
  const operand = (name: string, values: Float32Array): Constant => ({
    name,
    shape: [1, tokens, width],
    values,
  });
  return {
    constants: [
      operand('q', q),
      operand('k', k),
      operand('v', v),
      { name: 'index', shape: [1], values: Int32Array.of(sampleRow(tokens)) },
      ...more,
    ],
    start: 'q',
    step,
    sample: (state) => [
      { op: 'Gather', inputs: [state, 'index'], outputs: ['sample'], attributes: { axis: 1 } },
    ],
    sampleShape: [1, 1, width],
  };
}

/** What its language models use. It is always causal. */
function groupQueryAttention(problem: AttentionProblem): Chain {
  const { tokens, heads } = problem;
  const step: Chain['step'] = (state, i) => ({
    nodes: [
      {
        op: 'GroupQueryAttention',
        domain: 'com.microsoft',
        inputs: [state, 'k', 'v', '', '', 'last', 'total'],
        outputs: [`state${i}`, `keys${i}`, `values${i}`],
        attributes: { num_heads: heads, kv_num_heads: heads },
      },
    ],
    state: `state${i}`,
  });
  return attention(problem, step, [
    { name: 'last', shape: [1], values: Int32Array.of(tokens - 1) },
    { name: 'total', shape: [1], values: Int32Array.of(tokens) },
  ]);
}

const causalMask = (tokens: number, shape: readonly number[]): Constant => ({
  name: 'mask',
  shape,
  values: Float32Array.from({ length: tokens * tokens }, (_, at) =>
    at % tokens > Math.floor(at / tokens) ? -1e9 : 0,
  ),
});

function multiHeadAttention(problem: AttentionProblem): Chain {
  const { tokens, heads } = problem;
  const node = {
    op: 'MultiHeadAttention',
    domain: 'com.microsoft',
    more: ['k', 'v', '', '', 'mask'],
    attributes: { num_heads: heads },
  };
  return attention(problem, (state, i) => sequence(state, i, [node]), [
    causalMask(tokens, [1, 1, tokens, tokens]),
  ]);
}

function composedAttention(problem: AttentionProblem): Chain {
  const { tokens, heads, headDim, k, v } = problem;
  const shapes = new Int32Array([tokens, heads, headDim]);
  const byHead = (name: string, values: Float32Array, transposed: boolean): Constant => ({
    name,
    shape: transposed ? [heads, headDim, tokens] : [heads, tokens, headDim],
    values: Float32Array.from({ length: values.length }, (_, at) => {
      const head = Math.floor(at / (tokens * headDim));
      const rest = at % (tokens * headDim);
      const [t, d] = transposed
        ? [rest % tokens, Math.floor(rest / tokens)]
        : [Math.floor(rest / headDim), rest % headDim];
      return values[t * heads * headDim + head * headDim + d] ?? NaN;
    }),
  });
  const step: Chain['step'] = (state, i) =>
    sequence(state, i, [
      { op: 'Transpose', attributes: { perm: [1, 0, 2] } },
      { op: 'MatMul', more: ['keys'] },
      { op: 'Mul', more: ['scale'] },
      { op: 'Add', more: ['mask'] },
      { op: 'Softmax', attributes: { axis: -1 } },
      { op: 'MatMul', more: ['values'] },
      { op: 'Transpose', attributes: { perm: [1, 0, 2] } },
    ]);
  const chain = attention(problem, step, [
    byHead('keys', k, true),
    byHead('values', v, false),
    { name: 'scale', shape: [1], values: Float32Array.of(1 / Math.sqrt(headDim)) },
    causalMask(tokens, [1, tokens, tokens]),
  ]);
  return {
    ...chain,
    constants: chain.constants.map((constant) =>
      constant.name === 'q' ? { ...constant, shape: [...shapes] } : constant,
    ),
    sample: (state) => [
      { op: 'Gather', inputs: [state, 'index'], outputs: ['sample'], attributes: { axis: 0 } },
    ],
    sampleShape: [1, heads, headDim],
  };
}

/** In units of ε: f = log a − LSE_j(g − C/ε), or u = a / (K v). The state is g or v, `[1, n]`; the sample both of the last step. */
function prepareSinkhorn(ort: Ort, device: Device, { form, n, epsilon, cost }: SinkhornProblem): Prepared {
  const log = form === 'log';
  const matrix = cost.map((c) => (log ? c / epsilon : Math.exp(-c / epsilon)));
  const names = (i: number): { rows: string; columns: string } => ({
    rows: `rows${i}`,
    columns: `columns${i}`,
  });
  const logStep = (state: string, i: number): Node[] => [
    { op: 'Sub', inputs: [state, 'matrix'], outputs: [`a${i}`] },
    { op: 'ReduceLogSumExp', inputs: [`a${i}`], outputs: [`b${i}`], attributes: { axes: [1], keepdims: 1 } },
    { op: 'Sub', inputs: ['mass', `b${i}`], outputs: [names(i).rows] },
    { op: 'Sub', inputs: [names(i).rows, 'matrix'], outputs: [`c${i}`] },
    { op: 'ReduceLogSumExp', inputs: [`c${i}`], outputs: [`d${i}`], attributes: { axes: [0], keepdims: 1 } },
    { op: 'Sub', inputs: ['mass', `d${i}`], outputs: [names(i).columns] },
  ];
  const scalingStep = (state: string, i: number): Node[] => [
    { op: 'MatMul', inputs: [state, 'transpose'], outputs: [`a${i}`] },
    { op: 'Div', inputs: ['mass', `a${i}`], outputs: [names(i).rows] },
    { op: 'MatMul', inputs: [names(i).rows, 'matrix'], outputs: [`b${i}`] },
    { op: 'Div', inputs: ['mass', `b${i}`], outputs: [names(i).columns] },
  ];
  const transpose = (): Float32Array =>
    Float32Array.from({ length: n * n }, (_, at) => matrix[(at % n) * n + Math.floor(at / n)] ?? NaN);
  const chain = prepared(ort, device, {
    constants: [
      { name: 'matrix', shape: [n, n], values: matrix },
      ...(log ? [] : [{ name: 'transpose', shape: [n, n], values: transpose() }]),
      { name: 'mass', shape: [1, 1], values: Float32Array.of(log ? -Math.log(n) : 1 / n) },
      { name: 'start', shape: [1, n], values: new Float32Array(n).fill(log ? 0 : 1) },
    ],
    start: 'start',
    step: (state, i) => ({ nodes: (log ? logStep : scalingStep)(state, i), state: names(i).columns }),
    sample: (state) => {
      const rows = state.replace('columns', 'rows');
      if (!log)
        return [{ op: 'Concat', inputs: [rows, state], outputs: ['sample'], attributes: { axis: 1 } }];
      return [
        { op: 'Transpose', inputs: [rows], outputs: ['turned'], attributes: { perm: [1, 0] } },
        { op: 'Concat', inputs: ['turned', state], outputs: ['sample'], attributes: { axis: 1 } },
      ];
    },
    sampleShape: [1, 2 * n],
  });
  return {
    ...chain,
    async run(steps) {
      const values = await chain.run(steps);
      const potentials = log ? values : values.map(Math.log);
      return Float32Array.from(centred(potentials.subarray(0, n), potentials.subarray(n)));
    },
  };
}
