import { BackendError } from '../../errors';
import type { BackendInfo } from '../../operations';
import type { PipelineCache } from '../pipeline-cache';
import { memoryKey, parseChoices, type Choice, type ChoiceMemory } from './choice';
import { fewRows, fits, nameOf, tileOf, type Variant } from './variant';
import { sizeOf, TYPICAL, type Product } from './product';
import { TABLE, type TableRow } from './table';
import { Trials } from './trials';

/** Most milliseconds for measuring the variants of a class. */
const BUDGET_MS = 250;

/**
 * Chooses the variant for each class of products when it is first used, and keeps it as long as the backend lives, because
 * variants may round differently. On a GPU it measures the variants that the device can run, unless `memory` knows the winner; on
 * a software adapter, where each measurement would take long, it takes the first of the table. A variant that does not compile or
 * gives wrong numbers on this device is never taken.
 */
export class Chooser {
  readonly #info: BackendInfo;
  readonly #table: readonly TableRow[];
  readonly #memory: ChoiceMemory | undefined;
  readonly #trials: Trials;
  readonly #chosen = new Map<string, Promise<Variant>>();
  readonly #choices: Choice[] = [];
  /** Choices are made one after the other, so that measurements do not disturb each other. */
  #tail: Promise<unknown> = Promise.resolve();
  #remembered: Promise<readonly Choice[]> | undefined;

  constructor(
    device: GPUDevice,
    info: BackendInfo,
    pipelines: PipelineCache,
    memory?: ChoiceMemory,
    table: readonly TableRow[] = TABLE,
  ) {
    this.#info = info;
    this.#table = table;
    this.#memory = memory;
    this.#trials = new Trials(device, pipelines);
  }

  /** What has been chosen so far. */
  get choices(): readonly Choice[] {
    return [...this.#choices];
  }

  /** Rows and columns of a result that are whole tiles of any variant that may be chosen for it. */
  tile(product: Product): readonly [rows: number, columns: number] {
    const tiles = this.#candidates(product).map(tileOf);
    return [Math.max(...tiles.map(([rows]) => rows)), Math.max(...tiles.map(([, columns]) => columns))];
  }

  /**
   * Returns the variant for the product's class. No other work should be submitted until it is known.
   * @throws BackendError if no variant is right on this device.
   */
  choose(product: Product): Promise<Variant> {
    const shapeClass = classOf(product);
    let chosen = this.#chosen.get(shapeClass);
    if (!chosen) {
      chosen = this.#tail.then(() => this.#make(shapeClass, product));
      this.#chosen.set(shapeClass, chosen);
      this.#tail = chosen.catch(() => {});
    }
    return chosen;
  }

  #candidates(product: Product): readonly Variant[] {
    const size = sizeOf(product);
    return this.#table
      .filter((row) => row.sizes.includes(size) && (row.software === true || !this.#info.software))
      .map(({ variant }) => variant)
      .filter((variant) => fits(variant, product, this.#info));
  }

  async #make(shapeClass: string, product: Product): Promise<Variant> {
    const candidates = this.#candidates(product);
    const known = (await this.#recall()).find((choice) => choice.shapeClass === shapeClass);
    const winner = candidates.find((variant) => nameOf(variant) === known?.variant);
    if (winner && (await this.#trials.isRight(product, winner)))
      return this.#keep(shapeClass, winner, known?.rate);
    if (!this.#info.software) {
      const { best, rate } = await this.#fastest(product, candidates);
      if (best) {
        this.#keep(shapeClass, best, rate);
        await this.#remember();
        return best;
      }
    } else
      for (const variant of candidates)
        if (await this.#trials.isRight(product, variant)) return this.#keep(shapeClass, variant);
    throw new BackendError(
      `expected a kernel that multiplies ${shapeClass} right on this adapter, got wrong numbers from each: update the browser or driver, or use the CPU backend`,
    );
  }

  #keep(shapeClass: string, variant: Variant, rate?: number): Variant {
    this.#choices.push({ shapeClass, variant: nameOf(variant), ...(rate === undefined ? {} : { rate }) });
    return variant;
  }

  async #fastest(
    product: Product,
    candidates: readonly Variant[],
  ): Promise<{ best?: Variant; rate?: number }> {
    const deadline = performance.now() + BUDGET_MS;
    const size = sizeOf(product);
    const [rows, columns, inner] = TYPICAL[size];
    const typical = [size === 'few' ? product.rows : rows, columns, inner] as const;
    for (const variant of candidates) this.#trials.compile(product, variant).catch(() => {});
    let best: { best?: Variant; rate?: number } = {};
    for (const variant of candidates) {
      if (best.best && performance.now() > deadline) break;
      if (!(await this.#trials.isRight(product, variant))) continue;
      const perMillisecond = await this.#trials.rate(product, variant, typical, deadline);
      const rate = (2 * perMillisecond) / 1e6;
      if (!(rate <= (best.rate ?? 0))) best = { best: variant, rate };
    }
    return best;
  }

  #recall(): Promise<readonly Choice[]> {
    this.#remembered ??= (async () => {
      try {
        return parseChoices(await this.#memory?.read(memoryKey(this.#info)));
      } catch {
        return [];
      }
    })();
    return this.#remembered;
  }

  /** Writes what was measured now and before. A memory that fails only costs the next visit some time. */
  async #remember(): Promise<void> {
    const now = this.#choices.filter(({ rate }) => rate !== undefined);
    const names = new Set(now.map(({ shapeClass }) => shapeClass));
    const before = (await this.#recall()).filter(({ shapeClass }) => !names.has(shapeClass));
    try {
      await this.#memory?.write(memoryKey(this.#info), JSON.stringify([...before, ...now]));
    } catch {
      // Measured again next time.
    }
  }
}

function classOf(product: Product): string {
  const size = sizeOf(product);
  const rows = fewRows(product.rows);
  const words = size === 'few' ? (rows === 1 ? '1 row' : `${rows} rows`) : size;
  const { QUADS: quads, WIDE: wide } = product.parameters;
  const ragged = `${quads === 0 ? ', ragged operands' : ''}${wide === 0 ? ', ragged result' : ''}`;
  return `${product.kernel} ${product.form}, ${words}${ragged}`;
}
