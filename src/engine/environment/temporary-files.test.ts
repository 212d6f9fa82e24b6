import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TemporaryFiles } from './temporary-files';

it('writes files that are read by ranges until they are removed', async () => {
  const file = await new TemporaryFiles().write(Uint8Array.from([1, 2, 3, 4, 5]));
  expect(file.size).toBe(5);
  expect([...(await file.read(1, 3))]).toEqual([2, 3, 4]);
  await expect(file.read(3, 3)).rejects.toThrow(/within 5 bytes/);
  await file.remove();
  await expect(file.read(0, 1)).rejects.toThrow();
  await file.remove();
});

it('removes what a killed process left behind, and nothing of one that runs', async () => {
  const { pid: ended } = spawnSync(process.execPath, ['-e', '']);
  const abandoned = mkdtempSync(join(tmpdir(), `interlayer-scratch-${ended}-`));
  const used = mkdtempSync(join(tmpdir(), `interlayer-scratch-${process.pid}-`));
  await new TemporaryFiles().write(new Uint8Array(1));
  expect(existsSync(abandoned)).toBe(false);
  expect(existsSync(used)).toBe(true);
  rmSync(used, { recursive: true });
});
