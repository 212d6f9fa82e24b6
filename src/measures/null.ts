import { PLAN_ROW, PLAN_ROW_WIDTH, type Backend, type Tensor } from '../backend/operations';
import { Scope } from '../backend/scope';
import { matrix } from '../backend/shape';
import { type Assignment, assign } from '../transport/assignment';
import { CostMatrix } from '../transport/cost';
import { nullRows } from '../transport/null-rows';
import { type Plan, planMeasures } from '../transport/plan';
import { iterativeSolver } from '../transport/solve';
import { EXACT_ROWS, type MatchingProblem } from './matching';
import type { AgainstNull, NullNumbers } from './measurement';

interface NullOptions {
  readonly seed: number;
  /** At least 2, for their spread. */
  readonly draws: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** What one solve comes to. Undefined where a number does not exist. */
interface Outcome {
  readonly matchedMass: number | undefined;
  readonly transportCost: number | undefined;
  readonly exactCost: number | undefined;
}

/**
 * Measures a transport problem against its null: the same problem, with the same solver and settings, where the entries of every row of
 * `b` are shuffled independently (docs/method.md 5.4). The rows of `b` are read once.
 * @throws TransportError for an invalid problem or a failed solve; AbortError.
 */
export async function measureNull(
  backend: Backend,
  problem: MatchingProblem,
  { seed, draws, signal, onProgress }: NullOptions,
): Promise<NullNumbers> {
  const { b } = problem;
  const real = await outcome(backend, problem, signal);
  onProgress?.(1 / (draws + 1));
  const values = await backend.read(b);
  const drawn: Outcome[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const shuffled = nullRows(values, matrix(b)[0], seed, draw);
    const rows = backend.upload(shuffled, b.shape, 'f32', `${b.label}, null ${draw}`);
    try {
      drawn.push(await outcome(backend, { ...problem, b: rows }, signal));
    } finally {
      backend.free(rows);
    }
    onProgress?.((draw + 2) / (draws + 1));
  }
  const compared = (key: keyof Outcome, excess: (real: number, mean: number) => number) =>
    againstNull(
      real[key],
      drawn.flatMap((each) => each[key] ?? []),
      excess,
    );
  const [rows, columns] = [matrix(problem.a)[0], matrix(b)[0]];
  return {
    rows,
    columns,
    matching: isAffordable(rows, columns) ? 'one-to-one' : 'by-row',
    matchedMass: compared('matchedMass', (mass, mean) => mass - mean),
    transportCost: compared('transportCost', shareSaved),
    exactCost: compared('exactCost', shareSaved),
  };
}

/** By how much of the null's cost the real one is below it. Where nothing costs anything, nothing is saved. */
const shareSaved = (cost: number, mean: number): number => (mean > 0 ? 1 - cost / mean : 0);

function againstNull(
  real: number | undefined,
  draws: readonly number[],
  excess: (real: number, mean: number) => number,
): AgainstNull | null {
  if (real === undefined) return null;
  const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
  const squares = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (draws.length - 1));
  return { real, mean, deviation, draws, excess: excess(real, mean) };
}

/** True if exact assignments are computed, which takes well under a second each. */
const isAffordable = (rows: number, columns: number): boolean => rows <= columns && columns <= EXACT_ROWS;

async function outcome(
  backend: Backend,
  { a, b, solver, cost: settings }: MatchingProblem,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  const cost = await CostMatrix.build(backend, a, b, { cost: settings, signal });
  try {
    const { rows, columns } = cost;
    const affordable = isAffordable(rows, columns);
    const exact: Assignment | undefined =
      affordable || solver?.kind === 'exact'
        ? await assign(await cost.readAll(signal), rows, columns, { signal })
        : undefined;
    const exactCost = exact?.cost;
    if (!solver) return { matchedMass: undefined, transportCost: undefined, exactCost };
    if (solver.kind === 'exact') return { matchedMass: 1, transportCost: exactCost, exactCost };
    const solve = iterativeSolver(backend, cost, solver);
    try {
      await solve.run({ signal });
      const { plan } = solve;
      const { transportCost, totalMass } = await planMeasures(backend, plan, signal);
      const mass = affordable
        ? await oneToOneMass(backend, plan, signal)
        : await byRowMass(backend, plan, signal);
      return { matchedMass: mass / totalMass, transportCost: transportCost / totalMass, exactCost };
    } finally {
      solve.free();
    }
  } finally {
    cost.free();
  }
}

/** The most mass on one entry of every row and at most one of every column. */
async function oneToOneMass(backend: Backend, plan: Plan, signal: AbortSignal | undefined): Promise<number> {
  if (plan.kind === 'permutation') return 1;
  const { cost, potentials } = plan;
  const [f, g] = [await backend.read(potentials.f), await backend.read(potentials.g)];
  const { rows, columns } = cost;
  // Minimised, so the mass is negated.
  const negated = Float64Array.from(await cost.readAll(signal), (value, k) => {
    const exponent = (f[Math.floor(k / columns)] ?? Number.NaN) + (g[k % columns] ?? Number.NaN) - value;
    return -Math.exp(exponent / potentials.epsilon);
  });
  const best = await assign(negated, rows, columns, { signal });
  return -best.cost * rows;
}

/** The mass on the largest entry of every row: at least that on the best one-to-one match. */
async function byRowMass(backend: Backend, plan: Plan, signal: AbortSignal | undefined): Promise<number> {
  if (plan.kind === 'permutation') return 1;
  const scope = new Scope(backend);
  let mass = 0;
  try {
    await plan.cost.forEach(async (band) => {
      const measured: Tensor = scope.own(backend.planRows(band, plan.potentials));
      const values = await backend.read(measured);
      scope.free(measured);
      for (let row = 0; row < band.rows; row++)
        mass += Math.exp(values[row * PLAN_ROW_WIDTH + PLAN_ROW.peak] ?? Number.NaN);
    }, signal);
    return mass;
  } finally {
    scope.free();
  }
}
