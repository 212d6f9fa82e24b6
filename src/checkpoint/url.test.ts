import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Checkpoint } from './checkpoint';
import { decode } from './dtype';
import { SourceError } from './errors';
import { type Answer, BYTES, FileServer, inTurn, ranged, status } from './file-server';
import { readText } from './json';
import { safetensors } from './testing';
import { UrlFiles, UrlSource } from './url';

const server = new FileServer();
beforeAll(() => server.start());
afterAll(() => server.stop());
afterEach(() => {
  server.routes.clear();
  server.seen = [];
});

const never: Answer = () => {};
const stalls: Answer = (_, response) => {
  response.writeHead(206, { 'Content-Range': 'bytes 0-99/1000' });
  response.write(BYTES.subarray(0, 10));
};
const open = (path: string, signal?: AbortSignal) =>
  UrlSource.open('file.bin', server.base + path, {}, signal);

async function opened(path: string): Promise<UrlSource> {
  const source = await open(path);
  if (source === undefined) throw new Error(`no ${path}`);
  return source;
}

const CHANGED = 'ChangedFileError';

async function failure(work: Promise<unknown>, name = 'SourceError'): Promise<Error> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SourceError);
  expect((error as Error).name).toBe(name);
  return error as Error;
}

it('learns the size from the first byte and reads by ranges', async () => {
  server.routes.set('/f', ranged(BYTES));
  const source = await opened('/f');
  expect(source.size).toBe(1000);
  expect(await source.read(10, 5)).toEqual(BYTES.slice(10, 15));
  expect(await source.read(999, 1)).toEqual(BYTES.slice(999));
  expect(await source.read(1000, 0)).toEqual(new Uint8Array(0));
  expect(server.seen.map(({ range }) => range)).toEqual(['bytes=0-0', 'bytes=10-14', 'bytes=999-999']);
  expect((await failure(source.read(999, 2))).message).toMatch(/within 1000 bytes, got 2 at 999/);
  expect(server.seen.length).toBe(3);
});

it('follows redirects, as the Hub sends to its storage', async () => {
  server.routes.set('/f', status(302, { Location: `${server.base}/cdn/f` }));
  server.routes.set('/cdn/f', ranged(BYTES));
  const source = await opened('/f');
  expect(await source.read(500, 4)).toEqual(BYTES.slice(500, 504));
  expect(server.seen.filter(({ path }) => path === '/cdn/f').map(({ range }) => range)).toEqual([
    'bytes=0-0',
    'bytes=500-503',
  ]);
});

it('takes a small file whole from a server without ranges, once', async () => {
  server.routes.set('/f', (_, response) => response.writeHead(200, { 'Content-Length': 1000 }).end(BYTES));
  const source = await opened('/f');
  expect([source.size, await source.read(0, 3), await source.read(997, 3)]).toEqual([
    1000,
    BYTES.slice(0, 3),
    BYTES.slice(997),
  ]);
  expect(server.seen.length).toBe(1);
  // Chunked, without Content-Length.
  server.routes.set('/chunked', (_, response) => {
    response.writeHead(200);
    response.write(BYTES.subarray(0, 400));
    response.end(BYTES.subarray(400));
  });
  expect((await opened('/chunked')).size).toBe(1000);
});

it('refuses a large file from a server without ranges, announced or not', async () => {
  server.routes.set('/announced', (_, response) => {
    response.writeHead(200, { 'Content-Length': 2 ** 26 + 1 });
    response.write('x');
  });
  expect((await failure(open('/announced'))).message).toMatch(
    /got the whole file of 67108865 bytes\. Use a server that answers ranges/,
  );
  server.routes.set('/endless', (_, response) => {
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
  server.routes.set('/f', (request, response) => {
    if (request.headers.range === undefined) response.writeHead(200).end(BYTES);
    else response.writeHead(206).end(BYTES.subarray(0, 1));
  });
  const source = await opened('/f');
  expect([source.size, await source.read(3, 2)]).toEqual([1000, BYTES.slice(3, 5)]);
});

it.each([200, 206])(
  'gives up on a server that falls silent within its first answer, status %i',
  async (code) => {
    server.routes.set('/f', (_, response) => {
      response.writeHead(code, { 'Content-Length': code === 200 ? 1000 : 1 });
      response.flushHeaders();
      if (code === 200) response.write(BYTES.subarray(0, 10));
    });
    const opening = UrlSource.open('file.bin', `${server.base}/f`, { stallMs: 300 });
    await expect(opening).rejects.toThrow(/got \d+ before the answer was cut off/);
    expect(server.seen).toHaveLength(3);
  },
);

it('knows an empty file', async () => {
  server.routes.set('/f', ranged(new Uint8Array(0)));
  const source = await opened('/f');
  expect([source.size, await source.read(0, 0)]).toEqual([0, new Uint8Array(0)]);
});

it('gives undefined for a missing file, or a page in its place', async () => {
  expect(await open('/missing')).toBeUndefined();
  server.routes.set('/page', ranged(BYTES, { 'Content-Type': 'text/html; charset=utf-8' }));
  server.routes.set('/whole', (_, response) =>
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html>'),
  );
  expect(await open('/page')).toBeUndefined();
  expect(await open('/whole')).toBeUndefined();
  expect(await UrlSource.open('model.html', `${server.base}/whole`)).toBeDefined();
});

describe('refusals', () => {
  it.each([
    [401, /status 401\. The address needs permission/],
    [403, /status 403\. The address needs permission/],
    [416, /status 416\./, CHANGED],
    [400, /status 400\. Check the address/],
  ] as [number, RegExp, string?][])('%i is not tried again', async (code, message, name) => {
    server.routes.set('/f', status(code));
    expect((await failure(open('/f'), name)).message).toMatch(message);
    expect(server.seen.length).toBe(1);
  });

  it('a file that went away or shrank since it was opened', async () => {
    server.routes.set('/f', inTurn(ranged(BYTES), status(404), status(416), ranged(BYTES.subarray(0, 900))));
    const source = await opened('/f');
    expect((await failure(source.read(0, 10), CHANGED)).message).toMatch(/status 404\. The file is gone/);
    expect((await failure(source.read(0, 10), CHANGED)).message).toMatch(/status 416\. The file is shorter/);
    expect((await failure(source.read(0, 10), CHANGED)).message).toMatch(/got another version/);
  });

  it('a file that was replaced by one of the same size', async () => {
    server.routes.set(
      '/f',
      inTurn(
        ranged(BYTES, { ETag: '"one"' }),
        ranged(BYTES, { ETag: '"one"' }),
        ranged(BYTES, { ETag: '"two"' }),
      ),
    );
    const source = await opened('/f');
    expect(await source.read(0, 1)).toEqual(BYTES.slice(0, 1));
    expect((await failure(source.read(0, 1), CHANGED)).message).toMatch(/another version/);
  });

  it.each([
    ['with a weak ETag', { ETag: 'W/"same"' }],
    ['whose ETag does not show', {}],
  ])('a file of the same size and another date, %s', async (_, headers) => {
    const at = (day: number) =>
      ranged(BYTES, { ...headers, 'Last-Modified': `Sun, 0${day} Nov 2026 10:00:00 GMT` });
    server.routes.set('/f', inTurn(at(1), at(1), at(8)));
    const source = await opened('/f');
    expect(await source.read(0, 1)).toEqual(BYTES.slice(0, 1));
    expect((await failure(source.read(0, 1), CHANGED)).message).toMatch(/another version/);
  });

  it('another range than the one asked for', async () => {
    server.routes.set(
      '/f',
      inTurn(ranged(BYTES), (_, response) =>
        response.writeHead(206, { 'Content-Range': 'bytes 0-4/1000' }).end(BYTES.subarray(0, 5)),
      ),
    );
    const source = await opened('/f');
    expect((await failure(source.read(10, 5))).message).toMatch(/expected bytes from 10, got bytes from 0/);
  });

  it('more bytes than were asked for', async () => {
    server.routes.set(
      '/f',
      inTurn(ranged(BYTES), (_, response) =>
        response.writeHead(206, { 'Content-Range': 'bytes 0-4/1000' }).end(BYTES),
      ),
    );
    const source = await opened('/f');
    expect((await failure(source.read(0, 5))).message).toMatch(/at most 5 bytes, got more/);
  });
});

it('says that the browser is offline', async () => {
  vi.stubGlobal('navigator', { onLine: false });
  try {
    await expect(UrlSource.open('f', 'http://127.0.0.1:1/f')).rejects.toMatchObject({
      name: 'OfflineError',
      message: expect.stringMatching(/this browser is offline\. Connect and try again/),
    });
  } finally {
    vi.unstubAllGlobals();
  }
});

describe('cancelling', () => {
  it.each([
    ['before the answer', never],
    ['in the middle of the body', stalls],
    ['while waiting to try again', status(500)],
  ])('%s', async (_, bad) => {
    server.routes.set('/f', inTurn(ranged(BYTES), bad));
    const source = await opened('/f');
    const controller = new AbortController();
    const reading = source.read(0, 100, controller.signal);
    setTimeout(() => controller.abort(), 60);
    const start = performance.now();
    await expect(reading).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(performance.now() - start).toBeLessThan(190);
    expect(server.seen.length).toBe(2);
  });

  it('before anything is sent', async () => {
    await expect(open('/f', AbortSignal.abort())).rejects.toThrow(
      expect.objectContaining({ name: 'AbortError' }),
    );
    expect(server.seen).toEqual([]);
  });
});

describe('UrlFiles', () => {
  it('opens a whole model below an address, token and query included', async () => {
    const weights = safetensors(
      { w: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } },
      new Uint8Array(Float32Array.of(1, 2).buffer),
    );
    server.routes.set('/org/m/model.safetensors?v=2', ranged(weights));
    server.routes.set('/org/m/config.json?v=2', (_, response) =>
      response.writeHead(200).end('{"layers": 1}'),
    );
    const checkpoint = await Checkpoint.open(
      new UrlFiles(`${server.base}/org/m?v=2`, { token: 'secret', name: 'm' }),
    );
    expect(checkpoint.name).toBe('m');
    expect(checkpoint.config).toEqual({ layers: 1 });
    expect([...decode(await checkpoint.read('w'), 'F32')]).toEqual([1, 2]);
    expect(new Set(server.seen.map(({ authorization }) => authorization))).toEqual(
      new Set(['Bearer secret']),
    );
  });

  it('reads small texts', async () => {
    server.routes.set('/m/a%20b.json', (_, response) => response.writeHead(200).end('text ü'));
    const source = await new UrlFiles(`${server.base}/m/`).open('a b.json');
    expect(source && (await readText(source))).toBe('text ü');
  });

  it('says where it looked when nothing is there', async () => {
    await expect(Checkpoint.open(new UrlFiles(`${server.base}/m`))).rejects.toThrow(
      `${server.base}/m/: expected config.json, got no such file.`,
    );
  });

  it.each(['', 'models/x/', 'ftp://host/', 'data:text/plain,x', 'javascript:alert(1)'])(
    'refuses the address %j',
    (address) => {
      expect(() => new UrlFiles(address)).toThrow(SourceError);
    },
  );

  it('refuses names that lead elsewhere', async () => {
    await failure(new UrlFiles(server.base).open('../secret'));
    expect(server.seen).toEqual([]);
  });
});
