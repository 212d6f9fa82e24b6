import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SourceError } from './errors';
import { type Answer, BYTES, cutOff, FileServer, hangUp, inTurn, ranged, short, status } from './file-server';
import { UrlSource } from './url';

const server = new FileServer();
beforeAll(() => server.start());
afterAll(() => server.stop());

async function opened(path: string): Promise<UrlSource> {
  const source = await UrlSource.open('file.bin', server.base + path, {});
  if (source === undefined) throw new Error(`no ${path}`);
  return source;
}
const requests = (path: string): number => server.seen.filter((request) => request.path === path).length;

// Concurrent, because each test really waits between its tries.
describe.concurrent('tries again', () => {
  it.each([
    ['500', status(500)],
    ['503', status(503)],
    ['429', status(429)],
    ['a dropped connection', hangUp],
    ['a cut-off body', cutOff],
    ['a short body', short],
  ])('after %s, when opening and when reading', async (name, bad) => {
    const path = `/again/${encodeURIComponent(name)}`;
    server.routes.set(path, inTurn(bad, ranged(BYTES), bad, bad, ranged(BYTES)));
    const source = await opened(path);
    expect(source.size).toBe(1000);
    expect(await source.read(0, 100)).toEqual(BYTES.slice(0, 100));
    expect(requests(path)).toBe(5);
  });

  it.each([
    ['500', status(500), /status 500\. The server is busy or failing/],
    ['a dropped connection', hangUp, /expected an answer, got none.*CORS/],
    ['a cut-off body', cutOff, /expected 100 bytes, got \d+ before the answer was cut off/],
    ['a short body', short, /expected 100 bytes, got 40 before the answer was cut off/],
  ] as [string, Answer, RegExp][])('three times at most: %s', async (name, bad, message) => {
    const path = `/most/${encodeURIComponent(name)}`;
    server.routes.set(path, inTurn(ranged(BYTES), bad));
    const source = await opened(path);
    const reading = source.read(0, 100);
    await expect(reading).rejects.toBeInstanceOf(SourceError);
    await expect(reading).rejects.toMatchObject({
      name: 'SourceError',
      message: expect.stringMatching(message),
    });
    expect(requests(path)).toBe(4);
  });
});
