import {
  attentionSizes,
  crossEntropySizes,
  rmsNormSizes,
  ropeSizes,
  swigluSizes,
} from '../checks/transformer';
import type { AttentionShape, Tensor } from '../operations';
import { EXP_WORK, workgroupGrid } from './grid';
import { attentionKernel } from './attention-forms';
import { byRows } from './reductions';
import { withF32 } from './with-f32';
import type { Runner } from './runner';

export function rmsNorm(runner: Runner, x: Tensor, gain: Tensor, eps: number): Tensor {
  const { rows, columns } = rmsNormSizes(x, gain, eps);
  return withF32(runner, [x], ([values]) => {
    const out = runner.empty(x.shape, 'normalised');
    runner.run('rms_norm', {
      ...byRows(runner, rows, columns, gain),
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
  const { queries, keys, windows } = attentionSizes(q, k, v, shape);
  const { heads, kvHeads, headDim, past } = shape;
  return withF32(runner, [q, k, v], ([queryValues, keyValues, values]) => {
    const out = runner.empty(q.shape, 'attended');
    const { name, parameters, rows } = attentionKernel('attention', runner.attentionForm(headDim, queries));
    runner.run(name, {
      parameters,
      tensors: { q: queryValues, k: keyValues, v: values, out },
      params: {
        queries,
        heads,
        kv_heads: kvHeads,
        groups: headDim / 4,
        past,
        scale: 1 / Math.sqrt(headDim),
      },
      groups: [Math.ceil(queries / rows), heads * windows],
      work: windows * queries * heads * headDim * keys,
    });
    return out;
  });
}

export function swiglu(runner: Runner, gate: Tensor, up: Tensor): Tensor {
  const { count } = swigluSizes(gate, up);
  return withF32(runner, [gate, up], ([gates, values]) => {
    const out = runner.empty(gate.shape, 'gated');
    runner.run('swiglu', {
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
