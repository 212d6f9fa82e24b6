import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

// A temporary checkout with a command line of two files, which the scripts build like the real one.
let checkout: string;
const temporary = (): string => join(checkout, 'temporary');

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'interlayer-checkout-'));
  for (const folder of ['src/cli', 'shaders', 'temporary'])
    await mkdir(join(checkout, folder), { recursive: true });
  for (const name of ['scripts', 'package.json', 'package-lock.json', 'tsconfig.json'])
    await cp(join(root, name), join(checkout, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'), 'junction');
  await write('src/cli/bin.ts', "import { word } from './word';\nconsole.log(word as string);\n");
  await write('src/cli/word.ts', "export const word: string = 'first';\n");
});
afterEach(() => rm(checkout, { recursive: true }));

const write = (path: string, text: string): Promise<void> => writeFile(join(checkout, path), text);

const run = (): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, TMPDIR: temporary() };
    const script = join(checkout, 'scripts/interlayer.mjs');
    const child = execFile(process.execPath, [script], { env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

test('it is built once, and again when a source changes or goes', async () => {
  expect(await run()).toEqual({ code: 0, stdout: 'first\n', stderr: '' });
  expect(await run()).toEqual({ code: 0, stdout: 'first\n', stderr: '' });
  expect(await readdir(join(checkout, 'dist-cli'))).toHaveLength(1);
  await write('src/cli/word.ts', "export const word: string = 'later';\n");
  expect((await run()).stdout).toBe('later\n');
  await rename(join(checkout, 'src/cli/word.ts'), join(checkout, 'src/cli/text.ts'));
  const gone = await run();
  expect(gone.code).toBe(1);
  expect(gone.stderr).toContain('./word');
  expect(await readdir(join(checkout, 'dist-cli'))).toHaveLength(2);
});

test('commands started at once all run a whole build', async () => {
  const all = await Promise.all([run(), run(), run()]);
  for (const one of all) expect(one).toEqual({ code: 0, stdout: 'first\n', stderr: '' });
  expect(await readdir(join(checkout, 'dist-cli'))).toHaveLength(1);
});

test('where the checkout cannot be written, the build is kept in the temporary folder', async () => {
  await write('dist-cli', 'in the way');
  expect(await run()).toEqual({ code: 0, stdout: 'first\n', stderr: '' });
  expect(await run()).toEqual({ code: 0, stdout: 'first\n', stderr: '' });
  const [folder] = await readdir(temporary());
  expect(await readdir(join(temporary(), folder ?? ''))).toHaveLength(1);
});

test('a stack trace names the line of the source, and code knows where its source is', async () => {
  await write(
    'src/cli/bin.ts',
    "console.log(new URL('../../public/', import.meta.url).href);\ninterface Gone {\n  readonly a: 1;\n}\nconst gone = undefined as unknown as { a: Gone };\nconsole.log(gone.a);\n",
  );
  const { code, stdout, stderr } = await run();
  expect(code).toBe(1);
  expect(stdout).toMatch(/^file:\/\/\/.*\/interlayer-checkout-\w+\/public\/\n$/);
  expect(stderr).toMatch(/src\/cli\/bin\.ts:6:\d+/);
});
