import type { Press } from '../../lessons/format';

/** The control that each press of Show me presses. */
const PRESSED: Readonly<Record<Exclude<Press, 'twin' | 'activity'>, string>> = {
  play: 'play',
  evaluate: 'evaluate',
  compare: 'compare-run',
  race: 'race-start',
  write: 'write',
  export: 'export',
};

/** How long a control may take to appear and to become available. */
const PATIENCE_MS = 30_000;

/** The buttons that carry a control's name, or stand in the part that does; the main one first. */
function buttonOf(name: string): HTMLElement | undefined {
  const [part] = document.querySelectorAll<HTMLElement>(`[data-control="${name}"]`);
  if (part === undefined || part.matches('button')) return part;
  return (
    part.querySelector<HTMLElement>('button.primary') ??
    part.querySelector<HTMLElement>('button') ??
    undefined
  );
}

/**
 * Presses a button of the page as a person would, as soon as it is there and available.
 * @returns false if it was not in time, or the signal aborted.
 */
export async function pressControl(
  press: Exclude<Press, 'twin' | 'activity'>,
  signal: AbortSignal,
): Promise<boolean> {
  const end = performance.now() + PATIENCE_MS;
  while (performance.now() < end && !signal.aborted) {
    const button = buttonOf(PRESSED[press]);
    if (button && button.getAttribute('aria-disabled') !== 'true') {
      button.click();
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}
