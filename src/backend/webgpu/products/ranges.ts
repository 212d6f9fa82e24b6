import type { Product } from './product';

/** The rows and columns of a result that one dispatch makes, as params of the kernels of products. */
export type Range = Readonly<Record<'first_row' | 'end_row' | 'first_column' | 'end_column', number>>;

/** Columns of one dispatch: devices may allow no more than 65,535 workgroups across, and those of few rows have 8 columns each. */
const MOST_COLUMNS = 2 ** 18;

/** Cuts a result into ranges of whole tiles with at most `most` entries each, unless one tile has more. */
export function rangesOf(
  { rows, columns }: Pick<Product, 'rows' | 'columns'>,
  [tileRows, tileColumns]: readonly [rows: number, columns: number],
  most: number,
): readonly Range[] {
  const width = wholeTiles(Math.min(MOST_COLUMNS, most / tileRows), tileColumns, columns);
  const height = wholeTiles(most / width, tileRows, rows);
  const ranges: Range[] = [];
  for (let row = 0; row < rows; row += height)
    for (let column = 0; column < columns; column += width)
      ranges.push({
        first_row: row,
        end_row: Math.min(rows, row + height),
        first_column: column,
        end_column: Math.min(columns, column + width),
      });
  return ranges;
}

/** The most whole tiles that are no longer than `most`, at least one; `size` if that is all. */
const wholeTiles = (most: number, tile: number, size: number): number =>
  Math.min(size, Math.max(1, Math.floor(most / tile)) * tile);
