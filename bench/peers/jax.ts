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
import { blockLoss } from './jax-block';
import type { Jax, JaxArray, JaxTree } from './libraries';
import { BLOCK_SAMPLE, centred } from './reference';

/** jax-js, every step compiled by its `jit`. */
export async function openJax(device: Device): Promise<Contender> {
  const jax = (await import('@jax-js/jax')) as unknown as Jax;
  if (!(await jax.init(device)).includes(device)) throw new Error(`jax-js has no ${device} here`);
  jax.defaultDevice(device);
  const library = new JaxProblems(jax, device);
  return {
    name: 'jax-js',
    description: device,
    prepare: async (problem) => library.prepare(problem),
    close: () => undefined,
  };
}

class JaxProblems {
  readonly #jax: Jax;
  readonly #device: Device;

  constructor(jax: Jax, device: Device) {
    this.#jax = jax;
    this.#device = device;
  }

  prepare(problem: Problem): Prepared | undefined {
    if (problem.kind === 'product') return this.#product(problem);
    if (problem.kind === 'attention') return this.#attention(problem);
    if (problem.kind === 'softmax') return this.#softmax(problem);
    if (problem.kind === 'sinkhorn') return this.#sinkhorn(problem);
    if (problem.kind === 'block') return this.#block(problem);
    // Distances of rows are no operation of its own.
    return undefined;
  }

  #upload(values: Float32Array, shape: readonly number[]): JaxArray {
    return this.#jax.numpy.array(values, { shape: [...shape], device: this.#device });
  }

  /** Applies a compiled function again and again to `start` and the fixed operands. */
  #chain(
    start: JaxArray,
    fixed: readonly JaxArray[],
    f: (x: JaxArray, ...fixed: JaxArray[]) => JaxArray,
    row: (x: JaxArray) => JaxArray,
  ): Prepared {
    const step = this.#jax.jit(f);
    return {
      async run(steps) {
        let x = start.ref;
        for (let i = 0; i < steps; i++) x = step(x, ...fixed.map((operand) => operand.ref));
        return row(x).data();
      },
      free: () => {
        for (const operand of [start, ...fixed]) operand.dispose();
        step.dispose();
      },
    };
  }

  #product({ rows, shapes, x, weights, transposed }: ProductProblem): Prepared {
    const { matmul } = this.#jax.numpy;
    const uploaded = shapes.map(([inner, columns], i) =>
      this.#upload(weights[i] ?? new Float32Array(), transposed ? [columns, inner] : [inner, columns]),
    );
    const f = (input: JaxArray, ...all: JaxArray[]): JaxArray =>
      all.reduce((a, weight) => matmul(a, transposed ? weight.transpose() : weight), input);
    const start = this.#upload(x, [rows, shapes[0]?.[0] ?? 0]);
    return this.#chain(start, uploaded, f, (out) => out.slice(sampleRow(rows)));
  }

  #attention({ tokens, heads, headDim, q, k, v }: AttentionProblem): Prepared {
    const [start, ...fixed] = [q, k, v].map((values) => this.#upload(values, [tokens, heads, headDim]));
    const f = (x: JaxArray, ...[keys, values]: JaxArray[]): JaxArray =>
      this.#jax.nn.dotProductAttention(x, keys!, values!, { isCausal: true });
    return this.#chain(start!, fixed, f, (x) => x.slice(sampleRow(tokens)).reshape([heads * headDim]));
  }

  #softmax({ rows, columns, x }: SoftmaxProblem): Prepared {
    const f = (input: JaxArray): JaxArray => this.#jax.nn.softmax(input, -1);
    return this.#chain(this.#upload(x, [rows, columns]), [], f, (out) => out.slice(sampleRow(rows)));
  }

  /** In units of ε: f = log a − LSE_j(g − C/ε), or u = a / (K v). */
  #sinkhorn({ form, n, epsilon, cost }: SinkhornProblem): Prepared {
    const { numpy, nn, jit } = this.#jax;
    const log = form === 'log';
    const matrix = this.#upload(
      log ? cost.map((c) => c / epsilon) : cost.map((c) => Math.exp(-c / epsilon)),
      [n, n],
    );
    const start = this.#upload(new Float32Array(n).fill(log ? 0 : 1), [n]);
    const logMass = -Math.log(n);
    const step = jit((g: JaxArray, c: JaxArray): JaxArray[] => {
      if (!log) {
        const u = numpy.reciprocal(numpy.matmul(c.ref, g).mul(n));
        return [u.ref, numpy.reciprocal(numpy.matmul(u, c).mul(n))];
      }
      const f = nn
        .logsumexp(g.reshape([1, n]).sub(c.ref), 1)
        .neg()
        .add(logMass);
      return [
        f.ref,
        nn
          .logsumexp(f.reshape([n, 1]).sub(c), 0)
          .neg()
          .add(logMass),
      ];
    });
    return {
      async run(steps) {
        let [f, g] = [start.ref, start.ref];
        for (let i = 0; i < steps; i++) {
          f.dispose();
          [f, g] = step(g, matrix.ref) as [JaxArray, JaxArray];
        }
        const both = await Promise.all([f.data(), g.data()]);
        const [rows, columns] = log ? both : both.map((values) => values.map(Math.log));
        return Float32Array.from(centred(rows!, columns!));
      },
      free: () => {
        matrix.dispose();
        start.dispose();
        step.dispose();
      },
    };
  }

  #block({ data }: BlockProblem): Prepared {
    const { grad, jit } = this.#jax;
    const rows = BLOCK.windows * BLOCK.length;
    const start: JaxTree = Object.fromEntries(
      BLOCK_WEIGHTS.map((name) => [name, this.#upload(data.weights[name], BLOCK_SHAPES[name])]),
    );
    const fixed = [
      this.#upload(data.x, [rows, BLOCK.width]),
      this.#upload(data.upstream, [rows, BLOCK.width]),
      this.#upload(data.table, [rows, BLOCK.headDim]),
    ];
    const gradient = grad((weights: JaxTree, ...rest: JaxArray[]) => blockLoss(this.#jax, weights, rest));
    const step = jit((weights: JaxTree, ...rest: JaxArray[]): JaxTree => {
      const slopes = gradient(refs(weights), ...rest);
      return Object.fromEntries(
        Object.entries(weights).map(([name, weight]) => [name, weight.sub(slopes[name]!.mul(BLOCK.rate))]),
      );
    });
    return {
      async run(steps) {
        let weights = refs(start);
        for (let i = 0; i < steps; i++) weights = step(weights, ...fixed.map((operand) => operand.ref));
        const parts = BLOCK_SAMPLE.map(([name, row]) => {
          const weight = weights[name]!.ref;
          return weight.shape.length === 1 ? weight : weight.slice(row);
        });
        const read = await Promise.all(parts.map((part) => part.data()));
        for (const weight of Object.values(weights)) weight.dispose();
        return Float32Array.from(read.flatMap((part) => [...part]));
      },
      free: () => {
        for (const operand of [...Object.values(start), ...fixed]) operand.dispose();
        step.dispose();
      },
    };
  }
}

const refs = (tree: JaxTree): JaxTree =>
  Object.fromEntries(Object.entries(tree).map(([name, array]) => [name, array.ref]));
