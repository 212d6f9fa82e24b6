import { LegibleError } from '../legible';

/** A checkpoint file is missing or not valid. The message says what was expected, what came and one next step. */
export class CheckpointError extends LegibleError {
  override name = 'CheckpointError';
}

/** Bytes could not be read: a missing file, a refused or interrupted download, or a file that changed since it was opened. */
export class SourceError extends LegibleError {
  override name = 'SourceError';
}

/** A file is not the one that it was when it was opened. Opening the model again reads what is there now. */
export class ChangedFileError extends SourceError {
  override name = 'ChangedFileError';
}

/** An exported file could not be written, for example no space, no permission, or the folder is not empty. */
export class SinkError extends LegibleError {
  override name = 'SinkError';
}
