/** A cluster, as its points in order. */
type Leaves = readonly number[];

/**
 * Returns the points in the leaf order of their average linkage (UPGMA), by nearest-neighbour chains (Murtagh 1983) in
 * O(n²). Two clusters are joined at their nearest pair of ends, reversed if needed; ties keep the earlier points first.
 *
 * @param distances n × n, symmetric, row-major. Not changed.
 */
export function leaves(distances: Float32Array, n: number): number[] {
  if (n === 0) return [];
  const between = Float64Array.from(distances);
  const clusters: (Leaves | undefined)[] = Array.from({ length: n }, (_, i) => [i]);
  const chain: number[] = [];
  for (let left = n; left > 1; left--) {
    let [nearest, top] = [-1, -1];
    for (;;) {
      if (chain.length === 0) chain.push(clusters.findIndex((cluster) => cluster !== undefined));
      top = chain.at(-1) ?? 0;
      nearest = nearestOf(top, chain.at(-2), clusters, between, n);
      if (nearest === chain.at(-2)) break;
      chain.push(nearest);
    }
    const [kept, gone] = top < nearest ? [top, nearest] : [nearest, top];
    // Because of rounding, one of them may be in the chain twice.
    chain.length = chain.findIndex((cluster) => cluster === kept || cluster === gone);
    mergeClusters(kept, gone, clusters, between, distances, n);
  }
  return [...(clusters.find((cluster) => cluster !== undefined) ?? [])];
}

/** Returns the nearest other cluster; of equals the one before in the chain, else the first. */
function nearestOf(
  of: number,
  before: number | undefined,
  clusters: readonly (Leaves | undefined)[],
  between: Float64Array,
  n: number,
): number {
  let nearest = before ?? -1;
  let least = before === undefined ? Infinity : (between[of * n + before] ?? Infinity);
  for (let other = 0; other < n; other++) {
    if (other === of || clusters[other] === undefined) continue;
    const distance = between[of * n + other] ?? Infinity;
    if (distance < least || nearest < 0) {
      least = distance;
      nearest = other;
    }
  }
  return nearest;
}

function mergeClusters(
  kept: number,
  gone: number,
  clusters: (Leaves | undefined)[],
  between: Float64Array,
  distances: Float32Array,
  n: number,
): void {
  const first = clusters[kept] ?? [];
  const second = clusters[gone] ?? [];
  const all = first.length + second.length;
  for (let other = 0; other < n; other++) {
    if (clusters[other] === undefined || other === kept || other === gone) continue;
    const mean =
      (first.length * (between[kept * n + other] ?? 0) + second.length * (between[gone * n + other] ?? 0)) /
      all;
    between[kept * n + other] = mean;
    between[other * n + kept] = mean;
  }
  clusters[kept] = joinClusters(first, second, (i, j) => distances[i * n + j] ?? 0);
  clusters[gone] = undefined;
}

function joinClusters(first: Leaves, second: Leaves, distance: (i: number, j: number) => number): Leaves {
  const end = (leaves: Leaves): number => leaves.at(-1) ?? 0;
  const start = (leaves: Leaves): number => leaves[0] ?? 0;
  const ways = [
    [first, second],
    [first, second.toReversed()],
    [first.toReversed(), second],
    [second, first],
  ] as const;
  let best: readonly [Leaves, Leaves] = ways[0];
  let least = Infinity;
  for (const way of ways) {
    const gap = distance(end(way[0]), start(way[1]));
    if (gap < least) [best, least] = [way, gap];
  }
  return [...best[0], ...best[1]];
}
