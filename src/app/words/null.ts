import type { AgainstNull, NullMeasure } from '../../engine/jobs';
import { fixed } from './numbers';

/** What an alignment has beyond its null, in the pieces of one sentence. */
export interface NullWords {
  /** What is compared, such as `Matched mass`. */
  readonly what: string;
  readonly real: string;
  /** Mean and standard deviation of the null. */
  readonly drawn: string;
  readonly conclusion: string;
}

/** Standard deviations of the draws that a number must be away from their mean to be called more than chance. */
const BEYOND = 2;

/** A share in whole percent; undefined if the number is not beyond what the null's draws differ by. */
function share({ real, mean, deviation, excess }: AgainstNull): string | undefined {
  if (excess <= 0 || Math.abs(real - mean) <= BEYOND * deviation) return undefined;
  return excess < 0.005 ? 'under 1 %' : `${Math.round(100 * excess)} %`;
}

function conclusion(mass: AgainstNull | null, cost: AgainstNull | null): string {
  const parts = [
    mass && share(mass) && `${share(mass)} of the mass`,
    cost && share(cost) && `${share(cost)} of the cost`,
  ].filter(Boolean);
  if (parts.length === 2) return `${parts.join(' and ')} are alignment`;
  return parts.length === 1 ? `${parts[0]} is alignment` : 'no more than chance makes';
}

/** Words on an alignment and its null; undefined where it has none. */
export function nullWords(measure: NullMeasure): NullWords | undefined {
  if (measure.reason !== undefined) return undefined;
  const { matchedMass: mass, exactCost, transportCost, matching } = measure;
  const cost = exactCost ?? transportCost;
  // A permutation has all its mass on the best match, whatever it matches.
  if (mass && mass.mean < 1) {
    const what = matching === 'one-to-one' ? 'Matched mass' : 'Mass on best partners';
    return { what, ...numbers(mass), conclusion: conclusion(mass, cost) };
  }
  return cost ? { what: 'Cost one to one', ...numbers(cost), conclusion: conclusion(null, cost) } : undefined;
}

/** Both numbers, in as many decimals as tell them apart. */
function numbers({ real, mean, deviation }: AgainstNull): Pick<NullWords, 'real' | 'drawn'> {
  const digits = mean < 0.02 ? 5 : 3;
  return { real: fixed(real, digits), drawn: `${fixed(mean, digits)} ± ${fixed(deviation, digits)}` };
}

/** The words as a sentence; empty where there is no null. */
export function nullSentence(measure: NullMeasure | undefined): string {
  const words = measure && nullWords(measure);
  return words ? `${words.what} ${words.real}, null ${words.drawn}: ${words.conclusion}.` : '';
}

/** Said of a picture sorted by match as long as its null is not known. */
export const ANY_DIAGONAL = 'Sorted by match, any plan shows a diagonal.';
