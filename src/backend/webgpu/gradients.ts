import {
  attentionGradientSizes,
  clipFactorSizes,
  crossEntropyGradientSizes,
  rmsNormGradientSizes,
  scatterAddSizes,
  softCapGradientSizes,
  squaredNormsSizes,
  swigluGradientSizes,
} from '../checks/gradients';
import type { Activation, AttentionPass, AttentionShape, GainOffset, Tensor } from '../operations';
import { EXP_WORK, workgroupGrid } from './grid';
import { attentionKernel, attentionOptions } from './attention-forms';
import { splitColumns } from './column-form';
import { byRows } from './reductions';
import { softCapped } from './soft-capped';
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
  offset: GainOffset = 0,
): Tensor {
  const { rows, columns } = rmsNormGradientSizes(x, gain, upstream, eps, gainGradient);
  return withF32(runner, [x, upstream], ([values, slopes]) => {
    const out = runner.empty(x.shape, 'normalised gradient');
    const inverse = runner.empty([rows], 'inverse root mean squares');
    const form = byRows(runner, rows, columns, gain);
    runner.run('rms_norm_gradient', {
      ...form,
      parameters: { ...form.parameters, OFFSET: offset },
      tensors: { x: values, gain, upstream: slopes, out, inverse },
      packed: ['gain'],
      params: { rows, width: columns, eps },
      work: 4 * rows * columns,
    });
    const size = { rows, width: columns };
    if (gainGradient) addGainGradient(runner, { x: values, upstream: slopes, inverse }, size, gainGradient);
    runner.free(inverse);
    return out;
  });
}

/** Adds Σ_t u[t, i] · x[t, i] · inverse[t] to `out`. */
function addGainGradient(
  runner: Runner,
  { x, upstream, inverse }: Readonly<Record<'x' | 'upstream' | 'inverse', Tensor>>,
  { rows, width }: { readonly rows: number; readonly width: number },
  out: Tensor,
): void {
  const { parameters, strips, height: part } = splitColumns(runner.columnForm, rows, width);
  const parts = Math.ceil(rows / part);
  const add = (
    from: Tensor,
    count: number,
    height: number,
    into: Tensor,
    constants: Readonly<Record<string, number>>,
  ): void => {
    runner.run('rms_norm_gain_gradient', {
      tensors: { x: from, upstream, inverse, out: into },
      parameters,
      constants,
      params: { rows: count, width, height },
      groups: [strips, Math.ceil(count / height)],
      work: 2 * count * width,
    });
  };
  if (parts === 1) {
    add(x, rows, rows, out, {});
    return;
  }
  const sums = runner.empty([parts, width], 'sums of parts');
  add(x, rows, part, sums, { ADDED: 0 });
  add(sums, parts, parts, out, { SUMS: 1 });
  runner.free(sums);
}

export function attentionGradient(
  runner: Runner,
  pass: AttentionPass,
  shape: AttentionShape,
): { q: Tensor; k: Tensor; v: Tensor } {
  const sizes = attentionGradientSizes(pass, shape);
  const { queries, windows, scale } = sizes;
  const { heads, kvHeads, headDim } = shape;
  const options = attentionOptions(sizes);
  const params = {
    queries,
    heads,
    kv_heads: kvHeads,
    groups: headDim / 4,
    scale,
    ...options.params,
  };
  const work = windows * queries * queries * heads * headDim;
  const form = runner.attentionForm(headDim, queries);
  const ofQuery = attentionKernel('attention_query_gradient', form);
  const ofKey = attentionKernel('attention_key_gradient', form);
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
      runner.run(ofQuery.name, {
        parameters: { ...ofQuery.parameters, ...options.parameters },
        tensors: { q, k, v, attended, upstream, out: gradients.q, rows },
        params,
        groups: [Math.ceil(queries / ofQuery.rows), heads * windows],
        work: 2 * work,
      });
      runner.run(ofKey.name, {
        parameters: { ...ofKey.parameters, ...options.parameters },
        tensors: { q, k, v, upstream, rows, key_out: gradients.k, value_out: gradients.v },
        params,
        groups: [Math.ceil(queries / ofKey.rows), kvHeads * windows],
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
  activation: Activation = 'silu',
): { gate: Tensor; up: Tensor } {
  const { count } = swigluGradientSizes(gate, up, upstream);
  return withF32(runner, [gate, up, upstream], ([gates, ups, slopes]) => {
    const gradients = {
      gate: runner.empty(gate.shape, 'gate gradient'),
      up: runner.empty(up.shape, 'up gradient'),
    };
    runner.run('swiglu_gradient', {
      parameters: { GELU: activation === 'gelu' ? 1 : 0 },
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

export function softCapGradient(runner: Runner, capped: Tensor, upstream: Tensor, cap: number): Tensor {
  const { count } = softCapGradientSizes(capped, upstream, cap);
  return softCapped(runner, upstream, capped, { count, cap, backward: true });
}

export function crossEntropyGradient(runner: Runner, logits: Tensor, targets: Tensor, weights: Tensor): void {
  const { rows, columns } = crossEntropyGradientSizes(logits, targets, weights);
  runner.run('cross_entropy_gradient', {
    ...byRows(runner, rows, columns),
    tensors: { targets, weights, logits },
    params: { rows, vocabulary: columns },
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
