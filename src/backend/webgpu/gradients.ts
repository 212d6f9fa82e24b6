import {
  attentionGradientSizes,
  clipFactorSizes,
  crossEntropyGradientSizes,
  rmsNormGradientSizes,
  scatterAddSizes,
  squaredNormsSizes,
  swigluGradientSizes,
} from '../checks/gradients';
import type { AttentionPass, AttentionShape, Tensor } from '../operations';
import { EXP_WORK, workgroupGrid, ROWS } from './grid';
import { forEachGroup, numbered, storageBuffers } from './tensor-groups';
import { withF32 } from './with-f32';
import type { Runner } from './runner';

export function rmsNormGradient(
  runner: Runner,
  x: Tensor,
  gain: Tensor,
  upstream: Tensor,
  eps: number,
  gainGradient?: Tensor,
): Tensor {
  const { rows, columns } = rmsNormGradientSizes(x, gain, upstream, eps, gainGradient);
  return withF32(runner, [x, upstream], ([values, slopes]) => {
    const out = runner.empty(x.shape, 'normalised gradient');
    const inverse = runner.empty([rows], 'inverse root mean squares');
    runner.run('rms_norm_gradient', {
      tensors: { x: values, gain, upstream: slopes, out, inverse },
      packed: ['gain'],
      params: { rows, width: columns, eps },
      groups: workgroupGrid(rows / ROWS),
      work: 4 * rows * columns,
    });
    if (gainGradient)
      runner.run('rms_norm_gain_gradient', {
        tensors: { x: values, upstream: slopes, inverse, out: gainGradient },
        params: { rows, width: columns },
        groups: [Math.ceil(columns / 64), 1],
        work: 2 * rows * columns,
      });
    runner.free(inverse);
    return out;
  });
}

export function attentionGradient(
  runner: Runner,
  pass: AttentionPass,
  shape: AttentionShape,
): { q: Tensor; k: Tensor; v: Tensor } {
  const { queries, windows } = attentionGradientSizes(pass, shape);
  const { heads, kvHeads, headDim } = shape;
  const params = {
    queries,
    heads,
    kv_heads: kvHeads,
    groups: headDim / 4,
    scale: 1 / Math.sqrt(headDim),
  };
  const work = windows * queries * queries * heads * headDim;
  return withF32(
    runner,
    [pass.q, pass.k, pass.v, pass.out, pass.upstream],
    ([q, k, v, attended, upstream]) => {
      const rows = runner.empty([windows * queries, heads, 2], 'attention rows');
      const gradients = {
        q: runner.empty(q.shape, 'query gradient'),
        k: runner.empty(k.shape, 'key gradient'),
        v: runner.empty(v.shape, 'value gradient'),
      };
      runner.run('attention_query_gradient', {
        tensors: { q, k, v, attended, upstream, out: gradients.q, rows },
        params,
        groups: [Math.ceil(queries / ROWS), heads * windows],
        work: 2 * work,
      });
      runner.run('attention_key_gradient', {
        tensors: { q, k, v, upstream, rows, key_out: gradients.k, value_out: gradients.v },
        params,
        groups: [Math.ceil(queries / ROWS), kvHeads * windows],
        work: 2 * work,
      });
      runner.free(rows);
      return gradients;
    },
  );
}

export function swigluGradient(
  runner: Runner,
  gate: Tensor,
  up: Tensor,
  upstream: Tensor,
): { gate: Tensor; up: Tensor } {
  const { count } = swigluGradientSizes(gate, up, upstream);
  return withF32(runner, [gate, up, upstream], ([gates, ups, slopes]) => {
    const gradients = {
      gate: runner.empty(gate.shape, 'gate gradient'),
      up: runner.empty(up.shape, 'up gradient'),
    };
    runner.run('swiglu_gradient', {
      tensors: {
        gate: gates,
        up: ups,
        upstream: slopes,
        gate_slope: gradients.gate,
        up_slope: gradients.up,
      },
      params: { count },
      groups: workgroupGrid(count / 256),
      work: count * EXP_WORK,
    });
    return gradients;
  });
}

export function crossEntropyGradient(runner: Runner, logits: Tensor, targets: Tensor, weights: Tensor): void {
  const { rows, columns } = crossEntropyGradientSizes(logits, targets, weights);
  runner.run('cross_entropy_gradient', {
    tensors: { targets, weights, logits },
    params: { rows, vocabulary: columns },
    groups: workgroupGrid(rows),
    work: 2 * rows * columns * EXP_WORK,
  });
}

export function scatterAdd(runner: Runner, rows: Tensor, index: Tensor, into: Tensor, offset = 0): void {
  const { count, columns, intoRows } = scatterAddSizes(rows, index, into, offset);
  withF32(runner, [rows], ([x]) => {
    runner.run('scatter_add', {
      tensors: { x, index, out: into },
      params: { count, columns, out_rows: intoRows, offset },
      groups: [Math.ceil(columns / 64), 1],
      work: count * columns,
    });
  });
}

export function squaredNorms(runner: Runner, tensors: readonly Tensor[]): Tensor {
  const { counts } = squaredNormsSizes(tensors);
  return withF32(runner, tensors, (values) => {
    const groups = Math.min(256, Math.ceil(Math.max(...counts) / 1024));
    const partial = runner.empty([tensors.length, groups], 'sums of squares');
    forEachGroup(values, storageBuffers(runner) - 1, (group, row) => {
      const sizes = counts.slice(row, row + group.length);
      runner.run('squared_norms', {
        tensors: { out: partial, ...numbered('x', group) },
        params: { row, ...numbered('count', sizes) },
        parameters: { TENSORS: group.length },
        groups: [groups, 1],
        work: sizes.reduce((sum, size) => sum + size, 0),
      });
    });
    const out = runner.empty([tensors.length], 'squared norms');
    runner.run('partial_sums', {
      tensors: { x: partial, out },
      params: { width: groups },
      groups: [tensors.length, 1],
      work: tensors.length * groups,
    });
    runner.free(partial);
    return out;
  });
}

export function clipFactor(runner: Runner, squares: Tensor, most: number): Tensor {
  const { count } = clipFactorSizes(squares, most);
  const out = runner.empty([1], 'clip factor');
  runner.run('clip_factor', {
    tensors: { squares, out },
    params: { count, most },
    groups: [1, 1],
    work: count,
  });
  return out;
}
