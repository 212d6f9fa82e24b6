import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SHIPPED } from '../../../tests/engine';
import {
  FAULTS,
  GRANTED,
  HubServer,
  STRANGER,
  type TestRepository,
  commitOf,
  filesIn,
} from '../../../tests/hub-server';
import { Checkpoint } from '../checkpoint';
import { SourceError } from '../errors';
import { parseJson, readText } from '../json';
import { safetensors } from '../testing';
import { HubFiles } from './hub-files';
import { KeptModels } from './kept-models';
import { MemoryFolders } from './testing-folders';

const server = new HubServer();
const FAIRY = filesIn(SHIPPED);
const MIB = 2 ** 20;
const PAGE = MIB / 4;

/** Bytes that differ everywhere, for reads of any range. */
const BIG = Uint8Array.from({ length: 9 * MIB + 77 }, (_, i) => (i * 2654435761) >>> 13);
const bytesOf = (text: string) => new TextEncoder().encode(text);
const repository = (files: Record<string, Uint8Array>, more: Partial<TestRepository> = {}) => ({
  files: new Map(Object.entries(files)),
  ...more,
});
const weights = (name: string, values: number[]) =>
  safetensors(
    { [name]: { dtype: 'F32', shape: [values.length], data_offsets: [0, 4 * values.length] } },
    new Uint8Array(Float32Array.from(values).buffer),
  );

beforeAll(async () => {
  await server.start();
  const { repositories } = server;
  repositories.set('owner/fairy', { files: FAIRY, revisions: ['v1', 'refs/pr/1'] });
  repositories.set('owner/gated', { files: FAIRY, access: 'gated' });
  repositories.set('owner/private', { files: FAIRY, access: 'private' });
  repositories.set('owner/mirror', { files: FAIRY, sizeless: true });
  repositories.set('owner/big', repository({ 'model.safetensors': BIG }));
  repositories.set(
    'owner/sharded',
    repository({
      'config.json': bytesOf('{}'),
      'model.safetensors.index.json': bytesOf(
        JSON.stringify({
          weight_map: { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' },
        }),
      ),
      'model-00001-of-00002.safetensors': weights('a', [1, 2]),
      'model-00002-of-00002.safetensors': weights('b', [3]),
      'original/consolidated.00.pth': bytesOf('x'),
    }),
  );
  repositories.set(
    'owner/pickled',
    repository({ 'config.json': bytesOf('{}'), 'pytorch_model.bin': bytesOf('x') }),
  );
  repositories.set('owner/gguf', repository({ 'm.Q4_1.gguf': bytesOf('GGUF'), 'README.md': bytesOf('x') }));
  repositories.set('owner/empty', repository({ 'README.md': bytesOf('x') }));
  repositories.set('owner/adapter', repository({ 'adapter_model.safetensors': bytesOf('x') }));
});
afterAll(() => server.stop());
afterEach(() => server.reset());

interface Options {
  readonly repo?: string;
  readonly revision?: string;
  readonly token?: string;
  readonly file?: string;
  readonly folders?: MemoryFolders;
  readonly stallMs?: number;
}
const notices: string[] = [];
afterEach(() => void notices.splice(0));

function hub({
  repo = 'owner/fairy',
  revision = 'main',
  token,
  file,
  folders,
  stallMs,
}: Options = {}): HubFiles {
  const where = { endpoint: server.endpoint, repo, revision, token, file };
  const kept = folders && new KeptModels(folders);
  return new HubFiles(where, { kept, stallMs, onNotice: (text) => notices.push(text) });
}

async function opened(files: HubFiles, name = 'model.safetensors') {
  const source = await files.open(name);
  if (source === undefined) throw new Error(`no ${name}`);
  return source;
}

async function failure(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SourceError);
  return error as Error;
}

describe('a repository', () => {
  it('is a model like that of a folder, weights from the other host', async () => {
    const checkpoint = await Checkpoint.open(hub());
    expect(checkpoint.name).toBe('owner/fairy');
    const name = 'model.layers.3.self_attn.q_proj.weight';
    const { offset, bytes } = checkpoint.tensor(name);
    const expected = FAIRY.get('model.safetensors')?.slice(offset, offset + bytes);
    expect(await checkpoint.read(name)).toEqual(expected);
    expect(server.seen[0]?.path).toBe('/api/models/owner/fairy/revision/main?blobs=true');
    expect(new Set(server.downloads.map(({ path }) => path))).toEqual(
      new Set(['/owner/fairy/model.safetensors?signature=x']),
    );
  });

  it('is resolved once, to a commit that all reads name', async () => {
    const files = hub({ revision: 'refs/pr/1' });
    const listing = await files.listing();
    const sha = commitOf('owner/fairy', { files: FAIRY });
    expect(listing).toMatchObject({ sha, gated: false, licence: 'cc0-1.0' });
    expect(parseJson(await readText(await opened(files, 'config.json')), '')).toMatchObject({
      hidden_size: 128,
    });
    await (await opened(files)).read(0, 8);
    expect(await files.open('nothing.json')).toBeUndefined();
    const paths = server.seen.filter(({ host }) => host === 'hub').map(({ path }) => path);
    expect(paths).toEqual([
      '/api/models/owner/fairy/revision/refs/pr/1?blobs=true',
      `/owner/fairy/resolve/${sha}/config.json`,
      `/owner/fairy/resolve/${sha}/model.safetensors`,
    ]);
  });

  it('may be sharded, and have folders, which are not seen', async () => {
    const files = hub({ repo: 'owner/sharded' });
    const checkpoint = await Checkpoint.open(files);
    expect([...checkpoint.tensors.keys()]).toEqual(['a', 'b']);
    expect(await files.list()).not.toContain('original/consolidated.00.pth');
    expect(new Float32Array((await checkpoint.read('b')).buffer)[0]).toBe(3);
  });

  it('of a mirror that does not tell sizes is read all the same', async () => {
    const checkpoint = await Checkpoint.open(hub({ repo: 'owner/mirror' }));
    expect(checkpoint.tensors.size).toBe(74);
  });

  it('may be one file by name', async () => {
    const files = hub({ repo: 'owner/gguf', file: 'm.Q4_1.gguf' });
    expect(await files.list()).toEqual(['m.Q4_1.gguf']);
    expect(await files.open('README.md')).toBeUndefined();
    expect(await readText(await opened(files, 'm.Q4_1.gguf'))).toBe('GGUF');
  });
});

describe('a token', () => {
  it('opens what is gated or private, and never reaches the other host', async () => {
    for (const repo of ['owner/gated', 'owner/private']) {
      await Checkpoint.open(hub({ repo, token: GRANTED }));
    }
    const authorizations = (host: string) =>
      new Set(
        server.seen.filter((request) => request.host === host).map(({ authorization }) => authorization),
      );
    expect(authorizations('hub')).toEqual(new Set([`Bearer ${GRANTED}`]));
    expect(server.downloads.length).toBeGreaterThan(1);
    expect(authorizations('cdn')).toEqual(new Set([undefined]));
  });

  it('is not in what is kept, nor in errors', async () => {
    const folders = new MemoryFolders();
    await Checkpoint.open(hub({ repo: 'owner/private', token: GRANTED, folders }));
    const text = [...folders.files].map(([path, bytes]) => path + new TextDecoder().decode(bytes)).join('');
    expect(text).toContain('owner@private@');
    expect(text).not.toContain(GRANTED);
    const error = await failure(Checkpoint.open(hub({ repo: 'owner/gated', token: STRANGER })));
    expect(error.message).not.toContain(STRANGER);
  });
});

describe('says what is wrong and what to do', () => {
  it.each<[string, Options, string, RegExp]>([
    [
      'a missing repository, to a stranger',
      { repo: 'owner/nothing' },
      'NoAccessError',
      /^owner\/nothing: expected a repository that can be read, got status 401: it is private, or there is none of this name\. Check/,
    ],
    [
      'a missing repository, to a reader with a token',
      { repo: 'owner/nothing', token: GRANTED },
      'NoSuchRepositoryError',
      /got status 404 \(RepoNotFound\): there is none of this name\. Check its spelling/,
    ],
    ['a private one', { repo: 'owner/private' }, 'NoAccessError', /give a token that may read it/],
    ['a refused token', { token: 'hf_wrong' }, 'NoAccessError', /the token is refused\. Make another at/],
    [
      'a gated one, without a token',
      { repo: 'owner/gated' },
      'GatedRepositoryError',
      /got status 401 \(GatedRepo\): it is gated\. Ask for access at http:\S+\/owner\/gated, then give a token/,
    ],
    [
      'a gated one, with a token without access',
      { repo: 'owner/gated', token: STRANGER },
      'GatedRepositoryError',
      /got status 403 \(GatedRepo\): it is gated\. Ask for access at \S+ with the account of this token/,
    ],
    [
      'a missing revision',
      { revision: 'v9' },
      'NoSuchRevisionError',
      /expected the revision "v9", got status 404 \(RevisionNotFound\)/,
    ],
    [
      'pickled weights only',
      { repo: 'owner/pickled' },
      'NoSafetensorsError',
      /got pytorch_model\.bin\. Convert it at https:/,
    ],
    [
      'GGUF only',
      { repo: 'owner/gguf' },
      'NoSafetensorsError',
      /got m\.Q4_1\.gguf\. Take .* by name: hub:owner\/gguf:m\.Q4_1\.gguf\./,
    ],
    ['an adapter', { repo: 'owner/adapter' }, 'NoSafetensorsError', /Take the model that these belong to/],
    ['no weights', { repo: 'owner/empty' }, 'NoSafetensorsError', /got no weights\. See http/],
    [
      'a missing file',
      { file: 'x.gguf' },
      'NoSafetensorsError',
      /expected the file x\.gguf, got model\.safetensors/,
    ],
  ])('%s', async (_, options, name, message) => {
    const error = await failure(Checkpoint.open(hub(options)));
    expect(error.name).toBe(name);
    expect(error.message).toMatch(message);
  });

  it('a server that is no Hub', async () => {
    server.faults.hub = [(_, response) => response.writeHead(200).end('{"hello": 1}')];
    await expect(hub().listing()).rejects.toThrow(
      /expected a commit \(sha\).*this is the address of a Hugging Face Hub/,
    );
    server.faults.hub = [(_, response) => response.writeHead(200).end('<html>')];
    await expect(hub().listing()).rejects.toThrow(/expected JSON/);
  });

  it('a Hub that asks to wait longer than anybody would', async () => {
    server.faults.hub = [FAULTS.rateLimited(300)];
    const error = await failure(hub().listing());
    expect(error.name).toBe('RateLimitError');
    expect(error.message).toMatch(/too many requests from here: try again in 300 s/);
    expect(server.seen).toHaveLength(1);
    // As the Hub says it.
    server.faults.hub = [(_, response) => response.writeHead(429, { RateLimit: '"api";r=0;t=55' }).end()];
    expect((await failure(hub().listing())).message).toMatch(/try again in 55 s/);
  });

  it('a file that changed between two ranges', async () => {
    const source = await opened(hub({ repo: 'owner/big' }));
    await source.read(0, 10);
    server.version = '2';
    expect((await failure(source.read(5 * MIB, 10))).message).toMatch(
      /expected the same file .* got another version/,
    );
  });
});

describe('goes on', () => {
  it('after a wait that the Hub asks for, and says so', async () => {
    server.faults.cdn = [FAULTS.rateLimited(1)];
    const files = hub();
    const waits: (number | undefined)[] = [];
    files.transfer.follow(({ waitMs }) => waits.push(waitMs));
    const started = performance.now();
    await (await opened(files)).read(0, 8);
    expect(performance.now() - started).toBeGreaterThan(990);
    expect(waits[0]).toBe(1000);
    expect(waits.at(-1)).toBeUndefined();
  });

  it.each(['failing', 'hangUp', 'cut', 'stall'] as const)('after one answer that is %s', async (fault) => {
    server.faults.cdn = [FAULTS[fault]];
    // A busy machine may take longer for a good answer too.
    const stallMs = fault === 'stall' ? 500 : 60_000;
    const source = await opened(hub({ repo: 'owner/big', stallMs }));
    expect(await source.read(MIB + 3, 1000)).toEqual(BIG.slice(MIB + 3, MIB + 1003));
    expect(server.downloads).toHaveLength(2);
  });

  it('not for ever', async () => {
    server.faults.cdn = [FAULTS.stall, FAULTS.stall, FAULTS.stall];
    const source = await opened(hub({ stallMs: 50 }));
    expect((await failure(source.read(0, 8))).message).toMatch(/got 1 before the answer was cut off/);
  });
});

describe('requests', () => {
  it('are few for many small reads beside each other, and shared by readers at the same time', async () => {
    const source = await opened(hub({ repo: 'owner/big' }));
    const starts = Array.from({ length: 500 }, (_, i) => 100 + 1000 * i);
    const together = await Promise.all(starts.map((start) => source.read(start, 1000)));
    for (const [i, start] of starts.entries()) expect(together[i]).toEqual(BIG.slice(start, start + 1000));
    expect(server.downloads.map(({ range }) => range)).toEqual([
      `bytes=0-${PAGE - 1}`,
      `bytes=${PAGE}-${2 * PAGE - 1}`,
    ]);
    // One after the other, with nothing to keep it in.
    for (let at = 0; at < 200_000; at += 10_000) await source.read(at, 10_000);
    expect(server.downloads).toHaveLength(2);
  });

  it('are of limited size, and together give any range', async () => {
    const source = await opened(hub({ repo: 'owner/big' }));
    expect(Buffer.compare(await source.read(77, BIG.length - 77), BIG.subarray(77))).toBe(0);
    const sizes = server.downloads.map(({ range = '' }) => {
      const [from = 0, to = 0] = (/\d+-\d+/.exec(range)?.[0] ?? '').split('-').map(Number);
      return to + 1 - from;
    });
    expect(sizes.toSorted((a, b) => a - b)).toEqual([MIB + 77, 4 * MIB, 4 * MIB]);
  });

  it('go on for one reader when another leaves, and stop when all have left', async () => {
    const source = await opened(hub({ repo: 'owner/big' }));
    server.delayMs = 300;
    const leaving = new AbortController();
    const first = source.read(0, 10, leaving.signal);
    const left = expect(first).rejects.toMatchObject({ name: 'AbortError' });
    const second = source.read(5, 10);
    await expect.poll(() => server.downloads).toHaveLength(1);
    leaving.abort();
    await left;
    expect(await second).toEqual(BIG.slice(5, 15));
    expect(server.downloads).toHaveLength(1);

    const cancelled = new AbortController();
    const reading = expect(source.read(3 * MIB, 10, cancelled.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
    await expect.poll(() => server.downloads).toHaveLength(2);
    cancelled.abort();
    await reading;
    expect(await source.read(3 * MIB, 10)).toEqual(BIG.slice(3 * MIB, 3 * MIB + 10));
    expect(server.downloads).toHaveLength(3);
  });
});
