import type { PictureRequest } from '../../../engine/jobs';
import type { KernelView } from '../../../recipe/view';
import { includedFiles } from '../../../wgsl';
import type { Scaling } from '../../store/derived/scaling';

/** Loaders of the kernels' files. */
const files = import.meta.glob<string>(
  '../../../../shaders/{pairwise_distance,operands,tiles,direct,sinkhorn_rows,sinkhorn_columns,sinkhorn_record,column_mass,rows,picture,decode}.wgsl',
  { query: '?raw', import: 'default' },
);

/**
 * Loads the text of `shaders/<name>.wgsl` with the files it includes, before it is written out for a device: a loop over rows is
 * there once. @throws Error if it cannot be fetched.
 */
export async function loadKernel(name: KernelName): Promise<string> {
  const own = await loadFile(name);
  return [own, ...(await Promise.all(includedFiles(own).map(loadFile)))].join('\n');
}

async function loadFile(name: string): Promise<string> {
  const load = files[`../../../../shaders/${name}.wgsl`];
  if (load === undefined) throw new Error(`No kernel ${name}.wgsl was built into the page.`);
  return load();
}

export type KernelName = 'pairwise_distance' | 'sinkhorn_rows' | 'sinkhorn_columns' | 'picture';

/** Name of some lines of a kernel. `PASSAGES` finds each line by a text that no other line has. */
export type Passage =
  | 'distance'
  | 'row formula'
  | 'row step'
  | 'column sum formula'
  | 'column sum'
  | 'column formula'
  | 'column step'
  | 'plan entry'
  | 'difference'
  | 'pooling';

export const PASSAGES: Readonly<Record<Passage, { kernel: KernelName; lines: readonly string[] }>> = {
  distance: {
    kernel: 'pairwise_distance',
    lines: [
      'let squares = all - 2.0 * dots;',
      'let cancels = !(squares >',
      'distance = sqrt(squares);',
      'return params.factor * distance;',
    ],
  },
  'row formula': { kernel: 'sinkhorn_rows', lines: ['f_i ← f_i'] },
  'row step': {
    kernel: 'sinkhorn_rows',
    lines: [
      'x_{b}_{j} = (g_{j} - cost[at_{b} + c_{j}])',
      'x_{b}_{j} = exp2(',
      'let met = params.epsilon *',
      'f[params.row_start + row_{b}] =',
    ],
  },
  'column sum formula': { kernel: 'sinkhorn_columns', lines: ['L_j = LSE_i'] },
  'column sum': { kernel: 'sinkhorn_columns', lines: ['sum += column_sums['] },
  'column formula': { kernel: 'sinkhorn_columns', lines: ['next_j = g_j'] },
  'column step': {
    kernel: 'sinkhorn_columns',
    lines: [
      'let log_sum = mass.maximum + log(mass.sum);',
      'let met = params.damping',
      'next[column] = select(',
    ],
  },
  'plan entry': { kernel: 'picture', lines: ['if (params.is_plan == 1u) {', 'value = exp(min('] },
  difference: {
    kernel: 'picture',
    lines: ['var other = other_cost[entry];', 'other = exp(min(', 'value -= other;'],
  },
  pooling: {
    kernel: 'picture',
    lines: ['largest = select(largest, value,', 'sum += value;', 'out[at + 1u] += sum'],
  },
};

/** Line numbers (from 0) of a passage in a kernel's source. */
export function passageLines(passage: Passage, source: string): number[] {
  const lines = source.split('\n');
  return PASSAGES[passage].lines.flatMap((text) =>
    lines.flatMap((line, index) => (line.includes(text) ? [index] : [])),
  );
}

/** Kernels in the order they run, and the passages that ran. */
export interface KernelSelection {
  readonly kernels: readonly KernelName[];
  readonly active: readonly Passage[];
  readonly words: string;
}

const ROWS: readonly Passage[] = ['row formula', 'row step'];
const COLUMNS: readonly Passage[] = ['column sum formula', 'column sum', 'column formula', 'column step'];

/** Chooses the kernels that made the picture on show, and the passages that ran. */
export function kernelsFor(
  view: Exclude<KernelView, 'none'>,
  kind: PictureRequest['kind'],
  scaling: Scaling | undefined,
): KernelSelection {
  switch (view) {
    case 'cost':
      return {
        kernels: ['pairwise_distance'],
        active: ['distance'],
        words: 'The ground cost: how far every row of the one block is from every row of the other.',
      };
    case 'sinkhorn':
      return {
        kernels: ['sinkhorn_columns', 'sinkhorn_rows'],
        active: scaling === 'columns' ? COLUMNS : scaling === 'rows' ? ROWS : [],
        words:
          scaling === 'columns'
            ? 'This half-step set g: every column was scaled to its marginal.'
            : scaling === 'rows'
              ? 'This half-step set f: every row was scaled to its marginal.'
              : scaling === 'start'
                ? 'The start: no half-step has run yet.'
                : 'The half-steps of Sinkhorn; no plan that they formed is on show.',
      };
    case 'picture': {
      const entry: readonly Passage[] =
        kind === 'difference' ? ['plan entry', 'difference'] : kind === 'plan' ? ['plan entry'] : [];
      return {
        kernels: ['picture'],
        active: [...entry, 'pooling'],
        words:
          kind === 'cost'
            ? 'Costs are pooled to pixels: the largest of them, and their mean.'
            : 'Every entry of the plan is formed from cost and potentials, and pooled to pixels.',
      };
    }
  }
}
