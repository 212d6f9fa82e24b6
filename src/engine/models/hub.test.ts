import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SHIPPED, recipeWith, testEnvironment } from '../../../tests/engine';
import { FAULTS, GRANTED, HubServer, commitOf, filesIn } from '../../../tests/hub-server';
import { MemoryFolders } from '../../checkpoint/hub/testing-folders';
import { Engine } from '../engine';
import type { HubSource, JobEvent, Jobs, RunOptions } from '../jobs';

const server = new HubServer();
const FAIRY = filesIn(SHIPPED);
const WEIGHTS = FAIRY.get('model.safetensors') ?? new Uint8Array(0);
const Q_BYTES = 2 * 128 * 128;

beforeAll(async () => {
  await server.start();
  server.repositories.set('owner/fairy', { files: FAIRY });
  server.repositories.set('owner/gated', { files: FAIRY, access: 'gated' });
});
afterAll(() => server.stop());

let folders: MemoryFolders;
let engine: Engine;
beforeEach(async () => {
  folders = new MemoryFolders();
  engine = new Engine({ ...testEnvironment(), keptFolders: async () => folders });
  await engine.run('start', { backend: 'cpu' });
});
afterEach(() => {
  engine.dispose();
  server.reset();
});

const source = (change: Partial<HubSource> = {}): HubSource => ({
  kind: 'hub',
  repo: 'owner/fairy',
  revision: 'main',
  endpoint: server.endpoint,
  ...change,
});
const alignment: Jobs['align']['args'] = {
  recipe: recipeWith({ method: 'average' }),
  gap: 3,
  tensor: 'self_attn.q_proj',
};

/** Options that collect a job's events. */
function collected(): RunOptions & { readonly events: JobEvent[] } {
  const events: JobEvent[] = [];
  return { events, onEvent: (event) => void events.push(event) };
}
const labels = (events: readonly JobEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'progress' ? [event.progress.label] : []));

describe('looking a model up', () => {
  it('says what it is and what it takes, before its weights are read', async () => {
    const found = await engine.run('lookUp', { source: source() });
    expect(found).toEqual({
      repo: 'owner/fairy',
      revision: 'main',
      sha: commitOf('owner/fairy', { files: FAIRY }),
      page: `${server.endpoint}/owner/fairy`,
      licence: 'cc0-1.0',
      gated: false,
      architecture: 'LlamaForCausalLM',
      layers: 8,
      parameters: 1_706_112,
      weightBytes: WEIGHTS.length,
      firstBytes: 2 * Q_BYTES,
    });
    expect(server.downloads.map(({ range }) => range)).toEqual(['bytes=0-262143']);
  });

  it('works without a backend, and beside a job that computes', async () => {
    const idle = new Engine(testEnvironment());
    expect((await idle.run('lookUp', { source: source() })).layers).toBe(8);
    await engine.run('open', { source: source() });
    const order: string[] = [];
    const heavy = engine.run('evaluate', { recipe: null, ids: Array.from({ length: 600 }, (_, i) => i) });
    const light = engine.run('lookUp', { source: source() });
    await Promise.all([heavy.then(() => order.push('evaluate')), light.then(() => order.push('lookUp'))]);
    expect(order).toEqual(['lookUp', 'evaluate']);
  });

  it('fails by name, and can be cancelled', async () => {
    await expect(engine.run('lookUp', { source: source({ repo: 'owner/gated' }) })).rejects.toMatchObject({
      name: 'GatedRepositoryError',
    });
    const found = await engine.run('lookUp', { source: source({ repo: 'owner/gated', token: GRANTED }) });
    expect(found.gated).toBe(true);
    server.delayMs = 500;
    const controller = new AbortController();
    const running = engine.run(
      'lookUp',
      { source: source({ revision: 'main' }) },
      { signal: controller.signal },
    );
    setTimeout(() => controller.abort(), 50);
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('an open model', () => {
  it('has read no more than its first plan needs', async () => {
    const info = await engine.run('open', { source: source() });
    expect(info).toMatchObject({ name: 'owner/fairy', layers: 8, hasTokenizer: true });
    await engine.run('align', alignment);
    const kept = await engine.run('kept', {});
    const weights = [...folders.files].filter(([path]) => path.includes('model.safetensors/'));
    const read = weights.reduce((sum, [, bytes]) => sum + bytes.length, 0);
    // Whole pages of 256 KiB: that of the header, and of q_proj in each of two blocks at most two.
    expect(read).toBeLessThanOrEqual(5 * 262_144);
    expect(read).toBeLessThan(WEIGHTS.length / 2);
    expect(kept.models).toMatchObject([{ repo: 'owner/fairy', revision: 'main', endpoint: server.endpoint }]);
    expect(kept.bytes).toBeGreaterThan(read);
  });

  it('reads nothing from the network that an earlier visit read', async () => {
    await engine.run('open', { source: source() });
    const first = await engine.run('align', alignment);
    const again = new Engine({ ...testEnvironment(), keptFolders: async () => folders });
    await again.run('start', { backend: 'cpu' });
    server.seen = [];
    await again.run('open', { source: source() });
    const second = await again.run('align', alignment);
    again.dispose();
    expect(server.seen.map(({ path }) => path)).toEqual(['/api/models/owner/fairy/revision/main?blobs=true']);
    expect(second.argmax).toEqual(first.argmax);
  });

  it('says how far any job’s download is, and what cannot be kept, once', async () => {
    folders.room = 4000;
    const opening = collected();
    await engine.run('open', { source: source() }, opening);
    expect(opening.events.filter(({ type }) => type === 'notice')).toHaveLength(1);
    server.delayMs = 120;
    const reading = collected();
    await engine.run('align', alignment, reading);
    expect(reading.events.filter(({ type }) => type === 'notice')).toEqual([]);
    expect(labels(reading.events)).toContainEqual(
      expect.stringMatching(/^Downloading \d\.\d of \d\.\d MiB(, \d+\.\d MiB\/s, \d+ s left)?$/),
    );
  });

  it('is freed from what is kept and goes on from the network', async () => {
    await engine.run('open', { source: source() });
    const kept = await engine.run('kept', {});
    await expect(engine.run('freeKept', { id: '..' })).rejects.toThrow(
      /expected the id of a model that is kept/,
    );
    expect(await engine.run('freeKept', { id: kept.models[0]?.id ?? '' })).toMatchObject({
      models: [],
      bytes: 0,
    });
    expect(folders.files.size).toBe(0);
    expect((await engine.run('align', alignment)).rows).toBe(128);
  });

  it('opens where no store can be read, whose list says why', async () => {
    folders.failure = new DOMException('access is denied', 'SecurityError');
    expect((await engine.run('open', { source: source() })).layers).toBe(8);
    await expect(engine.run('kept', {})).rejects.toMatchObject({
      name: 'RequestError',
      message: expect.stringMatching(/expected to read what is kept of models, got access is denied\. Allow/),
    });
  });

  it('says that a server asks to wait', async () => {
    await engine.run('open', { source: source() });
    server.faults.cdn = [FAULTS.rateLimited(1)];
    const reading = collected();
    await engine.run('align', alignment, reading);
    expect(labels(reading.events)).toContain('The server asks to wait 1 s');
  });
});
