import type { Recipe } from '../../recipe/schema';

/** What is written to files. */
export interface SavingJobs {
  /** A cost, a plan or potentials as a NumPy file. */
  save: { args: SaveRequest; result: SavedArray };
  /** Writes the expanded checkpoint. */
  export: { args: ExportRequest; result: ExportResult };
}

/** What of the alignment `key` to write. */
interface SaveRequest {
  readonly key: string;
  readonly what: 'cost' | 'plan' | 'potentials';
  /** The last when absent. Not for the cost. */
  readonly halfStep?: number;
}

/** A NumPy file, version 1.0, little-endian float32. A plan is T itself, of total mass 1; potentials are f, then g. */
export interface SavedArray {
  readonly blob: Blob;
  readonly name: string;
  /** `[n, m]`; of potentials `[2, n]`, or where n ≠ m `[n + m]`. */
  readonly shape: readonly number[];
}

/** The checkpoint to write, and where to. */
export interface ExportRequest {
  readonly recipe: Recipe;
  /** Write what was trained under this name instead; `recipe` is then not read. */
  readonly arm?: string;
  /** A picked directory (gets a new folder of this name), a zip to be downloaded, or in Node the path of a new folder. */
  readonly destination:
    | { kind: 'directory'; handle: FileSystemDirectoryHandle }
    | { kind: 'zip' }
    | { kind: 'folder'; path: string };
  readonly name: string;
}

/** What was written. */
export interface ExportResult {
  readonly layers: number;
  /** Indices of the new blocks in the deeper model. */
  readonly newLayers: readonly number[];
  readonly parameters: number;
  readonly bytes: number;
  readonly files: readonly string[];
  /** For `zip`: what to download. */
  readonly blob?: Blob;
}
