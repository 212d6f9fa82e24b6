import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** For tests of downloads: a local server and its answers. */

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

interface ReceivedRequest {
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

/** Local server that answers each path by its route (404 without one) and records all requests in `seen`. */
export class FileServer {
  routes = new Map<string, Answer>();
  seen: ReceivedRequest[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const path = request.url ?? '';
      const { range, authorization } = request.headers;
      this.seen.push({ path, range, authorization });
      const answer = this.routes.get(path);
      if (answer !== undefined) answer(request, response);
      else response.writeHead(404).end('not found');
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Base address of all paths, without a final slash. */
  get base(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
}

export const BYTES = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);

/** Returns an answer to range requests as the Hub's storage gives: the whole file to whom has a part of another version of it. */
export function ranged(bytes: Uint8Array, headers: Record<string, string> = {}): Answer {
  return (request, response) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    const { ETag: version } = headers;
    const isOther = (request.headers['if-range'] ?? version) !== version;
    if (from === undefined || to === undefined || isOther) {
      response.writeHead(200, { 'Content-Length': bytes.byteLength, ...headers }).end(bytes);
      return;
    }
    if (Number(from) >= bytes.byteLength) {
      response.writeHead(416, { 'Content-Range': `bytes */${bytes.byteLength}` }).end();
      return;
    }
    const part = bytes.subarray(Number(from), Number(to) + 1);
    response
      .writeHead(206, {
        'Content-Range': `bytes ${from}-${Number(from) + part.byteLength - 1}/${bytes.byteLength}`,
        'Content-Length': part.byteLength,
        ...headers,
      })
      .end(part);
  };
}
export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    response.writeHead(code, headers).end('no');
/** Gives each request the next answer; the last one repeats. */
export function inTurn(...answers: Answer[]): Answer {
  let turn = 0;
  return (request, response) => answers[Math.min(turn++, answers.length - 1)]?.(request, response);
}
/** Sends the first two fifths of the range; `promised`: announces the full length. */
const begin = (request: IncomingMessage, response: ServerResponse, promised: boolean): ServerResponse => {
  const [from = 0, to = 0] = (/\d+-\d+/.exec(request.headers.range ?? '')?.[0] ?? '').split('-').map(Number);
  const length = to + 1 - from;
  response.writeHead(206, {
    'Content-Range': `bytes ${from}-${to}/1000`,
    ...(promised ? { 'Content-Length': length } : {}),
  });
  response.flushHeaders();
  response.write(BYTES.subarray(from, from + Math.floor(0.4 * length)));
  return response;
};
export const cutOff: Answer = (request, response) => {
  begin(request, response, true);
  setTimeout(() => response.destroy(), 10);
};
/** Ends the body early, without an error. */
export const short: Answer = (request, response) => begin(request, response, false).end();
export const hangUp: Answer = (request) => request.socket.destroy();
