/**
 * Room `checkpoint/hub`: models in repositories of the Hugging Face Hub. A revision is resolved to a commit once; files are then
 * read by ranges at that commit, and what was read is kept.
 */
import type { RequestOptions } from '../request';
import { TransientError } from '../response';
import type { ByteSource, FileSet } from '../source';
import { Transfer } from '../transfer';
import { UrlSource } from '../url';
import { HubSource } from './hub-source';
import type { KeptModels } from './kept-models';
import {
  type HubListing,
  type HubRepository,
  fileUrl,
  hubRefusal,
  isCommit,
  readListing,
} from './repository';
import { Turns } from './turns';
import { openable } from './weight-files';

/** Requests at the same time; browsers allow six to a host. */
const REQUESTS = 6;

interface HubFilesOptions {
  /** Where what was read is kept. Without it everything is read from the network. */
  readonly kept?: KeptModels | undefined;
  /** Receives one sentence if nothing can be kept, or the Hub cannot be reached and what is kept is used. */
  readonly onNotice?: ((text: string) => void) | undefined;
  readonly stallMs?: number | undefined;
}

/** The files of a repository on a Hub, without those in folders; or one of them, if the repository names it. */
export class HubFiles implements FileSet {
  readonly name: string;
  readonly transfer = new Transfer();
  readonly #repository: HubRepository;
  readonly #options: HubFilesOptions;
  readonly #turns = new Turns(REQUESTS);
  readonly #sources = new Map<string, HubSource>();
  #listing: Promise<HubListing> | undefined;
  #noticed = false;

  constructor(repository: HubRepository, options: HubFilesOptions = {}) {
    this.name = repository.repo;
    this.#repository = repository;
    this.#options = options;
  }

  /**
   * Returns what the repository holds, requested once. A commit that was opened before needs no request; without a connection
   * what was noted at the last opening is used.
   * @throws HubError, SourceError or CheckpointError as `readListing`; HubError if there are no safetensors.
   */
  async listing(signal?: AbortSignal): Promise<HubListing> {
    this.#listing ??= this.#resolve(signal);
    try {
      return await this.#listing;
    } catch (error) {
      // Not kept: a later try may succeed.
      this.#listing = undefined;
      throw error;
    }
  }

  async open(name: string, signal?: AbortSignal): Promise<ByteSource | undefined> {
    const listing = await this.listing(signal);
    if (!openable(this.#repository, listing).includes(name)) return undefined;
    const opened = this.#sources.get(name);
    if (opened !== undefined) return opened;
    const far = await this.#far(listing, name, signal);
    if (far === undefined) return undefined;
    const kept = this.#options.kept?.file(this.#repository, listing.sha, name, (cause) =>
      this.#notKept(cause),
    );
    const source = new HubSource(far, kept, this.#turns);
    this.#sources.set(name, source);
    return source;
  }

  async list(): Promise<readonly string[]> {
    return openable(this.#repository, await this.listing());
  }

  async #resolve(signal: AbortSignal | undefined): Promise<HubListing> {
    const { kept } = this.#options;
    const noted = await kept?.noted(this.#repository).catch(() => undefined);
    const listing =
      noted !== undefined && isCommit(this.#repository.revision) ? noted : await this.#ask(noted, signal);
    openable(this.#repository, listing);
    await kept?.note(this.#repository, listing).catch((cause: unknown) => this.#notKept(cause));
    return listing;
  }

  /** Requests the listing; returns the noted one if the Hub does not answer. */
  async #ask(noted: HubListing | undefined, signal: AbortSignal | undefined): Promise<HubListing> {
    try {
      return await readListing(this.#repository, this.#requests, signal);
    } catch (error) {
      if (noted === undefined || !(error instanceof TransientError)) throw error;
      const { endpoint, repo, revision } = this.#repository;
      this.#options.onNotice?.(
        `${endpoint} does not answer. ${repo} is opened as it was kept, at commit ${noted.sha.slice(0, 8)}; whether ${revision} has moved since is not known.`,
      );
      return noted;
    }
  }

  /** A file in the repository. A mirror that does not say its size is asked for it. */
  async #far(
    { sha, files }: HubListing,
    name: string,
    signal: AbortSignal | undefined,
  ): Promise<ByteSource | undefined> {
    const url = fileUrl(this.#repository, sha, name);
    const size = files.get(name);
    return size === undefined
      ? UrlSource.open(name, url, this.#requests, signal)
      : UrlSource.known(name, url, this.#requests, size);
  }

  get #requests(): RequestOptions {
    return {
      token: this.#repository.token,
      transfer: this.transfer,
      stallMs: this.#options.stallMs,
      refusalOf: (response) => hubRefusal(this.#repository, response),
    };
  }

  /** Says once that nothing can be kept. */
  #notKept(cause: unknown): void {
    if (this.#noticed) return;
    this.#noticed = true;
    const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
    this.#options.onNotice?.(
      `What is read of ${this.name} cannot be kept (${reason}); it is read again on the next visit. Free some space to keep it.`,
    );
  }
}
