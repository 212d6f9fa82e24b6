import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Checkpoint } from './checkpoint';
import { decode } from './dtype';
import { SourceError } from './errors';
import { readText } from './json';
import { safetensors } from './testing';
import { UrlFiles, UrlSource } from './url';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const BYTES = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
let server: Server;
let base: string;
let routes = new Map<string, Answer>();
let seen: { path: string; range: string | undefined; authorization: string | undefined }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? '';
    seen.push({ path, range: request.headers.range, authorization: request.headers.authorization });
    const answer = routes.get(path);
    if (answer !== undefined) answer(request, response);
    else response.writeHead(404).end('not found');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  routes = new Map();
  seen = [];
});

/** Answers ranges as the Hub's storage does. */
function ranged(bytes: Uint8Array, headers: Record<string, string> = {}): Answer {
  return (request, response) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    if (from === undefined || to === undefined) {
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
const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    response.writeHead(code, headers).end('no');
/** Each request gets the next answer; the last one repeats. */
function inTurn(...answers: Answer[]): Answer {
  let turn = 0;
  return (request, response) => answers[Math.min(turn++, answers.length - 1)]?.(request, response);
}
/** The first two fifths of the range, with the length of all of it promised or not. */
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
const cutOff: Answer = (request, response) => {
  begin(request, response, true);
  setTimeout(() => response.destroy(), 10);
};
/** Ends in good order, but early. */
const short: Answer = (request, response) => begin(request, response, false).end();
const hangUp: Answer = (request) => request.socket.destroy();

const never: Answer = () => {};
const stalls: Answer = (_, response) => {
  response.writeHead(206, { 'Content-Range': 'bytes 0-99/1000' });
  response.write(BYTES.subarray(0, 10));
};
const open = (path: string, signal?: AbortSignal) => UrlSource.open('file.bin', base + path, {}, signal);

async function opened(path: string): Promise<UrlSource> {
  const source = await open(path);
  if (source === undefined) throw new Error(`no ${path}`);
  return source;
}

async function failure(work: Promise<unknown>): Promise<Error> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SourceError);
  expect((error as Error).name).toBe('SourceError');
  return error as Error;
}

it('learns the size from the first byte and reads by ranges', async () => {
  routes.set('/f', ranged(BYTES));
  const source = await opened('/f');
  expect(source.size).toBe(1000);
  expect(await source.read(10, 5)).toEqual(BYTES.slice(10, 15));
  expect(await source.read(999, 1)).toEqual(BYTES.slice(999));
  expect(await source.read(1000, 0)).toEqual(new Uint8Array(0));
  expect(seen.map(({ range }) => range)).toEqual(['bytes=0-0', 'bytes=10-14', 'bytes=999-999']);
  expect((await failure(source.read(999, 2))).message).toMatch(/within 1000 bytes, got 2 at 999/);
  expect(seen.length).toBe(3);
});

it('follows redirects, as the Hub sends to its storage', async () => {
  routes.set('/f', status(302, { Location: `${base}/cdn/f` }));
  routes.set('/cdn/f', ranged(BYTES));
  const source = await opened('/f');
  expect(await source.read(500, 4)).toEqual(BYTES.slice(500, 504));
  expect(seen.filter(({ path }) => path === '/cdn/f').map(({ range }) => range)).toEqual([
    'bytes=0-0',
    'bytes=500-503',
  ]);
});

it('takes a small file whole from a server without ranges, once', async () => {
  routes.set('/f', (_, response) => response.writeHead(200, { 'Content-Length': 1000 }).end(BYTES));
  const source = await opened('/f');
  expect([source.size, await source.read(0, 3), await source.read(997, 3)]).toEqual([
    1000,
    BYTES.slice(0, 3),
    BYTES.slice(997),
  ]);
  expect(seen.length).toBe(1);
  // Without a length: chunked.
  routes.set('/chunked', (_, response) => {
    response.writeHead(200);
    response.write(BYTES.subarray(0, 400));
    response.end(BYTES.subarray(400));
  });
  expect((await opened('/chunked')).size).toBe(1000);
});

it('refuses a large file from a server without ranges, announced or not', async () => {
  routes.set('/announced', (_, response) => {
    response.writeHead(200, { 'Content-Length': 2 ** 26 + 1 });
    response.write('x');
  });
  expect((await failure(open('/announced'))).message).toMatch(
    /got the whole file of 67108865 bytes\. Use a server that answers ranges/,
  );
  routes.set('/endless', (_, response) => {
    response.writeHead(200);
    const chunk = new Uint8Array(2 ** 20);
    const more = () => {
      while (!response.destroyed) {
        if (!response.write(chunk)) {
          response.once('drain', more);
          return;
        }
      }
    };
    more();
  });
  expect((await failure(open('/endless'))).message).toMatch(/at most 67108864 bytes, got more/);
});

it('asks for the whole when Content-Range does not show', async () => {
  routes.set('/f', (request, response) => {
    if (request.headers.range === undefined) response.writeHead(200).end(BYTES);
    else response.writeHead(206).end(BYTES.subarray(0, 1));
  });
  const source = await opened('/f');
  expect([source.size, await source.read(3, 2)]).toEqual([1000, BYTES.slice(3, 5)]);
});

it('knows an empty file', async () => {
  routes.set('/f', ranged(new Uint8Array(0)));
  const source = await opened('/f');
  expect([source.size, await source.read(0, 0)]).toEqual([0, new Uint8Array(0)]);
});

it('gives undefined for a missing file, or a page in its place', async () => {
  expect(await open('/missing')).toBeUndefined();
  routes.set('/page', ranged(BYTES, { 'Content-Type': 'text/html; charset=utf-8' }));
  routes.set('/whole', (_, response) =>
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html>'),
  );
  expect(await open('/page')).toBeUndefined();
  expect(await open('/whole')).toBeUndefined();
  expect(await UrlSource.open('model.html', `${base}/whole`)).toBeDefined();
});

describe('refusals', () => {
  it.each([
    [401, /status 401\. The address needs permission/],
    [403, /status 403\. The address needs permission/],
    [416, /status 416\./],
    [400, /status 400\. Check the address/],
  ])('%i is not tried again', async (code, message) => {
    routes.set('/f', status(code));
    expect((await failure(open('/f'))).message).toMatch(message);
    expect(seen.length).toBe(1);
  });

  it('a file that went away or shrank since it was opened', async () => {
    routes.set('/f', inTurn(ranged(BYTES), status(404), status(416), ranged(BYTES.subarray(0, 900))));
    const source = await opened('/f');
    expect((await failure(source.read(0, 10))).message).toMatch(/status 404\. The file is gone/);
    expect((await failure(source.read(0, 10))).message).toMatch(/status 416\. The file is shorter/);
    expect((await failure(source.read(0, 10))).message).toMatch(/got another version/);
  });

  it('a file that was replaced by one of the same size', async () => {
    routes.set(
      '/f',
      inTurn(
        ranged(BYTES, { ETag: '"one"' }),
        ranged(BYTES, { ETag: '"one"' }),
        ranged(BYTES, { ETag: '"two"' }),
      ),
    );
    const source = await opened('/f');
    expect(await source.read(0, 1)).toEqual(BYTES.slice(0, 1));
    expect((await failure(source.read(0, 1))).message).toMatch(/another version/);
  });

  it('another range than the one asked for', async () => {
    routes.set(
      '/f',
      inTurn(ranged(BYTES), (_, response) =>
        response.writeHead(206, { 'Content-Range': 'bytes 0-4/1000' }).end(BYTES.subarray(0, 5)),
      ),
    );
    const source = await opened('/f');
    expect((await failure(source.read(10, 5))).message).toMatch(/expected bytes from 10, got bytes from 0/);
  });

  it('more bytes than were asked for', async () => {
    routes.set(
      '/f',
      inTurn(ranged(BYTES), (_, response) =>
        response.writeHead(206, { 'Content-Range': 'bytes 0-4/1000' }).end(BYTES),
      ),
    );
    const source = await opened('/f');
    expect((await failure(source.read(0, 5))).message).toMatch(/at most 5 bytes, got more/);
  });
});

describe('tries again', () => {
  it.each([
    ['500', status(500)],
    ['503', status(503)],
    ['429', status(429)],
    ['a dropped connection', hangUp],
    ['a cut-off body', cutOff],
    ['a short body', short],
  ])('after %s, when opening and when reading', async (_, bad) => {
    routes.set('/f', inTurn(bad, ranged(BYTES), bad, bad, ranged(BYTES)));
    const source = await opened('/f');
    expect(source.size).toBe(1000);
    expect(await source.read(0, 100)).toEqual(BYTES.slice(0, 100));
    expect(seen.length).toBe(5);
  });

  it.each([
    ['500', status(500), /status 500\. The server is busy or failing/],
    ['a dropped connection', hangUp, /expected an answer, got none.*CORS/],
    ['a cut-off body', cutOff, /expected 100 bytes, got \d+ before the answer was cut off/],
    ['a short body', short, /expected 100 bytes, got 40 before the answer was cut off/],
  ] as [string, Answer, RegExp][])('three times at most: %s', async (_, bad, message) => {
    routes.set('/f', inTurn(ranged(BYTES), bad));
    const source = await opened('/f');
    expect((await failure(source.read(0, 100))).message).toMatch(message);
    expect(seen.length).toBe(4);
  });
});

describe('cancelling', () => {
  it.each([
    ['before the answer', never],
    ['in the middle of the body', stalls],
    ['while waiting to try again', status(500)],
  ])('%s', async (_, bad) => {
    routes.set('/f', inTurn(ranged(BYTES), bad));
    const source = await opened('/f');
    const controller = new AbortController();
    const reading = source.read(0, 100, controller.signal);
    setTimeout(() => controller.abort(), 60);
    const start = performance.now();
    await expect(reading).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(performance.now() - start).toBeLessThan(190);
    expect(seen.length).toBe(2);
  });

  it('before anything is sent', async () => {
    await expect(open('/f', AbortSignal.abort())).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
    expect(seen).toEqual([]);
  });
});

describe('UrlFiles', () => {
  it('opens a whole model below an address, token and query included', async () => {
    const weights = safetensors(
      { w: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } },
      new Uint8Array(Float32Array.of(1, 2).buffer),
    );
    routes.set('/org/m/model.safetensors?v=2', ranged(weights));
    routes.set('/org/m/config.json?v=2', (_, response) => response.writeHead(200).end('{"layers": 1}'));
    const checkpoint = await Checkpoint.open(
      new UrlFiles(`${base}/org/m?v=2`, { token: 'secret', name: 'm' }),
    );
    expect(checkpoint.name).toBe('m');
    expect(checkpoint.config).toEqual({ layers: 1 });
    expect([...decode(await checkpoint.read('w'), 'F32')]).toEqual([1, 2]);
    expect(new Set(seen.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer secret']));
  });

  it('reads small texts', async () => {
    routes.set('/m/a%20b.json', (_, response) => response.writeHead(200).end('text ü'));
    const source = await new UrlFiles(`${base}/m/`).open('a b.json');
    expect(source && (await readText(source))).toBe('text ü');
  });

  it('says where it looked when nothing is there', async () => {
    await expect(Checkpoint.open(new UrlFiles(`${base}/m`))).rejects.toThrow(
      `${base}/m/: expected config.json, got no such file.`,
    );
  });

  it.each(['', 'models/x/', 'ftp://host/', 'data:text/plain,x', 'javascript:alert(1)'])(
    'refuses the address %j',
    (address) => {
      expect(() => new UrlFiles(address)).toThrow(SourceError);
    },
  );

  it('refuses names that lead elsewhere', async () => {
    await failure(new UrlFiles(base).open('../secret'));
    expect(seen).toEqual([]);
  });
});
