/** A checkpoint file is not what it should be. The message says what was expected, what came, and one next step. */
export class CheckpointError extends Error {
  override name = 'CheckpointError';
}

/** Bytes could not be had: a missing file, a refused or cut-off download, a file that changed under the reader. */
export class SourceError extends Error {
  override name = 'SourceError';
}

/** An exported file could not be written: no space, no permission, a folder that is not empty. */
export class SinkError extends Error {
  override name = 'SinkError';
}
