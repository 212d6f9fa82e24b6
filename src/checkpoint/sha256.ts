import { sha256 as hasher } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** An incremental hash of bytes. */
export interface Hash {
  update(bytes: Uint8Array): void;
  /** Ends the hash. @returns the digest in lower-case hexadecimal. */
  hex(): string;
}

/**
 * SHA-256 of bytes that come in pieces, which `crypto.subtle` cannot hash. Gives what `sha256sum` prints and what the Hub names large
 * files by.
 */
export class Sha256 implements Hash {
  readonly #hash = hasher.create();

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  hex(): string {
    return bytesToHex(this.#hash.digest());
  }
}

/**
 * Returns the SHA-256 of bytes that are all there, in lower-case hexadecimal. The platform computes it where it can: much faster
 * than `Sha256`, and beside this thread. `bytes` are read before the call returns.
 */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) {
    // Pages that are not served securely have no `subtle`.
    const hash = new Sha256();
    hash.update(bytes);
    return hash.hex();
  }
  return bytesToHex(new Uint8Array(await subtle.digest('SHA-256', bytes)));
}
