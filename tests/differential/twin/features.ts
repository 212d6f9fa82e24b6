import type { Features } from './fused';
import { at, type Matrix, stacked, transpose, zeros } from './matrix';
import type { Evaluation } from './model';
import type { Rounding } from './rounding';

/** By projection the activation whose rows are compared: gate and up share that of their unit. */
const COMPARED: Readonly<Record<string, string>> = {
  'self_attn.q_proj': 'self_attn.q_proj',
  'self_attn.k_proj': 'self_attn.k_proj',
  'self_attn.v_proj': 'self_attn.v_proj',
  'self_attn.o_proj': 'self_attn.o_proj',
  'mlp.gate_proj': 'mlp.units',
  'mlp.up_proj': 'mlp.units',
  'mlp.down_proj': 'mlp.down_proj',
};

/** Features of every block (docs/method.md 5.3): activations less their mean over the tokens, at unit length. */
export const featuresOf = ({ activations }: Evaluation, rounding: Rounding): Features[] =>
  activations.map((seen) => {
    const of = (name: string): Matrix => standardised(transpose(stacked(seen.get(name) ?? [])), rounding);
    const features = new Map(Object.entries(COMPARED).map(([tensor, name]) => [tensor, of(name)]));
    return features.set('heads', transpose(of('heads')));
  });

/** Rows less their mean, at unit length; a row that does not vary is zero. */
function standardised(x: Matrix, rounding: Rounding): Matrix {
  const made = zeros(x.rows, x.columns);
  for (let i = 0; i < x.rows; i++) {
    let [sum, squares, deviations] = [0, 0, 0];
    for (let j = 0; j < x.columns; j++) sum += at(x, i, j);
    const mean = sum / x.columns;
    for (let j = 0; j < x.columns; j++) {
      squares += at(x, i, j) ** 2;
      deviations += (at(x, i, j) - mean) ** 2;
    }
    const length = Math.sqrt(deviations);
    if (!(length > 1e-6 * Math.sqrt(squares))) continue;
    for (let j = 0; j < x.columns; j++)
      made.values[i * x.columns + j] = rounding.near((at(x, i, j) - mean) / length, 1);
  }
  return made;
}
