/** The matrix row (column) at each place. */
export interface Order {
  readonly rows: Uint32Array;
  readonly columns: Uint32Array;
}

/** The place of each matrix index: the inverse permutation of one side of an order. */
export function inverseOrder(order: Uint32Array): Uint32Array {
  const place = new Uint32Array(order.length);
  for (const [position, index] of order.entries()) place[index] = position;
  return place;
}
