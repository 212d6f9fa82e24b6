/** Finds a secret in anything that could leave a machine or stay on it, as it is or encoded. */
export class TokenSearch {
  readonly #needles: readonly Buffer[];

  constructor(token: string) {
    const bytes = Buffer.from(token);
    const hex = bytes.toString('hex');
    this.#needles = [
      bytes,
      Buffer.from(token, 'utf16le'),
      ...[hex, hex.toUpperCase(), hex.replaceAll(/../g, '%$&')].map((text) => Buffer.from(text)),
      // In base64 it depends on how many bytes stand before it; its first and last letters hold bits of its neighbours.
      ...[0, 1, 2].flatMap((before) => {
        const text = Buffer.concat([Buffer.alloc(before), bytes])
          .toString('base64')
          .replace(/=+$/, '');
        const own = text.slice(before === 0 ? 0 : before + 1, -1);
        return [Buffer.from(own), Buffer.from(own.replaceAll('+', '-').replaceAll('/', '_'))];
      }),
    ];
  }

  /** True if the token is in the bytes or the text, in any of its forms. */
  isIn(content: Uint8Array | string): boolean {
    const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);
    return this.#needles.some((needle) => bytes.includes(needle));
  }
}
