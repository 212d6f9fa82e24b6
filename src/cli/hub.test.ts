import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SHIPPED } from '../../tests/engine';
import { FAULTS, GRANTED, HubServer, commitOf, filesIn } from '../../tests/hub-server';
import { TokenSearch } from '../../tests/token-search';
import { fixture } from '../checkpoint/gguf/testing';
import { FileServer, ranged } from '../checkpoint/file-server';
import { main } from './main';

const server = new HubServer();
const other = new HubServer();
const FAIRY = filesIn(SHIPPED);
let base: string;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'interlayer-hub-'));
  for (const hub of [server, other]) {
    await hub.start();
    hub.repositories.set('owner/fairy', { files: FAIRY, revisions: ['v1'] });
    hub.repositories.set('owner/gated', { files: FAIRY, access: 'gated' });
    hub.repositories.set('owner/gguf', { files: new Map([['m.gguf', await fixture('llama.gguf')]]) });
  }
});
afterAll(async () => {
  server.stop();
  other.stop();
  await rm(base, { recursive: true });
});
afterEach(() => {
  server.reset();
  other.reset();
});

interface Setting {
  readonly cache?: string;
  readonly token?: string;
  readonly isTTY?: boolean;
}

/** Runs a command line as typed, without quotes, with the test Hub as HF_ENDPOINT. */
async function run(line: string, { cache = 'cache', token, isTTY = false }: Setting = {}) {
  let [stdout, stderr] = ['', ''];
  const code = await main(line.split(' '), {
    out: (text) => (stdout += text),
    err: (text) => (stderr += text),
    isTTY,
    base,
    env: { HF_ENDPOINT: server.endpoint, HF_TOKEN: token, INTERLAYER_CACHE: join(base, cache) },
  });
  return { code, stdout, stderr };
}
const json = async (line: string, setting?: Setting): Promise<Record<string, unknown>> =>
  JSON.parse((await run(`${line} --json`, setting)).stdout) as Record<string, unknown>;

describe('MODEL', () => {
  it('may be a name of the Hub, whose files are read once', async () => {
    const folder = await json(`info ${SHIPPED}`);
    expect(await json('info hub:owner/fairy')).toEqual(folder);
    expect(await json('info hub:owner/fairy@v1')).toEqual(folder);
    server.seen = [];
    expect(await json('info hub:owner/fairy')).toEqual(folder);
    expect(server.seen.map(({ path }) => path)).toEqual(['/api/models/owner/fairy/revision/main?blobs=true']);
  });

  it('may be one GGUF file of a repository, or at an address', async () => {
    const described = { layers: 2, architecture: 'LlamaForCausalLM' };
    expect(await json('info hub:owner/gguf:m.gguf')).toMatchObject(described);
    expect((await run('info hub:owner/gguf')).stderr).toMatch(/hub:owner\/gguf:m\.gguf/);
    const files = new FileServer();
    await files.start();
    files.routes.set('/m/llama.gguf', ranged(await fixture('llama.gguf')));
    expect(await json(`info ${files.base}/m/llama.gguf`)).toMatchObject(described);
    files.stop();
  });

  it('may be an address, of a folder or of a Hub', async () => {
    const files = new FileServer();
    await files.start();
    for (const [name, bytes] of FAIRY) files.routes.set(`/m/${name}`, ranged(bytes));
    expect(await json(`info ${files.base}/m`)).toMatchObject({ layers: 8 });
    files.stop();
    expect(await json(`info hub:${other.endpoint}/owner/fairy`)).toMatchObject({ layers: 8 });
    expect(await json(`info hub:owner/fairy --hub ${other.endpoint}/`)).toMatchObject({ layers: 8 });
    expect(server.seen).toEqual([]);
  });

  it('of the Hub becomes a deeper checkpoint whose recipe names it', async () => {
    const { out } = await json(
      'upscale hub:owner/fairy@v1 --method average --gaps top --out deeper --backend cpu',
    );
    const saved = JSON.parse(await readFile(join(String(out), 'interlayer.json'), 'utf8')) as {
      model: object;
    };
    expect(saved.model).toEqual({
      kind: 'hub',
      repo: 'owner/fairy',
      revision: 'v1',
      endpoint: server.endpoint,
    });
    const tokenizer = await readFile(join(String(out), 'tokenizer.json'));
    expect(Buffer.compare(tokenizer, FAIRY.get('tokenizer.json') ?? tokenizer.subarray(1))).toBe(0);
  });

  it('shows progress on a terminal', async () => {
    server.delayMs = 150;
    const { stderr } = await run('align hub:owner/fairy --gap 3 --method average --backend cpu', {
      cache: 'progress',
      isTTY: true,
    });
    expect(stderr).toMatch(/Downloading \d\.\d of \d\.\d MiB/);
  });

  it('is read with HF_TOKEN, which goes to no other Hub', async () => {
    const refused = await run('info hub:owner/gated');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /^interlayer: owner\/gated: expected access.*gated\. Ask for access at [^\n]+\n$/,
    );
    const cache = 'gated';
    expect((await run('info hub:owner/gated', { token: GRANTED, cache })).code).toBe(0);
    expect(server.seen.some(({ authorization }) => authorization === `Bearer ${GRANTED}`)).toBe(true);
    await run(`info hub:${other.endpoint}/owner/fairy`, { token: GRANTED, cache });
    expect(new Set(other.seen.map(({ authorization }) => authorization))).toEqual(new Set([undefined]));
  });

  it('leaves no token in what is printed, kept or saved', async () => {
    const cache = 'secret';
    await writeFile(
      join(base, 'tales.txt'),
      'Once upon a time there was a king who had three daughters. '.repeat(60),
    );
    const small = '--method average:zero --gaps 3 --backend cpu';
    const training = '--text tales.txt --steps 2 --batch 1 --context 16 --state secret/state';
    const printed: string[] = [];
    for (const line of [
      'info MODEL',
      'align MODEL --gap 3 --method average --backend cpu',
      `upscale MODEL ${small} --out secret/upscaled`,
      `train MODEL ${small} ${training} --out secret/trained`,
      'cache',
      'info MODEL@v9',
    ]) {
      for (const more of ['', ' --json']) {
        const again = line.replaceAll(/secret\/(\w+)/g, `$&${more === '' ? '' : '-json'}`);
        const { stdout, stderr } = await run(again.replace('MODEL', 'hub:owner/gated') + more, {
          cache,
          token: GRANTED,
        });
        printed.push(stdout, stderr);
      }
    }
    const files = (await readdir(join(base, cache), { recursive: true, withFileTypes: true })).filter(
      (entry) => entry.isFile(),
    );
    const names = files.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['state', 'interlayer.json', 'model.safetensors', 'README.md', 'train.py']),
    );
    const search = new TokenSearch(GRANTED);
    const contents = await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name))));
    expect([...printed, ...names].filter((text) => search.isIn(text))).toEqual([]);
    expect(names.filter((_, i) => search.isIn(contents[i] ?? ''))).toEqual([]);
  });

  it.each([
    ['info hub:fairy', 2, /expected hub:owner\/name.*got hub:fairy/],
    ['info hub:owner/fairy --hub nowhere', 2, /expected --hub to be the address of a Hub/],
    ['info hub:owner/fairy@v9', 1, /expected the revision "v9", got status 404/],
    ['cache --free owner/other', 2, /expected --free to be one of .*all, got owner\/other/],
    ['cache owner/fairy', 2, /expected no more than options, got owner\/fairy/],
  ])('%s fails in one line', async (line, code, message) => {
    const result = await run(line);
    expect(result.code).toBe(code);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).toMatch(/^interlayer: [^\n]+\n$/);
  });

  it('is used as it was kept when the Hub fails, which is noted', async () => {
    await run('info hub:owner/fairy');
    server.faults.hub = [FAULTS.failing, FAULTS.failing, FAULTS.failing];
    const { code, stderr } = await run('info hub:owner/fairy');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Note: http\S+ does not answer\. owner\/fairy is opened as it was kept[^\n]+\n$/);
  });
});

describe('the cache', () => {
  it('is listed, and freed by name and as a whole', async () => {
    const cache = 'listed';
    const folder = join(base, cache);
    expect((await run('cache', { cache })).stdout).toBe(`nothing is kept in ${folder}\n`);
    await run('info hub:owner/fairy', { cache });
    await run('info hub:owner/gated', { cache, token: GRANTED });
    const { stdout } = await run('cache', { cache });
    const sha = commitOf('owner/fairy', { files: FAIRY }).slice(0, 8);
    expect(stdout).toMatch(new RegExp(`owner/fairy@main +${sha} +\\d MiB +20\\d\\d-\\d\\d-\\d\\d `));
    expect(stdout).toContain(`MiB in ${folder}`);
    expect(await json('cache', { cache })).toMatchObject({
      folder,
      models: [{ repo: 'owner/gated' }, { repo: 'owner/fairy', bytes: expect.any(Number) }],
    });
    expect(await json('cache --free owner/fairy', { cache })).toMatchObject({
      models: [{ repo: 'owner/gated' }],
    });
    expect(await json('cache --free all', { cache })).toMatchObject({ models: [], bytes: 0 });
  });

  it('that cannot be written fails nothing, which is noted once', async () => {
    await writeFile(join(base, 'file'), 'in the way');
    const { code, stdout, stderr } = await run('info hub:owner/fairy', { cache: 'file' });
    expect(code).toBe(0);
    expect(stdout).toMatch(/layers +8/);
    expect(stderr).toMatch(/^Note: What is read of owner\/fairy cannot be kept \([^\n]+\n$/);
  });
});
