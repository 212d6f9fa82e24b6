import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadLesson } from '../src/app/store/lesson/source';
import { Checkpoint } from '../src/checkpoint/checkpoint';
import { type Answer, FileServer } from '../src/checkpoint/file-server';
import { readListing } from '../src/checkpoint/hub/repository';
import { UrlFiles } from '../src/checkpoint/url';
import { Tokenizer } from '../src/llama/tokenizer';

const MIB = 2 ** 20;
const PART = gzipSync(Buffer.alloc(16 * MIB, ' '));
/** 2 GiB of spaces, which JSON may begin with, in about 2 MB: a gzip file may be several, one after the other. */
const BOMB = Buffer.concat(Array.from({ length: 128 }, () => PART));
const server = new FileServer();

beforeAll(() => server.start());
afterAll(() => server.stop());

const bomb: Answer = (_, response) =>
  response
    .writeHead(200, {
      'Content-Encoding': 'gzip',
      'Content-Type': 'application/json',
      'Access-Control-Allow-Origin': '*',
    })
    .end(BOMB);
/** Answers ranges, and packs each answer. */
const packedRange: Answer = (request, response) => {
  const [, from = '0'] = /bytes=(\d+)/.exec(request.headers.range ?? '') ?? [];
  response
    .writeHead(206, { 'Content-Encoding': 'gzip', 'Content-Range': `bytes ${from}-${Number(from)}/1000` })
    .end(BOMB);
};

/** Runs `work`, which must fail with a named error without keeping what the server sends. */
async function refused(work: () => Promise<unknown>): Promise<Error> {
  const before = process.memoryUsage().arrayBuffers;
  const error = await work().then(
    () => new Error('it was read'),
    (cause: unknown) => cause as Error,
  );
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(512 * MIB);
  return error;
}

it.each([
  ['config.json', bomb],
  ['config.json', packedRange],
  ['model.safetensors.index.json', bomb],
] as const)('a packed %s that unpacks to gigabytes is not read', async (name, answer) => {
  server.routes = new Map([[`/model/${name}`, answer]]);
  if (name !== 'config.json')
    server.routes.set('/model/config.json', (_, response) => response.writeHead(200).end('{}'));
  const error = await refused(() => Checkpoint.open(new UrlFiles(`${server.base}/model/`)));
  expect(error.name).toBe('SourceError');
  expect(error.message).toMatch(/expected at most \d+ bytes, got more/);
});

it('nor such a tokenizer', async () => {
  server.routes = new Map([['/model/tokenizer.json', bomb]]);
  const error = await refused(() => Tokenizer.open(new UrlFiles(`${server.base}/model/`)));
  expect([error.name, error.message]).toEqual([
    'SourceError',
    expect.stringMatching(/expected at most \d+ bytes, got more/),
  ]);
});

it('nor such an answer of a Hub', async () => {
  server.routes = new Map([['/api/models/o/n/revision/main?blobs=true', bomb]]);
  const repository = { endpoint: server.base, repo: 'o/n', revision: 'main' };
  const error = await refused(() => readListing(repository, {}));
  expect([error.name, error.message]).toEqual([
    'SourceError',
    expect.stringMatching(/expected at most 33554432 bytes, got more/),
  ]);
});

it('nor such a lesson, one that is cut off, not gzip or not UTF-8', async () => {
  const load = (answer: Answer) => {
    server.routes = new Map([['/lesson.json', answer]]);
    const options = { base: server.base, language: 'en', signal: new AbortController().signal } as const;
    return refused(() => loadLesson(`${server.base}/lesson.json`, options));
  };
  const answer =
    (headers: Record<string, string>, bytes: Uint8Array): Answer =>
    (_, response) =>
      response.writeHead(200, headers).end(bytes);
  const cut: Answer = (_, response) => {
    response.writeHead(200, { 'Content-Length': 100 }).write('{"format"');
    setTimeout(() => response.destroy(), 10);
  };
  for (const [how, message] of [
    [bomb, /at most 256 KiB at .*, got more/],
    [cut, /cut off or cannot be unpacked/],
    [answer({ 'Content-Encoding': 'gzip' }, Uint8Array.of(1, 2, 3)), /cut off or cannot be unpacked/],
    [answer({}, Uint8Array.of(0x7b, 0xff)), /lesson in UTF-8/],
  ] as const) {
    const error = await load(how);
    expect([error.name, error.message]).toEqual(['LessonError', expect.stringMatching(message)]);
  }
});

it('a file that a server claims to be of any size is refused, not allocated', async () => {
  for (const size of [2 ** 31, 2 ** 40, 2 ** 53, 2 ** 64]) {
    const claimed: Answer = (request, response) => {
      const [, from = '0', to = '0'] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
      response.writeHead(206, { 'Content-Range': `bytes ${from}-${to}/${BigInt(size)}` }).end('x');
    };
    server.routes = new Map(
      ['config.json', 'tokenizer.json', 'model.safetensors'].map((name) => [`/model/${name}`, claimed]),
    );
    const files = new UrlFiles(`${server.base}/model/`);
    for (const work of [() => Checkpoint.open(files), () => Tokenizer.open(files)]) {
      const error = await refused(work);
      expect([error.name, error.message]).toEqual([
        'CheckpointError',
        expect.stringMatching(/expected a text file of at most \d+ bytes/),
      ]);
    }
    // So large a tensor may be read, if there is memory for it.
    if (size === 2 ** 31) continue;
    const source = await files.open('model.safetensors');
    const all = await refused(async () => source?.read(0, Math.min(source.size, Number.MAX_SAFE_INTEGER)));
    expect(all.name).toMatch(/SourceError|TransientError/);
  }
});
