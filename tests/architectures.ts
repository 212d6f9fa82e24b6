import { readFileSync } from 'node:fs';

/** What transformers computes in float64 on a small model whose weights are those of `seededTensors`. */
export interface ArchitectureAnswer {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Two texts of equal length. */
  readonly windows: readonly (readonly number[])[];
  /** Mean loss of all predictions, and the loss of each, window after window. */
  readonly loss: number;
  readonly nll: readonly number[];
  /** Logits after the first text, and the norm of all logits of both. */
  readonly lastLogits: readonly number[];
  readonly logitsNorm: number;
  /** Of the mean loss, by tensor name: the norm and some elements, the largest among them. */
  readonly gradients?: Readonly<
    Record<
      string,
      { readonly norm: number; readonly index: readonly number[]; readonly value: readonly number[] }
    >
  >;
  /** The most probable continuation of the first six tokens of the first text. */
  readonly greedy?: readonly number[];
}

export const ARCHITECTURE_ANSWERS = JSON.parse(
  readFileSync(new URL('fixtures/architectures/answers.json', import.meta.url), 'utf8'),
) as readonly ArchitectureAnswer[];
