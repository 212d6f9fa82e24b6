import { show } from '../legible';
import { ChangedFileError, SourceError } from './errors';
import { isPlainFileName } from './names';
import { checkRange } from './range';
import { type RequestOptions, STALL_MS, refusal, request } from './request';
import { discard, readBody, totalSize, withRetries } from './response';
import type { ByteSource, FileSet } from './source';
import { Transfer } from './transfer';

/** Largest file that is downloaded whole from a server without range requests. */
const MAX_WHOLE_BYTES = 64 * 2 ** 20;

/**
 * A file at a URL, read by range requests. If the server does not support them, a small file is downloaded whole, once. If the
 * server or the network fails, each request is tried three times.
 */
export class UrlSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly #url: string;
  readonly #options: RequestOptions;
  /** Version of the first answer, to detect if the file changes between reads. */
  #version: string | undefined;
  #whole: Uint8Array | undefined;

  private constructor(
    name: string,
    url: string,
    options: RequestOptions,
    found: { size: number; version?: string | undefined; whole?: Uint8Array },
  ) {
    this.name = name;
    this.size = found.size;
    this.#url = url;
    this.#options = options;
    this.#version = found.version;
    this.#whole = found.whole;
  }

  /** A file whose size is known; nothing is requested until it is read. */
  static known(name: string, url: string, options: RequestOptions, size: number): UrlSource {
    return new UrlSource(name, url, options, { size });
  }

  /**
   * Finds the size by requesting the first byte. HEAD does not work, because servers that compress omit the length.
   * @returns undefined if there is no such file, or a single-page server answers with its web page.
   * @throws SourceError if access is refused, a large file has no range support, or the server keeps failing.
   */
  static async open(
    name: string,
    url: string,
    options: RequestOptions = {},
    signal?: AbortSignal,
  ): Promise<UrlSource | undefined> {
    return withRetries(signal, async () => {
      const response = await request(url, options, 'bytes=0-0', signal);
      if (response.status === 404 || response.status === 410 || isFallbackPage(response, name)) {
        await discard(response);
        return undefined;
      }
      if (response.status === 416 && totalSize(response) === 0) {
        await discard(response);
        return new UrlSource(name, url, options, { size: 0 });
      }
      if (response.status === 206) {
        // Some servers (sirv, used by Vite) ignore an end of 0 and send the whole file; only its size is needed.
        if (Number(response.headers.get('Content-Length') ?? 1) > 1) await discard(response);
        else await readBody(response, url, { exactly: 1 }, { stallMs: stallOf(options) });
        const size = totalSize(response);
        if (size !== undefined)
          return new UrlSource(name, url, options, { size, version: versionOf(response) });
        // CORS may hide Content-Range from a page of another origin.
        const again = await request(url, options, undefined, signal);
        return UrlSource.#fromWhole(again, name, url, options);
      }
      return UrlSource.#fromWhole(response, name, url, options);
    });
  }

  /** Creates a source from a 200 response with the whole file. */
  static async #fromWhole(
    response: Response,
    name: string,
    url: string,
    options: RequestOptions,
  ): Promise<UrlSource> {
    if (response.status !== 200) throw await refusal(response, url, options);
    const announced = response.headers.has('Content-Encoding')
      ? null
      : response.headers.get('Content-Length');
    if (announced !== null) await refuseLargeWhole(response, url, Number(announced));
    const limit = announced === null ? { atMost: MAX_WHOLE_BYTES } : { exactly: Number(announced) };
    const whole = await readBody(response, url, limit, { stallMs: stallOf(options) });
    return new UrlSource(name, url, options, { size: whole.byteLength, whole });
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    checkRange(this, offset, length);
    if (this.#whole !== undefined) return this.#whole.slice(offset, offset + length);
    if (length === 0) return new Uint8Array(0);
    const load = this.#options.transfer?.begin(length);
    const attempt = (): Promise<Uint8Array> => {
      load?.restart();
      return this.#readRange(offset, length, load?.arrive, signal);
    };
    try {
      return await withRetries(signal, attempt, load?.wait);
    } finally {
      load?.end();
    }
  }

  async #readRange(
    offset: number,
    length: number,
    onBytes: ((bytes: number) => void) | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    const range = `bytes=${offset}-${offset + length - 1}`;
    const response = await request(this.#url, this.#options, range, signal);
    if (response.status !== 206 && response.status !== 200)
      throw await refusal(response, this.#url, this.#options);
    await this.#checkSameFile(response);
    const stallMs = stallOf(this.#options);
    if (response.status === 206) {
      await checkRangeStart(response, this.#url, offset);
      return readBody(response, this.#url, { exactly: length }, { stallMs, onBytes });
    }
    await refuseLargeWhole(response, this.#url, this.size);
    this.#whole = await readBody(response, this.#url, { exactly: this.size }, { stallMs });
    onBytes?.(length);
    return this.#whole.slice(offset, offset + length);
  }

  /** @throws ChangedFileError if the answer is of another version of the file than the first one. */
  async #checkSameFile(response: Response): Promise<void> {
    const version = versionOf(response);
    this.#version ??= version;
    const total = totalSize(response) ?? this.size;
    if (total === this.size && (version === undefined || version === this.#version)) return;
    await discard(response);
    throw new ChangedFileError(
      `${this.#url}: expected the same file of ${this.size} bytes throughout, got another version. Open the model again.`,
    );
  }
}

/** The files below one URL of the Hub or any static server. */
export class UrlFiles implements FileSet {
  readonly name: string;
  readonly transfer = new Transfer();
  readonly #base: URL;
  readonly #options: RequestOptions;

  /**
   * @param baseUrl absolute URL of the folder; the final slash is optional. Its query is used for every file.
   * @throws SourceError if it is not an http or https URL.
   */
  constructor(baseUrl: string, options: RequestOptions & { readonly name?: string } = {}) {
    const base = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
    if (base === undefined || !/^https?:$/.test(base.protocol)) {
      throw new SourceError(
        `expected an address such as https://host/folder/, got ${show(baseUrl)}. Correct the address.`,
      );
    }
    base.hash = '';
    if (!base.pathname.endsWith('/')) base.pathname += '/';
    this.#base = base;
    this.#options = { transfer: this.transfer, ...options };
    this.name = options.name ?? base.href;
  }

  /** @throws SourceError if `name` is not a plain file name, and as `UrlSource.open`. */
  async open(name: string, signal?: AbortSignal): Promise<ByteSource | undefined> {
    if (!isPlainFileName(name)) {
      throw new SourceError(`expected a plain file name, got ${show(name)}. Use a name without folders.`);
    }
    const url = new URL(this.#base);
    url.pathname += encodeURIComponent(name);
    return UrlSource.open(name, url.href, this.#options, signal);
  }
}

async function refuseLargeWhole(response: Response, url: string, size: number): Promise<void> {
  if (size <= MAX_WHOLE_BYTES) return;
  await discard(response);
  throw new SourceError(
    `${url}: expected an answer to a range request, got the whole file of ${size} bytes. Use a server that answers ranges, or download the files and open the folder.`,
  );
}

async function checkRangeStart(response: Response, url: string, offset: number): Promise<void> {
  const start = /^bytes (\d+)-/.exec(response.headers.get('Content-Range') ?? '')?.[1];
  if (start !== undefined && Number(start) !== offset) {
    await discard(response);
    throw new SourceError(
      `${url}: expected bytes from ${offset}, got bytes from ${start}. Use a server that answers ranges, or download the files.`,
    );
  }
}

const stallOf = ({ stallMs = STALL_MS }: RequestOptions): number => stallMs;

/**
 * What stands for one version of a file: a strong ETag, else the time of its last change, which servers show to pages of other
 * origins without being asked to.
 */
function versionOf({ headers }: Response): string | undefined {
  const etag = headers.get('ETag');
  return etag === null || etag.startsWith('W/') ? (headers.get('Last-Modified') ?? undefined) : etag;
}

function isFallbackPage(response: Response, name: string): boolean {
  const type = response.headers.get('Content-Type') ?? '';
  return response.ok && /^text\/html\b/i.test(type) && !/\.html?$/i.test(name);
}
