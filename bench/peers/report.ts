import { short } from '../table';
import type { Device } from './contender';
import type { PythonResult } from './python';
import type { RowResult } from './rounds';

/** In the order of the columns. */
const NAMES = ['ours', 'jax-js', 'onnxruntime-web', 'tfjs'] as const;

/** What the table says about where it was made. */
export interface Circumstances {
  readonly device: Device;
  readonly machine: string;
  readonly adapter: string;
  readonly browser: string;
  readonly date: string;
  /** Versions of the libraries by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Rows that were left out, with the reason. */
  readonly leftOut: readonly string[];
}

/** How many times as fast as the best peer we are; undefined if either has no figure. */
export function ratio({ outcomes }: RowResult): number | undefined {
  const { ours, ...peers } = outcomes;
  const best = Math.min(
    ...Object.values(peers).map((peer) => ('milliseconds' in peer ? peer.milliseconds : Infinity)),
  );
  return ours && 'milliseconds' in ours && best < Infinity ? best / ours.milliseconds : undefined;
}

/** The table of one device as Markdown, with where it was made above and what is missing below. */
export function peersReport(
  results: readonly RowResult[],
  python: readonly PythonResult[],
  circumstances: Circumstances,
): string {
  const { device, machine, adapter, browser, date, versions, leftOut } = circumstances;
  const withPython = python.length > 0;
  const columns = ['what', 'shape', ...NAMES, 'ours / best peer', ...(withPython ? ['in Python'] : [])];
  const rows = results.map((result) => {
    const times = ratio(result);
    const beside = python
      .filter(({ group, shape }) => group === result.group && shape === result.shape)
      .map(({ name, milliseconds }) => `${name} ${short(milliseconds)}`);
    return [
      result.group,
      result.shape,
      ...NAMES.map((name) => cell(result, name)),
      times === undefined ? '–' : `${times >= 1 ? '**' : ''}${times.toFixed(2)} ×${times >= 1 ? '**' : ''}`,
      ...(withPython ? [beside.join(', ') || '–'] : []),
    ];
  });
  const where = device === 'webgpu' ? `WebGPU, ${adapter}` : 'WebAssembly with SIMD and threads';
  const libraries = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const missing = results.flatMap(({ group, shape, outcomes }) =>
    Object.entries(outcomes).flatMap(([name, outcome]) =>
      'missing' in outcome && outcome.missing !== 'not offered'
        ? [`${name}, ${group} ${shape}: ${outcome.missing}`]
        : [],
    ),
  );
  return [
    `**${where}.** ${machine}; ${browser}; ${date}. ${libraries.join(', ')}. Milliseconds of a step, in brackets GFLOP/s.`,
    markdownTable(columns, rows),
    ...(leftOut.length > 0 ? [`Left out: ${leftOut.join('; ')}.`] : []),
    ...(missing.length > 0 ? [`Not counted: ${missing.join('; ')}.`] : []),
  ].join('\n\n');
}

function cell({ outcomes, flops }: RowResult, name: string): string {
  const outcome = outcomes[name];
  if (!outcome) return '–';
  if ('missing' in outcome) return outcome.missing === 'not offered' ? '–' : 'failed';
  const { milliseconds } = outcome;
  return flops > 0 ? `${short(milliseconds)} (${short(flops / milliseconds / 1e6)})` : short(milliseconds);
}

/** The first two columns are aligned left, the others right. */
function markdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = columns.map((_, i) => (i < 2 ? '---' : '--:'));
  return [columns, rule, ...rows].map(line).join('\n');
}
