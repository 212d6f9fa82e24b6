import { legible } from '../../legible';
import { isRecord } from '../json';
import { KeptFile } from './kept-file';
import type { KeptFolders } from './kept-folders';
import { type HubListing, type HubRepository, parseListing } from './repository';

/** A model of which parts are kept. */
export interface KeptModel {
  /** Name of its folder. */
  readonly id: string;
  readonly endpoint: string;
  readonly repo: string;
  readonly revision: string;
  readonly sha: string;
  /** The file that was opened in place of the safetensors. */
  readonly file?: string;
  readonly bytes: number;
  /** Time of the last opening, in milliseconds since 1970; undefined if its note is lost. */
  readonly used?: number;
}

const ABOUT = 'model.json';
const MAX_ABOUT_BYTES = 64 * 2 ** 20;

/**
 * Parts of models from Hubs, kept by commit: `<endpoint@owner@name@sha>/<file>/<first byte>-<bytes>`, beside model.json with the
 * listing. A file that is shorter than its name says is not used. Two endpoints never share a folder, so that no server can put
 * bytes under another's name. If anything fails the model is read from the network as without a store.
 */
export class KeptModels {
  readonly #folders: KeptFolders;

  constructor(folders: KeptFolders) {
    this.#folders = folders;
  }

  /** Returns one file of a model at a commit. `onFailure` is called if the store fails. */
  file(repository: HubRepository, sha: string, name: string, onFailure: (cause: unknown) => void): KeptFile {
    const folder = `${idOf(repository, sha)}/${encodeURIComponent(name)}`;
    return new KeptFile(this.#folders, folder, onFailure);
  }

  /** Notes that a model was opened now, with what the Hub said of it. */
  async note(repository: HubRepository, listing: HubListing): Promise<void> {
    const { revision, file } = repository;
    const { sha, files, gated, licence } = listing;
    const siblings = [...files].map(([rfilename, size]) => ({ rfilename, size }));
    const cardData = licence === undefined ? {} : { license: licence };
    const about = { revision, file, used: Date.now(), sha, siblings, gated, cardData };
    const bytes = new TextEncoder().encode(JSON.stringify(about));
    await this.#folders.write(`${idOf(repository, sha)}/${ABOUT}`, bytes);
  }

  /** Returns the listing that was noted last for this revision; undefined if there is none. */
  async noted({ endpoint, repo, revision }: HubRepository): Promise<HubListing | undefined> {
    const all = await this.#all();
    return all
      .filter(({ model: kept }) => kept.endpoint === endpoint && kept.repo === repo)
      .find(({ model: kept }) => kept.revision === revision || kept.sha === revision)?.listing;
  }

  /** Lists what is kept, the last used first. */
  async list(): Promise<KeptModel[]> {
    return (await this.#all()).map(({ model }) => model);
  }

  /** Frees one model, or all. */
  async free(id: string | undefined): Promise<void> {
    const folders = id === undefined ? (await this.#folders.list('')).map(({ name }) => name) : [id];
    for (const folder of folders) await this.#folders.remove(folder);
  }

  /** Returns how many more bytes may be kept, if that is known. */
  async room(): Promise<number | undefined> {
    return this.#folders.free();
  }

  async #all(): Promise<{ model: KeptModel; listing?: HubListing }[]> {
    const found: { model: KeptModel; listing?: HubListing }[] = [];
    for (const { name: id, isFolder } of await this.#folders.list('')) {
      const named = isFolder ? partsOf(id) : undefined;
      if (named === undefined) continue;
      const files = (await this.#folders.list(id)).filter((entry) => entry.isFolder);
      const pieces = await Promise.all(files.map(({ name }) => this.#folders.list(`${id}/${name}`)));
      const bytes = pieces.flat().reduce((sum, { size }) => sum + size, 0);
      const { about, listing } = (await this.#about(id)) ?? {};
      found.push({
        model: { id, revision: named.sha, ...about, ...named, bytes },
        ...(listing === undefined ? {} : { listing }),
      });
    }
    return found.toSorted((a, b) => (b.model.used ?? 0) - (a.model.used ?? 0));
  }

  /** Returns a model's note; undefined if there is none that can be read. */
  async #about(id: string) {
    const bytes = await this.#folders.read(`${id}/${ABOUT}`, 0, MAX_ABOUT_BYTES);
    if (bytes === undefined) return undefined;
    try {
      const data: unknown = JSON.parse(new TextDecoder().decode(bytes));
      const { revision, file, used } = isRecord(data) ? data : {};
      const listing = parseListing(data, ABOUT);
      const about = {
        revision: typeof revision === 'string' ? legible(revision) : listing.sha,
        ...(typeof used === 'number' && Number.isFinite(used) ? { used } : {}),
        ...(typeof file === 'string' ? { file } : {}),
      };
      return { about, listing };
    } catch {
      return undefined;
    }
  }
}

/** Name of a model's folder: no part of it has an `@` of its own. */
const idOf = ({ endpoint, repo }: HubRepository, sha: string): string =>
  [...[endpoint, ...repo.split('/')].map(encodeURIComponent), sha].join('@');

/** Reads what `idOf` wrote; undefined for any other name. */
function partsOf(id: string): Pick<KeptModel, 'endpoint' | 'repo' | 'sha'> | undefined {
  const [, endpoint = '', owner, name, sha] = /^([^@]+)@([^@]+)@([^@]+)@([0-9a-f]{40})$/.exec(id) ?? [];
  if (sha === undefined) return undefined;
  try {
    return { endpoint: decodeURIComponent(endpoint), repo: `${owner}/${name}`, sha };
  } catch {
    return undefined;
  }
}
