/**
 * Unbuffered channel from one producer to one consumer: `put` resolves when the consumer takes the item. Unlike a
 * TransformStream, `fail` rejects on both sides at once.
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

  /** Ends the iteration after the pending items. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** Rejects on both sides with `error`. Only the first call has an effect on the error. */
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
