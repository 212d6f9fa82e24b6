/** An incremental hash of bytes. */
export interface Hash {
  update(bytes: Uint8Array): void;
  /** Ends the hash. @returns the digest in lower-case hexadecimal. */
  hex(): string;
}

/** The first 32 bits of the fractional parts of the `root`-th roots (2 or 3) of the first `count` primes, as FIPS 180-4 has them. */
function fractions(count: number, root: 2 | 3): Int32Array {
  const words = new Int32Array(count);
  for (let found = 0, n = 2; found < count; n++) {
    let isPrime = true;
    for (let d = 2; d * d <= n; d++) if (n % d === 0) isPrime = false;
    if (!isPrime) continue;
    const value = root === 2 ? Math.sqrt(n) : Math.cbrt(n);
    words[found++] = Math.floor((value - Math.floor(value)) * 2 ** 32);
  }
  return words;
}

const START = fractions(8, 2);
const ROUND = fractions(64, 3);
const BLOCK = 64;

/**
 * SHA-256 (FIPS 180-4) of bytes that come in pieces, which `crypto.subtle` cannot hash. Gives what `sha256sum` prints and what
 * the Hub names large files by.
 */
export class Sha256 implements Hash {
  readonly #state = START.slice();
  readonly #schedule = new Int32Array(64);
  /** Bytes that do not fill a block yet. */
  readonly #rest = new Uint8Array(BLOCK);
  #total = 0;

  update(bytes: Uint8Array): void {
    const held = this.#total % BLOCK;
    this.#total += bytes.byteLength;
    let at = 0;
    if (held > 0) {
      at = Math.min(BLOCK - held, bytes.byteLength);
      this.#rest.set(bytes.subarray(0, at), held);
      if (held + at < BLOCK) return;
      this.#compress(this.#rest, 0, BLOCK);
    }
    const end = at + Math.floor((bytes.byteLength - at) / BLOCK) * BLOCK;
    this.#compress(bytes, at, end);
    this.#rest.set(bytes.subarray(end));
  }

  hex(): string {
    const bits = BigInt(this.#total) * 8n;
    const held = this.#total % BLOCK;
    const padding = new Uint8Array((held < BLOCK - 8 ? BLOCK : 2 * BLOCK) - held);
    padding[0] = 0x80;
    new DataView(padding.buffer).setBigUint64(padding.byteLength - 8, bits);
    this.update(padding);
    return Array.from(this.#state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }

  #compress(bytes: Uint8Array, start: number, end: number): void {
    const w = this.#schedule;
    const state = this.#state;
    let [h0 = 0, h1 = 0, h2 = 0, h3 = 0, h4 = 0, h5 = 0, h6 = 0, h7 = 0] = state;
    for (let at = start; at < end; at += BLOCK) {
      for (let i = 0, j = at; i < 16; i++, j += 4)
        w[i] =
          ((bytes[j] as number) << 24) |
          ((bytes[j + 1] as number) << 16) |
          ((bytes[j + 2] as number) << 8) |
          (bytes[j + 3] as number);
      for (let i = 16; i < 64; i++) {
        const x = w[i - 15] as number;
        const y = w[i - 2] as number;
        const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
        const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
        w[i] = ((w[i - 16] as number) + s0 + (w[i - 7] as number) + s1) | 0;
      }
      let a = h0;
      let b = h1;
      let c = h2;
      let d = h3;
      let e = h4;
      let f = h5;
      let g = h6;
      let h = h7;
      for (let i = 0; i < 64; i++) {
        const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
        const t1 = (h + s1 + (g ^ (e & (f ^ g))) + (ROUND[i] as number) + (w[i] as number)) | 0;
        const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
        const t2 = (s0 + ((a & b) | (c & (a | b)))) | 0;
        h = g;
        g = f;
        f = e;
        e = (d + t1) | 0;
        d = c;
        c = b;
        b = a;
        a = (t1 + t2) | 0;
      }
      h0 = (h0 + a) | 0;
      h1 = (h1 + b) | 0;
      h2 = (h2 + c) | 0;
      h3 = (h3 + d) | 0;
      h4 = (h4 + e) | 0;
      h5 = (h5 + f) | 0;
      h6 = (h6 + g) | 0;
      h7 = (h7 + h) | 0;
    }
    state.set([h0, h1, h2, h3, h4, h5, h6, h7]);
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
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
