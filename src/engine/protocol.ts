import { failureOf } from './jobs/errors';
import type { EngineApi, JobEvent, JobFailure, JobName, Jobs } from './jobs';

/** A message from the page: a job to run, the id of a job to cancel, or a question whether the engine still answers. */
export type Request =
  | { readonly id: number; readonly name: JobName; readonly args: Jobs[JobName]['args'] }
  | { readonly cancel: number }
  | { readonly ask: 'alive' };

/** A message to the page. Each job sends any number of events, then one result or failure. */
export type Reply =
  | { readonly answer: 'alive' }
  | { readonly id: number; readonly event: JobEvent }
  | { readonly id: number; readonly result: Jobs[JobName]['result'] }
  | { readonly id: number; readonly failure: JobFailure };

/** A message to the page, once: the name of a lock that the worker holds for as long as it lives. */
export interface Alive {
  readonly lock: string;
}

/** One end of a message channel: a worker's global scope, a `Worker` or a `MessagePort`. */
export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

/** Runs the requests that arrive on `port` on `engine`. Never throws: every failure becomes a reply. */
export function serve(port: Port, engine: EngineApi): void {
  const running = new Map<number, AbortController>();

  async function run(id: number, name: JobName, args: Jobs[JobName]['args']): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    const post = (reply: Reply): void =>
      port.postMessage(reply, 'result' in reply ? buffersOf(reply.result) : []);
    try {
      const result = await engine.run(name, args, {
        signal: controller.signal,
        onEvent: (event) => post({ id, event }),
      });
      post({ id, result });
    } catch (error) {
      post({ id, failure: failureOf(error) });
    } finally {
      running.delete(id);
    }
  }

  port.onmessage = (event: MessageEvent<Request>) => {
    const request = event.data;
    if ('ask' in request) port.postMessage({ answer: request.ask } satisfies Reply, []);
    else if ('cancel' in request) running.get(request.cancel)?.abort();
    else void run(request.id, request.name, request.args);
  };
}

/** Returns the array buffers directly inside a result; they are transferred to the page, not copied. */
function buffersOf(result: unknown): ArrayBuffer[] {
  if (typeof result !== 'object' || result === null) return [];
  const buffers = new Set<ArrayBuffer>();
  for (const value of Object.values(result)) {
    if (ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer) buffers.add(value.buffer);
  }
  return [...buffers];
}
