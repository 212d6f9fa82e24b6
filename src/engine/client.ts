import { EngineCrashError, JobError, abortError } from './jobs/errors';
import type { EngineApi, JobName, Jobs, RunOptions } from './jobs';
import type { Alive, Port, Reply, Request } from './protocol';

/** A thread that runs an engine. */
export interface EngineThread {
  readonly port: Port;
  terminate(): void;
}

/** Starts an engine thread. `onCrash` is called with the known reason when it dies. */
export type SpawnEngine = (onCrash: (reason: string) => void) => EngineThread;

interface Pending {
  readonly onEvent: RunOptions['onEvent'];
  readonly resolve: (result: Jobs[JobName]['result']) => void;
  readonly reject: (error: unknown) => void;
}

/** How often a worker with jobs is asked whether it still answers, and how many questions in a row may stay without an answer. */
const ASK_MS = 5000;
const PATIENCE = 6;

/** Runs jobs in an engine in a worker, which is started by the first job. */
export class EngineClient implements EngineApi {
  readonly #spawn: SpawnEngine;
  readonly #askMs: number;
  #asking: ReturnType<typeof setInterval> | undefined;
  /** Questions since the last message of the worker. Counted, not timed, so that the sleep of the computer is no silence. */
  #unanswered = 0;
  #onSilence: ((silent: boolean) => void) | undefined;
  #thread: EngineThread | undefined;
  #nextId = 1;
  readonly #pending = new Map<number, Pending>();
  #started: Jobs['start']['args'] | undefined;
  #opened: Jobs['open']['args'] | undefined;

  constructor(spawn: SpawnEngine = spawnWorker, askMs = ASK_MS) {
    this.#spawn = spawn;
    this.#askMs = askMs;
  }

  watch(onSilence: (silent: boolean) => void): void {
    this.#onSilence = onSilence;
  }

  restart(): void {
    this.#end('It was started again.');
  }

  /**
   * Runs a job in the worker. After a crash it first restores the previous backend and model.
   * @throws JobError named as the original error; AbortError when cancelled; EngineCrashError when the worker dies.
   */
  async run<N extends JobName>(
    name: N,
    args: Jobs[N]['args'],
    options: RunOptions = {},
  ): Promise<Jobs[N]['result']> {
    if (!options.signal?.aborted && !this.#thread) this.#restore(name);
    const result = await this.#send(name, args, options);
    if (name === 'start') this.#started = args as Jobs['start']['args'];
    if (name === 'open') this.#opened = args as Jobs['open']['args'];
    return result;
  }

  /** Stops the worker; running jobs fail. A later `run` starts a new worker. */
  dispose(): void {
    this.#started = undefined;
    this.#opened = undefined;
    this.#end('It was closed.');
  }

  #send<N extends JobName>(name: N, args: Jobs[N]['args'], options: RunOptions): Promise<Jobs[N]['result']> {
    const { signal, onEvent } = options;
    if (signal?.aborted) return Promise.reject(abortError());
    const thread = (this.#thread ??= this.#connect());
    const id = this.#nextId++;
    const post = (request: Request): void => thread.port.postMessage(request, []);
    const cancel = (): void => post({ cancel: id });
    return new Promise<Jobs[JobName]['result']>((resolve, reject) => {
      this.#pending.set(id, { onEvent, resolve, reject });
      signal?.addEventListener('abort', cancel, { once: true });
      post({ id, name, args });
      this.#asking ??= setInterval(() => this.#ask(), this.#askMs);
    }).finally(() => {
      this.#pending.delete(id);
      if (this.#pending.size === 0) this.#stopAsking();
      signal?.removeEventListener('abort', cancel);
    }) as Promise<Jobs[N]['result']>;
  }

  #connect(): EngineThread {
    const thread = this.#spawn((reason) => {
      if (this.#thread === thread) this.#end(reason);
    });
    thread.port.onmessage = (event: MessageEvent<Reply>) => this.#receive(event.data);
    return thread;
  }

  #ask(): void {
    if (++this.#unanswered === PATIENCE + 1) this.#onSilence?.(true);
    this.#thread?.port.postMessage({ ask: 'alive' } satisfies Request, []);
  }

  #stopAsking(): void {
    clearInterval(this.#asking);
    this.#asking = undefined;
    this.#heard();
  }

  #heard(): void {
    if (this.#unanswered > PATIENCE) this.#onSilence?.(false);
    this.#unanswered = 0;
  }

  #receive(reply: Reply): void {
    this.#heard();
    if ('answer' in reply) return;
    const pending = this.#pending.get(reply.id);
    if (!pending) return;
    if ('event' in reply) pending.onEvent?.(reply.event);
    else if ('result' in reply) pending.resolve(reply.result);
    else pending.reject(reply.failure.name === 'AbortError' ? abortError() : new JobError(reply.failure));
  }

  #end(reason: string): void {
    this.#thread?.terminate();
    this.#thread = undefined;
    for (const { reject } of this.#pending.values()) {
      reject(new EngineCrashError(`The engine stopped. ${reason} Run it again; it starts afresh.`));
    }
    this.#pending.clear();
  }

  /**
   * Starts the previous backend and opens the previous model in a new worker. The results are not awaited, because the
   * engine runs jobs in order; if one fails, the next job reports what is missing.
   */
  #restore(name: JobName): void {
    const ignore = (): void => undefined;
    if (name === 'start') return;
    if (this.#started) this.#send('start', this.#started, {}).catch(ignore);
    if (this.#opened && name !== 'open') this.#send('open', this.#opened, {}).catch(ignore);
  }
}

function spawnWorker(onCrash: (reason: string) => void): EngineThread {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'engine' });
  worker.onerror = (event) => {
    event.preventDefault();
    onCrash(event.message ? `${event.message}.` : 'Its script could not be loaded.');
  };
  worker.onmessageerror = () => onCrash('A message from it could not be read.');
  worker.addEventListener('message', ({ data }: MessageEvent<Partial<Alive>>) => {
    // It lets go of this lock when it ends, which a page is not told otherwise.
    if (data.lock !== undefined)
      navigator.locks
        .request(data.lock, () => onCrash('The browser ended it, perhaps for want of memory.'))
        .catch(() => undefined);
  });
  return { port: worker, terminate: () => worker.terminate() };
}
