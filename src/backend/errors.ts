/** A tensor operation was given what it cannot work on, or the device refused it. */
export class BackendError extends Error {
  override name = 'BackendError';
}

/** The device could not provide the memory asked for. */
export class OutOfMemoryError extends BackendError {
  override name = 'OutOfMemoryError';
}

/** The GPU device went away; tensors on it are gone and must be read from their files again. */
export class DeviceLostError extends BackendError {
  override name = 'DeviceLostError';
}

/** No WebGPU adapter is to be had here. */
export class NoAdapterError extends BackendError {
  override name = 'NoAdapterError';
}
