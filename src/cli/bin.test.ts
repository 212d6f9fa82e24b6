import { execFile } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SHIPPED } from '../../tests/engine';

const script = fileURLToPath(new URL('../../scripts/interlayer.mjs', import.meta.url));

/** Runs the command in a separate process, called from `folder` through npm. */
const run = (folder: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, INIT_CWD: folder };
    const child = execFile(process.execPath, [script, ...args], { env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

test('the command finds relative paths and ends by itself after using the GPU', async () => {
  const args = [
    'generate',
    basename(SHIPPED),
    '--prompt',
    'Once upon a',
    '--max-tokens',
    '2',
    '--backend',
    'webgpu',
    '--json',
  ];
  const { code, stdout, stderr } = await run(dirname(SHIPPED), ...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({
    ids: [expect.any(Number), expect.any(Number)],
    text: expect.any(String),
  });
});

test('exit codes reach the shell', async () => {
  const misused = await run('/', 'eval');
  expect(misused.code).toBe(2);
  expect(misused.stderr).toMatch(/^interlayer: [^\n]+\n$/);
  expect((await run('/', 'info', 'no-such-model')).code).toBe(1);
});
