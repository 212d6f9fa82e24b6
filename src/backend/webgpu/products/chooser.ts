import { BackendError } from '../../errors';
import type { BackendInfo } from '../../operations';
import type { Kernel } from '../kernels';
import type { PipelineCache } from '../pipeline-cache';
import { memoryKey, parseChoices, type Choice, type ChoiceMemory } from './choice';
import { fewRows, fits, nameOf, tileOf, type Variant } from './variant';
import { productKernel } from './product-kernel';
import { sizeOf, TYPICAL, type Product } from './product';
import { TABLE, type TableRow } from './table';
import { Trials } from './trials';
import { now } from '../../../now';

/** Most milliseconds for trying the variants of a class that have compiled, and for waiting until they have. */
const BUDGET_MS = 200;
const COMPILE_MS = 400;

/** A variant that was chosen, and the kernel of its class written out for it. */
export interface Chosen {
  readonly variant: Variant;
  readonly kernel: Kernel;
}

/** Products that share a choice. */
interface ProductClass {
  readonly name: string;
  readonly candidates: readonly Variant[];
  /** Rows and columns of a result that are whole tiles of every candidate. */
  readonly tile: readonly [rows: number, columns: number];
  chosen?: Promise<Chosen>;
}

/**
 * Chooses the variant for each class of products when it is first used, and keeps it as long as the backend lives, because
 * variants may round differently. On a GPU it measures the variants that the device can run, unless `memory` knows the winner; for
 * tiny products, and on a software adapter, where each measurement would take long, it takes the first of the table. A variant
 * that does not compile or gives wrong numbers on this device is never taken.
 */
export class Chooser {
  readonly #info: BackendInfo;
  readonly #table: readonly TableRow[];
  readonly #memory: ChoiceMemory | undefined;
  readonly #trials: Trials;
  readonly #classes = new Map<string, ProductClass>();
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
    return this.#classOf(product).tile;
  }

  /**
   * Returns the variant for the product's class. No other work should be submitted until it is known.
   * @throws BackendError if no variant is right on this device.
   */
  choose(product: Product): Promise<Chosen> {
    const products = this.#classOf(product);
    if (!products.chosen) {
      products.chosen = this.#tail.then(async () => {
        const variant = await this.#make(products, product);
        return { variant, kernel: productKernel(product, variant) };
      });
      // A failure is not kept, because the next attempt may find more memory.
      this.#tail = products.chosen.catch(() => {
        delete products.chosen;
      });
    }
    return products.chosen;
  }

  #classOf(product: Product): ProductClass {
    const name = className(product);
    let found = this.#classes.get(name);
    if (!found) {
      const size = sizeOf(product);
      const candidates = this.#table
        .filter((row) => row.sizes.includes(size) && (row.software === true || !this.#info.software))
        .map(({ variant }) => variant)
        .filter((variant) => fits(variant, product, this.#info));
      const tiles = candidates.map(tileOf);
      const [rows, columns] = [tiles.map((tile) => tile[0]), tiles.map((tile) => tile[1])];
      found = { name, candidates, tile: [Math.max(1, ...rows), Math.max(1, ...columns)] };
      this.#classes.set(name, found);
    }
    return found;
  }

  async #make({ name: shapeClass, candidates }: ProductClass, product: Product): Promise<Variant> {
    const known = (await this.#recall()).find((choice) => choice.shapeClass === shapeClass);
    const winner = candidates.find((variant) => nameOf(variant) === known?.variant);
    if (winner && (await this.#trials.isRight(product, winner)))
      return this.#keep(shapeClass, winner, known?.rate);
    const typical = TYPICAL[sizeOf(product)];
    if (!this.#info.software && typical) {
      const { variant, rate, complete } = await this.#fastest(product, candidates, typical);
      if (variant) {
        this.#keep(shapeClass, variant, rate);
        if (complete) await this.#remember({ shapeClass, variant: nameOf(variant), rate });
        return variant;
      }
    }
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

  /** Measures the right ones of the candidates. Incomplete if some had not compiled in time and may be faster. */
  async #fastest(
    product: Product,
    candidates: readonly Variant[],
    [rows, columns, inner]: readonly [number, number, number],
  ): Promise<{ readonly variant?: Variant; readonly rate: number; readonly complete: boolean }> {
    const patience = new Promise<'late'>((resolve) => {
      setTimeout(() => resolve('late'), COMPILE_MS);
    });
    const states = await Promise.all(
      candidates.map((variant) => Promise.race([this.#trials.compiles(product, variant), patience])),
    );
    const deadline = now() + BUDGET_MS;
    const right: Variant[] = [];
    for (const [i, variant] of candidates.entries())
      if (states[i] === true && (await this.#trials.isRight(product, variant))) right.push(variant);
    // Few rows are written out for their number.
    const typical = [sizeOf(product) === 'few' ? product.rows : rows, columns, inner] as const;
    let best: { variant?: Variant; rate: number } = { rate: 0 };
    for await (const { variant, rate } of this.#trials.rates(product, right, typical, deadline)) {
      const gigaflops = (2 * rate) / 1e6;
      if (gigaflops > best.rate) best = { variant, rate: gigaflops };
    }
    return { ...best, complete: !states.includes('late') };
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

  /** Adds a measured choice to the memory. A memory that fails only costs the next visit some time. */
  async #remember(choice: Choice): Promise<void> {
    const others = (await this.#recall()).filter(({ shapeClass }) => shapeClass !== choice.shapeClass);
    const all = [...others, choice];
    this.#remembered = Promise.resolve(all);
    try {
      await this.#memory?.write(memoryKey(this.#info), JSON.stringify(all));
    } catch {
      // Measured again next time.
    }
  }
}

function className(product: Product): string {
  const size = sizeOf(product);
  const rows = fewRows(product.rows);
  const words = size === 'few' ? (rows === 1 ? '1 row' : `${rows} rows`) : size;
  const { QUADS: quads, WIDE: wide } = product.parameters;
  const ragged = `${quads === 0 ? ', ragged operands' : ''}${wide === 0 ? ', ragged result' : ''}`;
  return `${product.kernel} ${product.form}, ${words}${ragged}`;
}
