import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { type Coverage, act } from './actions';
import { Draws } from './draws';
import { type FileSets, writeFiles } from './files';
import { lookAt } from './look';
import { type Held, measure } from './memory';
import { StuckError, proveLife, reset } from './settle';
import { WorkerHeaps } from './worker-heaps';

export interface MonkeyOptions {
  /** Address of the built page. */
  readonly address: string;
  readonly launch: () => Promise<Browser>;
  readonly seed: number;
  readonly minutes: number;
  /** Folder for the files that it drops and for what it saves of faults. */
  readonly out: string;
  readonly log?: (line: string) => void;
  /** Called with what there is so far, so that a long run that is cut off is not lost. */
  readonly onReset?: (report: MonkeyReport) => void;
}

/** Something that should not have happened. */
export interface Fault {
  /** What was wrong, without numbers, so that the same fault is listed once. */
  readonly what: string;
  readonly first: string;
  readonly times: number;
}

/** The page at its baseline: first after opening and one use of everything, then after each reset of the same document. */
export interface Life {
  readonly held: readonly Held[];
}

export interface MonkeyReport {
  readonly seed: number;
  readonly minutes: number;
  readonly actions: number;
  readonly bursts: number;
  readonly resets: number;
  readonly reloads: number;
  readonly faults: readonly Fault[];
  readonly lives: readonly Life[];
  readonly coverage: Coverage;
}

const ACTIONS_PER_BURST = 30;
const BURSTS_PER_RESET = 12;
const TRACE = 50;
/** Files saved of one fault; more tell nothing new. */
const SAVED_TIMES = 3;

/** How long the page may take to answer at all. */
const ANSWER_MS = 60_000;

class Monkey {
  #browser: Browser | undefined;
  readonly #options: MonkeyOptions;
  readonly #draws: Draws;
  readonly #files: FileSets;
  readonly #coverage: Coverage = { found: new Set(), pressed: new Map() };
  readonly #trace: string[] = [];
  readonly #faults = new Map<string, { what: string; first: string; times: number }>();
  readonly #lives: { held: Held[] }[] = [];
  readonly #begun = Date.now();
  #complaints: string[] = [];
  #context: BrowserContext | undefined;
  #actions = 0;
  #bursts = 0;
  #resets = 0;
  #reloads = -1;

  constructor(options: MonkeyOptions) {
    this.#options = options;
    this.#draws = new Draws(options.seed);
    this.#files = writeFiles(join(options.out, 'files'));
  }

  async run(): Promise<MonkeyReport> {
    const end = this.#begun + this.#options.minutes * 60_000;
    while (Date.now() < end) await this.#live(end);
    await this.#browser?.close();
    return this.#report();
  }

  #report(): MonkeyReport {
    return {
      seed: this.#options.seed,
      minutes: (Date.now() - this.#begun) / 60_000,
      actions: this.#actions,
      bursts: this.#bursts,
      resets: this.#resets,
      reloads: this.#reloads,
      faults: [...this.#faults.values()],
      lives: this.#lives,
      coverage: this.#coverage,
    };
  }

  /** Uses one document until the end, or until a fault after which only a new one can go on. */
  async #live(end: number): Promise<void> {
    this.#reloads++;
    const { page, cdp } = await this.#open();
    const workers = await WorkerHeaps.of(cdp);
    const life: { held: Held[] } = { held: [] };
    this.#lives.push(life);
    try {
      await proveLife(page, 60_000);
      for (let burst = 1; Date.now() < end; burst++) {
        await this.#burst(page, cdp);
        await this.#check(page);
        await within(proveLife(page, this.#draws.between(0, 6000)), 4 * ANSWER_MS);
        await this.#check(page);
        if (burst % BURSTS_PER_RESET === 0 || Date.now() > end) {
          await within(reset(page), 5 * ANSWER_MS);
          this.#resets++;
          life.held.push(await within(measure(page, cdp, workers), 2 * ANSWER_MS));
          this.#options.log?.(this.#state(life.held.at(-1)));
          this.#options.onReset?.(this.#report());
        }
      }
    } catch (error) {
      const { name, message } = error as Error;
      await this.#fault(page, error instanceof StuckError ? message : `${name}: ${message.split('\n')[0]}`);
    }
  }

  async #burst(page: Page, cdp: CDPSession): Promise<void> {
    this.#bursts++;
    const hands = { page, cdp, draws: this.#draws, files: this.#files, coverage: this.#coverage };
    for (let i = 0; i < ACTIONS_PER_BURST; i++) {
      this.#actions++;
      const done = await within(act(hands), ANSWER_MS);
      this.#trace.push(done);
      if (this.#trace.length > TRACE) this.#trace.shift();
      await page.waitForTimeout(this.#draws.between(50, 200));
    }
  }

  async #check(page: Page): Promise<void> {
    const { wrong } = await within(lookAt(page), ANSWER_MS);
    const complaints = this.#complaints;
    this.#complaints = [];
    for (const what of [...wrong, ...complaints]) await this.#fault(page, what);
    const crash = wrong.find((what) => what.startsWith('error boundary'));
    if (crash) throw new StuckError('the error boundary is on show');
  }

  async #fault(page: Page, what: string): Promise<void> {
    const known = what.replaceAll(/-?\d[\d.,e+-]*/g, '#').slice(0, 160);
    const fault = this.#faults.get(known) ?? { what: known, first: what, times: 0 };
    fault.times++;
    this.#faults.set(known, fault);
    this.#options.log?.(`FAULT ${what.slice(0, 400)}`);
    if (fault.times > SAVED_TIMES) return;
    const folder = join(this.#options.out, 'faults');
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${[...this.#faults.keys()].indexOf(known)}-${fault.times}`);
    const { seed } = this.#options;
    const saved = { what, seed, action: this.#actions, url: page.url(), trace: this.#trace };
    writeFileSync(`${path}.json`, JSON.stringify(saved, undefined, 2));
    await page.screenshot({ path: `${path}.png`, timeout: 10_000 }).catch(() => undefined);
  }

  async #open(): Promise<{ page: Page; cdp: CDPSession }> {
    await this.#context?.close().catch(() => undefined);
    if (!this.#browser?.isConnected()) this.#browser = await this.#options.launch();
    const context = await this.#browser.newContext({
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
      hasTouch: true,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    this.#context = context;
    await context.addInitScript(() => {
      // Frames without an origin have no storage.
      if (origin === 'null') return;
      localStorage.setItem('interlayer.backend', 'cpu');
      // A picker of the system cannot be pressed, so a folder of the browser's own storage takes its place.
      Object.assign(window, { showDirectoryPicker: () => navigator.storage.getDirectory() });
    });
    const page = await context.newPage();
    this.#complaints = [];
    page.on('console', (message) => {
      const type = message.type();
      const { url } = message.location();
      // Addresses that the monkey typed do not exist.
      const isForeign =
        /^Failed to load resource/.test(message.text()) && !url.startsWith(this.#options.address);
      if ((type === 'error' || type === 'warning') && !isForeign)
        this.#complaints.push(`console ${type}: ${message.text()} (${url.slice(-60)})`);
    });
    page.on('pageerror', (error) => this.#complaints.push(`uncaught: ${error.stack ?? error.message}`));
    page.on('crash', () => this.#complaints.push('the renderer crashed'));
    page.on('dialog', (dialog) => void dialog.dismiss().catch(() => undefined));
    page.on('popup', (popup) => void popup.close().catch(() => undefined));
    page.on('download', (download) => void download.delete().catch(() => undefined));
    page.on('filechooser', (chooser) => {
      const paths = this.#draws.of(this.#files).filter((path) => /\.\w+$/.test(path));
      if (this.#draws.chance(0.7) && (chooser.isMultiple() || paths.length === 1))
        void chooser.setFiles([...paths]).catch(() => undefined);
    });
    await page.goto(this.#options.address);
    return { page, cdp: await context.newCDPSession(page) };
  }

  #state(held: Held | undefined): string {
    const { found, pressed } = this.#coverage;
    return (
      `${this.#actions} actions, ${this.#resets} resets, ${this.#reloads} reloads, ${this.#faults.size} faults, ` +
      `${[...found].filter((name) => pressed.has(name)).length} of ${found.size} pressed; ${JSON.stringify(held)}`
    );
  }
}

/** Rejects if the page does not answer in time. */
function within<Result>(task: Promise<Result>, ms: number): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StuckError(`the page does not answer within ${ms / 1000} s`)), ms);
  });
  return Promise.race([task, late]).finally(() => clearTimeout(timer));
}

/** Lets a seeded monkey use the built page. It goes on after a fault, from a new document. */
export const runMonkey = (options: MonkeyOptions): Promise<MonkeyReport> => new Monkey(options).run();
