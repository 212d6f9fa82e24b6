import { median } from '../median';
import type { Contender, Device, Prepared } from './contender';
import type { Problem, Row } from './problem';
import { errorOf, expectedOf } from './reference';

/** A contender's part of a row: the median of a step, or why there is none. */
type Outcome = { readonly milliseconds: number } | { readonly missing: string };

export interface RowResult {
  readonly device: Device;
  readonly group: string;
  readonly shape: string;
  readonly flops: number;
  /** Steps of a run, and runs of each contender. */
  readonly steps: number;
  readonly rounds: number;
  readonly outcomes: Readonly<Record<string, Outcome>>;
}

export interface Budget {
  /** Milliseconds of timed rounds of a row. */
  readonly rounds: number;
  /** A row whose shortest round is expected to take longer is left out. */
  readonly longestRound: number;
  /** Rows that would begin later on a device are left out. */
  readonly whole: number;
}

/** A run should take the fastest contender about this long, so that starting it and reading back do not count. */
const RUN_MS = 60;
/** But the slowest not much longer than this. */
const LONGEST_RUN_MS = 1500;
const MOST_STEPS = 400;
const [FEWEST_ROUNDS, MOST_ROUNDS] = [3, 15];
/** Time between runs, in which threads of the one before fall asleep. */
const PAUSE_MS = 20;

interface Runner {
  readonly name: string;
  readonly prepared: Prepared;
  readonly times: number[];
}

/**
 * Measures one row. Contenders take turns, in another order every round, so that what else the machine does affects all of them.
 * A contender counts only while its answers are right.
 */
export async function measureRow(
  row: Row,
  device: Device,
  contenders: readonly Contender[],
  budget: Budget,
): Promise<RowResult> {
  const problem = row.make();
  const outcomes: Record<string, Outcome> = {};
  let runners: Runner[] = [];
  for (const contender of contenders) {
    try {
      const prepared = await contender.prepare(problem);
      if (prepared) runners.push({ name: contender.name, prepared, times: [] });
      else outcomes[contender.name] = { missing: 'not offered' };
    } catch (error) {
      outcomes[contender.name] = { missing: messageOf(error) };
    }
  }
  /** Runs everyone once; drops whoever fails or is wrong. */
  const round = async (steps: number, shift: number): Promise<number[]> => {
    const times: number[] = [];
    const order = [...runners.slice(shift % runners.length), ...runners.slice(0, shift % runners.length)];
    for (const { name, prepared } of order) {
      await pause();
      try {
        const start = performance.now();
        const answer = await prepared.run(steps);
        const time = performance.now() - start;
        await check(problem, steps, name, answer);
        times.push(time);
        runners.find((runner) => runner.name === name)?.times.push(time);
      } catch (error) {
        outcomes[name] = { missing: messageOf(error) };
        runners = runners.filter((runner) => runner.name !== name);
        prepared.free();
      }
    }
    return times;
  };

  let steps = row.steps;
  await round(steps, 0);
  for (;;) {
    const times = await round(steps, 0);
    if (runners.length === 0) break;
    const more = longerRun(steps, times);
    if (more === steps) break;
    steps = more;
    // Once without counting, since some prepare for a number of steps.
    await round(steps, 0);
  }
  // The last try was a round like any other.
  for (const { times } of runners) times.splice(0, times.length - 1);
  let rounds = 1;
  const end = performance.now() + budget.rounds;
  while (runners.length > 0 && rounds < MOST_ROUNDS && (rounds < FEWEST_ROUNDS || performance.now() < end))
    await round(steps, rounds++);
  for (const { name, times, prepared } of runners) {
    outcomes[name] = { milliseconds: median(times) / steps };
    prepared.free();
  }
  const { group, shape, flops } = row;
  return { device, group, shape, flops, steps, rounds, outcomes };
}

/** Steps of the next try, or the same if a run is long enough. */
export function longerRun(steps: number, times: readonly number[]): number {
  const [fastest, slowest] = [Math.min(...times), Math.max(...times)];
  if (fastest >= RUN_MS / 2) return steps;
  const factor = Math.min(RUN_MS / fastest, LONGEST_RUN_MS / slowest, 10);
  return Math.max(steps, Math.min(MOST_STEPS, Math.floor(steps * factor)));
}

/** The largest row so far of each kind of problem. */
export type Measured = Map<Problem['kind'], { readonly row: Row; readonly result: RowResult }>;

/** Keeps a result, to predict others by. */
export function remember(measured: Measured, row: Row, result: RowResult): void {
  const before = measured.get(row.sizes.kind);
  if (!before || before.row.work <= row.work) measured.set(row.sizes.kind, { row, result });
}

/** Milliseconds that the shortest round of `row` will take, by the largest row of its kind so far; 0 if there is none. */
export function expectedRound(row: Row, measured: Measured): number {
  const before = measured.get(row.sizes.kind);
  if (!before) return 0;
  const step = Object.values(before.result.outcomes).reduce(
    (sum, outcome) => sum + ('milliseconds' in outcome ? outcome.milliseconds : 0),
    0,
  );
  return (step * row.steps * row.work) / before.row.work;
}

async function check(problem: Problem, steps: number, name: string, answer: Float32Array): Promise<void> {
  const expected = await answerOf(problem, steps, name === 'ours');
  if (!expected) {
    if (answer.every(Number.isFinite)) return;
    throw new Error('not finite');
  }
  const error = errorOf(answer, expected);
  if (!(error <= expected.tolerance)) throw new Error(`wrong by ${error.toPrecision(2)}`);
}

type Answer = ReturnType<typeof expectedOf>;
const answers = new WeakMap<Problem, Map<string, Answer>>();

/** The expected answer, computed once. */
function answerOf(problem: Problem, steps: number, ours: boolean): Answer {
  const known = answers.get(problem) ?? new Map<string, Answer>();
  answers.set(problem, known);
  const key = `${steps} ${ours && problem.kind === 'softmax'}`;
  const answer = known.get(key) ?? expectedOf(problem, steps, ours);
  known.set(key, answer);
  return answer;
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 120) ?? '';
