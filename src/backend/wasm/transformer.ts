import {
  attentionSizes,
  crossEntropySizes,
  rmsNormSizes,
  ropeSizes,
  softCapSizes,
  swigluSizes,
} from '../checks/transformer';
import type { Activation, AttentionShape, GainOffset, Tensor } from '../operations';
import { QUERIES, attentionScratch } from './kernels/attention';
import { EXPONENTIAL_NS, STREAM_NS } from './work-split';
import type { Runner } from './runner';

export function rmsNorm(
  runner: Runner,
  x: Tensor,
  gain: Tensor,
  eps: number,
  offset: GainOffset = 0,
): Tensor {
  runner.check(x, gain);
  const { rows, columns } = rmsNormSizes(x, gain, eps);
  return runner.make(x.shape, 'rmsNorm', (out) => {
    runner.withF32([x, gain], (xAt, gainAt) =>
      runner.run(
        'rmsNorm',
        { x: xAt, gain: gainAt, columns, eps, offset, out },
        { items: rows, nanoseconds: 4 * STREAM_NS * columns },
      ),
    );
  });
}

export function rope(
  runner: Runner,
  x: Tensor,
  table: Tensor,
  headDim: number,
  positionStart: number,
): Tensor {
  runner.check(x, table);
  const { rows, heads } = ropeSizes(x, table, headDim, positionStart);
  return runner.make(x.shape, 'rope', (out) => {
    runner.withF32([x, table], (xAt, tableAt) =>
      runner.run(
        'rope',
        { x: xAt, table: tableAt, heads, headDim, positionStart, out },
        { items: rows, nanoseconds: 2 * STREAM_NS * heads * headDim },
      ),
    );
  });
}

export function attention(runner: Runner, q: Tensor, k: Tensor, v: Tensor, shape: AttentionShape): Tensor {
  runner.check(q, k, v);
  const { heads, kvHeads, headDim, past } = shape;
  const { queries, keys, windows, scale, span, cap } = attentionSizes(q, k, v, shape);
  return runner.make(q.shape, 'attention', (out) => {
    const blocks = Math.ceil(queries / QUERIES);
    const each = Math.min(queries, QUERIES);
    runner.withF32([q, k, v], (qAt, kAt, vAt) =>
      runner.run(
        'attention',
        {
          q: qAt,
          k: kAt,
          v: vAt,
          out,
          heads,
          kvHeads,
          headDim,
          queries,
          past,
          blocks,
          scale,
          span,
          cap,
        },
        {
          items: windows * heads * blocks,
          nanoseconds: keys * (each * (EXPONENTIAL_NS + headDim / 8) + 4 * headDim),
          scratch: () => attentionScratch(keys, 1),
        },
      ),
    );
  });
}

export function softCap(runner: Runner, x: Tensor, cap: number): Tensor {
  runner.check(x);
  const { count } = softCapSizes(x, cap);
  return runner.make(x.shape, 'softCap', (out) => {
    runner.withF32([x], (at) =>
      runner.run('softCap', { x: at, cap, out }, { items: count, nanoseconds: EXPONENTIAL_NS, multiple: 4 }),
    );
  });
}

export function swiglu(runner: Runner, gate: Tensor, up: Tensor, activation: Activation = 'silu'): Tensor {
  runner.check(gate, up);
  const { count } = swigluSizes(gate, up);
  return runner.make(gate.shape, 'swiglu', (out) => {
    runner.withF32([gate, up], (gateAt, upAt) =>
      runner.run(
        activation === 'gelu' ? 'geglu' : 'swiglu',
        { gate: gateAt, up: upAt, out },
        { items: count, nanoseconds: EXPONENTIAL_NS, multiple: 4 },
      ),
    );
  });
}

export function crossEntropy(runner: Runner, logits: Tensor, targets: Tensor): Tensor {
  runner.check(logits, targets);
  const { rows, columns } = crossEntropySizes(logits, targets);
  return runner.make([rows], 'crossEntropy', (out) => {
    runner.withF32([logits], (at) =>
      runner.run(
        'crossEntropy',
        { logits: at, targets: runner.at(targets), columns, out },
        { items: rows, nanoseconds: EXPONENTIAL_NS * columns },
      ),
    );
  });
}
