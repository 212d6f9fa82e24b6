import type { Backend } from '../../src/backend/operations';
import { type Comparison, deviation, Referee } from './compare';
import { type Draw, drawOf } from './draw';
import { numbersOf, type Quantity } from './numbers';
import { type Answer, answerOf } from './subject';

/** The errors by which the product says that it cannot do something. */
const TYPED: ReadonlySet<string> = new Set(['GapError', 'UpscaleError', 'TransportError', 'EvaluationError']);

/** A draw that went wrong. */
export interface Failure {
  readonly draw: number;
  readonly what: string;
}

/** The largest deviation of a quantity on a backend, and the one nearest to its bound. */
export interface Worst {
  readonly deviation: number;
  /** deviation / bound. */
  readonly share: number;
  readonly draw: number;
  readonly what: string;
}

/** What came of some draws. Plain data; pieces are joined by `joined`. */
export interface Outcome {
  readonly draws: number;
  readonly refused: number;
  /** By `quantity backend`. */
  readonly largest: Readonly<Record<string, Worst>>;
  readonly nearest: Readonly<Record<string, Worst>>;
  /** Lists of numbers compared, and those that decide nothing. */
  readonly compared: Readonly<Record<string, number>>;
  readonly undecided: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
}

export const NOTHING: Outcome = {
  draws: 0,
  refused: 0,
  largest: {},
  nearest: {},
  compared: {},
  undecided: {},
  failures: [],
};

/** Runs one draw on all backends and compares them with the twin and with each other. */
export async function outcomeOf(
  backends: ReadonlyMap<string, Backend>,
  seed: number,
  index: number,
): Promise<Outcome> {
  const draw = drawOf(seed, index);
  const answers = new Map<string, Answer>();
  for (const [name, backend] of backends) answers.set(name, await answerOf(backend, draw));
  const failures = [...refusalsOf(answers), ...soundness(answers)];
  let outcome: Outcome = { ...NOTHING, draws: 1 };
  const all = new Map<string, Comparison[]>();
  const referee = new Referee(draw);
  for (const [name, answer] of answers) {
    const made = referee.comparisons(answer);
    all.set(name, made);
    outcome = joined(outcome, counted(name, index, made));
    failures.push(
      ...made
        .filter(({ deviation: off, bound, undecided }) => !undecided && !(off <= bound))
        .map(
          ({ what, deviation: off, bound }) =>
            `${name}: ${what} deviates by ${off.toExponential(1)}, expected at most ${bound.toExponential(1)}`,
        ),
    );
  }
  outcome = joined(outcome, counted('between', index, between(answers, all, referee)));
  const refused = [...answers.values()].some(({ refusals }) => refusals.length > 0) ? 1 : 0;
  return { ...outcome, refused, failures: failures.map((what) => ({ draw: index, what })) };
}

/** The backends against each other, within the sum of their bounds. */
function between(
  answers: ReadonlyMap<string, Answer>,
  all: ReadonlyMap<string, readonly Comparison[]>,
  referee: Referee,
): Comparison[] {
  const names = [...answers.keys()];
  return names.flatMap((name, i) =>
    names.slice(i + 1).flatMap((other) => {
      const [first, second] = [answers.get(name), answers.get(other)];
      if (!first || !second || !referee.alike(first, second)) return [];
      const [mine, theirs] = [numbersOf(first), numbersOf(second)];
      const limits = new Map(all.get(other)?.map((one) => [one.what, one]));
      return (all.get(name) ?? []).flatMap((one) => {
        const [x, y, limit] = [
          mine.get(one.what)?.values,
          theirs.get(one.what)?.values,
          limits.get(one.what),
        ];
        if (!x || !y || !limit) return [];
        return [
          {
            ...one,
            deviation: deviation(x, y),
            bound: one.bound + limit.bound,
            undecided: one.undecided || limit.undecided,
          },
        ];
      });
    }),
  );
}

/** What is wrong with refusals: an error of no known type, or one that not all backends have. */
function refusalsOf(answers: ReadonlyMap<string, Answer>): string[] {
  const wrong: string[] = [];
  const said = new Map<string, string[]>();
  for (const [name, { refusals }] of answers)
    for (const { job, name: type, message } of refusals) {
      if (!TYPED.has(type)) wrong.push(`${name}: ${job} ended with ${type}: ${message}`);
      // Numbers in a message may differ by rounding.
      const key = `${job}: ${message.replaceAll(/[\d.]+(e[+-]?\d+)?/g, '#')}`;
      said.set(key, [...(said.get(key) ?? []), name]);
    }
  for (const [key, names] of said)
    if (names.length < answers.size) wrong.push(`refused on ${names.join(' and ')} alone: ${key}`);
  return wrong;
}

/** Numbers that are none, and tensors that were not freed. */
function soundness(answers: ReadonlyMap<string, Answer>): string[] {
  return [...answers].flatMap(([name, answer]) => [
    ...[...numbersOf(answer)].flatMap(([what, { values }]) =>
      Array.from(values).every(Number.isFinite) ? [] : [`${name}: ${what} has a number that is not finite`],
    ),
    ...(answer.leaked === 0 ? [] : [`${name}: ${answer.leaked} tensors were not freed`]),
  ]);
}

function counted(backend: string, draw: number, made: readonly Comparison[]): Outcome {
  const largest: Record<string, Worst> = {};
  const nearest: Record<string, Worst> = {};
  const compared: Record<string, number> = {};
  const undecided: Record<string, number> = {};
  for (const { quantity, what, deviation: off, bound, undecided: open } of made) {
    const key = keyOf(quantity, backend);
    const worst = { deviation: off, share: off / bound, draw, what };
    if (open) undecided[key] = (undecided[key] ?? 0) + 1;
    else {
      compared[key] = (compared[key] ?? 0) + 1;
      largest[key] = worse(largest[key], worst, 'deviation');
      nearest[key] = worse(nearest[key], worst, 'share');
    }
  }
  return { ...NOTHING, largest, nearest, compared, undecided };
}

export const keyOf = (quantity: Quantity, backend: string): string => `${quantity} ${backend}`;

const worse = (a: Worst | undefined, b: Worst, by: 'deviation' | 'share'): Worst =>
  a && a[by] >= b[by] ? a : b;

export function joined(a: Outcome, b: Outcome): Outcome {
  const worst = (by: 'deviation' | 'share', x: Outcome['largest'], y: Outcome['largest']) =>
    Object.fromEntries(
      [...new Set([...Object.keys(x), ...Object.keys(y)])].map((key) => {
        const [one, other] = [x[key], y[key]];
        return [key, other ? worse(one, other, by) : (one as Worst)];
      }),
    );
  const sums = (x: Readonly<Record<string, number>>, y: Readonly<Record<string, number>>) =>
    Object.fromEntries(
      [...new Set([...Object.keys(x), ...Object.keys(y)])].map((key) => [key, (x[key] ?? 0) + (y[key] ?? 0)]),
    );
  return {
    draws: a.draws + b.draws,
    refused: a.refused + b.refused,
    largest: worst('deviation', a.largest, b.largest),
    nearest: worst('share', a.nearest, b.nearest),
    compared: sums(a.compared, b.compared),
    undecided: sums(a.undecided, b.undecided),
    failures: [...a.failures, ...b.failures],
  };
}

/** A draw in words, for a report of a failure. */
export const words = ({ config, dtype, weights, recipe, windows, from, keepActivations }: Draw): string =>
  JSON.stringify({
    config,
    dtype,
    weights,
    tokens: windows.map(({ length }) => length),
    from,
    keepActivations,
    recipe,
  });
