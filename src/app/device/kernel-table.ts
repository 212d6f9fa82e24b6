import type { JobKernels } from '../../engine/jobs';
import { count, duration, quantity } from '../words/numbers';
import type { Table } from './table';

type KernelUse = JobKernels['kernels'][number];

/**
 * From so many multiply-adds a byte on a kernel counts as bound by arithmetic. Products, distances and attention have tens to
 * hundreds, the other kernels at most five; devices do four to ten while they move a byte.
 */
const ARITHMETIC = 8;

/** What one kernel reached: bytes or floating-point operations per second, whichever bounds it. Undefined if unknown. */
interface Rates {
  readonly bytes?: number;
  readonly flops?: number;
}

/** Rates of all calls of a kernel together. A multiply-add is two operations. */
export function ratesOf({ milliseconds, work, bytes }: KernelUse): Rates {
  // Browsers round timestamps, so that a short kernel may have taken no time.
  if (milliseconds <= 0 || bytes <= 0) return {};
  return work >= ARITHMETIC * bytes
    ? { flops: (1000 * 2 * work) / milliseconds }
    : { bytes: (1000 * bytes) / milliseconds };
}

/** Bytes per second of all kernels together that are bound by memory; undefined if there are none. */
export function memoryRate({ kernels }: JobKernels): number | undefined {
  const bound = kernels.filter((kernel) => ratesOf(kernel).bytes !== undefined);
  const milliseconds = bound.reduce((sum, kernel) => sum + kernel.milliseconds, 0);
  if (milliseconds === 0) return undefined;
  return (1000 * bound.reduce((sum, { bytes }) => sum + bytes, 0)) / milliseconds;
}

const totalMilliseconds = ({ kernels }: JobKernels): number =>
  kernels.reduce((sum, { milliseconds }) => sum + milliseconds, 0);

/** Formats a rate in billions per second. */
export const billions = (perSecond: number): string => atLeast(0.01, perSecond / 1e9, 3);

export const percent = (share: number): string => `${atLeast(0.1, 100 * share, 2)} %`;

/** Formats a number; what is above 0 but below `least` only as that. */
const atLeast = (least: number, value: number, digits: number): string =>
  value > 0 && value < least ? `< ${least}` : quantity(value, digits);

const orDash = (value: number | undefined, words: (value: number) => string): string =>
  value === undefined ? '–' : words(value);

/** Kernels of a job. `bandwidth`, in bytes per second, adds what share of it a kernel reached. Rates only if one is known. */
export function kernelTable(job: JobKernels, bandwidth: number | undefined): Table {
  const all = totalMilliseconds(job);
  const rated = job.kernels.map((kernel) => ({ kernel, rates: ratesOf(kernel) }));
  const hasRates = job.kernels.some(({ bytes }) => bytes > 0);
  const rateColumns = ['GB/s', ...(bandwidth === undefined ? [] : ['of copies']), 'GFLOP/s'];
  return {
    columns: ['kernel', 'calls', 'ms', 'share', ...(hasRates ? rateColumns : [])],
    rows: rated.map(({ kernel, rates }) => [
      kernel.name,
      count(kernel.calls),
      quantity(kernel.milliseconds, 3),
      all > 0 ? percent(kernel.milliseconds / all) : '–',
      ...(hasRates
        ? [
            orDash(rates.bytes, billions),
            ...(bandwidth === undefined ? [] : [orDash(rates.bytes, (rate) => percent(rate / bandwidth))]),
            orDash(rates.flops, billions),
          ]
        : []),
    ]),
  };
}

const JOBS: Readonly<Record<string, string>> = {
  align: 'Align',
  evaluate: 'Evaluate',
  measure: 'Measure blocks',
  map: 'Map',
  generate: 'Continue a text',
  probe: 'Read a text',
  export: 'Export',
  neuron: 'Tokens of a neuron',
  save: 'Save arrays',
  planTraining: 'Plan a training',
  trainingSpeed: 'Measure a training step',
  train: 'Train',
};

/** What a job is called on the page. */
export const jobWords = (job: string): string => JOBS[job] ?? job;

const timeWords = (milliseconds: number): string =>
  milliseconds < 10 ? `${quantity(milliseconds, 2)} ms` : duration(milliseconds);

/** What the kernels of a job took of its time, as a sentence. */
export function jobSentence(job: JobKernels): string {
  const took = `${timeWords(totalMilliseconds(job))} in kernels of ${timeWords(job.milliseconds)}`;
  return `${jobWords(job.job)}${job.running ? ', still running' : ''}: ${took}`;
}
