const WEIGHTS = /\.(safetensors|gguf|zip)$/;

/** The files of one model and a name for it. */
export interface PickedFiles {
  readonly files: readonly File[];
  readonly name: string;
}

/** Files of a folder input; only those directly in the folder, because a model has no subfolders. */
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
 * Files of a drop: the files themselves, or those directly in the first folder. Call it in the drop event handler before
 * any `await`, because the browser empties the list afterwards.
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
  // A reader returns about 100 entries per call, and none at the end.
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

/** File name of the weights without extension; “local files” if it is the generic `model`. */
function nameOf(files: readonly File[]): string {
  const weights = files.find((file) => WEIGHTS.test(file.name))?.name.replace(WEIGHTS, '');
  return weights === undefined || /^model(-\d+-of-\d+)?$/.test(weights) ? 'local files' : weights;
}
