/**
 * Writes a file of the origin private file system and returns its handle. The file does not change until all bytes are written.
 * @throws the browser's error, for example a QuotaExceededError.
 */
export async function writeOpfsFile(
  folder: FileSystemDirectoryHandle,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<FileSystemFileHandle> {
  const handle = await folder.getFileHandle(name, { create: true });
  const stream = await handle.createWritable();
  try {
    await stream.write(bytes);
    await stream.close();
  } catch (error) {
    await stream.abort().catch(() => undefined);
    throw error;
  }
  return handle;
}
