import type { CDPSession } from 'playwright-core';

/** Measures the JavaScript heaps of a page's workers, over a session of the browser's debugging protocol for each. */
export class WorkerHeaps {
  readonly #cdp: CDPSession;
  readonly #sessions = new Map<string, string>();
  readonly #answers = new Map<number, (result: unknown) => void>();
  #id = 0;

  private constructor(cdp: CDPSession) {
    this.#cdp = cdp;
    cdp.on('Target.attachedToTarget', ({ sessionId, targetInfo: { title, url } }) =>
      this.#sessions.set(sessionId, title || url),
    );
    cdp.on('Target.detachedFromTarget', ({ sessionId }) => this.#sessions.delete(sessionId));
    cdp.on('Target.receivedMessageFromTarget', ({ message }) => {
      const { id, result } = JSON.parse(message) as { id?: number; result?: unknown };
      if (id !== undefined) this.#answers.get(id)?.(result);
    });
  }

  static async of(cdp: CDPSession): Promise<WorkerHeaps> {
    const heaps = new WorkerHeaps(cdp);
    await cdp.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: false,
    });
    return heaps;
  }

  /** Bytes of the heap of the worker named `engine`, after a collection of garbage; NaN if there is none. */
  async engine(): Promise<number> {
    for (const [session, name] of this.#sessions) {
      if (!name.includes('engine') && !name.includes('worker')) continue;
      for (let times = 0; times < 2; times++) await this.#send(session, 'HeapProfiler.collectGarbage');
      const use = (await this.#send(session, 'Runtime.getHeapUsage')) as { usedSize?: number } | undefined;
      return use?.usedSize ?? NaN;
    }
    return NaN;
  }

  async #send(sessionId: string, method: string): Promise<unknown> {
    const id = ++this.#id;
    const answer = new Promise<unknown>((resolve) => {
      this.#answers.set(id, resolve);
      setTimeout(() => resolve(undefined), 20_000);
    });
    await this.#cdp.send('Target.sendMessageToTarget', {
      sessionId,
      message: JSON.stringify({ id, method }),
    });
    return answer.finally(() => this.#answers.delete(id));
  }
}
