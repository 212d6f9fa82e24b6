import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Something that should not have happened. */
export interface Fault {
  /** What was wrong, without numbers, so that the same fault is listed once. */
  readonly what: string;
  /** How it was said the first time. */
  readonly first: string;
  readonly times: number;
}

/** Files saved of one fault; more tell nothing more. */
const SAVED_TIMES = 3;

/** Collects faults, and saves a screenshot of each with what was done before it. */
export class Faults {
  readonly #folder: string;
  readonly #faults = new Map<string, Fault>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  get list(): readonly Fault[] {
    return [...this.#faults.values()];
  }

  /** @param facts what is saved beside it. */
  async add(page: Page | undefined, what: string, facts: Readonly<Record<string, unknown>>): Promise<void> {
    const known = what.replaceAll(/-?\d[\d.,e+-]*/g, '#').slice(0, 160);
    const before = this.#faults.get(known);
    const times = (before?.times ?? 0) + 1;
    this.#faults.set(known, { what: known, first: before?.first ?? what, times });
    if (times > SAVED_TIMES) return;
    mkdirSync(this.#folder, { recursive: true });
    const path = join(this.#folder, `${[...this.#faults.keys()].indexOf(known)}-${times}`);
    writeFileSync(`${path}.json`, JSON.stringify({ what, url: page?.url(), ...facts }, undefined, 2));
    await page?.screenshot({ path: `${path}.png`, timeout: 10_000 }).catch(() => undefined);
  }
}
