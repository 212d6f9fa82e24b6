import type { Jobs, ModelInfo, PlannedTensor } from '../engine/jobs';
import { PLANNED_TENSORS } from '../engine/jobs';
import { type Command, table } from './command';
import { type Parsed, UsageError, backendOf, modelOf, required, textOf } from './usage';

type Level = Jobs['map']['args']['level'];
type DistanceMap = Jobs['map']['result'];

/** Largest number of rows in a map of neurons; larger maps are pooled. */
const MAX_ROWS = 1024;
/** Draws of the null of every pair of blocks. */
const NULL_DRAWS = 5;

/** Returns the name used in links, such as `q` for `self_attn.q_proj`. */
const shortName = (tensor: PlannedTensor): string => /\.(\w+)_proj$/.exec(tensor)?.[1] ?? tensor;
const NAMES = PLANNED_TENSORS.map(shortName).join('|');

export const map: Command = {
  usage: `map MODEL --tensor ${NAMES} [--blocks A,B [--heads H,K]] [--neurons] [--null] [--backend auto|webgpu|cpu]`,
  summary:
    'How far apart the neurons are of all pairs of blocks; with --blocks, of the heads of two (or with --neurons, and for ' +
    'tensors without heads, of their neurons); with --heads, of the neurons of two heads. With --null, of pairs of blocks also as a share ' +
    'of their null.',
  options: {
    tensor: { value: NAMES },
    blocks: { value: 'A,B' },
    heads: { value: 'H,K' },
    neurons: {},
    null: {},
    backend: { value: 'auto|webgpu|cpu' },
  },
  async run(parsed, session) {
    const model = modelOf(parsed);
    const backend = backendOf(parsed);
    const tensor = tensorOf(parsed);
    const level = levelOf(parsed, tensor);
    const info = await session.open(model, backend);
    const nullDraws = parsed.values['null'] === true ? NULL_DRAWS : 0;
    const result = await session.run('map', { tensor, level, maxPixels: MAX_ROWS, nullDraws });
    const neurons = level.kind === 'neurons' ? neuronsOf(level, tensor, info) : undefined;
    const { rows, columns, distances, relative, nullDistances, solver, assignment } = result;
    const lines = (values: Float32Array): number[][] =>
      Array.from({ length: rows }, (_, row) =>
        Array.from(values.subarray(row * columns, (row + 1) * columns)),
      );
    return {
      json: {
        tensor,
        ...level,
        // With fewer rows than neurons every entry is a mean over the pairs it covers.
        ...(neurons === undefined ? {} : { neurons, pooled: rows < neurons }),
        solver,
        distances: lines(distances),
        relative: lines(relative),
        ...(nullDistances ? { nullDistances: lines(nullDistances) } : {}),
        ...(assignment ? { assignment: Array.from(assignment) } : {}),
      },
      text: formatMap(result, lines(distances), lines(relative), nullDistances && lines(nullDistances)),
    };
  },
};

const sharesOf = (values: readonly number[][], of: readonly number[][]): number[][] =>
  values.map((row, i) => row.map((value, j) => (of[i]?.[j] ? value / (of[i]?.[j] ?? 1) : 0)));

function tensorOf(parsed: Parsed): PlannedTensor {
  const text = required(parsed, 'tensor', NAMES);
  const tensor = PLANNED_TENSORS.find((name) => name === text || shortName(name) === text);
  if (tensor) return tensor;
  throw new UsageError(`expected --tensor to be one of ${NAMES}, got ${text}`);
}

function levelOf(parsed: Parsed, tensor: PlannedTensor): Level {
  const blocks = pairOf(parsed, 'blocks');
  const heads = pairOf(parsed, 'heads');
  const neurons = parsed.values['neurons'] === true;
  if (blocks === undefined) {
    const finer = heads ? 'heads' : neurons ? 'neurons' : undefined;
    if (finer === undefined) return { kind: 'blocks' };
    throw new UsageError(`expected --blocks A,B with --${finer}, got none`);
  }
  const [previous, next] = blocks;
  if (heads && neurons) throw new UsageError('expected --heads or --neurons, got both');
  if (heads) return { kind: 'neurons', previous, next, heads };
  const headless = !['q', 'k', 'v'].includes(shortName(tensor));
  return { kind: neurons || headless ? 'neurons' : 'heads', previous, next };
}

function pairOf(parsed: Parsed, name: string): [number, number] | undefined {
  const text = textOf(parsed, name);
  if (text === undefined) return undefined;
  const [, first, second] = /^(\d{1,9}),(\d{1,9})$/.exec(text) ?? [];
  if (first !== undefined && second !== undefined) return [Number(first), Number(second)];
  throw new UsageError(`expected --${name} to be two numbers such as 6,7, got ${text}`);
}

function neuronsOf(
  level: Extract<Level, { kind: 'neurons' }>,
  tensor: PlannedTensor,
  info: ModelInfo,
): number {
  if (level.heads) return info.headDim;
  const name = shortName(tensor);
  if (name === 'q') return info.heads * info.headDim;
  if (name === 'k' || name === 'v') return info.kvHeads * info.headDim;
  return name === 'gate' || name === 'up' ? info.intermediateSize : info.hiddenSize;
}

const SOLVER_TEXT = {
  exact: 'exact assignment',
  entropic: 'entropic transport, over 512 neurons',
  none: 'no assignment: over 512 neurons',
} as const;
/** Largest number of printed columns, because more do not fit a terminal; --json has all. */
const MAX_COLUMNS = 16;

function formatMap(
  { kind, columns, rows, solver }: DistanceMap,
  distances: readonly number[][],
  relative: readonly number[][],
  nullDistances: readonly number[][] | undefined,
): string {
  const fits = columns <= MAX_COLUMNS;
  const grid = (values: readonly number[][]): string => {
    if (!fits) {
      const all = values.flat();
      const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
      const [low, high] = [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
      return `${low.toFixed(4)} to ${high.toFixed(4)}, mean ${mean.toFixed(4)}; --json has them all`;
    }
    const head = ['', ...Array.from({ length: columns }, (_, column) => String(column))];
    return table([head, ...values.map((row, i) => [String(i), ...row.map((value) => value.toFixed(4))])]);
  };
  return [
    `${rows} × ${columns} ${kind}, ${SOLVER_TEXT[solver]}`,
    `distance${fits ? '\n' : ': '}${grid(distances)}`,
    `as a share of a random matching${fits ? '\n' : ': '}${grid(relative)}`,
    ...(nullDistances
      ? [`as a share of the null${fits ? '\n' : ': '}${grid(sharesOf(distances, nullDistances))}`]
      : []),
  ].join('\n');
}
