import { readFileSync } from 'node:fs';
import type { Backend } from '../backend/operations';
import { Checkpoint } from '../checkpoint/checkpoint';
import { parseConfig } from '../llama/config';
import { shippedFiles } from '../llama/testing';
import { Weights } from '../llama/weights';

/** For tests: the shipped model and its reference results. */

/** Norm, sum and some elements of a reference tensor, computed in float64. */
export interface Digest {
  readonly shape: readonly number[];
  readonly norm: number;
  readonly index: readonly number[];
  readonly value: readonly number[];
}
export interface PlanOracle {
  readonly perplexity: number;
  readonly transport_cost: number;
  readonly sample: Digest;
  readonly assignment?: readonly number[];
}
export interface BlockOracle {
  readonly tensors: Readonly<Record<string, Digest>>;
  readonly plans?: Readonly<Record<string, PlanOracle>>;
  readonly insert_loss: number;
}
export interface Oracles {
  readonly forward: { readonly ids: readonly number[] };
  readonly blocks: Readonly<Record<string, Readonly<Record<string, BlockOracle>>>>;
  readonly arms: {
    readonly base: number;
    readonly average_top: number;
    readonly opt_paper_top: number;
    readonly solar: number;
    readonly solar_order: readonly number[];
  };
  readonly train: {
    readonly new_layers: readonly number[];
    readonly gaps: readonly number[];
    /** Windows of token ids, one token longer than the predictions. */
    readonly batch: readonly (readonly number[])[];
    readonly hyper: {
      readonly lr: number;
      readonly betas: readonly [number, number];
      readonly eps: number;
      readonly weight_decay: number;
    };
    readonly losses: readonly number[];
    readonly gradients: Readonly<Record<string, Readonly<Record<string, Digest>>>>;
    readonly after: Readonly<Record<string, Digest>>;
  };
}

export const oracles = JSON.parse(
  readFileSync(new URL('../../tests/fixtures/demo-model.json', import.meta.url), 'utf8'),
) as Oracles;

export function blockOracle(gap: number, variant: string): BlockOracle {
  const found = oracles.blocks[gap]?.[variant];
  if (!found) throw new Error(`no reference block for gap ${gap}, ${variant}`);
  return found;
}

export async function shippedModel(backend: Backend): Promise<{ checkpoint: Checkpoint; weights: Weights }> {
  const checkpoint = await Checkpoint.open(await shippedFiles());
  return { checkpoint, weights: new Weights(backend, checkpoint, parseConfig(checkpoint.config)) };
}

/** Lists differences from the reference: the norm by more than 1e-3 of itself, or an element by more than `tolerance`. */
export function digestProblems(values: Float32Array, digest: Digest, tolerance: number): string[] {
  const problems: string[] = [];
  const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  if (!(Math.abs(norm - digest.norm) <= 1e-3 * digest.norm))
    problems.push(`norm ${norm}, expected ${digest.norm}`);
  for (const [k, index] of digest.index.entries()) {
    const [got = Number.NaN, expected = Number.NaN] = [values[index], digest.value[k]];
    if (!(Math.abs(got - expected) <= tolerance))
      problems.push(`element ${index}: ${got}, expected ${expected}`);
  }
  return problems;
}

/** Root mean square of the tensor that a digest describes. */
export const rms = ({ norm, shape }: Digest): number =>
  norm / Math.sqrt(shape.reduce((product, size) => product * size, 1));
