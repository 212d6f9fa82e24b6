import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { SinkError, SourceError } from '../checkpoint/errors';
import { isGguf } from '../checkpoint/names';
import { OneFile } from '../checkpoint/sources';
import type { FileSet } from '../checkpoint/source';
import type { Folders } from '../engine/node';
import { FolderFiles, FolderSink } from './folder';

/** Access to folders on disk, for the engine. */
export const folders: Folders = {
  files: (url) => filesAt(fileURLToPath(url)),
  sink: (path) => new FolderSink(path),
  text: (url) => readText(fileURLToPath(url)),
};

/** @param path a folder with a slash at its end, or a GGUF file. */
const filesAt = (path: string): FileSet =>
  isGguf(path) ? new OneFile(new FolderFiles(dirname(path)), basename(path)) : new FolderFiles(path);

/** Returns a folder or a GGUF file as a source to open. @throws SourceError if there is neither. */
export async function sourceOf(path: string): Promise<{ kind: 'url'; url: string; name: string }> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory() && !(found?.isFile() && isGguf(path))) {
    throw new SourceError(
      `expected a folder with config.json and its weights, or a .gguf file, at ${path}, got ${found ? 'a file' : 'nothing'}. Check the path.`,
    );
  }
  const url = pathToFileURL(path).href;
  return { kind: 'url', url: found.isDirectory() ? `${url}/` : url, name: basename(path) };
}

/** Reads a UTF-8 file. @throws SourceError if it cannot be read, or is not UTF-8. */
export async function readText(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'nothing';
    throw new SourceError(`expected a file that can be read at ${path}, got ${reason}. Check the path.`, {
      cause,
    });
  }
  try {
    // Unlike `readFile`, leaves out a byte-order mark.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new SourceError(`expected text in UTF-8 in ${path}, got other bytes. Save it as UTF-8.`, { cause });
  }
}

/** @throws SourceError if the file cannot be read or is not JSON. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readText(path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SourceError(`expected JSON in ${path}, got something else (${reason}). Correct the file.`, {
      cause,
    });
  }
}

/** @throws SourceError if the file is not a JSON array of token ids. */
export async function readIds(path: string): Promise<number[]> {
  const data = await readJson(path);
  if (!Array.isArray(data)) {
    throw new SourceError(
      `expected a JSON array of token ids in ${path}, got ${typeof data}. Correct the file.`,
    );
  }
  const wrong = data.findIndex((id) => !Number.isSafeInteger(id) || id < 0);
  if (wrong < 0) return data as number[];
  throw new SourceError(
    `expected whole numbers from 0 in ${path}, got ${JSON.stringify(data[wrong])} at position ${wrong}. Correct the file.`,
  );
}

/**
 * Checks before any work that an export's folder is new or empty; the export checks again.
 * @throws SinkError if it is not.
 */
export async function expectNewFolder(path: string): Promise<void> {
  const found = await readdir(path).catch(() => []);
  if (found.length === 0) return;
  throw new SinkError(
    `expected a new or empty folder ${path}, got one that holds ${found[0]}. Choose another folder, or empty it.`,
  );
}
