import type { Draw } from './draw';
import { type Numbers, numbersOf, type Quantity } from './numbers';
import { ADAMW, type Answer } from './subject';
import { Rounding, UNIT } from './twin/rounding';
import { twinNumbers } from './twin-numbers';

/** Perturbed twins beside the exact one. */
const SAMPLES = 4;
/**
 * A bound is this many times the largest deviation of the perturbed twins. They move every result by a random part of the most that
 * float32 arithmetic can be off (see `Rounding`). A backend's own roundings are a small part of that and have no common sign, so they
 * stay well below; the factor is for numbers whose few samples happen to cancel.
 */
const MARGIN = 4;
/** Where rounding alone may take an answer further than this, relative to its largest number, the draw decides nothing. */
const UNDECIDED = 0.05;
/** What a plan decides. */
const FOLLOWING: ReadonlySet<Quantity> = new Set<Quantity>(['fused block', 'deeper loss', 'gradient']);

/** Numbers that belong together, compared with those of the exact twin. */
export interface Comparison {
  readonly quantity: Quantity;
  readonly what: string;
  /** max |got − right| / max |right|; Infinity if a number is missing, NaN or infinite. */
  readonly deviation: number;
  readonly bound: number;
  /** True if nothing can be said, because the bound is too large. */
  readonly undecided: boolean;
}

/** Compares the answers of backends to one draw with the twin's. Twins that would go the same way are run once. */
export class Referee {
  readonly #draw: Draw;
  readonly #twins = new Map<string, readonly [Numbers, ...Numbers[]]>();

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  comparisons(answer: Answer): Comparison[] {
    const [exact, ...perturbed] = this.#twinsOf(answer);
    const made = compared(numbersOf(answer), exact, perturbed);
    // Nothing follows from a plan that rounding decides: neither its block, nor the deeper model.
    const open = made.filter(
      ({ quantity, undecided }) => undecided && (quantity === 'cost' || quantity === 'plan'),
    );
    const blocks = new Set(open.map(({ what }) => blockOf(what)));
    const settled = made.map((one) => {
      const follows = one.quantity === 'fused block' ? blocks.has(blockOf(one.what)) : open.length > 0;
      return FOLLOWING.has(one.quantity) && follows ? { ...one, undecided: true } : one;
    });
    return answer.trained ? [...settled, ...adamW(answer.trained)] : settled;
  }

  /** The exact twin and the perturbed ones. */
  #twinsOf(answer: Answer): readonly [Numbers, ...Numbers[]] {
    const known = this.#twins.get(this.#keyOf(answer));
    if (known) return known;
    const twin = (seed?: number): Numbers => twinNumbers(this.#draw, answer, new Rounding(seed));
    const samples = Array.from({ length: SAMPLES }, (_, i) => twin(SAMPLES * this.#draw.index + i));
    const made = [twin(), ...samples] as const;
    this.#twins.set(this.#keyOf(answer), made);
    return made;
  }

  /** True if one twin stands for both, so that they may be compared with each other. */
  alike(answer: Answer, other: Answer): boolean {
    return this.#keyOf(answer) === this.#keyOf(other);
  }

  /** All that the twin reads of an answer. */
  #keyOf({ blocks, plans }: Answer): string {
    const read = [...plans].map(([name, { iterations, converged, epsilon, assignment }]) => [
      name,
      iterations,
      converged,
      epsilon,
      assignment,
    ]);
    const predicted =
      this.#draw.recipe.method === 'lesa' && blocks ? [...blocks].map(([, block]) => [...block]) : 0;
    return JSON.stringify([blocks === undefined, read, predicted]);
  }
}

/** Index of the block in the name of a plan or a tensor. */
const blockOf = (what: string): string => /: (\d+)\./.exec(what)?.[1] ?? '';

function compared(got: Numbers, exact: Numbers, perturbed: readonly Numbers[]): Comparison[] {
  return [...got].flatMap(([what, { quantity, values }]) => {
    const right = exact.get(what)?.values;
    if (!right) return [];
    const spread = perturbed.map((twin) => deviation(twin.get(what)?.values ?? [], right));
    // Reading rounds to float32 once more.
    const bound = MARGIN * Math.max(...spread) + 4 * UNIT;
    return [{ quantity, what, deviation: deviation(values, right), bound, undecided: !(bound < UNDECIDED) }];
  });
}

/** Devices may take numbers below the least normal one for zero; what vanishes next to this is equal. */
const TINY = 1e-37;

/** max |got − right| / max |right|. */
export function deviation(got: ArrayLike<number>, right: ArrayLike<number>): number {
  if (got.length !== right.length) return Infinity;
  let [off, size] = [0, 0];
  for (let i = 0; i < right.length; i++) {
    const difference = Math.abs((got[i] as number) - (right[i] as number));
    if (Number.isNaN(difference)) return Infinity;
    off = Math.max(off, difference);
    size = Math.max(size, Math.abs(right[i] as number));
  }
  return off <= TINY ? 0 : off / Math.max(size, TINY);
}

/** The first update by the formula, from the backend's own gradient: w − lr·(λ·w + ĝ/(|ĝ| + ε)) where moments start at zero. */
function adamW({ before, gradients, after }: NonNullable<Answer['trained']>): Comparison[] {
  const { betas, eps, weightDecay, rate } = ADAMW;
  return [...after].map(([name, values]) => {
    let [off, bound] = [0, 0];
    for (const [i, value] of values.entries()) {
      const [w, g] = [before.get(name)?.[i] as number, gradients.get(name)?.[i] as number];
      const m = ((1 - betas[0]) * g) / (1 - betas[0]);
      const v = ((1 - betas[1]) * g * g) / (1 - betas[1]);
      const right = w - rate * weightDecay * w - (rate * m) / (Math.sqrt(v) + eps);
      const size = Math.abs(w) + rate;
      off = Math.max(off, Math.abs(value - right) / size || 0);
      if (Number.isNaN(value)) off = Infinity;
      // Two roundings of the weight, and some tens of the update, which is at most the rate.
      bound = Math.max(bound, (UNIT * (3 * Math.abs(w) + 40 * rate)) / size);
    }
    return { quantity: 'AdamW step' as const, what: name, deviation: off, bound, undecided: false };
  });
}
