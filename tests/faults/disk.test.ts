import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WasmBackend } from '../../src/backend/wasm/backend';
import { FolderFiles } from '../../src/cli/folder';
import { runLine } from '../../src/cli/testing';
import { Engine } from '../../src/engine/engine';
import { DiskFolders } from '../../src/engine/environment/disk-folders';
import { fileChoices } from '../../src/engine/environment/file-choices';
import { testEnvironment } from '../engine';
import { full, onWrite, restoreWrites } from './full-disk';
import { JOBS, openSmall, run, SMALL } from './jobs';
import { points } from './points';

const base = await mkdtemp(join(tmpdir(), 'interlayer-faults-'));
const model = join(base, 'model');
await mkdir(model);
for (const [name, bytes] of SMALL) await writeFile(join(model, name), bytes);
await writeFile(
  join(base, 'tale.txt'),
  'Once upon a time there was a king who had three daughters. '.repeat(8),
);
afterAll(() => rm(base, { recursive: true }));
afterEach(restoreWrites);

const command = (line: string) => runLine(line, { base });

/** Runs a command line in a process that is killed at its write `at`; resolves to its exit code, null if it was killed. */
function killed(line: string, at: number): Promise<number | null> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const script = `const { runnerImport } = await import('vite');
    await runnerImport('${root}tests/faults/command.ts', { root: '${root}', configFile: false, logLevel: 'silent' });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, '--', ...line.split(' ')], {
    cwd: root,
    env: { ...process.env, KILL_AT: String(at), BASE: base },
    stdio: 'ignore',
  });
  return new Promise((resolve) => child.once('close', resolve));
}

/** Files of a folder, by name. */
async function filesIn(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder)).sort();
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(folder, name), 'latin1')] as const),
    ),
  );
}

const UPSCALE = `upscale ${model} --method opt-deus:paper --gaps 0 --backend cpu --out`;
const TRAIN = `train ${model} --method copy-previous --zero --gaps 0 --text ${join(base, 'tale.txt')} --steps 20 --batch 1 --context 16 --backend cpu`;

describe('disk', () => {
  test('the disk is full at any one write of an export → an error that says so, nothing is left, and the next export is whole', async () => {
    const counted = onWrite(() => undefined);
    expect(await command(`${UPSCALE} whole`)).toMatchObject({ code: 0, err: '' });
    const { count } = counted;
    expect(count).toBeGreaterThan(10);
    for (const at of points(count, 4)) {
      restoreWrites();
      onWrite((write) => {
        if (write === at) throw full();
      });
      const { code, err } = await command(`${UPSCALE} full`);
      expect({ at, code, err }).toMatchObject({
        code: 1,
        err: expect.stringContaining('The disk is full: free some space'),
      });
      expect((await readdir(base)).filter((name) => name.startsWith('full'))).toEqual([]);
    }
    restoreWrites();
    expect((await command(`${UPSCALE} full`)).code).toBe(0);
    expect(await filesIn(join(base, 'full'))).toEqual(await filesIn(join(base, 'whole')));
  });

  test('the disk is full while a training state is kept → the training goes on and says so, and the state before stays whole', async () => {
    expect((await command(`${TRAIN} --out calm`)).code).toBe(0);
    const calm = await filesIn(join(base, 'calm'));
    // 20 steps are kept ten times; all but the first find the disk full, and the export finds room again.
    onWrite((write) => {
      if (write > 0 && write < 10) throw full();
    });
    const { code, err } = await command(`${TRAIN} --state state --out kept`);
    expect({ code, notes: err.match(/could not be kept in .*ENOSPC/g)?.length }).toEqual({
      code: 0,
      notes: 9,
    });
    expect((await readdir(base)).filter((name) => name.startsWith('state'))).toEqual(['state']);
    expect(await filesIn(join(base, 'kept'))).toEqual(calm);
    restoreWrites();
    const resumed = await command(`${TRAIN} --state state --out resumed`);
    expect(resumed).toMatchObject({ code: 0, err: '' });
    expect(await filesIn(join(base, 'resumed'))).toEqual(calm);
  });

  test('a training state that cannot be read → an error, instead of a new training that would replace it', async () => {
    await mkdir(join(base, 'folder'));
    const { code, err } = await command(`${TRAIN} --state folder --out unread`);
    expect({ code, err }).toMatchObject({
      code: 1,
      err: expect.stringContaining('expected the state of a training'),
    });
  });

  test('the disk is full while downloads and measured kernels are kept → nothing half-written is left, and what was there stays', async () => {
    const folders = new DiskFolders(join(base, 'hub'));
    const choices = fileChoices(join(base, 'kernels', 'kernels.json'));
    await folders.write('model/0-3', Uint8Array.of(1, 2, 3));
    await choices.write('gpu', 'measured');
    onWrite(() => {
      throw full();
    });
    await expect(folders.write('model/3-3', Uint8Array.of(4, 5, 6))).rejects.toThrow('ENOSPC');
    await expect(choices.write('gpu', 'again')).rejects.toThrow('ENOSPC');
    restoreWrites();
    expect(await folders.list('model')).toEqual([{ name: '0-3', size: 3, isFolder: false }]);
    expect(await readdir(join(base, 'kernels'))).toEqual(['kernels.json']);
    expect(await choices.read('gpu')).toBe('measured');
  });

  test('a weight file is cut short while the model is open → an error by name, and after opening it again the same numbers', async () => {
    const folder = join(base, 'shrinking');
    await mkdir(folder);
    for (const [name, bytes] of SMALL) await writeFile(join(folder, name), bytes);
    const engine = new Engine({
      ...testEnvironment(),
      openBackend: () => WasmBackend.open(),
      files: () => new FolderFiles(folder),
    });
    await engine.run('start', { backend: 'cpu' });
    const open = () => engine.run('open', { source: { kind: 'url', url: folder } });
    await open();
    await truncate(join(folder, 'model.safetensors'), 20_000);
    await expect(run(engine, JOBS.evaluating)).rejects.toMatchObject({
      name: 'SourceError',
      message: /changed since|shrank/,
    });
    await writeFile(join(folder, 'model.safetensors'), SMALL.get('model.safetensors') ?? '');
    await open();
    const calm = await openSmall(() => WasmBackend.open());
    expect(await run(engine, JOBS.evaluating)).toEqual(await run(calm, JOBS.evaluating));
    engine.dispose();
    calm.dispose();
  });
});

describe('process', () => {
  // Both start at once, because most of their time is for loading.
  const codes: (number | null)[] = [];
  beforeAll(async () => {
    const killing = [killed(`${UPSCALE} killed`, 5), killed(`${TRAIN} --state interrupted --out trained`, 4)];
    codes.push(...(await Promise.all(killing)));
  });

  test('killed in the middle of an export → no folder of that name, and the next export is whole and removes the rest', async () => {
    await command(`${UPSCALE} unkilled`);
    expect(codes[0]).toBeNull();
    expect((await readdir(base)).filter((name) => name.startsWith('killed'))).toEqual([
      expect.stringMatching(/^killed\.partial-/),
    ]);
    expect((await command(`${UPSCALE} killed`)).code).toBe(0);
    expect((await readdir(base)).filter((name) => name.startsWith('killed'))).toEqual(['killed']);
    expect(await filesIn(join(base, 'killed'))).toEqual(await filesIn(join(base, 'unkilled')));
  });

  test('killed while a training state is kept → the state before is whole, and the next run ends in the same numbers', async () => {
    await command(`${TRAIN} --out untouched`);
    expect(codes[1]).toBeNull();
    expect((await readdir(base)).filter((name) => name.startsWith('trained'))).toEqual([]);
    expect((await command(`${TRAIN} --state interrupted --out trained`)).code).toBe(0);
    expect(await filesIn(join(base, 'trained'))).toEqual(await filesIn(join(base, 'untouched')));
    expect((await readdir(base)).filter((name) => name.startsWith('interrupted'))).toEqual(['interrupted']);
  });
});
