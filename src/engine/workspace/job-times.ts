import { type Instruments, type KernelTimes, hasInstruments } from '../../backend/instruments';
import { timesSince } from '../../backend/kernel-ledger';
import type { Backend } from '../../backend/operations';
import type { DeviceReport, JobKernels } from '../jobs';
import { now } from '../../now';

interface Running {
  readonly job: string;
  readonly backend: Backend & Instruments;
  readonly started: number;
  /** The backend's sums when the job started. */
  readonly before: KernelTimes;
}

/** Times the kernels of jobs that run one at a time, while asked to. Keeps the last job of every name. */
export class JobTimes {
  #on = false;
  #running: Running | undefined;
  /** In the order in which they ended. */
  readonly #ended = new Map<string, JobKernels>();

  async set(backend: Backend, on: boolean): Promise<void> {
    this.#on = on;
    if (hasInstruments(backend)) await backend.timeKernels(on);
  }

  /** Times on another device as on the one before. Forgets jobs of another kind of device. */
  async follow(backend: Backend, sameKind: boolean): Promise<void> {
    if (!sameKind) this.#ended.clear();
    if (this.#on) await this.set(backend, true);
  }

  /** Runs a job; no other may be recorded meanwhile. */
  async record<T>(job: string, backend: Backend, work: () => Promise<T>): Promise<T> {
    if (!this.#on || !hasInstruments(backend) || !backend.canTimeKernels) return work();
    await backend.settle();
    const running = { job, backend, started: now(), before: new Map(backend.kernelTimes()) };
    this.#running = running;
    try {
      const result = await work();
      // The last submissions are the job's too.
      await backend.settle();
      return result;
    } finally {
      this.#running = undefined;
      const kernels = kernelsOf(running, false);
      if (kernels.kernels.length > 0) {
        this.#ended.delete(job);
        this.#ended.set(job, kernels);
      }
    }
  }

  report(backend: Backend): DeviceReport {
    const instruments = hasInstruments(backend) ? backend : undefined;
    const ended = [...this.#ended.values()].toReversed();
    const running = this.#running && kernelsOf(this.#running, true);
    // A job without kernels yet, or one that uses another device, leaves the last one's on show.
    const shown = running !== undefined && running.kernels.length > 0 ? running : undefined;
    return {
      memory: backend.memory(),
      timing: instruments?.canTimeKernels ? (this.#on ? 'on' : 'off') : 'unavailable',
      jobs: shown ? [shown, ...ended.filter(({ job }) => job !== shown.job)] : ended,
      choices: instruments?.choices?.() ?? [],
    };
  }
}

function kernelsOf({ job, backend, started, before }: Running, running: boolean): JobKernels {
  const times = timesSince(before, backend.kernelTimes());
  return {
    job,
    running,
    milliseconds: now() - started,
    kernels: Array.from(times, ([name, time]) => ({ name, ...time })).sort(
      (a, b) => b.milliseconds - a.milliseconds,
    ),
  };
}
