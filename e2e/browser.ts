import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { inject } from 'vitest';

/** Features that Playwright switches off. They are repeated, because of several lists the browser heeds the last. */
const OFF = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
];
/** Pages of the browser's own address bar, which take a third of the time that a visit takes. */
const ADDRESS_BAR = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'];

/** Browser flags: no network traffic and no address bar of the browser's own. */
const FLAGS = [
  `--disable-features=${[...OFF, ...ADDRESS_BAR].join(',')}`,
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

/** What the browser's driver says where a page may not be kept. */
const NOT_KEPT = 'Service Worker registration blocked by Playwright';

export async function launch({ webgpu = true } = {}): Promise<Browser> {
  const executablePath = process.env['CHROME_PATH'] ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: webgpu ? [...FLAGS, '--enable-unsafe-webgpu'] : FLAGS });
}

export interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Warnings and errors of the console, and uncaught errors. */
  readonly complaints: string[];
}

export interface OpenOptions {
  readonly hash?: string;
  readonly width?: number;
  readonly height?: number;
  readonly theme?: 'light' | 'dark';
  /** Device pixels per CSS pixel. */
  readonly scale?: number;
  readonly touch?: boolean;
  /** Allow animation. Default: reduced motion, so a plan is shown when solved and not during the solve. */
  readonly motion?: boolean;
  /** Stored choice of backend. Default `cpu`, because only tests about WebGPU need the slow software adapter. */
  readonly backend?: 'auto' | 'webgpu' | 'cpu';
  /** True: the page introduces itself, as it does only once. */
  readonly firstVisit?: boolean;
  /** True: the page may be kept for visits without a connection. Default: every page comes from the server. */
  readonly offline?: boolean;
  /** Errors of the console that the test provokes: the browser logs every refused request. */
  readonly expected?: RegExp;
}

/** Opens the built page in a fresh profile. */
export async function open(browser: Browser, options: OpenOptions = {}): Promise<Opened> {
  const { hash = '', width = 1440, height = 900, theme = 'light', scale = 1, touch = false } = options;
  const { backend = 'cpu', motion = false, firstVisit = false, offline = false } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    deviceScaleFactor: scale,
    hasTouch: touch,
    reducedMotion: motion ? 'no-preference' : 'reduce',
    acceptDownloads: true,
    serviceWorkers: offline ? 'allow' : 'block',
  });
  await context.addInitScript(
    ([choice, visited]) => {
      try {
        localStorage.setItem('interlayer.backend', choice);
        if (visited) localStorage.setItem('interlayer.visited', 'yes');
      } catch {
        // A frame has no storage before its document comes.
      }
    },
    [backend, !firstVisit] as const,
  );
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    const isComplaint = message.type() === 'error' || message.type() === 'warning';
    const text = message.text();
    if (isComplaint && text !== NOT_KEPT && !options.expected?.test(text)) complaints.push(text);
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(inject('page') + hash);
  return { page, context, complaints };
}

/** Waits until the picture of the chosen tensor, gap and method is complete. */
export async function pictureReady(page: Page): Promise<void> {
  await page.locator('figure[data-state=ready][data-stale=false]').waitFor({ timeout: 60_000 });
}

/** Returns row and column in the inspector when their numbers are loaded, such as `40 → 93`. */
export async function selectedPair(page: Page): Promise<string> {
  const inspector = page.getByRole('complementary', { name: 'Pair' });
  await inspector.locator('.cell-details[data-stale=false]').first().waitFor();
  return /\d+ → \d+/.exec(await inspector.innerText())?.[0] ?? '';
}
