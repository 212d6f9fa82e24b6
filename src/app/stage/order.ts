/** Which matrix row (column) stands at each display row (column). */
export interface MatchedOrder {
  readonly rows: Uint32Array;
  readonly columns: Uint32Array;
}

/**
 * Rows by falling strength, each with its partner in the same place, so that matched pairs lie on the diagonal with the
 * surest at the top left. Columns nobody was matched to come last, in index order.
 *
 * @param partner best column of every row; two rows may share one.
 * @param strength how sure each row is of its partner, larger is surer.
 */
export function matchedOrder(
  partner: Uint32Array,
  strength: Float32Array,
  columnCount: number,
): MatchedOrder {
  const rows = Uint32Array.from(partner.keys()).sort(
    (a, b) => (strength[b] ?? 0) - (strength[a] ?? 0) || a - b,
  );
  const columns = new Uint32Array(columnCount);
  const taken = new Uint8Array(columnCount);
  let filled = 0;
  for (const row of rows) {
    const column = partner[row];
    if (column === undefined || column >= columnCount || taken[column] === 1) continue;
    taken[column] = 1;
    columns[filled++] = column;
  }
  for (let column = 0; column < columnCount; column++) if (taken[column] !== 1) columns[filled++] = column;
  return { rows, columns };
}

/** Where each matrix index is displayed: the inverse of one side of an order. */
export function positions(order: Uint32Array): Uint32Array {
  const place = new Uint32Array(order.length);
  for (const [position, index] of order.entries()) place[index] = position;
  return place;
}
