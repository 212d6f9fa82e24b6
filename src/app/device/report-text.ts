import type { Bandwidth, BackendSummary, DeviceReport, JobKernels, ModelInfo } from '../../engine/jobs';
import { bytes, count } from '../words/numbers';
import { type BrowserFacts, deviceFacts, featureWords, limitFacts, modelWords } from './facts';
import { billions, jobSentence, kernelTable, memoryRate, percent } from './kernel-table';
import { memoryTable } from './memory-table';
import type { Fact } from '../controls/facts';
import { type Table, alignedText } from './table';
import { choiceTable } from './choice-table';

/** Everything that the panel shows. */
export interface PanelData {
  readonly summary: BackendSummary;
  readonly choice: 'auto' | 'webgpu' | 'cpu';
  readonly browser: BrowserFacts;
  readonly model: ModelInfo | undefined;
  readonly report: DeviceReport;
  /** The job whose kernels are shown. */
  readonly job: JobKernels | undefined;
  readonly bandwidth: Bandwidth | undefined;
}

/** Returns the panel as plain text for a report of a fault. It names no file, folder or address. */
export function reportText({ summary, choice, browser, model, report, job, bandwidth }: PanelData): string {
  const { memory, choices } = report;
  const rate = bandwidth?.bytesPerSecond;
  return [
    'Interlayer, its backend',
    ...facts([
      ['Browser', browser.name],
      ['Cores', count(browser.cores)],
      ['Isolated', browser.isolated ? 'yes' : 'no'],
      ['Backend', `${summary.kind === 'webgpu' ? 'WebGPU' : 'CPU'}, chosen: ${choice}`],
      ...deviceFacts(summary, browser, choice),
      ['Features', featureWords(summary)],
      ['Model', modelWords(model)],
    ]),
    ...section('Limits', facts(limitFacts(summary))),
    ...section('Memory', [
      ...table(memoryTable(memory)),
      `  ${count(memory.tensors)} tensors; ${bytes(memory.pooledBytes)} kept for reuse`,
    ]),
    ...section(
      'Kernels',
      job ? [`  ${jobSentence(job)}`, ...table(kernelTable(job, rate))] : [`  ${timingWords(report)}`],
    ),
    ...section('Variants', choices.length > 0 ? table(choiceTable(choices)) : ['  none chosen']),
    ...section('Bandwidth', [`  ${bandwidth ? bandwidthWords(bandwidth, job) : 'not measured'}`]),
    '',
  ].join('\n');
}

/** What was measured of the bandwidth, and how much of it a job's kernels reached that are bound by memory. */
export function bandwidthWords(
  { bytesPerSecond, bytes: size }: Bandwidth,
  job: JobKernels | undefined,
): string {
  const measured = `${billions(bytesPerSecond)} GB/s read and written by copies of ${bytes(size)}`;
  const reached = job && memoryRate(job);
  if (reached === undefined) return `${measured}.`;
  return `${measured}. The kernels of the job that are bound by memory reached ${billions(reached)} GB/s together, ${percent(reached / bytesPerSecond)} of it.`;
}

/** Why there is no table of kernels. */
export function timingWords({ timing }: DeviceReport): string {
  if (timing === 'unavailable')
    return 'This browser or device offers no timestamp queries, so kernels cannot be timed.';
  return timing === 'on' ? 'No job has computed since timing was turned on.' : 'Kernels are not timed.';
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length > 0 ? ['', title, ...lines] : [];

const facts = (list: readonly Fact[]): string[] => {
  const width = Math.max(0, ...list.map(([name]) => name.length));
  return list.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
};

const table = (of: Table): string[] => alignedText(of).map((line) => `  ${line}`);
