import { randomSource } from '../../src/random';

/** Seeded draws: a seed gives the same sequence on every machine. */
export class Draws {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = randomSource(seed);
  }

  /** A number in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.#next();
  }

  /** A whole number from 0 to count − 1. */
  below(count: number): number {
    return Math.floor(this.#next() * count);
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  /** One of the items. */
  of<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('expected items to draw from, got none');
    return item;
  }

  /** One of the items, by their weights. */
  weighted<Item>(items: readonly Item[], weight: (item: Item) => number): Item {
    let rest = this.#next() * items.reduce((sum, item) => sum + weight(item), 0);
    for (const item of items) {
      rest -= weight(item);
      if (rest < 0) return item;
    }
    return this.of(items);
  }
}
