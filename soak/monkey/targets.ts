import type { JSHandle, Page } from 'playwright-core';

/** Something on the page that can be pressed. */
export interface Target {
  readonly index: number;
  readonly kind: 'button' | 'text' | 'number' | 'range' | 'choice' | 'link' | 'area';
  /** Values of `data-control` of the element and those around it. */
  readonly controls: readonly string[];
  /** Role and name without digits, so that rows of a table count as one. */
  readonly key: string;
}

export interface Found {
  readonly elements: Element[];
  readonly targets: Target[];
}

/** Runs in the page: everything that a person could press now. */
function find(): Found {
  const PRESSABLE =
    'button, a[href], input, select, textarea, summary, [role=button], [role=tab], [role=slider], [role=application], ' +
    '[role=radio], [role=checkbox], [role=option], [role=gridcell], [tabindex="0"], [data-control]';
  const inModal = document.querySelector('dialog[open]');
  const nameOf = (element: Element): string => {
    const labelled = element as HTMLInputElement;
    const name =
      element.getAttribute('aria-label') ??
      (labelled.labels?.[0]?.innerText ||
        (element as HTMLElement).innerText ||
        labelled.placeholder ||
        element.id);
    return (name ?? '')
      .replaceAll(/[\d.,−]+/g, '#')
      .replaceAll(/\s+/g, ' ')
      .trim()
      .slice(0, 40);
  };
  const kindOf = (element: Element): Target['kind'] => {
    if (element instanceof HTMLTextAreaElement) return 'text';
    if (element instanceof HTMLSelectElement) return 'choice';
    if (element instanceof HTMLAnchorElement) return 'link';
    if (element instanceof HTMLInputElement) {
      if (element.type === 'range') return 'range';
      if (['checkbox', 'radio', 'file', 'button', 'submit'].includes(element.type)) return 'button';
      return element.type === 'number' || /decimal|numeric/.test(element.inputMode) ? 'number' : 'text';
    }
    return element.matches(
      'button, summary, [role=button], [role=tab], [role=option], [role=radio], [role=checkbox]',
    )
      ? 'button'
      : 'area';
  };
  const elements: Element[] = [];
  const targets: Target[] = [];
  for (const element of document.querySelectorAll(PRESSABLE)) {
    // A modal dialog makes the rest inert, except popovers above it.
    if (inModal && !inModal.contains(element) && !element.closest(':popover-open')) continue;
    if (element.closest('[inert]')) continue;
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (element instanceof HTMLAnchorElement && element.origin !== location.origin) continue;
    const controls: string[] = [];
    for (let at: Element | null = element; at; at = at.parentElement) {
      const name = at.getAttribute('data-control');
      if (name) controls.push(name);
    }
    const kind = kindOf(element);
    const key = `${element.getAttribute('role') ?? kind} ${kind === 'area' ? (controls[0] ?? '') : nameOf(element)}`;
    elements.push(element);
    targets.push({ index: targets.length, kind, controls, key });
  }
  return { elements, targets };
}

/** What can be pressed now. The handle must be disposed, because it keeps elements alive. */
export async function findTargets(page: Page): Promise<{ handle: JSHandle<Found>; targets: Target[] }> {
  const handle = await page.evaluateHandle(find);
  return { handle, targets: await handle.evaluate((found) => found.targets) };
}

export interface Spot {
  readonly x: number;
  readonly y: number;
  /** True if a click there reaches the element. */
  readonly hit: boolean;
}

/** Scrolls the element into sight and returns a place on it, at fractions of its width and height. */
export function spotOf(handle: JSHandle<Found>, index: number, across: number, down: number): Promise<Spot> {
  return handle.evaluate(
    ({ elements }, [at, fx, fy]) => {
      const element = elements[at];
      if (!element) return { x: 1, y: 1, hit: false };
      element.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
      const box = element.getBoundingClientRect();
      const inside = (value: number, most: number): number => Math.max(1, Math.min(most - 1, value));
      const x = inside(box.x + box.width * fx, innerWidth);
      const y = inside(box.y + box.height * fy, innerHeight);
      const top = document.elementFromPoint(x, y);
      return { x, y, hit: top !== null && (element.contains(top) || top.contains(element)) };
    },
    [index, across, down] as const,
  );
}

/** Gives the element the focus of the keyboard. */
export const focusOn = (handle: JSHandle<Found>, index: number): Promise<boolean> =>
  handle.evaluate(({ elements }, at) => {
    const element = elements[at];
    if (!(element instanceof HTMLElement || element instanceof SVGElement)) return false;
    element.focus();
    return document.activeElement === element;
  }, index);
