import { cheapest } from './assignment';
import { costOf } from './cost';
import {
  companions,
  flowOf,
  fused,
  isCompanionNorm,
  isNorm,
  isOutput,
  type Made,
  type Making,
  type Projection,
  repaired,
  solving,
  weightOf,
  zeroOf,
} from './fused';
import {
  at,
  beside,
  columnsOf,
  type Matrix,
  mean,
  product,
  rowNorms,
  rowsOf,
  scaled,
  stacked,
  tabulated,
  transpose,
} from './matrix';
import { applied, solvedPlan, type TwinPlan } from './plan';

/** The row of every column; −1, and so NaN wherever it is used, if there is no one best assignment. */
const inverse = (columns: readonly number[]): number[] => columns.map((_, column) => columns.indexOf(column));

const range = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => from + i);

/** Which head of the previous block goes to every head of the next, and how its rotary pairs turn. */
interface HeadMatch {
  readonly groups: number[];
  readonly heads: number[];
  /** Radians by group of the next block and pair; undefined without rotations. */
  readonly angles: Float64Array[] | undefined;
}

/** The structured flow of docs/method.md 5.1. */
export function structuredFlow(making: Making): Made {
  const { settings, recipe, previous, next, features, rounding, zeroInit } = making;
  const { heads, kvHeads, headDim } = settings;
  const { made, solve, compared } = solving(making, true);
  const outputs = !features && (!zeroInit || recipe.structured.down);

  for (const [name, gain] of previous) {
    if (zeroInit && isOutput(name)) made.weights.set(name, zeroOf(previous, name));
    else if (isNorm(name) && !isCompanionNorm(settings, name))
      made.weights.set(name, fused(making, gain, weightOf(next, name)));
  }

  const match = headMatch(making, compared);
  const size = heads / kvHeads;
  /** Moves heads: rows of head t come from head source[t], multiplied by the map of its group. */
  const byHead =
    (source: number[], maps: readonly Matrix[] | undefined) =>
    (x: Matrix): Matrix =>
      stacked(
        source.map((from, to) => {
          const rows = rowsOf(x, range(headDim, from * headDim));
          const map = maps?.[Math.floor((to * kvHeads) / source.length)];
          return map ? product(map, rows, rounding) : rows;
        }),
      );
  const rotations = match.angles?.map(rotationMatrix);
  set(making, made, 'self_attn.q_proj', byHead(match.heads, rotations));
  set(making, made, 'self_attn.k_proj', byHead(match.groups, rotations));

  const [v1, v2] = compared('self_attn.v_proj');
  const values: [Matrix, Matrix][] = [[byHead(match.groups, undefined)(v1), v2]];
  if (outputs) {
    const [o1, o2] = compared('self_attn.o_proj');
    const read = (o: Matrix, order: number[]): Matrix =>
      beside(
        range(size).map((slot) =>
          byHead(
            range(kvHeads).map((group) => order[group * size + slot] as number),
            undefined,
          )(transpose(o)),
        ),
      );
    values.push([read(o1, match.heads), read(o2, range(heads))]);
  }
  const [a, b] = joined(making, values);
  const maps = range(kvHeads).map((group) => {
    const own = range(headDim, group * headDim);
    return transpose(solve(`self_attn.v_proj/${group}`, rowsOf(a, own), rowsOf(b, own)));
  });
  const moveValues = byHead(match.groups, maps);
  const norms = rowNorms(weightOf(previous, 'self_attn.v_proj.weight'), rounding);
  set(making, made, 'self_attn.v_proj', moveValues, [...moveValues(asColumn(norms)).values]);
  if (!zeroInit) {
    const o = weightOf(previous, 'self_attn.o_proj.weight');
    const moveColumns = (x: Matrix): Matrix => transpose(byHead(match.heads, maps)(transpose(x)));
    set(making, made, 'self_attn.o_proj', moveColumns, [...rowNorms(o, rounding)], false);
  }

  const parts: [Matrix, Matrix][] = features
    ? [compared('mlp.gate_proj')]
    : [compared('mlp.gate_proj'), compared('mlp.up_proj')];
  if (outputs) {
    const [d1, d2] = compared('mlp.down_proj');
    parts.push([transpose(d1), transpose(d2)]);
  }
  const plan = solve('mlp.gate_proj', ...joined(making, parts));
  const moveUnits = (x: Matrix): Matrix => product(plan, x, rounding, { left: true });
  for (const tensor of ['mlp.gate_proj', 'mlp.up_proj'] as const) {
    const own = rowNorms(weightOf(previous, `${tensor}.weight`), rounding);
    set(making, made, tensor, moveUnits, [...moveUnits(asColumn(own)).values]);
  }
  if (!zeroInit) {
    const down = weightOf(previous, 'mlp.down_proj.weight');
    set(
      making,
      made,
      'mlp.down_proj',
      (x) => product(x, plan, rounding),
      [...rowNorms(down, rounding)],
      false,
    );
  }
  return made;
}

const asColumn = (values: ArrayLike<number>): Matrix => ({
  rows: values.length,
  columns: 1,
  values: Float64Array.from(values),
});

/** Adds a projection, and what goes with its rows if `rows` says that these move. `before`: the previous rows' norms, moved. */
function set(
  making: Making,
  { weights }: Made,
  tensor: Projection,
  move: (x: Matrix) => Matrix,
  before?: number[],
  rows = true,
): void {
  const { settings, recipe, previous, next, rounding } = making;
  const key = `${tensor}.weight`;
  const moved = move(weightOf(previous, key));
  const after = weightOf(next, key);
  let weight = fused(making, moved, after);
  let factors: Float64Array | undefined;
  if (recipe.structured.repairNorms) {
    const own = before ? Float64Array.from(before) : rowNorms(moved, rounding);
    ({ made: weight, factors } = repaired(making, weight, own, rowNorms(after, rounding)));
  }
  weights.set(key, weight);
  for (const name of companions(settings, tensor)) {
    const vector = previous.get(name);
    if (!vector) continue;
    const carried = rows ? { ...move(asColumn(vector.values)), rows: 1, columns: vector.columns } : vector;
    const sum = fused(making, carried, weightOf(next, name));
    weights.set(
      name,
      factors && !isNorm(name)
        ? { ...sum, values: sum.values.map((value, i) => rounding.near(value * (factors[i] as number), 2)) }
        : sum,
    );
  }
}

/** Puts parts side by side, each divided by its mean row norm over both blocks. */
function joined({ rounding }: Making, parts: readonly [Matrix, Matrix][]): [Matrix, Matrix] {
  const all = parts.map(([a, b]): [Matrix, Matrix] => {
    const size = (mean(rowNorms(a, rounding)) + mean(rowNorms(b, rounding))) / 2;
    const factor = size > 0 ? 1 / size : 1;
    return [scaled(a, factor, rounding), scaled(b, factor, rounding)];
  });
  return [beside(all.map(([a]) => a)), beside(all.map(([, b]) => b))];
}

function rotationMatrix(angles: Float64Array): Matrix {
  const pairs = angles.length;
  return tabulated(2 * pairs, 2 * pairs, (i, j) => {
    if (i % pairs !== j % pairs) return 0;
    const angle = angles[i % pairs] as number;
    if (i === j) return Math.cos(angle);
    return i < j ? -Math.sin(angle) : Math.sin(angle);
  });
}

/** Squared distance of two heads' rows; with `rotate` after the best turn of every rotary pair, all together for several heads. */
function headDistance(
  placed: readonly { a: Matrix; b: Matrix }[],
  rotate: boolean,
): { cost: number; angles: Float64Array } {
  const pairs = (placed[0]?.a.rows ?? 0) / 2;
  const angles = new Float64Array(pairs);
  let cost = 0;
  for (let p = 0; p < pairs; p++) {
    let [along, across, squares] = [0, 0, 0];
    for (const { a, b } of placed)
      for (let k = 0; k < a.columns; k++) {
        const [x, y, z, w] = [at(a, p, k), at(a, p + pairs, k), at(b, p, k), at(b, p + pairs, k)];
        along += x * z + y * w;
        across += x * w - y * z;
        squares += x * x + y * y + z * z + w * w;
      }
    if (rotate) angles[p] = Math.atan2(across, along);
    cost += squares - 2 * (rotate ? Math.hypot(along, across) : along);
  }
  return { cost, angles };
}

function headMatch(making: Making, compared: (tensor: Projection) => [Matrix, Matrix]): HeadMatch {
  const { settings, recipe, features, rounding } = making;
  const { heads, kvHeads, headDim } = settings;
  const { rotate } = recipe.structured;
  const size = heads / kvHeads;
  const head = (x: Matrix, index: number): Matrix => rowsOf(x, range(headDim, index * headDim));
  const [q1, q2] = compared('self_attn.q_proj');
  const [k1, k2] = compared('self_attn.k_proj');
  const [v1, v2] = compared('self_attn.v_proj');
  const [o1, o2] = features
    ? [weightOf(features.previous, 'heads'), weightOf(features.next, 'heads')]
    : compared('self_attn.o_proj');
  const squared = { metric: 'squared', rows: 'raw', scale: 'none' } as const;
  const costs: number[] = [];
  const inner: { slots: number[]; angles: Float64Array }[] = [];
  for (let a = 0; a < kvHeads; a++)
    for (let b = 0; b < kvHeads; b++) {
      const squares = costOf(head(v1, a), head(v2, b), squared, rounding).matrix;
      const places = cheapest(squares);
      const values = places.reduce((sum, to, from) => sum + at(squares, from, to), 0);
      const outputs = (s: number, t: number): number => {
        const [x, y] = [
          columnsOf(o1, range(headDim, s * headDim)),
          columnsOf(
            o2,
            places.map((place) => t * headDim + place),
          ),
        ];
        return x.values.reduce((sum, value, i) => sum + (value - (y.values[i] as number)) ** 2, 0);
      };
      const slotCosts = tabulated(size, size, (s, t) => {
        const [from, to] = [a * size + s, b * size + t];
        return headDistance([{ a: head(q1, from), b: head(q2, to) }], rotate).cost + outputs(from, to);
      });
      const assigned = cheapest(slotCosts);
      const slots = inverse(assigned);
      const placed = [{ a: head(k1, a), b: head(k2, b) }];
      let cost = values;
      for (const [s, t] of assigned.entries()) {
        placed.push({ a: head(q1, a * size + s), b: head(q2, b * size + t) });
        cost += outputs(a * size + s, b * size + t);
      }
      const fit = headDistance(placed, rotate);
      costs.push(rounding.near(cost + fit.cost, 16));
      inner.push({ slots, angles: fit.angles });
    }
  const groups = inverse(cheapest({ rows: kvHeads, columns: kvHeads, values: Float64Array.from(costs) }));
  const found = groups.map((a, b) => inner[a * kvHeads + b]);
  const order = found.flatMap((match, b) =>
    range(size).map((t) => (groups[b] as number) * size + (match?.slots[t] ?? Number.NaN)),
  );
  const angles = found.map((match) => match?.angles ?? new Float64Array(headDim / 2).fill(Number.NaN));
  return { groups, heads: order, angles: rotate ? angles : undefined };
}

/** q, k or v by activations in the plain flow (docs/method.md 5.3): heads matched whole, then one plan for the rows of each pair. */
export function headsByActivations(
  making: Making,
  tensor: Projection,
  heads: number,
): { move: (x: Matrix) => Matrix; plans: Map<string, TwinPlan> } {
  const { settings, recipe, features, reports, rounding } = making;
  const { headDim } = settings;
  const { solving, rescaled } = flowOf(recipe);
  if (!features) throw new Error('no features');
  const [a, b] = [weightOf(features.previous, tensor), weightOf(features.next, tensor)];
  const cost = costOf(a, b, solving.cost, rounding).matrix;
  const part = (s: number, t: number): Matrix =>
    columnsOf(rowsOf(cost, range(headDim, s * headDim)), range(headDim, t * headDim));
  const matched = cheapest(
    tabulated(heads, heads, (s, t) => {
      const costs = part(s, t);
      return mean(cheapest(costs).map((to, from) => at(costs, from, to)));
    }),
  );
  const source = inverse(matched);
  const plans = new Map<string, TwinPlan>();
  const maps = source.map((from, to) => {
    const name = `${tensor}/${to}`;
    const plan = solvedPlan(
      rowsOf(a, range(headDim, from * headDim)),
      rowsOf(b, range(headDim, to * headDim)),
      solving,
      reports.get(name),
      rounding,
    );
    plans.set(name, plan);
    return applied(plan, rescaled, rounding);
  });
  const move = (x: Matrix): Matrix =>
    stacked(
      source.map((from, to) =>
        product(maps[to] as Matrix, rowsOf(x, range(headDim, from * headDim)), rounding, { left: true }),
      ),
    );
  return { move, plans };
}
