import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type OpenPage, openPage } from '../page';
import { StuckError, within } from '../within';
import { type Coverage, act } from './actions';
import { Draws } from './draws';
import { type Fault, Faults } from './faults';
import { type FileSets, writeFiles } from './files';
import { lookAt } from './look';
import { type Held, largestDetached, measure } from '../memory';
import { proveLife, reset } from './settle';

export interface MonkeyOptions {
  /** Address of the built page. */
  readonly address: string;
  readonly launch: () => Promise<Browser>;
  readonly seed: number;
  readonly minutes: number;
  /** Folder for the files that it drops and for what it saves of faults. */
  readonly out: string;
  readonly log?: (line: string) => void;
  /** Called after every reset with what there is so far, so that a long run that is cut off is not lost. */
  readonly onReset?: (report: MonkeyReport) => void;
}

export interface MonkeyReport {
  readonly seed: number;
  readonly minutes: number;
  readonly actions: number;
  readonly bursts: number;
  readonly resets: number;
  /** Documents after the first, each opened after a fault that left no other way. */
  readonly reloads: number;
  readonly faults: readonly Fault[];
  /** For every document what it held after each reset. */
  readonly lives: readonly (readonly Held[])[];
  readonly coverage: Coverage;
}

const ACTIONS_PER_BURST = 30;
const BURSTS_PER_RESET = 12;
/** Actions that are saved with a fault. */
const TRACE = 50;
/** Milliseconds between two actions. */
const PAUSE_MS = [50, 200] as const;
/** After a burst the page may go on working so long before its work is cancelled. */
const LEFT_ALONE_MS = 6000;
/** Wrong is only what is still there so many milliseconds later. */
const SETTLED_MS = 300;
/** With more nodes outside the document than this the log says what they are. */
const MANY_DETACHED = 2500;
/** How long the page may take to answer at all, and to come to rest. */
const ANSWER_MS = 60_000;
const REST_MS = 5 * ANSWER_MS;

class Monkey {
  readonly #options: MonkeyOptions;
  readonly #draws: Draws;
  readonly #files: FileSets;
  readonly #faults: Faults;
  readonly #coverage: Coverage = { found: new Set(), pressed: new Map() };
  readonly #trace: string[] = [];
  readonly #lives: Held[][] = [];
  readonly #begun = Date.now();
  #browser: Browser | undefined;
  #opened: OpenPage | undefined;
  #actions = 0;
  #bursts = 0;
  #resets = 0;

  constructor(options: MonkeyOptions) {
    this.#options = options;
    this.#draws = new Draws(options.seed);
    this.#files = writeFiles(join(options.out, 'files'));
    this.#faults = new Faults(join(options.out, 'faults'));
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
      reloads: this.#lives.length - 1,
      faults: this.#faults.list,
      lives: this.#lives,
      coverage: this.#coverage,
    };
  }

  /** Uses one document until the end, or until a fault after which only another can go on. */
  async #live(end: number): Promise<void> {
    const life: Held[] = [];
    this.#lives.push(life);
    let page: Page | undefined;
    try {
      const opened = await this.#open();
      ({ page } = opened);
      await proveLife(page, ANSWER_MS);
      for (let burst = 1; Date.now() < end; burst++) {
        await this.#burst(opened);
        await this.#check(opened);
        const rest = proveLife(page, this.#draws.between(0, LEFT_ALONE_MS));
        await within(rest, REST_MS, 'the page to come to rest');
        await this.#check(opened);
        if (burst % BURSTS_PER_RESET === 0 || Date.now() >= end) {
          await this.#reset(opened, life);
        }
      }
    } catch (error) {
      const { name, message } = error as Error;
      await this.#fault(page, error instanceof StuckError ? message : `${name}: ${message.split('\n')[0]}`);
    }
  }

  async #reset(opened: OpenPage, life: Held[]): Promise<void> {
    await within(reset(opened.page), REST_MS, 'the page to be reset');
    this.#resets++;
    const held = await within(measure(opened), REST_MS, 'the memory of the page');
    life.push(held);
    this.#options.log?.(this.#words(life));
    if (held.detached > MANY_DETACHED) {
      const trees = await within(largestDetached(opened), REST_MS, 'what is outside the document');
      this.#options.log?.(`outside the document: ${trees.join('; ')}`);
    }
    this.#options.onReset?.(this.#report());
  }

  async #burst({ page, cdp }: OpenPage): Promise<void> {
    this.#bursts++;
    const hands = { page, cdp, draws: this.#draws, files: this.#files, coverage: this.#coverage };
    for (let i = 0; i < ACTIONS_PER_BURST; i++) {
      this.#actions++;
      this.#trace.push(await within(act(hands), ANSWER_MS, 'the page to take input'));
      if (this.#trace.length > TRACE) this.#trace.shift();
      await page.waitForTimeout(this.#draws.between(...PAUSE_MS));
    }
  }

  async #check({ page, takeComplaints }: OpenPage): Promise<void> {
    const look = () => within(lookAt(page), ANSWER_MS, 'a look at the page');
    let { wrong } = await look();
    if (wrong.length > 0) {
      // What has just been drawn may not have been given its size yet.
      await page.waitForTimeout(SETTLED_MS);
      const still = new Set((await look()).wrong);
      wrong = wrong.filter((what) => still.has(what));
    }
    for (const what of [...wrong, ...takeComplaints()]) await this.#fault(page, what);
    if (wrong.some((what) => what.startsWith('error boundary')))
      throw new StuckError('expected the page, got its error boundary');
  }

  async #fault(page: Page | undefined, what: string): Promise<void> {
    this.#options.log?.(`FAULT ${what.slice(0, 400)}`);
    const { seed } = this.#options;
    await this.#faults.add(page, what, { seed, action: this.#actions, trace: this.#trace });
  }

  async #open(): Promise<OpenPage> {
    await this.#opened?.context.close().catch(() => undefined);
    if (!this.#browser?.isConnected()) this.#browser = await this.#options.launch();
    const opened = await openPage(this.#browser, this.#options.address);
    this.#opened = opened;
    const { page } = opened;
    page.on('dialog', (dialog) => void dialog.dismiss().catch(() => undefined));
    page.on('popup', (popup) => void popup.close().catch(() => undefined));
    page.on('download', (download) => void download.delete().catch(() => undefined));
    // Over the protocol, because Playwright's own handles of file fields keep all that these were part of.
    opened.cdp.on('Page.fileChooserOpened', ({ backendNodeId, mode }) => {
      const files = this.#draws.of(this.#files).filter((path) => /\.\w+$/.test(path));
      const fits = mode === 'selectMultiple' || files.length === 1;
      if (this.#draws.chance(0.7) && fits && backendNodeId !== undefined)
        void opened.cdp.send('DOM.setFileInputFiles', { files, backendNodeId }).catch(() => undefined);
    });
    await opened.cdp.send('Page.enable');
    await opened.cdp.send('Page.setInterceptFileChooserDialog', { enabled: true });
    return opened;
  }

  #words(life: readonly Held[]): string {
    const { found, pressed } = this.#coverage;
    const reached = [...found].filter((name) => pressed.has(name)).length;
    return (
      `${this.#actions} actions, ${this.#resets} resets, ${this.#lives.length - 1} reloads, ` +
      `${this.#faults.list.length} faults, ${reached} of ${found.size} pressed; ${JSON.stringify(life.at(-1))}`
    );
  }
}

/** Lets a seeded monkey use the built page. It goes on after a fault, if it must from another document. */
export const runMonkey = (options: MonkeyOptions): Promise<MonkeyReport> => new Monkey(options).run();
