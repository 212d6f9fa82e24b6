/**
 * Limits `work` to one run per frame. The first call in a frame runs at once; later calls cause one run in the next frame.
 */
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
