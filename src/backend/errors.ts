/** A tensor operation got invalid arguments, or the device refused it. */
export class BackendError extends Error {
  override name = 'BackendError';
}

/** The device could not allocate the memory. */
export class OutOfMemoryError extends BackendError {
  override name = 'OutOfMemoryError';
}

/** The GPU device, or a thread of the CPU backend, was lost with all its tensors; they must be read from their files again. */
export class DeviceLostError extends BackendError {
  override name = 'DeviceLostError';
}

/** There is no WebGPU adapter. */
export class NoAdapterError extends BackendError {
  override name = 'NoAdapterError';
}
