/** Runs `work` at most once per frame: the first call at once, later calls in that frame together in the next one. */
export function oncePerFrame(work: () => void): { (): void; cancel(): void } {
  let frame: number | undefined;
  let again = false;
  const next = () => {
    frame = undefined;
    if (!again) return;
    again = false;
    ask();
  };
  function ask(): void {
    if (frame !== undefined) {
      again = true;
      return;
    }
    frame = requestAnimationFrame(next);
    work();
  }
  return Object.assign(ask, {
    cancel() {
      if (frame !== undefined) cancelAnimationFrame(frame);
      frame = undefined;
    },
  });
}
