import { resolve } from 'node:path';
import { Engine } from '../engine/engine';
import { folders, sourceOf } from './folders';
import type { BackendSummary, JobEvent, JobName, Jobs, ModelInfo } from '../engine/jobs';
import { NodeEnvironment } from '../engine/node';

/** Where a command writes, and the folder that relative paths start from. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether somebody watches standard error. */
  readonly watched: boolean;
  readonly base: string;
  readonly signal?: AbortSignal;
}

/** One engine for one command. */
export class Session {
  readonly #terminal: Terminal;
  readonly #environment = new NodeEnvironment(folders);
  readonly #engine = new Engine(this.#environment);
  #kind: BackendSummary['kind'] | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  path(text: string): string {
    return resolve(this.#terminal.base, text);
  }

  /** What computes; undefined before `open`. */
  get backend(): BackendSummary['kind'] | undefined {
    return this.#kind;
  }

  /** Has a text at hand under its name in recipes. */
  provideText(name: string, text: string): void {
    this.#environment.provideText(name, text);
  }

  /** Starts a backend and opens the model in a folder. */
  async open(model: string, backend: 'auto' | 'webgpu' | 'cpu'): Promise<ModelInfo> {
    const source = await sourceOf(this.path(model));
    this.#kind = (await this.run('start', { backend })).kind;
    return this.run('open', { source });
  }

  /** Runs a job and shows how far it is, where somebody watches. */
  async run<N extends JobName>(name: N, args: Jobs[N]['args']): Promise<Jobs[N]['result']> {
    const { watched, err, signal } = this.#terminal;
    const onEvent = (event: JobEvent): void => {
      const line = describe(event);
      if (watched && line !== undefined) err(`\r\x1b[K${line}`);
    };
    try {
      return await this.#engine.run(name, args, { onEvent, ...(signal ? { signal } : {}) });
    } finally {
      if (watched) err('\r\x1b[K');
    }
  }

  /** Frees the device and lets the process end. */
  close(): void {
    this.#engine.dispose();
    this.#environment.release();
  }
}

function describe(event: JobEvent): string | undefined {
  if (event.type === 'frame') {
    const { halfStep, marginalError } = event.frame;
    return `half-step ${halfStep}, error ${marginalError.toExponential(1)}`;
  }
  if (event.type === 'step') {
    const { step, steps, loss } = event.step;
    return `${event.arm}: step ${step} of ${steps}, loss ${loss.toFixed(4)}`;
  }
  if (event.type !== 'progress') return undefined;
  const { label, fraction } = event.progress;
  return fraction === undefined ? label : `${label} ${Math.round(100 * fraction)} %`;
}
