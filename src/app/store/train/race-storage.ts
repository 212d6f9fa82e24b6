import type { ByteStore } from '../../../engine/environment/byte-store';
import { toFailure } from '../core/failure';
import type { Platform } from '../core/store';
import type { KeptRace, Race } from '../state/race';
import { isFinished } from './groups';
import { keptPart, type KeptPart } from './kept-steps';
import { hasRaceFile, loadRace, raceIdOf, removeRace, type SavedRace, saveRace } from './saved-race';

/** How long another page that is just closing, such as this one before a reload, may take to let go of a race. */
const PATIENCE_MS = 1000;

const lockOf = (id: string): string => `interlayer race ${id}`;

/**
 * The races kept in this browser. Each has its own files, and a page holds a lock on the race that it shows, so that two pages
 * never train the same race or write over each other's.
 */
export class RaceStorage {
  readonly #platform: Pick<Platform, 'byteStore' | 'locks'>;
  readonly #held = new Map<string, () => void>();

  constructor(platform: Pick<Platform, 'byteStore' | 'locks'>) {
    this.#platform = platform;
  }

  /** Takes a race for this page. @returns false if another page has it. */
  async take(id: string, patienceMs = 0): Promise<boolean> {
    if (this.#held.has(id)) return true;
    const release = await this.#platform.locks.take(lockOf(id), patienceMs);
    if (release) this.#held.set(id, release);
    return release !== undefined;
  }

  /** Lets other pages have a race. */
  release(id: string): void {
    this.#held.get(id)?.();
    this.#held.delete(id);
  }

  /** Stores a race of this page. @returns true if it outlasts this visit. @throws ByteStoreError if there is no room. */
  async save(race: SavedRace): Promise<boolean> {
    return saveRace(await this.#store(), race);
  }

  /** Takes a race and loads it; undefined if another page has it or it is gone. @throws Error if it cannot be read. */
  async open(id: string, patienceMs = 0): Promise<(SavedRace & { readonly lost?: string }) | undefined> {
    if (!(await this.take(id, patienceMs))) return undefined;
    try {
      const found = await loadRace(await this.#store(), id);
      if (found) return { ...found, ...(await this.keptPart(found.race)) };
    } catch (error) {
      this.release(id);
      throw error;
    }
    this.release(id);
    return undefined;
  }

  /** Returns a race without the steps that no stored state has. */
  async keptPart(race: Race): Promise<KeptPart> {
    return keptPart(race, await (await this.#store()).list());
  }

  /** Opens the race that was stored last and that no other page has; undefined if there is none. */
  async openLast(): ReturnType<RaceStorage['open']> {
    for (const { id, about } of await this.list()) {
      const found = about && (await this.open(id, PATIENCE_MS));
      if (found) return found;
    }
    return undefined;
  }

  /** Removes a race. @returns false if another page has it. */
  async remove(id: string): Promise<boolean> {
    if (!(await this.take(id))) return false;
    try {
      await removeRace(await this.#store(), id);
    } finally {
      this.release(id);
    }
    return true;
  }

  /** Lists the races, the last stored first, and removes states that belong to none of them. */
  async list(): Promise<KeptRace[]> {
    const store = await this.#store();
    const names = await store.list();
    const taken = await this.#platform.locks.taken();
    const found: (KeptRace & { readonly saved: number })[] = [];
    for (const id of new Set(names.flatMap((name) => raceIdOf(name) ?? []))) {
      const elsewhere = taken.has(lockOf(id)) && !this.#held.has(id);
      if (hasRaceFile(names, id)) found.push({ id, elsewhere, ...(await aboutOf(store, id)) });
      else if (!taken.has(lockOf(id))) await removeRace(store, id).catch(() => undefined);
    }
    return found.toSorted((a, b) => b.saved - a.saved);
  }

  #store(): Promise<ByteStore> {
    return this.#platform.byteStore();
  }
}

async function aboutOf(
  store: ByteStore,
  id: string,
): Promise<Pick<KeptRace, 'about' | 'problem'> & { saved: number }> {
  try {
    const found = await loadRace(store, id);
    if (!found) return { problem: 'It is gone.', saved: 0 };
    const { title, text, model, at, runs } = found.race;
    const steps = runs.reduce((sum, run) => sum + run.steps, 0);
    const done = runs.reduce((sum, run) => sum + (isFinished(run) ? run.steps : run.losses.length), 0);
    return { about: { title, text, model, at, done, steps }, saved: found.saved ?? (Date.parse(at) || 0) };
  } catch (error) {
    return { problem: toFailure(error).message, saved: 0 };
  }
}
