/** Changes of a block's weights that do not change what it computes (method.md 5.1), for tests. */

export interface HostTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}
/** A block in host memory, keyed like `blockShapes`. */
export type HostBlock = ReadonlyMap<string, HostTensor>;

export interface Heads {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

/** Returns rows `order[0]`, `order[1]` … of a matrix, or entries of a vector. */
export function takeRows({ shape, values }: HostTensor, order: ArrayLike<number>): HostTensor {
  const width = values.length / (shape[0] ?? 1);
  const taken = new Float32Array(values.length);
  for (let row = 0; row < order.length; row++) {
    const from = (order[row] ?? 0) * width;
    taken.set(values.subarray(from, from + width), row * width);
  }
  return { shape, values: taken };
}

/** Returns columns `order[0]`, `order[1]` … of a matrix. */
function takeColumns({ shape, values }: HostTensor, order: ArrayLike<number>): HostTensor {
  const width = order.length;
  const taken = values.map(
    (_, k) => values[Math.floor(k / width) * width + (order[k % width] ?? 0)] ?? Number.NaN,
  );
  return { shape, values: taken };
}

/** Applies `changes` to the weights and biases whose names start with their keys. */
function mapTensors(
  block: HostBlock,
  changes: Readonly<Record<string, (tensor: HostTensor) => HostTensor>>,
): HostBlock {
  return new Map(
    [...block].map(([key, tensor]) => {
      const change = Object.entries(changes).find(([name]) => key.startsWith(`${name}.`))?.[1];
      return [key, change ? change(tensor) : tensor];
    }),
  );
}

const columnsOf = (order: ArrayLike<number>) => (tensor: HostTensor) =>
  // The bias of a projection to the residual stream has no columns.
  tensor.shape.length === 1 ? tensor : takeColumns(tensor, order);

const rowsOf = (order: ArrayLike<number>) => (tensor: HostTensor) => takeRows(tensor, order);

/** Returns the rows of the heads, in the order of the heads. */
const rowsOfHeads = (heads: readonly number[], headDim: number): number[] =>
  heads.flatMap((head) => Array.from({ length: headDim }, (_, j) => head * headDim + j));

/** (a) Hidden units of the MLP: unit i of the result is unit `order[i]`. */
export const shuffleUnits = (block: HostBlock, order: ArrayLike<number>): HostBlock =>
  mapTensors(block, {
    'mlp.gate_proj': rowsOf(order),
    'mlp.up_proj': rowsOf(order),
    'mlp.down_proj': columnsOf(order),
  });

function shuffleHeads(
  block: HostBlock,
  headDim: number,
  queryHeads: readonly number[],
  groups: readonly number[],
): HostBlock {
  const [query, keyValue] = [rowsOfHeads(queryHeads, headDim), rowsOfHeads(groups, headDim)];
  return mapTensors(block, {
    'self_attn.q_proj': rowsOf(query),
    'self_attn.k_proj': rowsOf(keyValue),
    'self_attn.v_proj': rowsOf(keyValue),
    'self_attn.o_proj': columnsOf(query),
  });
}

/** (b) Whole key-value groups with their query heads: group g of the result is group `order[g]`. */
export function shuffleGroups(
  block: HostBlock,
  { heads, kvHeads, headDim }: Heads,
  order: ArrayLike<number>,
) {
  const size = heads / kvHeads;
  const groups = Array.from(order);
  const queryHeads = groups.flatMap((group) => Array.from({ length: size }, (_, s) => group * size + s));
  return shuffleHeads(block, headDim, queryHeads, groups);
}

/** (c) Query heads within their groups: slot s of group g of the result is slot `orders[g][s]`. */
export function shuffleQueryHeads(
  block: HostBlock,
  { kvHeads, headDim }: Heads,
  orders: readonly ArrayLike<number>[],
): HostBlock {
  const queryHeads = orders.flatMap((order, group) =>
    Array.from(order, (slot) => group * order.length + slot),
  );
  return shuffleHeads(
    block,
    headDim,
    queryHeads,
    Array.from({ length: kvHeads }, (_, group) => group),
  );
}

/** (d) Value dimensions within their heads, with the columns of o that read them: dimension j of group g is `orders[g][j]`. */
export function shuffleValues(
  block: HostBlock,
  { heads, kvHeads, headDim }: Heads,
  orders: readonly ArrayLike<number>[],
): HostBlock {
  const within = (group: number, head: number): number[] =>
    Array.from(orders[group] ?? [], (j) => head * headDim + j);
  const values = orders.flatMap((_, group) => within(group, group));
  const columns = Array.from({ length: heads }, (_, head) =>
    within(Math.floor((head * kvHeads) / heads), head),
  ).flat();
  return mapTensors(block, { 'self_attn.v_proj': rowsOf(values), 'self_attn.o_proj': columnsOf(columns) });
}

/** (e) One rotation per rotary pair (j with j + h/2) for the keys of a group and all queries that read them: radians `angles[g][p]`. */
export function rotatePairs(
  block: HostBlock,
  { heads, kvHeads, headDim }: Heads,
  angles: readonly ArrayLike<number>[],
): HostBlock {
  const rotate =
    (headsPerGroup: number) =>
    ({ shape, values }: HostTensor): HostTensor => {
      const width = values.length / (shape[0] ?? 1);
      const rotated = values.map((value, k) => {
        const row = Math.floor(k / width);
        const [head, j] = [Math.floor(row / headDim), row % headDim];
        const pair = j % (headDim / 2);
        const angle = angles[Math.floor(head / headsPerGroup)]?.[pair] ?? Number.NaN;
        const first = j < headDim / 2;
        const partner = values[k + ((first ? 1 : -1) * width * headDim) / 2] ?? Number.NaN;
        return Math.cos(angle) * value + (first ? -1 : 1) * Math.sin(angle) * partner;
      });
      return { shape, values: rotated };
    };
  return mapTensors(block, { 'self_attn.q_proj': rotate(heads / kvHeads), 'self_attn.k_proj': rotate(1) });
}
