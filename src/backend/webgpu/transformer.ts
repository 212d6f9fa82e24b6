import {
  attentionSizes,
  crossEntropySizes,
  rmsNormSizes,
  ropeSizes,
  softCapSizes,
  swigluSizes,
} from '../checks/transformer';
import type { Activation, AttentionShape, GainOffset, Tensor } from '../operations';
import { EXP_WORK, workgroupGrid } from './grid';
import { attentionKernel, attentionOptions } from './attention-forms';
import { softCapped } from './soft-capped';
import { byRows } from './reductions';
import { withF32 } from './with-f32';
import type { Runner } from './runner';

export function rmsNorm(
  runner: Runner,
  x: Tensor,
  gain: Tensor,
  eps: number,
  offset: GainOffset = 0,
): Tensor {
  const { rows, columns } = rmsNormSizes(x, gain, eps);
  return withF32(runner, [x], ([values]) => {
    const out = runner.empty(x.shape, 'normalised');
    const form = byRows(runner, rows, columns, gain);
    runner.run('rms_norm', {
      ...form,
      parameters: { ...form.parameters, OFFSET: offset },
      tensors: { x: values, gain, out },
      packed: ['gain'],
      params: { rows, width: columns, eps },
      work: 2 * rows * columns,
    });
    return out;
  });
}

export function rope(
  runner: Runner,
  x: Tensor,
  table: Tensor,
  headDim: number,
  positionStart: number,
): Tensor {
  const { rows, heads } = ropeSizes(x, table, headDim, positionStart);
  return withF32(runner, [x, table], ([values, angles]) => {
    const out = runner.empty(x.shape, 'rotated');
    runner.run('rope', {
      tensors: { x: values, table: angles, out },
      params: { rows, heads, head_dim: headDim, position_start: positionStart },
      groups: workgroupGrid((rows * heads * headDim) / 512),
      work: 2 * rows * heads * headDim,
    });
    return out;
  });
}

export function attention(runner: Runner, q: Tensor, k: Tensor, v: Tensor, shape: AttentionShape): Tensor {
  const sizes = attentionSizes(q, k, v, shape);
  const { queries, keys, windows, scale } = sizes;
  const { heads, kvHeads, headDim, past } = shape;
  const options = attentionOptions(sizes);
  return withF32(runner, [q, k, v], ([queryValues, keyValues, values]) => {
    const out = runner.empty(q.shape, 'attended');
    const { name, parameters, rows } = attentionKernel('attention', runner.attentionForm(headDim, queries));
    runner.run(name, {
      parameters: { ...parameters, ...options.parameters },
      tensors: { q: queryValues, k: keyValues, v: values, out },
      params: {
        queries,
        heads,
        kv_heads: kvHeads,
        groups: headDim / 4,
        past,
        scale,
        ...options.params,
      },
      groups: [Math.ceil(queries / rows), heads * windows],
      work: windows * queries * heads * headDim * keys,
    });
    return out;
  });
}

export function softCap(runner: Runner, x: Tensor, cap: number): Tensor {
  const { count } = softCapSizes(x, cap);
  return softCapped(runner, x, x, { count, cap, backward: false });
}

export function swiglu(runner: Runner, gate: Tensor, up: Tensor, activation: Activation = 'silu'): Tensor {
  const { count } = swigluSizes(gate, up);
  return withF32(runner, [gate, up], ([gates, values]) => {
    const out = runner.empty(gate.shape, 'gated');
    runner.run('swiglu', {
      parameters: { GELU: activation === 'gelu' ? 1 : 0 },
      tensors: { gate: gates, up: values, out },
      params: { count },
      groups: workgroupGrid(count / 256),
      work: count * EXP_WORK,
    });
    return out;
  });
}

export function crossEntropy(runner: Runner, logits: Tensor, targets: Tensor): Tensor {
  const { rows, columns } = crossEntropySizes(logits, targets);
  return withF32(runner, [logits], ([values]) => {
    const out = runner.empty([rows], 'negative log-likelihood');
    runner.run('cross_entropy', {
      ...byRows(runner, rows, columns),
      tensors: { logits: values, targets, out },
      params: { rows, vocabulary: columns },
      work: rows * columns * EXP_WORK,
    });
    return out;
  });
}
