import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { WorkerHeaps } from './worker-heaps';

/** A document of the built page, with a session of the browser's debugging protocol. */
export interface OpenPage {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly cdp: CDPSession;
  readonly workers: WorkerHeaps;
  /** Errors and warnings of the console, and uncaught errors, since they were last taken. */
  takeComplaints(): string[];
}

/** Opens the built page in a new profile, on the CPU backend, and listens for complaints from before its first script. */
export async function openPage(browser: Browser, address: string): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    hasTouch: true,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await context.addInitScript(() => {
    // Frames without an origin have no storage.
    if (origin === 'null') return;
    localStorage.setItem('interlayer.backend', 'cpu');
    // A picker of the system cannot be pressed, so a folder of the browser's own storage takes its place.
    Object.assign(window, { showDirectoryPicker: () => navigator.storage.getDirectory() });
  });
  const page = await context.newPage();
  let complaints: string[] = [];
  page.on('console', (message) => {
    const type = message.type();
    const { url } = message.location();
    // Other addresses are typed by the monkey and do not exist.
    const isForeign = message.text().startsWith('Failed to load resource') && !url.startsWith(address);
    if ((type === 'error' || type === 'warning') && !isForeign)
      complaints.push(`console ${type}: ${message.text()} (${url.slice(-60)})`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.stack ?? error.message}`));
  page.on('crash', () => complaints.push('the renderer crashed'));
  const cdp = await context.newCDPSession(page);
  const workers = await WorkerHeaps.of(cdp);
  await page.goto(address);
  return {
    context,
    page,
    cdp,
    workers,
    takeComplaints() {
      const taken = complaints;
      complaints = [];
      return taken;
    },
  };
}
