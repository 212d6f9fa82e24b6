/**
 * Hands items from one producer to one consumer and keeps none in between: `put` resolves when its item is taken. Unlike
 * a TransformStream, failing it lets go of both sides at once.
 */
export class Channel<T> implements AsyncIterable<T> {
  readonly #offers: { item: T; taken: () => void; refused: (error: unknown) => void }[] = [];
  #closed = false;
  #failure: { error: unknown } | undefined;
  #wake = () => {};

  put(item: T): Promise<void> {
    return new Promise((taken, refused) => {
      if (this.#failure !== undefined) {
        refused(this.#failure.error);
        return;
      }
      this.#offers.push({ item, taken, refused });
      this.#wake();
    });
  }

  /** No more items. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** Ends both sides with `error`. The first failure counts. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    for (const offer of this.#offers.splice(0)) offer.refused(error);
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error;
      const offer = this.#offers.shift();
      if (offer !== undefined) {
        offer.taken();
        yield offer.item;
      } else if (this.#closed) return;
      else await new Promise<void>((wake) => (this.#wake = wake));
    }
  }
}
