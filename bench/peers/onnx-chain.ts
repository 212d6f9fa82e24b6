import type { Constant, Node } from './onnx-model';
import { type ProductProblem, sampleRow, type SinkhornProblem, type SoftmaxProblem } from './problem';

/** A chain as a graph: `step` appends nodes that make the next state out of the one before. */
export interface Chain {
  readonly constants: readonly Constant[];
  /** Name of the constant that the chain starts with. */
  readonly start: string;
  readonly step: (state: string, i: number) => { nodes: readonly Node[]; state: string };
  /** Nodes that make the tensor `sample` of the last state. */
  readonly sample: (state: string) => readonly Node[];
  readonly sampleShape: readonly number[];
}

/** Nodes one after the other, each with one output, whose first input is the output of the one before. */
export function sequence(
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

export function product({ rows, shapes, x, weights, transposed }: ProductProblem): Chain {
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

export function softmax({ rows, columns, x }: SoftmaxProblem): Chain {
  const { nodes, index } = gatherRow(rows);
  return {
    constants: [{ name: 'x', shape: [rows, columns], values: x }, index],
    start: 'x',
    step: (state, i) => sequence(state, i, [{ op: 'Softmax', attributes: { axis: -1 } }]),
    sample: nodes,
    sampleShape: [1, columns],
  };
}

/** In units of ε: f = log a − LSE_j(g − C/ε), or u = a / (K v). The state is g or v, `[1, n]`; the sample both of the last step. */
export function sinkhorn({ form, n, epsilon, cost }: SinkhornProblem): Chain {
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
  return {
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
  };
}
