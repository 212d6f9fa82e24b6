import type { ByteSource, FileSet } from './source';
import { BlobSource } from './sources';
import { ZipFiles } from './zip-files';

/** A zip without compression that the user picked, such as an export: the files of its folder. It is read when it is first asked. */
export class PickedZip implements FileSet {
  readonly name: string;
  readonly #file: File;
  #files: Promise<ZipFiles> | undefined;

  constructor(file: File, name: string) {
    this.name = name;
    this.#file = file;
  }

  /** @throws CheckpointError if it is no such zip, or cut short. */
  async open(name: string): Promise<ByteSource | undefined> {
    return (await this.#opened()).open(name);
  }

  async list(): Promise<readonly string[]> {
    return (await this.#opened()).list();
  }

  #opened(): Promise<ZipFiles> {
    return (this.#files ??= ZipFiles.open(new BlobSource(this.#file, this.#file.name)));
  }
}

/** Returns the zip if it is the only file. */
export function zipAmong(files: readonly File[]): File | undefined {
  const [only, ...others] = files;
  return others.length === 0 && only && /\.zip$/i.test(only.name) ? only : undefined;
}
