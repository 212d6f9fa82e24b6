/** Runs one task at a time: starting a task aborts the previous one. */
export class LatestTask {
  #running: AbortController | undefined;

  get running(): boolean {
    return this.#running !== undefined;
  }

  /** Aborts the running task, then starts `task`. Its signal aborts when a newer task starts or `cancel` is called. */
  async run(task: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.cancel();
    const controller = new AbortController();
    this.#running = controller;
    try {
      await task(controller.signal);
    } finally {
      if (this.#running === controller) this.#running = undefined;
    }
  }

  cancel(): void {
    this.#running?.abort();
    this.#running = undefined;
  }
}
