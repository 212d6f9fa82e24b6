/** What was asked for did not come: what that was, and what there is instead. */
export class StuckError extends Error {
  override readonly name = 'StuckError';
}

/** Rejects with a StuckError if `task` takes longer. `what` names it in the message. */
export function within<Result>(task: Promise<Result>, ms: number, what: string): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new StuckError(`expected ${what} within ${ms / 1000} s, got no answer`)),
      ms,
    );
  });
  return Promise.race([task, late]).finally(() => clearTimeout(timer));
}
