import axe, { type RunOptions } from 'axe-core';
import type { Frame, Page } from 'playwright-core';

/** A window into which axe was loaded. */
interface Axed {
  readonly axe: typeof axe;
}

interface Checked {
  /** Selector of the part to check. Default: the whole page. */
  readonly within?: string;
  /** True: frames of other sites, too. This takes three times as long. */
  readonly frames?: boolean;
  /** Checks only rules about colours. */
  readonly coloursOnly?: boolean;
}

/** Further lines of long texts and tables, whose contrast takes axe ten milliseconds each. They look as the first ones do. */
const MORE_OF_THE_SAME =
  '.kernel-line:nth-child(n+40):not([data-lit=true]), .pair-list tr:nth-child(n+9):not(:has([aria-current=true]))';

/** Loads axe into a frame, where it stays until the next document. */
async function load(frame: Frame): Promise<void> {
  if (await frame.evaluate(() => 'axe' in window)) return;
  await frame.evaluate(axe.source);
  // Else it does not answer the page around a frame of another site.
  await frame.evaluate(() =>
    (window as unknown as Axed).axe.configure({ allowedOrigins: ['<unsafe_all_origins>'] }),
  );
}

/** Returns the violations that axe finds: rule and first element. */
export async function violations(page: Page, checked: Checked = {}): Promise<string[]> {
  const { within, frames = false, coloursOnly = false } = checked;
  for (const frame of frames ? page.frames() : [page.mainFrame()]) await load(frame);
  const context = { include: [[within ?? 'html']], exclude: [[MORE_OF_THE_SAME]] };
  // What passes is not listed, and style sheets are not loaded again: this finds the same violations in half of the time.
  const options: RunOptions = {
    preload: false,
    resultTypes: ['violations'],
    iframes: frames,
    ...(coloursOnly ? { runOnly: ['color-contrast', 'link-in-text-block'] } : {}),
  };
  return page.evaluate(
    async ([where, how]) => {
      const { violations: found } = await (window as unknown as Axed).axe.run(where, how);
      return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    },
    [context, options] as const,
  );
}

/** Like `violations`, in the theme that is shown, and in the other one what depends on colours. Ends in the first theme. */
export async function violationsInBothThemes(page: Page, within?: string): Promise<string[]> {
  const checked = within === undefined ? {} : { within };
  const found = await violations(page, checked);
  const theme = await page.evaluate(() => document.documentElement.dataset['theme']);
  const show = async (colorScheme: 'light' | 'dark'): Promise<void> => {
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-theme=${colorScheme}]`).waitFor();
  };
  const [first, other] = theme === 'dark' ? (['dark', 'light'] as const) : (['light', 'dark'] as const);
  await show(other);
  const inOther = await violations(page, { ...checked, coloursOnly: true });
  await show(first);
  return [...found, ...inOther.map((each) => `${other}: ${each}`)];
}

/** Returns the page's scroll width in CSS pixels; larger than the window's if something overflows. */
export const pageWidth = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth);
