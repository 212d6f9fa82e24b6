/** A transport problem cannot be posed or its solution broke down. The message ends with one next step. */
export class TransportError extends Error {
  override name = 'TransportError';
}
