/** Receives the bytes of a zip while it is written. */
export interface ZipTarget {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  finish(): Promise<Blob>;
  discard(): Promise<void>;
}

const FOLDER = 'interlayer-exports';
/** Old zips are deleted only after this time, because a download, perhaps in another tab, may still read them. */
const MAX_AGE_MILLISECONDS = 24 * 3600 * 1000;

/** Opens a file in the origin private file system, or memory if the browser cannot stream to such a file. */
export async function openTarget(storage: StorageManager | undefined): Promise<ZipTarget> {
  const file = await privateFile(storage).catch(() => undefined);
  return file ?? memoryTarget();
}

function memoryTarget(): ZipTarget {
  // One Blob per chunk rather than one at the end: browsers may move Blobs to disk.
  let parts: Blob[] = [];
  return {
    write: async (bytes) => void parts.push(new Blob([bytes])),
    finish: async () => new Blob(parts, { type: 'application/zip' }),
    discard: async () => void (parts = []),
  };
}

async function privateFile(storage: StorageManager | undefined): Promise<ZipTarget | undefined> {
  if (storage?.getDirectory === undefined) return undefined;
  const root = await storage.getDirectory();
  const folder = await root.getDirectoryHandle(FOLDER, { create: true });
  await clearOld(folder);
  const name = `${crypto.randomUUID()}.zip`;
  const handle = await folder.getFileHandle(name, { create: true });
  if (!('createWritable' in handle)) {
    await folder.removeEntry(name);
    return undefined;
  }
  const stream = await handle.createWritable();
  return {
    write: (bytes) => stream.write(bytes),
    finish: async () => {
      await stream.close();
      return handle.getFile();
    },
    discard: async () => {
      // `abort` rejects if the stream has already failed; the file must be removed anyway.
      await stream.abort().catch(() => undefined);
      await folder.removeEntry(name);
    },
  };
}

async function clearOld(folder: FileSystemDirectoryHandle): Promise<void> {
  for await (const [name, handle] of folder.entries()) {
    const old = handle instanceof FileSystemFileHandle ? (await handle.getFile()).lastModified : Infinity;
    if (Date.now() - old > MAX_AGE_MILLISECONDS) await folder.removeEntry(name).catch(() => undefined);
  }
}
