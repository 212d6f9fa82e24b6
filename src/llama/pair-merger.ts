/**
 * Merges the pairs of a byte-pair encoding (Sennrich et al., arXiv 1508.07909): of all neighbouring symbols of a word that a rule
 * joins, those of the first rule, the leftmost of several, until no rule applies. For long words: symbols are numbers, and
 * candidates wait in a binary heap, so that a word of n characters takes O(n log n) without an object per step.
 */

/** Above the length of any string, so that rule · PLACES + place is one exact number that sorts by rule, then by place. */
const PLACES = 2 ** 30;
/** A character that is in no rule. */
const NO_SYMBOL = -1;

export class PairMerger {
  /** Numbers of the symbols that rules name or make. */
  readonly #symbols = new Map<string, number>();
  /** Rule by pair: left · symbols + right. */
  readonly #rules = new Map<number, number>();
  /** The symbol that each rule makes. */
  readonly #made: Int32Array;

  /** @param merges the rules, first to last. */
  constructor(merges: readonly (readonly [left: string, right: string])[]) {
    const numberOf = (symbol: string): number => {
      const number = this.#symbols.get(symbol) ?? this.#symbols.size;
      this.#symbols.set(symbol, number);
      return number;
    };
    const pairs = merges.map(([left, right]) => [numberOf(left), numberOf(right)] as const);
    this.#made = Int32Array.from(merges, ([left, right]) => numberOf(left + right));
    // Of a rule that is given twice the last counts, as in the tokenizers library.
    for (const [rule, [left, right]] of pairs.entries()) this.#rules.set(this.#key(left, right), rule);
  }

  /** Returns the symbols that a word becomes, in order. */
  merge(word: string): string[] {
    const starts: number[] = [];
    for (let at = 0; at < word.length; at += (word.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) starts.push(at);
    const count = starts.length;
    const symbols = Int32Array.from(
      starts,
      (start, i) => this.#symbols.get(word.slice(start, starts[i + 1])) ?? NO_SYMBOL,
    );
    // Symbols are a linked list by the place of their first character; a place that was merged away has no symbol.
    const next = Int32Array.from({ length: count }, (_, place) => place + 1);
    const previous = Int32Array.from({ length: count }, (_, place) => place - 1);
    const ruleAt = (place: number): number | undefined => {
      const [left = NO_SYMBOL, right = NO_SYMBOL] = [symbols[place], symbols[next[place] ?? count]];
      return left === NO_SYMBOL || right === NO_SYMBOL ? undefined : this.#rules.get(this.#key(left, right));
    };
    const heap = new MinHeap(3 * count);
    const consider = (place: number): void => {
      const rule = ruleAt(place);
      if (rule !== undefined) heap.push(rule * PLACES + place);
    };
    for (let place = 0; place < count; place++) consider(place);
    while (heap.size > 0) {
      const candidate = heap.pop();
      const place = candidate % PLACES;
      const rule = (candidate - place) / PLACES;
      // The pair may have changed since.
      if (ruleAt(place) !== rule) continue;
      const right = next[place] ?? count;
      const after = next[right] ?? count;
      symbols[place] = this.#made[rule] ?? NO_SYMBOL;
      symbols[right] = NO_SYMBOL;
      next[place] = after;
      if (after < count) previous[after] = place;
      const before = previous[place] ?? -1;
      if (before >= 0) consider(before);
      consider(place);
    }
    const merged: string[] = [];
    for (let place = 0; place < count; place = next[place] ?? count)
      merged.push(word.slice(starts[place], starts[next[place] ?? count]));
    return merged;
  }

  #key(left: number, right: number): number {
    return left * this.#symbols.size + right;
  }
}

/** A binary heap of numbers with the smallest first. */
class MinHeap {
  size = 0;
  readonly #values: Float64Array;

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity);
  }

  push(value: number): void {
    const values = this.#values;
    let at = this.size++;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = values[above] ?? 0;
      if (other <= value) break;
      values[at] = other;
      at = above;
    }
    values[at] = value;
  }

  /** Removes and returns the smallest. */
  pop(): number {
    const values = this.#values;
    const first = values[0] ?? 0;
    const value = values[--this.size] ?? 0;
    let at = 0;
    for (let below = 1; below < this.size; below = 2 * at + 1) {
      if (below + 1 < this.size && (values[below + 1] ?? 0) < (values[below] ?? 0)) below++;
      const other = values[below] ?? 0;
      if (other >= value) break;
      values[at] = other;
      at = below;
    }
    values[at] = value;
    return first;
  }
}
