/** Runs one task at a time; starting another aborts the one before. */
export class LatestTask {
  #running: AbortController | undefined;

  get running(): boolean {
    return this.#running !== undefined;
  }

  /** Aborts what runs, then starts `task`. Its signal is aborted when it is overtaken or cancelled. */
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
