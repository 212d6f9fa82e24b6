import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ranged } from '../src/checkpoint/file-server';

/** A repository of the test Hub. */
export interface TestRepository {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Branches and tags beside `main`. */
  readonly revisions?: readonly string[];
  /** `gated` shows its listing to all and its files to readers with `GRANTED`; `private` shows itself to nobody else. */
  readonly access?: 'gated' | 'private';
  /** A mirror that does not tell sizes. */
  readonly sizeless?: boolean;
}

interface HubRequest {
  readonly host: 'hub' | 'cdn';
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

/** What goes wrong with the next answers of one host. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => void;

/** The token that may read, and one that is valid without access. */
export const GRANTED = 'hf_granted';
export const STRANGER = 'hf_stranger';
const TOKENS = new Set([GRANTED, STRANGER].map((token) => `Bearer ${token}`));

const OPEN_TO_PAGES = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': 'authorization,range',
  'Access-Control-Expose-Headers':
    'X-Repo-Commit,X-Error-Code,X-Error-Message,ETag,Content-Range,X-Linked-Size',
};

/**
 * A local server that answers as the Hugging Face Hub does: its API, files at `resolve`, redirects of weights to a second host,
 * errors with `X-Error-Code`. It records all requests.
 */
export class HubServer {
  readonly repositories = new Map<string, TestRepository>();
  seen: HubRequest[] = [];
  /** Faults by host; each answers one request, undefined as without a fault. */
  readonly faults: { hub: (Fault | undefined)[]; cdn: (Fault | undefined)[] } = { hub: [], cdn: [] };
  /** Suffix of the CDN's ETags; another one is another version of every file. */
  version = '1';
  /** Milliseconds before every answer of the CDN. */
  delayMs = 0;
  readonly #hub: Server;
  readonly #cdn: Server;

  constructor() {
    this.#hub = this.#serve('hub', (request, response) => this.#answer(request, response));
    this.#cdn = this.#serve('cdn', (request, response) => {
      setTimeout(() => this.#weights(request, response), this.delayMs);
    });
  }

  async start(): Promise<void> {
    const listen = (server: Server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    await Promise.all([listen(this.#hub), listen(this.#cdn)]);
  }

  stop(): void {
    for (const server of [this.#hub, this.#cdn]) {
      server.closeAllConnections();
      server.close();
    }
  }

  reset(): void {
    this.seen = [];
    this.faults.hub = [];
    this.faults.cdn = [];
    this.version = '1';
    this.delayMs = 0;
  }

  get endpoint(): string {
    return address(this.#hub);
  }

  /** Requests for bytes of weights. */
  get downloads(): readonly HubRequest[] {
    return this.seen.filter(({ host }) => host === 'cdn');
  }

  #serve(host: 'hub' | 'cdn', answer: Fault): Server {
    return createServer((request, response) => {
      for (const [name, value] of Object.entries(OPEN_TO_PAGES)) response.setHeader(name, value);
      if (request.method === 'OPTIONS') {
        response.writeHead(204).end();
        return;
      }
      const { range, authorization } = request.headers;
      this.seen.push({ host, path: decodeURIComponent(request.url ?? ''), range, authorization });
      (this.faults[host].shift() ?? answer)(request, response);
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '', 'http://hub');
    const [, api, name = '', revision = ''] =
      /^(\/api\/models)?\/([^/]+\/[^/]+)\/(?:revision|resolve)\/([^/]+)/.exec(pathname) ?? [];
    const repository = this.repositories.get(name);
    const { authorization } = request.headers;
    const refuse = (status: number, code: string | undefined, message: string): void => {
      const headers = { 'X-Error-Message': message, ...(code === undefined ? {} : { 'X-Error-Code': code }) };
      response.writeHead(status, headers).end(JSON.stringify({ error: message }));
    };
    const granted = authorization === `Bearer ${GRANTED}`;
    if (authorization !== undefined && !TOKENS.has(authorization)) {
      return refuse(401, undefined, 'Invalid credentials in Authorization header');
    }
    if (repository === undefined || (repository.access === 'private' && !granted)) {
      // The real one does not tell strangers which of both it is.
      return authorization === undefined
        ? refuse(401, undefined, 'Invalid username or password.')
        : refuse(404, 'RepoNotFound', 'Repository not found');
    }
    const sha = commitOf(name, repository);
    if (![sha, 'main', ...(repository.revisions ?? [])].includes(decodeURIComponent(revision))) {
      return refuse(404, 'RevisionNotFound', `Invalid rev id: ${revision}`);
    }
    if (api !== undefined) return sendJson(response, listing(sha, repository));
    if (repository.access === 'gated' && !granted) {
      return refuse(
        authorization === undefined ? 401 : 403,
        'GatedRepo',
        `Access to model ${name} is restricted.`,
      );
    }
    const file = decodeURIComponent(pathname.split('/').slice(5).join('/'));
    const bytes = repository.files.get(file);
    if (bytes === undefined) return refuse(404, 'EntryNotFound', 'Entry not found');
    if (!isWeights(file)) return ranged(bytes, { ETag: `"${sha}"`, 'X-Repo-Commit': sha })(request, response);
    response
      .writeHead(302, {
        Location: `${address(this.#cdn)}/${name}/${encodeURIComponent(file)}?signature=x`,
        'X-Linked-Size': bytes.byteLength,
        'X-Linked-ETag': `"${digest(bytes)}"`,
        'X-Repo-Commit': sha,
      })
      .end();
  }

  #weights(request: IncomingMessage, response: ServerResponse): void {
    const [, owner, name, file = ''] = (request.url ?? '').replace(/\?.*/, '').split('/');
    const bytes = this.repositories.get(`${owner}/${name}`)?.files.get(decodeURIComponent(file));
    if (bytes === undefined) response.writeHead(404).end();
    else ranged(bytes, { ETag: `"${digest(bytes)}-${this.version}"` })(request, response);
  }
}

const address = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const sha1 = (content: Uint8Array | string): string => createHash('sha1').update(content).digest('hex');
const digests = new WeakMap<Uint8Array, string>();
function digest(bytes: Uint8Array): string {
  const known = digests.get(bytes) ?? sha1(bytes);
  digests.set(bytes, known);
  return known;
}
const isWeights = (file: string): boolean => /\.(safetensors|gguf|bin)$/.test(file);

/** The commit of a repository: another one if its files change. */
export const commitOf = (name: string, { files }: TestRepository): string =>
  sha1([name, ...[...files].map(([file, bytes]) => `${file} ${digest(bytes)}`)].join('\n'));

function listing(sha: string, { files, access, sizeless }: TestRepository): object {
  return {
    sha,
    private: access === 'private',
    gated: access === 'gated' ? 'manual' : false,
    tags: ['safetensors', 'license:cc0-1.0'],
    cardData: { license: 'cc0-1.0' },
    siblings: [...files].map(([rfilename, bytes]) =>
      sizeless === true ? { rfilename } : { rfilename, size: bytes.byteLength, blobId: digest(bytes) },
    ),
  };
}

function sendJson(response: ServerResponse, data: object): void {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(data));
}

/** Reads a folder on disk as the files of a repository. */
export const filesIn = (folder: string): Map<string, Uint8Array> =>
  new Map(readdirSync(folder).map((name) => [name, new Uint8Array(readFileSync(`${folder}/${name}`))]));

/** Faults of a host, as real ones have them. */
export const FAULTS = {
  rateLimited:
    (seconds: number): Fault =>
    (_, response) =>
      response.writeHead(429, { 'Retry-After': seconds }).end(),
  failing: (_: IncomingMessage, response: ServerResponse): void => void response.writeHead(503).end(),
  /** Closes the connection without an answer. */
  hangUp: (request: IncomingMessage): void => void request.socket.destroy(),
  /** Announces more than it sends, then closes the connection. */
  cut: (request: IncomingMessage, response: ServerResponse): void => {
    const { from, to } = rangeOf(request);
    response.writeHead(206, {
      'Content-Range': `bytes ${from}-${to}/*`,
      'Content-Length': to - from + 1,
    });
    response.write(new Uint8Array(Math.max(1, Math.floor((to - from) / 3))));
    setTimeout(() => response.destroy(), 10);
  },
  /** Begins an answer and falls silent. */
  stall: (request: IncomingMessage, response: ServerResponse): void => {
    const { from, to } = rangeOf(request);
    response.writeHead(206, { 'Content-Range': `bytes ${from}-${to}/*`, 'Content-Length': to - from + 1 });
    response.write(new Uint8Array(1));
  },
  /** Takes a request and never answers. */
  silent: (): void => undefined,
  /** Answers another range than the one asked for. */
  otherRange: (request: IncomingMessage, response: ServerResponse): void => {
    const { from, to } = rangeOf(request);
    const length = to - from + 1;
    response
      .writeHead(206, { 'Content-Range': `bytes ${from + 64}-${to + 64}/*`, 'Content-Length': length })
      .end(new Uint8Array(length));
  },
  /** Sends a few bytes now and then. */
  trickle: (request: IncomingMessage, response: ServerResponse): void => {
    const { from, to } = rangeOf(request);
    response.writeHead(206, { 'Content-Range': `bytes ${from}-${to}/*`, 'Content-Length': to - from + 1 });
    const timer = setInterval(() => response.write(new Uint8Array(512)), 100);
    response.on('close', () => clearInterval(timer));
  },
  refused:
    (status: number): Fault =>
    (_, response) =>
      response.writeHead(status).end(),
} as const;

function rangeOf(request: IncomingMessage): { from: number; to: number } {
  const [, from = 0, to = 0] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  return { from: Number(from), to: Number(to) };
}
