/** Files that belong to one model, and what to call it. */
export interface PickedFiles {
  readonly files: readonly File[];
  readonly name: string;
}

/** Files chosen with a folder input: only those directly in the folder, as a model is laid out flat. */
export function fromFolderInput(list: FileList): PickedFiles {
  const all = [...list];
  const files = all.filter((file) => file.webkitRelativePath.split('/').length <= 2);
  return { files, name: all[0]?.webkitRelativePath.split('/')[0] || 'folder' };
}

export function fromFileInput(list: FileList): PickedFiles {
  const files = [...list];
  return { files, name: nameOf(files) };
}

/**
 * Files of a drop: the files themselves, or those directly in the first folder. Must be called while the drop event is
 * handled, before anything is awaited: the browser empties the list afterwards.
 */
export function fromDrop(data: DataTransfer): Promise<PickedFiles> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const folder = entries.find((entry) => entry.isDirectory);
  if (folder !== undefined) return readFolder(folder as FileSystemDirectoryEntry);
  const files = [...data.files];
  return Promise.resolve({ files, name: nameOf(files) });
}

async function readFolder(folder: FileSystemDirectoryEntry): Promise<PickedFiles> {
  const reader = folder.createReader();
  const files: File[] = [];
  // A reader gives about a hundred entries at a time, and none when it is through.
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) break;
    for (const entry of entries) {
      if (!entry.isFile) continue;
      files.push(
        await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
      );
    }
  }
  return { files, name: folder.name };
}

/** The name of the weights, unless it is the one that all weights have. */
function nameOf(files: readonly File[]): string {
  const weights = files
    .find((file) => file.name.endsWith('.safetensors'))
    ?.name.replace(/\.safetensors$/, '');
  return weights === undefined || /^model(-\d+-of-\d+)?$/.test(weights) ? 'local files' : weights;
}
