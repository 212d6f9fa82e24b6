import type { Tensor } from '../../backend/operations';
import { Scope } from '../../backend/scope';
import { NEXT } from '../../recipe/against';
import { blockTensor } from '../../upscale/block/block-tensor';
import { leaseBlocks } from '../../upscale/block/lease';
import { parentsOf } from '../../upscale/expanding/parents';
import { transposed } from '../../upscale/structured/move';
import { alignmentOf } from '../aligning/align';
import type { Alignment } from '../aligning/alignment';
import { alignments } from '../aligning/alignments';
import { checkIndex, type CostLines, costLines } from './cell';
import type { Job } from '../workspace/context';
import { derivedTensors } from './derived';
import { expectFinite } from '../jobs/errors';
import type { PlannedTensor, Related } from '../jobs';
import type { Workspace } from '../workspace/workspace';

interface TensorAxis {
  readonly tensor: PlannedTensor;
  readonly axis: Related['axis'];
}

/** Tensors that share neurons: MLP units, key-value dimensions, dimensions of the residual stream. */
const SAME_NEURONS: readonly (readonly TensorAxis[])[] = [
  [
    { tensor: 'mlp.gate_proj', axis: 'rows' },
    { tensor: 'mlp.up_proj', axis: 'rows' },
    { tensor: 'mlp.down_proj', axis: 'columns' },
  ],
  [
    { tensor: 'self_attn.k_proj', axis: 'rows' },
    { tensor: 'self_attn.v_proj', axis: 'rows' },
  ],
  [
    { tensor: 'self_attn.o_proj', axis: 'rows' },
    { tensor: 'mlp.down_proj', axis: 'rows' },
  ],
];

interface Pair {
  readonly row: number;
  readonly column: number;
}

type Signal = AbortSignal | undefined;

/** Finds a pair of neurons in the gap's other tensors that have the same neurons. */
export const related: Job<'related'> = async (workspace, { key, row, column }, { signal }) => {
  const alignment = await alignmentOf(workspace, key, signal);
  checkIndex('related', 'row', row, alignment.rows);
  checkIndex('related', 'column', column, alignment.columns);
  const { tensor, against = NEXT } = alignment.inputs.spec;
  // Shuffled rows are of one problem alone: in other tensors these neurons stand for other ones.
  if (against.kind !== 'next') return [];
  const isOwn = (place: TensorAxis): boolean => place.tensor === tensor && place.axis === 'rows';
  const others = (SAME_NEURONS.find((places) => places.some(isOwn)) ?? []).filter((place) => !isOwn(place));
  const found: Related[] = [];
  for (const place of others) {
    const other = place.axis === 'rows' ? findAligned(workspace, alignment, place.tensor) : undefined;
    found.push(
      other
        ? await other.pinned(() => relatedInAlignment(other, place, { row, column }, signal))
        : await relatedInWeights(workspace, alignment, place, { row, column }, signal),
    );
  }
  return found;
};

/** Returns a finished alignment of another tensor in the same gap by the same recipe, if one is held. */
function findAligned(
  workspace: Workspace,
  { inputs }: Alignment,
  tensor: PlannedTensor,
): Alignment | undefined {
  const name = (spec: typeof inputs.spec): string => JSON.stringify([spec.recipe, spec.gap]);
  const wanted = name(inputs.spec);
  return workspace
    .get(alignments)
    .find(
      ({ inputs: { spec }, result }) =>
        result !== undefined &&
        spec.tensor === tensor &&
        (spec.against ?? NEXT).kind === 'next' &&
        name(spec) === wanted,
    );
}

async function relatedInAlignment(
  other: Alignment,
  place: TensorAxis,
  { row, column }: Pair,
  signal: Signal,
): Promise<Related> {
  const lines = await costLines(other.cost, row, column);
  const placed = { ...place, aligned: true, ...ranks(lines, { row, column }) };
  if (other.plan === 'permutation')
    return { ...placed, mass: other.exact?.assignment[row] === column ? 1 : 0 };
  if (other.plan === 'none') return placed;
  const { f, g, epsilon } = await other.snapshotAt(undefined, signal);
  const formed = other.planCost === other.cost ? lines : await costLines(other.planCost, row, column);
  const cost = formed.row[column] ?? Number.NaN;
  const mass = other.rows * Math.exp(((f[row] ?? Number.NaN) + (g[column] ?? Number.NaN) - cost) / epsilon);
  expectFinite(`mass of ${place.tensor}`, [mass]);
  return { ...placed, mass };
}

/** Compares the blocks' raw weights, without input maps, with the alignment's metric, unscaled. */
async function relatedInWeights(
  workspace: Workspace,
  { inputs, cost: { settings } }: Alignment,
  place: TensorAxis,
  pair: Pair,
  signal: Signal,
): Promise<Related> {
  const { backend, weights } = workspace;
  const { gap, recipe } = inputs.spec;
  const { previous, next } = parentsOf(gap, weights.config.layers, recipe.parents);
  return withNeuronRows(workspace, previous, place, signal, (a) =>
    withNeuronRows(workspace, next, place, signal, async (b) => {
      const scope = new Scope(backend);
      try {
        const unit = settings.rows === 'unit' || settings.metric === 'cosine';
        const line = async (from: Tensor, to: Tensor, index: number): Promise<Float32Array> => {
          const at = scope.own(backend.upload(Uint32Array.of(index), [1], 'u32', 'neuron'));
          const one = scope.own(backend.gather(from, at));
          const [x, y] = unit
            ? [scope.own(backend.unitRows(one)), scope.own(backend.unitRows(to))]
            : [one, to];
          const { metric } = settings;
          return backend.read(scope.own(backend.pairwiseDistance(x, y, 0, 1, undefined, { metric })));
        };
        const lines = { row: await line(a, b, pair.row), column: await line(b, a, pair.column) };
        expectFinite(`distances of ${place.tensor}`, lines.row);
        expectFinite(`distances of ${place.tensor}`, lines.column);
        return { ...place, aligned: false, ...ranks(lines, pair) };
      } finally {
        scope.free();
      }
    }),
  );
}

/** Calls `work` with a tensor's neurons as rows: the tensor, or its transpose, which is cached. */
async function withNeuronRows<T>(
  workspace: Workspace,
  block: number,
  { tensor, axis }: TensorAxis,
  signal: Signal,
  work: (rows: Tensor) => Promise<T>,
): Promise<T> {
  const { weights, backend } = workspace;
  const read = `${tensor}.weight`;
  const { blocks, release } = await leaseBlocks(weights, [block], signal, [read]);
  try {
    const [own] = blocks;
    if (!own) throw new Error('a borrowed block is there');
    const weight = blockTensor(own, read);
    if (axis === 'rows') return await work(weight);
    const key = `columns ${tensor} ${block}`;
    const turn = async () => new Map([[key, await transposed(backend, weight, signal)]]);
    const derived = derivedTensors(workspace);
    const turned = await derived.acquire(key, 4 * weight.shape.reduce((x, y) => x * y, 1), turn, signal);
    try {
      const columns = turned.get(key);
      if (!columns) throw new Error('a turned tensor is there');
      return await work(columns);
    } finally {
      derived.release(key);
    }
  } finally {
    release();
  }
}

/** Returns cost and ranks of a pair; rank 1 means that none is nearer. */
function ranks({ row: costs, column: others }: CostLines, { row, column }: Pair) {
  const cost = costs[column] ?? Number.NaN;
  const own = others[row] ?? Number.NaN;
  const nearer = (values: Float32Array, than: number): number =>
    values.reduce((count, value) => count + (value < than ? 1 : 0), 0);
  return { cost, rankOfColumn: 1 + nearer(costs, cost), rankOfRow: 1 + nearer(others, own) };
}
