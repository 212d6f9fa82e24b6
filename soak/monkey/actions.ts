import type { CDPSession, JSHandle, Page } from 'playwright-core';
import type { Draws } from './draws';
import type { FileSets } from './files';
import { type Found, type Target, findTargets, focusOn, spotOf } from './targets';
import { FRAGMENTS, KEYS, ODD_NUMBERS, ODD_TEXTS } from './texts';

/** What the monkey has found and pressed, by name: of controls, and of roles with names. */
export interface Coverage {
  readonly found: Set<string>;
  readonly pressed: Map<string, number>;
}

/** What every action works with. */
export interface Hands {
  readonly page: Page;
  readonly cdp: CDPSession;
  readonly draws: Draws;
  readonly files: FileSets;
  readonly coverage: Coverage;
}

const SIZES = [
  [1440, 900],
  [390, 844],
  [1024, 768],
  [1920, 1080],
  [844, 390],
  [768, 1024],
  [1280, 720],
] as const;

/** Notes that a target was pressed. */
function count({ pressed }: Coverage, { controls, key }: Target): void {
  for (const name of [...controls, key]) pressed.set(name, (pressed.get(name) ?? 0) + 1);
}

/** Draws a target; what was pressed less often so far is likelier. */
function choose({ draws, coverage }: Hands, targets: readonly Target[]): Target {
  for (const { controls, key } of targets) for (const name of [...controls, key]) coverage.found.add(name);
  const presses = ({ controls, key }: Target): number =>
    (coverage.pressed.get(key) ?? 0) + 0.2 * (coverage.pressed.get(controls[0] ?? key) ?? 0);
  return draws.weighted(targets, (target) => 1 / (1 + presses(target)));
}

/** Presses a target in one of the ways that suit it. Returns what was done. */
async function press(hands: Hands, handle: JSHandle<Found>, target: Target): Promise<string> {
  const { page, draws, coverage } = hands;
  const { kind, index } = target;
  const isWritten = kind === 'text' || kind === 'number';
  const byKeyboard = kind === 'choice' || (kind !== 'area' && draws.chance(0.25));
  if (byKeyboard) {
    if (!(await focusOn(handle, index))) return 'nothing: no focus';
    count(coverage, target);
    if (isWritten) return write(hands, kind);
    const key = kind === 'choice' || kind === 'range' ? arrow(draws) : draws.of(['Enter', 'Space']);
    for (let times = kind === 'button' || kind === 'link' ? 1 : 1 + draws.below(4); times > 0; times--)
      await page.keyboard.press(key);
    return `key ${key}`;
  }
  const spot = await spotOf(handle, index, draws.between(0.1, 0.9), draws.between(0.1, 0.9));
  if (spot.hit) count(coverage, target);
  const { x, y } = spot;
  if (isWritten) {
    await page.mouse.click(x, y);
    return write(hands, kind);
  }
  if (kind === 'area' || kind === 'range')
    return draws.chance(0.5) ? drag(hands, x, y) : clickIn(hands, x, y);
  if (draws.chance(0.15)) {
    await page.touchscreen.tap(x, y);
    return 'tap';
  }
  await page.mouse.click(x, y, draws.chance(0.05) ? { clickCount: 2 } : {});
  return spot.hit ? 'click' : 'click beside';
}

const arrow = (draws: Draws): string =>
  draws.of(['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'PageDown']);

async function write({ page, draws }: Hands, kind: 'text' | 'number'): Promise<string> {
  const text = draws.of(kind === 'number' ? ODD_NUMBERS : ODD_TEXTS);
  await page.keyboard.press('Control+a');
  if (text === '') await page.keyboard.press('Delete');
  else await page.keyboard.insertText(text);
  if (draws.chance(0.6)) await page.keyboard.press(draws.of(['Enter', 'Tab', 'Control+Enter']));
  return `write ${JSON.stringify(text.slice(0, 30))}`;
}

/** Clicks, double-clicks, right-clicks, moves over, turns the wheel. */
async function clickIn({ page, draws }: Hands, x: number, y: number): Promise<string> {
  const way = draws.of(['click', 'double', 'right', 'move', 'wheel', 'zoom', 'tap'] as const);
  if (way === 'click') await page.mouse.click(x, y);
  if (way === 'double') await page.mouse.dblclick(x, y);
  if (way === 'right') await page.mouse.click(x, y, { button: 'right' });
  if (way === 'tap') await page.touchscreen.tap(x, y);
  if (way === 'move') await page.mouse.move(x, y, { steps: 4 });
  if (way === 'wheel' || way === 'zoom') {
    await page.mouse.move(x, y);
    if (way === 'zoom') await page.keyboard.down('Control');
    await page.mouse.wheel(draws.between(-100, 100), draws.between(-600, 600));
    if (way === 'zoom') await page.keyboard.up('Control');
  }
  return way;
}

async function drag({ page, draws }: Hands, x: number, y: number): Promise<string> {
  const key = draws.chance(0.3) ? 'Shift' : undefined;
  await page.mouse.move(x, y);
  if (key) await page.keyboard.down(key);
  await page.mouse.down();
  await page.mouse.move(x + draws.between(-200, 200), y + draws.between(-200, 200), { steps: 5 });
  if (draws.chance(0.1)) await page.keyboard.press('Escape');
  await page.mouse.up();
  if (key) await page.keyboard.up(key);
  return 'drag';
}

/** Drops files, as from a file manager, on a place of the page. */
async function drop({ page, cdp, draws, files }: Hands): Promise<string> {
  const paths = draws.of(files);
  const { width, height } = page.viewportSize() ?? { width: 800, height: 600 };
  const at = { x: draws.between(10, width - 10), y: draws.between(10, height - 10) };
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  const isLeft = draws.chance(0.15);
  for (const type of ['dragEnter', 'dragOver', isLeft ? 'dragCancel' : 'drop'] as const)
    await cdp.send('Input.dispatchDragEvent', { type, ...at, data });
  return `${isLeft ? 'drag over' : 'drop'} ${paths.map((path) => path.split('/').slice(-2).join('/')).join(', ')}`;
}

/** Actions that need no target, by weight. */
const FREE: readonly (readonly [weight: number, name: string, run: (hands: Hands) => Promise<string>])[] = [
  [
    8,
    'key',
    async ({ page, draws }) => {
      const key = draws.of(KEYS);
      await page.keyboard.press(key);
      return key;
    },
  ],
  [
    2,
    'history',
    async ({ page, draws }) => {
      const by = draws.of([-1, -1, 1]);
      const went = await page.evaluate((steps) => {
        const { navigation } = window as unknown as {
          navigation: { entries(): { url: string }[]; currentEntry: { index: number } };
        };
        // The entry before the first is the browser's blank page.
        const to = navigation.entries()[navigation.currentEntry.index + steps];
        if (!to?.url.startsWith(location.origin)) return false;
        history.go(steps);
        return true;
      }, by);
      return went ? String(by) : 'nothing: no entry';
    },
  ],
  [
    2,
    'link',
    async ({ page, draws }) => {
      const fragment = draws.of(FRAGMENTS);
      await page.evaluate((hash) => {
        location.hash = hash;
      }, fragment);
      return `#${fragment}`;
    },
  ],
  [1.5, 'files', drop],
  [
    1.5,
    'size',
    async ({ page, draws }) => {
      const [width, height] = draws.of(SIZES);
      await page.setViewportSize({ width, height });
      return `${width} × ${height}`;
    },
  ],
  [
    0.7,
    'media',
    async ({ page, draws }) => {
      const media = {
        colorScheme: draws.of(['light', 'dark'] as const),
        reducedMotion: draws.of(['reduce', 'no-preference'] as const),
        forcedColors: draws.chance(0.1) ? ('active' as const) : ('none' as const),
        media: draws.chance(0.1) ? ('print' as const) : ('screen' as const),
      };
      await page.emulateMedia(media);
      return Object.values(media).join(' ');
    },
  ],
];

const FREE_SHARE = 0.25;

/** Does one random thing. Returns what it was, in words. */
export async function act(hands: Hands): Promise<string> {
  const { draws } = hands;
  if (draws.chance(FREE_SHARE)) {
    const [, name, run] = draws.weighted(FREE, ([weight]) => weight);
    return `${name}: ${await run(hands)}`;
  }
  const { handle, targets } = await findTargets(hands.page);
  try {
    if (targets.length === 0) return 'nothing: no target';
    const target = choose(hands, targets);
    return `${target.key} [${target.controls.join(' ')}]: ${await press(hands, handle, target)}`;
  } finally {
    await handle.dispose().catch(() => undefined);
  }
}
