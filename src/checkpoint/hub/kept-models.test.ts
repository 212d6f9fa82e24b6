import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SHIPPED } from '../../../tests/engine';
import { GRANTED, HubServer, commitOf, filesIn } from '../../../tests/hub-server';
import { Checkpoint } from '../checkpoint';
import { HubFiles } from './hub-files';
import { KeptModels } from './kept-models';
import { MemoryFolders } from './testing-folders';

const server = new HubServer();
const FAIRY = filesIn(SHIPPED);
const SHA = commitOf('owner/fairy', { files: FAIRY });
const Q = 'model.layers.3.self_attn.q_proj.weight';
const notices: string[] = [];

beforeAll(async () => {
  await server.start();
  server.repositories.set('owner/fairy', { files: FAIRY, revisions: ['v1'] });
  server.repositories.set('owner/gated', { files: FAIRY, access: 'gated' });
});
afterAll(() => server.stop());
afterEach(() => {
  server.reset();
  notices.splice(0);
});

interface Visit {
  readonly repo?: string;
  readonly revision?: string;
  readonly token?: string;
  readonly endpoint?: string;
}

/** Opens the model as on another visit and returns the bytes of a tensor. */
async function visit(
  folders: MemoryFolders,
  { repo = 'owner/fairy', revision = 'main', token, endpoint = server.endpoint }: Visit = {},
): Promise<Uint8Array> {
  const kept = new KeptModels(folders);
  const files = new HubFiles(
    { endpoint, repo, revision, token },
    { kept, onNotice: (text) => notices.push(text) },
  );
  return (await Checkpoint.open(files)).read(Q);
}

/** Paths requested, other than that of the listing. */
const fileRequests = (): string[] =>
  server.seen.map(({ path }) => path).filter((path) => !path.startsWith('/api/'));
const pieces = (folders: MemoryFolders): string[] =>
  [...folders.files.keys()].filter((path) => /\/\d+-\d+$/.test(path));

describe('what was read', () => {
  it('is not read again on another visit', async () => {
    const folders = new MemoryFolders();
    const first = await visit(folders);
    expect(fileRequests()).not.toEqual([]);
    server.seen = [];
    expect(await visit(folders)).toEqual(first);
    // The revision may have moved, so it is asked for.
    expect(server.seen.map(({ path }) => path)).toEqual(['/api/models/owner/fairy/revision/main?blobs=true']);
    server.seen = [];
    expect(await visit(folders, { revision: SHA })).toEqual(first);
    expect(server.seen).toEqual([]);
    expect(notices).toEqual([]);
  });

  it('is used without a connection, which is said', async () => {
    const folders = new MemoryFolders();
    const gone = new HubServer();
    await gone.start();
    gone.repositories.set('owner/fairy', { files: FAIRY });
    const { endpoint } = gone;
    const first = await visit(folders, { endpoint });
    gone.stop();
    expect(await visit(folders, { endpoint })).toEqual(first);
    expect(notices).toEqual([
      expect.stringMatching(/does not answer\. owner\/fairy is opened as it was kept/),
    ]);
    await expect(visit(folders, { endpoint, revision: 'v1' })).rejects.toThrow(
      /expected an answer, got none/,
    );
  });

  it('is another model’s when the repository moves on, whatever else stays', async () => {
    const folders = new MemoryFolders();
    await visit(folders);
    server.repositories.set('owner/fairy', { files: new Map([...FAIRY, ['new.txt', new Uint8Array(1)]]) });
    await visit(folders);
    server.repositories.set('owner/fairy', { files: FAIRY, revisions: ['v1'] });
    const kept = await new KeptModels(folders).list();
    expect(kept.map(({ repo, revision }) => [repo, revision])).toEqual([
      ['owner/fairy', 'main'],
      ['owner/fairy', 'main'],
    ]);
    expect(new Set(kept.map(({ sha }) => sha)).size).toBe(2);
  });

  it('of one server is never given as another’s', async () => {
    const folders = new MemoryFolders();
    const other = new HubServer();
    await other.start();
    try {
      // The same name and the same commit, which a server may claim, with other bytes.
      other.repositories.set('owner/fairy', { files: FAIRY });
      const right = await visit(folders, { endpoint: other.endpoint });
      for (const path of pieces(folders))
        folders.files.set(path, new Uint8Array(folders.files.get(path)?.length ?? 0));
      expect(await visit(folders)).toEqual(right);
    } finally {
      other.stop();
    }
  });

  it('in part never looks whole: a piece that is cut short is read again', async () => {
    const folders = new MemoryFolders();
    const first = await visit(folders);
    for (const path of pieces(folders)) {
      const bytes = folders.files.get(path);
      if (bytes) folders.files.set(path, bytes.slice(0, bytes.length - 1));
    }
    server.seen = [];
    expect(await visit(folders)).toEqual(first);
    expect(fileRequests()).not.toEqual([]);
    // A piece that goes while the model is open.
    const files = new HubFiles(
      { endpoint: server.endpoint, repo: 'owner/fairy', revision: 'main' },
      { kept: new KeptModels(folders) },
    );
    const checkpoint = await Checkpoint.open(files);
    await checkpoint.read(Q);
    for (const path of pieces(folders)) folders.files.delete(path);
    expect(await checkpoint.read(Q)).toEqual(first);
  });

  it('is read on where it was left', async () => {
    const folders = new MemoryFolders();
    await visit(folders);
    const some = pieces(folders).filter((path) => path.includes('model.safetensors/'));
    expect(some.length).toBeGreaterThan(1);
    folders.files.delete(some.at(-1) ?? '');
    server.seen = [];
    await visit(folders);
    expect(server.downloads).toHaveLength(1);
  });
});

describe('a store that fails', () => {
  it.each([
    ['has no room', (folders: MemoryFolders) => (folders.room = 5000), /no room/],
    [
      'is denied',
      (folders: MemoryFolders) => (folders.failure = new DOMException('denied', 'SecurityError')),
      /denied/,
    ],
  ])('because it %s, fails nothing and is said once', async (_, breakIt, reason) => {
    const folders = new MemoryFolders();
    breakIt(folders);
    const bytes = await visit(folders);
    expect(bytes).toEqual(await visit(new MemoryFolders()));
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(/cannot be kept/);
    expect(notices[0]).toMatch(reason);
  });

  it('on the way goes on without it', async () => {
    const folders = new MemoryFolders();
    const files = new HubFiles(
      { endpoint: server.endpoint, repo: 'owner/fairy', revision: 'main' },
      { kept: new KeptModels(folders), onNotice: (text) => notices.push(text) },
    );
    const checkpoint = await Checkpoint.open(files);
    folders.failure = new DOMException('gone', 'InvalidStateError');
    expect(await checkpoint.read(Q)).toEqual(await visit(new MemoryFolders()));
    expect(notices).toEqual([expect.stringMatching(/\(gone\)/)]);
  });
});

describe('the list of what is kept', () => {
  it('has names, bytes and times, and can be freed one by one and at once', async () => {
    const folders = new MemoryFolders();
    const kept = new KeptModels(folders);
    expect(await kept.list()).toEqual([]);
    await visit(folders, { revision: 'v1' });
    await visit(folders, { repo: 'owner/gated', token: GRANTED });
    const models = await kept.list();
    expect(models.map(({ repo, revision, endpoint }) => [repo, revision, endpoint])).toEqual([
      ['owner/gated', 'main', server.endpoint],
      ['owner/fairy', 'v1', server.endpoint],
    ]);
    const held = pieces(folders).filter((path) => path.includes('@fairy@'));
    expect(models[1]?.bytes).toBe(
      held.reduce((sum, path) => sum + (folders.files.get(path)?.length ?? 0), 0),
    );
    expect(Math.abs((models[0]?.used ?? 0) - Date.now())).toBeLessThan(10_000);
    await kept.free(models[0]?.id);
    expect((await kept.list()).map(({ repo }) => repo)).toEqual(['owner/fairy']);
    await kept.free(undefined);
    expect(folders.files.size).toBe(0);
  });

  it('has models whose note is damaged or lost too', async () => {
    const folders = new MemoryFolders();
    await visit(folders);
    for (const path of folders.files.keys()) {
      if (path.endsWith('model.json')) folders.files.set(path, new TextEncoder().encode('{"repo": '));
    }
    const kept = new KeptModels(folders);
    const [model] = await kept.list();
    expect(model).toMatchObject({ repo: 'owner/fairy', revision: SHA, sha: SHA, endpoint: server.endpoint });
    expect(model?.used).toBeUndefined();
    await kept.free(model?.id);
    expect(folders.files.size).toBe(0);
  });

  it('has what an open model reads again after it was freed', async () => {
    const folders = new MemoryFolders();
    const kept = new KeptModels(folders);
    const files = new HubFiles(
      { endpoint: server.endpoint, repo: 'owner/fairy', revision: 'main' },
      { kept },
    );
    const checkpoint = await Checkpoint.open(files);
    await kept.free((await kept.list())[0]?.id);
    await checkpoint.read(Q);
    expect(await kept.list()).toMatchObject([{ repo: 'owner/fairy', sha: SHA }]);
  });
});
