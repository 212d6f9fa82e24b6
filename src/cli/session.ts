import { resolve } from 'node:path';
import { Engine } from '../engine/engine';
import type { BackendSummary, JobEvent, JobName, Jobs, ModelInfo } from '../engine/jobs';
import { NodeEnvironment } from '../engine/node';
import type { ModelSource } from '../recipe/schema';
import { folders } from './folders';
import { type HubAccess, modelSource, openSource } from './model';
import type { Terminal } from './terminal';

/** The engine of one command. */
export class Session {
  readonly #terminal: Terminal;
  readonly #hub: HubAccess;
  readonly #environment: NodeEnvironment;
  readonly #engine: Engine;
  #kind: BackendSummary['kind'] | undefined;

  constructor(terminal: Terminal, hub: HubAccess) {
    this.#terminal = terminal;
    this.#hub = hub;
    this.#environment = new NodeEnvironment(folders, terminal.env?.['INTERLAYER_CACHE'] || undefined);
    this.#engine = new Engine(this.#environment);
  }

  path(text: string): string {
    return resolve(this.#terminal.base, text);
  }

  /** Returns how a recipe names a model of the command line. @throws UsageError. */
  modelSource(model: string): ModelSource {
    return modelSource(model, this.#terminal.base, this.#hub);
  }

  /** Returns the folder that downloads are kept in. */
  async cacheFolder(): Promise<string> {
    return (await this.#environment.keptFolders()).root;
  }

  /** The backend in use; undefined before `open`. */
  get backend(): BackendSummary['kind'] | undefined {
    return this.#kind;
  }

  /** Registers a text under the name that recipes use for it. */
  provideText(name: string, text: string): void {
    this.#environment.provideText(name, text);
  }

  /** Starts a backend and opens a model: a folder, an address or a name of the Hub. */
  async open(model: string, backend: 'auto' | 'webgpu' | 'cpu'): Promise<ModelInfo> {
    const source = await openSource(model, this.#terminal.base, this.#hub);
    this.#kind = (await this.run('start', { backend })).kind;
    const info = await this.run('open', { source });
    for (const notice of info.notices) this.note(notice);
    return info;
  }

  /** Says something on standard error. */
  note(text: string): void {
    const { isTTY, err } = this.#terminal;
    err(`${isTTY ? '\r\x1b[K' : ''}Note: ${text}\n`);
  }

  /** Runs a job; shows its progress if standard error is a terminal. */
  async run<N extends JobName>(name: N, args: Jobs[N]['args']): Promise<Jobs[N]['result']> {
    const { isTTY, err, signal } = this.#terminal;
    const onEvent = (event: JobEvent): void => {
      if (event.type === 'notice') this.note(event.text);
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
