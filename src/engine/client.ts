import { EngineCrashError, JobError, abortError } from './jobs/errors';
import type { EngineApi, JobName, Jobs, RunOptions } from './jobs';
import type { Port, Reply, Request } from './protocol';

/** A running engine in another thread. */
export interface Remote {
  readonly port: Port;
  terminate(): void;
}

/** Starts an engine thread; `onCrash` is called when it dies, with what is known of the reason. */
export type Spawn = (onCrash: (reason: string) => void) => Remote;

interface Pending {
  readonly onEvent: RunOptions['onEvent'];
  readonly resolve: (result: Jobs[JobName]['result']) => void;
  readonly reject: (error: unknown) => void;
}

/** The engine in a worker, made when the first job is run. */
export class EngineClient implements EngineApi {
  readonly #spawn: Spawn;
  #remote: Remote | undefined;
  #nextId = 1;
  readonly #pending = new Map<number, Pending>();
  #started: Jobs['start']['args'] | undefined;
  #opened: Jobs['open']['args'] | undefined;

  constructor(spawn: Spawn = spawnWorker) {
    this.#spawn = spawn;
  }

  /**
   * Runs a job in the worker. After a crash the backend and the model of before are brought back first.
   * @throws JobError named as the original error; AbortError when cancelled; EngineCrashError when the worker dies.
   */
  async run<N extends JobName>(
    name: N,
    args: Jobs[N]['args'],
    options: RunOptions = {},
  ): Promise<Jobs[N]['result']> {
    if (!options.signal?.aborted && !this.#remote) this.#restore(name);
    const result = await this.#send(name, args, options);
    if (name === 'start') this.#started = args as Jobs['start']['args'];
    if (name === 'open') this.#opened = args as Jobs['open']['args'];
    return result;
  }

  /** Stops the worker; jobs that are running fail. A later `run` starts a fresh one. */
  dispose(): void {
    this.#started = undefined;
    this.#opened = undefined;
    this.#end('It was closed.');
  }

  #send<N extends JobName>(name: N, args: Jobs[N]['args'], options: RunOptions): Promise<Jobs[N]['result']> {
    const { signal, onEvent } = options;
    if (signal?.aborted) return Promise.reject(abortError());
    const remote = (this.#remote ??= this.#connect());
    const id = this.#nextId++;
    const post = (request: Request): void => remote.port.postMessage(request, []);
    const cancel = (): void => post({ cancel: id });
    return new Promise<Jobs[JobName]['result']>((resolve, reject) => {
      this.#pending.set(id, { onEvent, resolve, reject });
      signal?.addEventListener('abort', cancel, { once: true });
      post({ id, name, args });
    }).finally(() => {
      this.#pending.delete(id);
      signal?.removeEventListener('abort', cancel);
    }) as Promise<Jobs[N]['result']>;
  }

  #connect(): Remote {
    const remote = this.#spawn((reason) => {
      if (this.#remote === remote) this.#end(reason);
    });
    remote.port.onmessage = (event: MessageEvent<Reply>) => this.#receive(event.data);
    return remote;
  }

  #receive(reply: Reply): void {
    const pending = this.#pending.get(reply.id);
    if (!pending) return;
    if ('event' in reply) pending.onEvent?.(reply.event);
    else if ('result' in reply) pending.resolve(reply.result);
    else pending.reject(reply.failure.name === 'AbortError' ? abortError() : new JobError(reply.failure));
  }

  #end(reason: string): void {
    this.#remote?.terminate();
    this.#remote = undefined;
    for (const { reject } of this.#pending.values()) {
      reject(new EngineCrashError(`The engine stopped. ${reason} Run it again; it starts afresh.`));
    }
    this.#pending.clear();
  }

  /**
   * A fresh worker knows nothing: asks it for the backend and the model that the job to come expects. Nobody waits for
   * these; the engine runs them in order, and where one fails the job to come says what is missing.
   */
  #restore(name: JobName): void {
    const ignore = (): void => undefined;
    if (name === 'start') return;
    if (this.#started) this.#send('start', this.#started, {}).catch(ignore);
    if (this.#opened && name !== 'open') this.#send('open', this.#opened, {}).catch(ignore);
  }
}

function spawnWorker(onCrash: (reason: string) => void): Remote {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'engine' });
  worker.onerror = (event) => {
    event.preventDefault();
    onCrash(event.message ? `${event.message}.` : 'Its script could not be loaded.');
  };
  worker.onmessageerror = () => onCrash('A message from it could not be read.');
  return { port: worker, terminate: () => worker.terminate() };
}
