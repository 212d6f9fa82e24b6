import type { Recipe } from '../../recipe/schema';

/** Jobs that write files. */
export interface SavingJobs {
  /** Saves a cost, a plan or potentials as a NumPy file. */
  save: { args: SaveRequest; result: SavedArray };
  /** Writes the checkpoint of the deeper model. */
  export: { args: ExportRequest; result: ExportResult };
}

/** What to write of the alignment `key`. */
interface SaveRequest {
  readonly key: string;
  readonly what: 'cost' | 'plan' | 'potentials';
  /** Default: the last. Not for the cost. */
  readonly halfStep?: number;
}

/** A NumPy file, version 1.0, little-endian float32. A plan is T itself, of total mass 1; potentials are f, then g. */
export interface SavedArray {
  readonly blob: Blob;
  readonly name: string;
  /** `[n, m]`; of potentials `[2, n]`, or where n ≠ m `[n + m]`. */
  readonly shape: readonly number[];
}

/** The checkpoint to write, and where. */
export interface ExportRequest {
  readonly recipe: Recipe;
  /** Writes the model trained under this name instead; `recipe` is then ignored. */
  readonly arm?: string;
  /** A picked directory (gets a new folder `name`), a zip to download, or in Node the path of a new folder. */
  readonly destination:
    | { kind: 'directory'; handle: FileSystemDirectoryHandle }
    | { kind: 'zip' }
    | { kind: 'folder'; path: string };
  readonly name: string;
}

/** Facts about the written checkpoint. */
export interface ExportResult {
  readonly layers: number;
  /** Indices of the new blocks in the deeper model. */
  readonly newLayers: readonly number[];
  readonly parameters: number;
  /** What of the recipe had no effect on this model, in one sentence each. */
  readonly notices: readonly string[];
  readonly bytes: number;
  readonly files: readonly string[];
  /** The file to download, for `zip`. */
  readonly blob?: Blob;
}
