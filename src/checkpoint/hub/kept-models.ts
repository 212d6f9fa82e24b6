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
  /** Time of the last opening, in milliseconds since 1970. */
  readonly used: number;
}

const ABOUT = 'model.json';

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
    const { endpoint, repo, revision, file } = repository;
    const { sha, files, gated, licence } = listing;
    const siblings = [...files].map(([rfilename, size]) => ({ rfilename, size }));
    const cardData = licence === undefined ? {} : { license: licence };
    const about = { endpoint, repo, revision, file, used: Date.now(), sha, siblings, gated, cardData };
    const bytes = new TextEncoder().encode(JSON.stringify(about));
    await this.#folders.write(`${idOf(repository, sha)}/${ABOUT}`, bytes);
  }

  /** Returns the listing that was noted last for this revision; undefined if there is none. */
  async noted({ endpoint, repo, revision }: HubRepository): Promise<HubListing | undefined> {
    const all = await this.#noted();
    return all
      .filter(({ model: kept }) => kept.endpoint === endpoint && kept.repo === repo)
      .filter(({ model: kept }) => kept.revision === revision || kept.sha === revision)
      .toSorted((a, b) => b.model.used - a.model.used)[0]?.listing;
  }

  /** Lists what is kept, the last used first. */
  async list(): Promise<KeptModel[]> {
    const all = await this.#noted();
    return all.map(({ model }) => model).toSorted((a, b) => b.used - a.used);
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

  async #noted(): Promise<{ model: KeptModel; listing: HubListing }[]> {
    const found: { model: KeptModel; listing: HubListing }[] = [];
    for (const { name: id, isFolder } of await this.#folders.list('')) {
      const noted = isFolder ? await this.#about(id) : undefined;
      if (noted === undefined) continue;
      const files = (await this.#folders.list(id)).filter((entry) => entry.isFolder);
      const pieces = await Promise.all(files.map(({ name }) => this.#folders.list(`${id}/${name}`)));
      const bytes = pieces.flat().reduce((sum, { size }) => sum + size, 0);
      found.push({ model: { id, ...noted.about, sha: noted.listing.sha, bytes }, listing: noted.listing });
    }
    return found;
  }

  /** Returns a model's note; undefined if it cannot be read. */
  async #about(id: string) {
    const bytes = await this.#folders.read(`${id}/${ABOUT}`, 0, 2 ** 26);
    if (bytes === undefined) return undefined;
    try {
      const data: unknown = JSON.parse(new TextDecoder().decode(bytes));
      const { endpoint, repo, revision, file, used } = isRecord(data) ? data : {};
      const about = {
        endpoint: String(endpoint),
        repo: String(repo),
        revision: String(revision),
        ...(typeof file === 'string' ? { file } : {}),
        used: Number(used),
      };
      return { about, listing: parseListing(data, ABOUT) };
    } catch {
      return undefined;
    }
  }
}

/** Name of a model's folder: no part of it has an `@` of its own. */
const idOf = ({ endpoint, repo }: HubRepository, sha: string): string =>
  [...[endpoint, ...repo.split('/')].map(encodeURIComponent), sha].join('@');
