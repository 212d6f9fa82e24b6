import type { BackendSummary, ModelInfo } from '../../engine/jobs';
import { bytes, count } from '../words/numbers';
import type { Fact } from '../controls/facts';

/** What the page knows of its browser. */
export interface BrowserFacts {
  /** Name and version. */
  readonly name: string;
  readonly cores: number;
  /** Whether the server isolates the page, which threads need. */
  readonly isolated: boolean;
}

/** Limits with facts of their own. */
const OWN: ReadonlySet<string> = new Set(['subgroupMinSize', 'subgroupMaxSize', 'threads', 'maxMemoryBytes']);

/** What computes, and why it is not WebGPU. */
export function deviceFacts(
  summary: BackendSummary,
  browser: BrowserFacts,
  choice: 'auto' | 'webgpu' | 'cpu',
): Fact[] {
  const { limits, features, description, software, notice } = summary;
  if (summary.kind === 'webgpu') {
    return [
      ['Adapter', description],
      ['Kind', software ? 'software: right, but slow' : 'hardware'],
      ['Subgroups', subgroupWords(limits)],
      ['Half floats', features.includes('shader-f16') ? 'in kernels' : 'only unpacked'],
    ];
  }
  const { threads, maxMemoryBytes } = limits;
  return [
    ['Computes with', description],
    ...(threads === undefined ? [] : ([['Threads', threadWords(threads, browser)]] as const)),
    ['SIMD', features.filter((name) => name.includes('simd')).join(', ') || 'none'],
    ...(maxMemoryBytes === undefined ? [] : ([['Largest memory', bytes(maxMemoryBytes)]] as const)),
    ['Why not WebGPU', notice ?? (choice === 'cpu' ? 'The CPU was chosen.' : 'The CPU measured faster.')],
  ];
}

/** Limits that the device was made with, by their names in WebGPU. */
export const limitFacts = ({ limits }: BackendSummary): Fact[] =>
  Object.entries(limits)
    .filter(([name]) => !OWN.has(name))
    .map(([name, value]) => [name, limitWords(name, value)]);

/** Everything that the adapter can beyond the basic, or the CPU backend. */
export const featureWords = ({ features }: BackendSummary): string =>
  features.join(', ') || 'none beyond the basic ones';

/** Sizes of the open model; not its name, which may be that of a folder. */
export const modelWords = (info: ModelInfo | undefined): string =>
  info === undefined
    ? 'none'
    : `${info.architecture}, ${info.layers} blocks, hidden size ${count(info.hiddenSize)}, MLP ${count(info.intermediateSize)}, ` +
      `${info.heads} heads (${info.kvHeads} for keys and values), ${count(info.vocabSize)} tokens, ${count(info.parameters)} parameters, ` +
      Object.keys(info.dtypes).join(' and ');

/** A limit with its unit: numbers of bytes as sizes. */
function limitWords(name: string, value: number): string {
  return /size|bytes/i.test(name) && !/workgroupsize/i.test(name) ? bytes(value) : count(value);
}

function subgroupWords({ subgroupMinSize: least, subgroupMaxSize: most }: BackendSummary['limits']): string {
  if (least === undefined || most === undefined) return 'none';
  return least === most ? `of ${most} threads` : `of ${least} to ${most} threads`;
}

function threadWords(threads: number, { cores, isolated }: BrowserFacts): string {
  if (threads > 1 || cores === 1) return `${threads} of ${cores} cores`;
  return isolated
    ? `1 of ${cores} cores`
    : '1, for the server does not isolate the page, so that memory cannot be shared';
}
