import type { Size } from './product';
import type { Variant } from './variant';

/** A variant and where it is tried. */
export interface TableRow {
  readonly variant: Variant;
  readonly sizes: readonly Size[];
  /** Tried on software adapters too. */
  readonly software?: true;
}

const tiles = (
  tile: readonly [number, number, number],
  block: readonly [number, number],
  pad: number,
): Variant => ({ machine: 'tiles', tile, block, pad });
const direct = (rows: number, columns: number): Variant => ({ machine: 'direct', block: [rows, columns] });
const fewRows = (lanes: number, subgroups: boolean): Variant => ({ machine: 'few rows', lanes, subgroups });

/**
 * The variants of products. For each size the first that a device can run is best where no measurement has chosen another. The
 * order of tiles is what an NVIDIA H200 measured: 64×64×16 with 4×4 led at 1024³, 128×128×16 with 8×8 from 2048³ on.
 */
export const TABLE: readonly TableRow[] = [
  { variant: fewRows(32, true), sizes: ['few'] },
  { variant: fewRows(32, false), sizes: ['few'] },
  { variant: fewRows(8, true), sizes: ['few'] },
  { variant: fewRows(8, false), sizes: ['few'] },
  { variant: fewRows(1, false), sizes: ['few'], software: true },
  { variant: tiles([128, 128, 16], [8, 8], 4), sizes: ['large'] },
  { variant: tiles([64, 128, 16], [8, 8], 0), sizes: ['large'] },
  { variant: tiles([16, 64, 16], [4, 4], 4), sizes: ['few', 'thin', 'tiny'] },
  { variant: tiles([64, 16, 16], [4, 4], 4), sizes: ['thin'] },
  { variant: tiles([32, 32, 16], [4, 4], 4), sizes: ['tiny', 'small', 'thin', 'medium'] },
  { variant: tiles([64, 64, 16], [4, 4], 4), sizes: ['small', 'medium', 'large'] },
  { variant: tiles([64, 64, 16], [8, 4], 4), sizes: ['small', 'medium', 'large'] },
  { variant: tiles([64, 64, 16], [8, 8], 4), sizes: ['medium', 'large'] },
  { variant: direct(8, 8), sizes: ['small', 'medium', 'large'], software: true },
  { variant: direct(4, 4), sizes: ['few', 'thin', 'tiny', 'small', 'medium', 'large'], software: true },
];
