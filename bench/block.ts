import type { Backend, Tensor } from '../src/backend/operations';
import { Scope } from '../src/backend/scope';
import { BLOCK, BLOCK_SHAPES, BLOCK_WEIGHTS, type BlockData, type BlockWeight } from './block-data';

type Weights = Record<BlockWeight, Tensor>;

/** A training step of one block of the shipped model on a backend, written against the operations. */
export class BlockStep {
  readonly #backend: Backend;
  readonly #start: Weights;
  readonly #fixed: Readonly<Record<'x' | 'upstream' | 'table' | 'inverseTable', Tensor>>;
  #weights: Weights;

  constructor(backend: Backend, data: BlockData) {
    this.#backend = backend;
    const rows = BLOCK.windows * BLOCK.length;
    const upload = (values: Float32Array, shape: readonly number[], label: string): Tensor =>
      backend.upload(values, shape, 'f32', label);
    this.#start = perWeight((name) => upload(data.weights[name], BLOCK_SHAPES[name], name));
    this.#fixed = {
      x: upload(data.x, [rows, BLOCK.width], 'x'),
      upstream: upload(data.upstream, [rows, BLOCK.width], 'upstream'),
      table: upload(data.table, [rows, BLOCK.headDim], 'table'),
      inverseTable: upload(data.inverseTable, [rows, BLOCK.headDim], 'inverse table'),
    };
    this.#weights = this.#copyOfStart();
  }

  /** The weights after the steps so far. */
  get weights(): Readonly<Weights> {
    return this.#weights;
  }

  /** Back to the first weights. */
  restart(): void {
    this.#backend.free(...Object.values(this.#weights));
    this.#weights = this.#copyOfStart();
  }

  /** Forward and backward pass, and a step of gradient descent on all weights. */
  step(): void {
    const scope = new Scope(this.#backend);
    const gradients = gradientsOf(this.#backend, scope, this.#weights, this.#fixed);
    const next = perWeight((name) =>
      this.#backend.weightedSum(this.#weights[name], 1, gradients[name], -BLOCK.rate),
    );
    scope.free();
    this.#backend.free(...Object.values(this.#weights));
    this.#weights = next;
  }

  free(): void {
    this.#backend.free(...[this.#start, this.#fixed, this.#weights].flatMap((some) => Object.values(some)));
  }

  #copyOfStart(): Weights {
    return perWeight((name) => this.#backend.weightedSum(this.#start[name], 1));
  }
}

const perWeight = (make: (name: BlockWeight) => Tensor): Weights =>
  Object.fromEntries(BLOCK_WEIGHTS.map((name) => [name, make(name)])) as Weights;

/** Gradients of all weights. `scope` owns them and everything between. */
function gradientsOf(
  backend: Backend,
  scope: Scope,
  weights: Readonly<Weights>,
  { x, upstream, table, inverseTable }: Readonly<Record<'x' | 'upstream' | 'table' | 'inverseTable', Tensor>>,
): Weights {
  const { heads, kvHeads, headDim, windows, eps, width } = BLOCK;
  const shape = { heads, kvHeads, headDim, past: 0, windows };
  const own = (tensor: Tensor): Tensor => scope.own(tensor);
  const linear = (input: Tensor, name: BlockWeight) =>
    own(backend.matmul(input, weights[name], { orientation: 'nt' }));
  const gradients: Partial<Weights> = {};
  /** Backward pass of a linear layer. Returns the gradient of the input, added to `into` if given. */
  const backward = (slope: Tensor, input: Tensor, name: BlockWeight, into?: Tensor): Tensor => {
    gradients[name] = own(backend.matmul(slope, input, { orientation: 'tn' }));
    const product = backend.matmul(slope, weights[name], into ? { into, accumulate: true } : {});
    return into ? product : own(product);
  };
  const rope = (tensor: Tensor) => own(backend.rope(tensor, table, headDim, 0));
  const unrope = (tensor: Tensor) => own(backend.rope(tensor, inverseTable, headDim, 0));
  const gainGradient = (name: BlockWeight): Tensor => (gradients[name] = own(backend.zeros([width], name)));

  const normed = own(backend.rmsNorm(x, weights.attentionGain, eps));
  const [q, k, v] = [rope(linear(normed, 'q')), rope(linear(normed, 'k')), linear(normed, 'v')];
  const attended = own(backend.attention(q, k, v, shape));
  const middle = own(backend.weightedSum(x, 1, linear(attended, 'out'), 1));
  const normedMiddle = own(backend.rmsNorm(middle, weights.mlpGain, eps));
  const [gate, up] = [linear(normedMiddle, 'gate'), linear(normedMiddle, 'up')];
  const inner = own(backend.swiglu(gate, up));
  own(backend.weightedSum(middle, 1, linear(inner, 'down'), 1));

  const gated = backend.swigluGradient(gate, up, backward(upstream, inner, 'down'));
  const ofNormedMiddle = backward(own(gated.gate), normedMiddle, 'gate');
  backward(own(gated.up), normedMiddle, 'up', ofNormedMiddle);
  const ofMlpGain = gainGradient('mlpGain');
  const normSlope = own(backend.rmsNormGradient(middle, weights.mlpGain, ofNormedMiddle, eps, ofMlpGain));
  const ofMiddle = own(backend.weightedSum(upstream, 1, normSlope, 1));
  const pass = { q, k, v, out: attended, upstream: backward(ofMiddle, attended, 'out') };
  const of = backend.attentionGradient(pass, shape);
  const ofNormed = backward(unrope(own(of.q)), normed, 'q');
  backward(unrope(own(of.k)), normed, 'k', ofNormed);
  backward(own(of.v), normed, 'v', ofNormed);
  own(backend.rmsNormGradient(x, weights.attentionGain, ofNormed, eps, gainGradient('attentionGain')));
  return gradients as Weights;
}
