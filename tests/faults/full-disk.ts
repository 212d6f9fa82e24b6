import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Writing = Record<'write' | 'writeFile', (this: unknown, ...args: unknown[]) => Promise<unknown>>;

/** The prototype of open files, whose methods all writing of this project goes through. */
async function openFiles(): Promise<Writing> {
  const folder = await mkdtemp(join(tmpdir(), 'interlayer-'));
  const file = await open(join(folder, 'file'), 'w');
  await file.close();
  await rm(folder, { recursive: true });
  return Object.getPrototypeOf(file) as Writing;
}

const files = await openFiles();
const { write, writeFile } = files;

/** Calls `before` with the number, from 0, of every write to an open file; what it throws fails the write after a part of the bytes. */
export function onWrite(before: (count: number) => void): { readonly count: number } {
  const state = { count: 0 };
  files.write = async function (bytes, offset, length, ...rest) {
    try {
      before(state.count++);
    } catch (error) {
      await write.call(this, bytes, offset, Math.floor(Number(length) / 2), ...rest);
      throw error;
    }
    return write.call(this, bytes, offset, length, ...rest);
  };
  files.writeFile = async function (bytes) {
    try {
      before(state.count++);
    } catch (error) {
      await writeFile.call(this, (bytes as Uint8Array).slice(0, (bytes as Uint8Array).length >> 1));
      throw error;
    }
    return writeFile.call(this, bytes);
  };
  return state;
}

/** Lets writes be as they are. */
export function restoreWrites(): void {
  Object.assign(files, { write, writeFile });
}

/** The error of a full disk. */
export const full = (): Error =>
  Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
