/** The input of a transport problem is not valid, or its solve failed. The message ends with one next step. */
export class TransportError extends Error {
  override name = 'TransportError';
}
