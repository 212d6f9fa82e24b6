import { COLUMNS_AT_ONCE, LEAST_POWER, ROWS_AT_ONCE } from './kernels/scaling';

/** An eighth of the largest memory, because a solve must leave room for its cost and for what uses its plan. */
const MAX_BYTES = 2 ** 28;
/** At most this many blocks of rows, each with column sums of its own, unless that makes blocks too long for sums in f32. */
const BLOCKS = 16;
const MAX_BLOCK_ROWS = 128;
/** Bits to which what an entry that is 0 for being too small would have added must not matter. */
const PRECISION_BITS = 24;

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;

/** The tensor of a cost, which counts how often it was written to. */
interface Cost {
  readonly writes: number;
}

/** What K was formed from. */
interface Source {
  readonly cost: Cost;
  readonly writes: number;
  readonly epsilon: number;
}

/**
 * Memory for Sinkhorn by scaling: the Gibbs kernel K_ij = exp(p_i − r_j − M_ij/ε) in f32 at reference potentials −r_j for columns and
 * p_i for rows, in units of ε. Those are f32 numbers, so that f64 arithmetic takes exact differences from them, and −r_j is also the
 * reference of the column sums that an iteration leaves in `state`. The plan is T_ij = u_i·K_ij·v_j with the scalings
 * u_i = exp(f_i/ε − p_i) and v_j = exp(g_j/ε + r_j). p_i is chosen so that the largest entry of each row is 1.
 *
 * Entries below t = 2^`LEAST_POWER` are 0: products with scalings would become subnormal, which is slow. They may have been lost for
 * what the plan is later, so both sides are held to the same condition, that what they would have added is below 2^−24 of a sum.
 * A sum over a row of m entries lacks at most m·t·max v, and is at least min v: `maxDrift` bounds |log v| so that this is enough for
 * every row, and with v between e^±22 no row sum overflows. A sum over a column lacks at most n·t·max u: `leastColumnSum`.
 */
export class GibbsKernel {
  readonly blockRows: number;
  readonly blocks: number;
  /** Bytes from one row of K to the next. */
  readonly stride: number;
  readonly bytes: number;
  /** Largest |g_j/ε + r_j| at which K may be used. */
  readonly maxDrift: number;
  /** −r_j/ln 2 in f64. The start of the block. */
  readonly at: number;
  readonly gibbs: number;
  /** Column sums of each block of rows. */
  readonly sums: number;
  /** r_j. */
  readonly columnReferences: number;
  /** v_j. */
  readonly scalings: number;
  /** p_i. */
  readonly rowReferences: number;
  #source: Source | undefined;

  private constructor(
    readonly rows: number,
    readonly columns: number,
    allocate: (bytes: number) => number,
  ) {
    const width = roundUp(columns, COLUMNS_AT_ONCE);
    this.stride = 4 * width;
    this.blockRows = Math.min(MAX_BLOCK_ROWS, roundUp(rows / BLOCKS, ROWS_AT_ONCE));
    this.blocks = Math.ceil(rows / this.blockRows);
    this.maxDrift = (-(LEAST_POWER + PRECISION_BITS) * Math.LN2 - Math.log(columns)) / 2;
    const sizes = [
      8 * width,
      rows * this.stride,
      this.blocks * this.stride,
      this.stride,
      this.stride,
      4 * roundUp(rows, ROWS_AT_ONCE),
    ] as const;
    this.bytes = sizes.reduce((sum, size) => sum + size, 0);
    this.at = allocate(this.bytes);
    this.gibbs = this.at + sizes[0];
    this.sums = this.gibbs + sizes[1];
    this.columnReferences = this.sums + sizes[2];
    this.scalings = this.columnReferences + sizes[3];
    this.rowReferences = this.scalings + sizes[4];
  }

  /** Undefined if it would be too large. */
  static allocate(
    rows: number,
    columns: number,
    allocate: (bytes: number) => number,
  ): GibbsKernel | undefined {
    return 4 * rows * columns > MAX_BYTES ? undefined : new GibbsKernel(rows, columns, allocate);
  }

  isOf(rows: number, columns: number): boolean {
    return this.rows === rows && this.columns === columns;
  }

  /** True if K was formed from this cost, as it is now, and this ε. */
  isFrom(cost: Cost, epsilon: number): boolean {
    const source = this.#source;
    return source?.cost === cost && source.writes === cost.writes && source.epsilon === epsilon;
  }

  formedFrom(cost: Cost, epsilon: number): void {
    this.#source = { cost, writes: cost.writes, epsilon };
  }

  /**
   * Least sum of a column that is right to f32 precision, for the largest u. Products with very small u are subnormal or 0, which
   * must not matter either.
   */
  leastColumnSum(largestScaling: number): number {
    const lost = Math.max(largestScaling * 2 ** LEAST_POWER, 2 ** -150);
    return this.rows * lost * 2 ** PRECISION_BITS;
  }
}
