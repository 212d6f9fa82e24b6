import type { FinishedFile } from '../../checkpoint/verify';
import type { Recipe } from '../../recipe/schema';
import type { SavedLosses } from '../../upscale/saving/card';
import type { SavedDType } from '../../upscale/saving/saved-dtype';
import type { EvaluateRequest, ModelRequest } from './models';

/** Jobs that write files. */
export interface SavingJobs {
  /** Saves a cost, a plan or potentials as a NumPy file. */
  save: { args: SaveRequest; result: SavedArray };
  /**
   * Measures before saving what the base model, the deeper model and the deeper model as it would be saved make of a text.
   * Events: progress.
   */
  savedLoss: { args: SavedLossRequest; result: SavedLoss };
  /** Writes the checkpoint of the deeper model, and reads it back. Events: progress. */
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

/** The model to save, what its computed tensors are saved in, and the text, as for `evaluate`. */
interface SavedLossRequest
  extends ModelRequest, Pick<EvaluateRequest, 'text' | 'ids' | 'oneWindow' | 'maxTokens'> {
  readonly recipe: Recipe;
  readonly dtype: SavedDType;
}

/** Losses on a text, and how many tensors are rounded when they are saved. */
export interface SavedLoss extends Omit<SavedLosses, 'text'> {
  readonly rounded: number;
}

/** The checkpoint to write, and where. */
export interface ExportRequest {
  readonly recipe: Recipe;
  /** Writes the model trained under this name instead; `recipe` is then ignored. */
  readonly arm?: string;
  /** What computed and trained tensors are saved in. Default: `source`. */
  readonly dtype?: SavedDType;
  /** For the model card: what `savedLoss` measured. */
  readonly losses?: SavedLosses;
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
  /** With hashes where they were read back, and are what was written. */
  readonly files: readonly FinishedFile[];
  readonly tensors: number;
  /** How many of the tensors are the base's, byte for byte. */
  readonly unchanged: number;
  /** How many are rounded to the base's dtype. */
  readonly rounded: number;
  /** The file to download, for `zip`. */
  readonly blob?: Blob;
}
