/**
 * Runs `work` at most once per frame: at once when nothing ran in this frame, else with the next. What is asked for is never
 * lost, and the first answer is never late.
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
