import type { Press } from '../../lessons/format';
import { now } from '../../now';

/** The controls that each press of Show me presses, one after the other. */
const PRESSED: Readonly<Record<Exclude<Press, 'activity'>, readonly string[]>> = {
  play: ['play'],
  evaluate: ['evaluate'],
  compare: ['compare-run'],
  race: ['race-start'],
  write: ['write'],
  // Saves the deeper model as a zip and opens it.
  export: ['export', 'export-zip', 'export-open'],
};

/** What has to be pressed first where a control is not there: a finished race is discarded, which asks once more. */
const BEFORE: Readonly<Record<string, string>> = { 'race-start': 'race-new' };

/** How long a control may take to appear and to become available. */
const PATIENCE_MS = 30_000;

/** The buttons that carry a control's name, or stand in the part that does; the main one first. */
function buttonOf(name: string): HTMLElement | undefined {
  const [part] = document.querySelectorAll<HTMLElement>(`[data-control="${name}"]`);
  if (part === undefined || part.matches('button')) return part;
  return (
    part.querySelector<HTMLElement>('button.primary, button.play, button[data-stops]') ??
    part.querySelector<HTMLElement>('button') ??
    undefined
  );
}

/** @returns false if the control was not in time, or the signal aborted. */
async function pressOne(control: string, signal: AbortSignal): Promise<boolean> {
  const end = now() + PATIENCE_MS;
  while (now() < end && !signal.aborted) {
    const button = buttonOf(control);
    // Pressed twice, Show me must not stop what it began.
    if (button?.dataset['stops'] !== undefined) return true;
    if (button && button.getAttribute('aria-disabled') !== 'true') {
      button.click();
      return true;
    }
    if (!button) buttonOf(BEFORE[control] ?? '')?.click();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

/**
 * Presses buttons of the page as a person would, each as soon as it is there and available.
 * @returns false if one was not in time, or the signal aborted.
 */
export async function pressControl(press: Exclude<Press, 'activity'>, signal: AbortSignal): Promise<boolean> {
  for (const control of PRESSED[press]) if (!(await pressOne(control, signal))) return false;
  return true;
}
