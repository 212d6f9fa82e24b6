import { resolve } from 'node:path';
import { Engine } from '../engine/engine';
import { folders, sourceOf } from './folders';
import type { BackendSummary, JobEvent, JobName, Jobs, ModelInfo } from '../engine/jobs';
import { NodeEnvironment } from '../engine/node';

/** Outputs of a command, and the folder for relative paths. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** True if standard error is a terminal, so that progress is shown. */
  readonly isTTY: boolean;
  readonly base: string;
  readonly signal?: AbortSignal;
}

/** The engine of one command. */
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

  /** The backend in use; undefined before `open`. */
  get backend(): BackendSummary['kind'] | undefined {
    return this.#kind;
  }

  /** Registers a text under the name that recipes use for it. */
  provideText(name: string, text: string): void {
    this.#environment.provideText(name, text);
  }

  /** Starts a backend and opens the model in a folder. */
  async open(model: string, backend: 'auto' | 'webgpu' | 'cpu'): Promise<ModelInfo> {
    const source = await sourceOf(this.path(model));
    this.#kind = (await this.run('start', { backend })).kind;
    const info = await this.run('open', { source });
    for (const notice of info.notices) this.#terminal.err(`Note: ${notice}\n`);
    return info;
  }

  /** Runs a job; shows its progress if standard error is a terminal. */
  async run<N extends JobName>(name: N, args: Jobs[N]['args']): Promise<Jobs[N]['result']> {
    const { isTTY, err, signal } = this.#terminal;
    const onEvent = (event: JobEvent): void => {
      const line = describe(event);
      if (isTTY && line !== undefined) err(`\r\x1b[K${line}`);
    };
    try {
      return await this.#engine.run(name, args, { onEvent, ...(signal ? { signal } : {}) });
    } finally {
      if (isTTY) err('\r\x1b[K');
    }
  }

  /** Frees the device, so that the process can exit. */
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
