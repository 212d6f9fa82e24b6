import type { Backend, Tensor } from '../src/backend/operations';
import { Scope } from '../src/backend/scope';
import { normal } from './data';

/** Sizes of the shipped model. */
const [WIDTH, INNER, HEADS, KV_HEADS, HEAD_DIM] = [128, 384, 4, 2, 32];
const [WINDOWS, LENGTH] = [8, 128];
const EPS = 1e-5;

/** Returns a function that runs forward and backward pass of one block on a batch, weight gradients included, and frees all results. */
export function blockStep(backend: Backend): () => void {
  const rows = WINDOWS * LENGTH;
  const upload = (...shape: readonly number[]): Tensor => {
    const values = normal(shape.reduce((product, size) => product * size, 1)).map((x) => 0.1 * x);
    return backend.upload(values, shape, 'f32', shape.join('×'));
  };
  const gains = [upload(WIDTH), upload(WIDTH)] as const;
  const ofGains = [upload(WIDTH), upload(WIDTH)] as const;
  const [qWeight, kWeight, vWeight, outWeight] = [
    upload(HEADS * HEAD_DIM, WIDTH),
    upload(KV_HEADS * HEAD_DIM, WIDTH),
    upload(KV_HEADS * HEAD_DIM, WIDTH),
    upload(WIDTH, HEADS * HEAD_DIM),
  ];
  const [gateWeight, upWeight, downWeight] = [
    upload(INNER, WIDTH),
    upload(INNER, WIDTH),
    upload(WIDTH, INNER),
  ];
  const [x, upstream, table] = [upload(rows, WIDTH), upload(rows, WIDTH), upload(rows, HEAD_DIM)];
  const shape = { heads: HEADS, kvHeads: KV_HEADS, headDim: HEAD_DIM, past: 0, windows: WINDOWS };

  return () => {
    const scope = new Scope(backend);
    const own = (tensor: Tensor): Tensor => scope.own(tensor);
    const linear = (input: Tensor, weight: Tensor) =>
      own(backend.matmul(input, weight, { orientation: 'nt' }));
    /** Backward pass of a linear layer: computes the weight gradient, and returns the input gradient, added to `into` if given. */
    const backward = (slope: Tensor, input: Tensor, weight: Tensor, into?: Tensor): Tensor => {
      own(backend.matmul(slope, input, { orientation: 'tn' }));
      return own(backend.matmul(slope, weight, into ? { into, accumulate: true } : {}));
    };
    const rope = (tensor: Tensor) => own(backend.rope(tensor, table, HEAD_DIM, 0));

    const normed = own(backend.rmsNorm(x, gains[0], EPS));
    const [q, k, v] = [rope(linear(normed, qWeight)), rope(linear(normed, kWeight)), linear(normed, vWeight)];
    const out = own(backend.attention(q, k, v, shape));
    const middle = own(backend.weightedSum(x, 1, linear(out, outWeight), 1));
    const normedMiddle = own(backend.rmsNorm(middle, gains[1], EPS));
    const [gate, up] = [linear(normedMiddle, gateWeight), linear(normedMiddle, upWeight)];
    const inner = own(backend.swiglu(gate, up));
    own(backend.weightedSum(middle, 1, linear(inner, downWeight), 1));

    const gated = backend.swigluGradient(gate, up, backward(upstream, inner, downWeight));
    const ofNormedMiddle = backward(own(gated.gate), normedMiddle, gateWeight);
    backward(own(gated.up), normedMiddle, upWeight, ofNormedMiddle);
    const normSlope = own(backend.rmsNormGradient(middle, gains[1], ofNormedMiddle, EPS, ofGains[1]));
    const ofMiddle = own(backend.weightedSum(upstream, 1, normSlope, 1));
    const attended = { q, k, v, out, upstream: backward(ofMiddle, out, outWeight) };
    const of = backend.attentionGradient(attended, shape);
    const ofNormed = backward(rope(own(of.q)), normed, qWeight);
    backward(rope(own(of.k)), normed, kWeight, ofNormed);
    backward(own(of.v), normed, vWeight, ofNormed);
    const slope = own(backend.rmsNormGradient(x, gains[0], ofNormed, EPS, ofGains[0]));
    own(backend.weightedSum(ofMiddle, 1, slope, 1));
    scope.free();
  };
}
