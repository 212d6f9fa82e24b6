import { blockShapes, blockTensorName } from '../../llama/block';
import { architectureOf, type LlamaConfig } from '../../llama/config';
import type { Scale, Slice } from '../../recipe/schema';

type Filters = Exclude<Scale, number>;

const decides = (filter: string | undefined, name: string): boolean =>
  filter === undefined || filter === '*' || name.includes(filter);

/** Returns the value of the first filter that is part of a tensor's whole name; 1 if none is. */
export const filterFactor = (filters: Filters, name: string): number =>
  filters.find(({ filter }) => decides(filter, name))?.value ?? 1;

/** Factors of the tensors outside the blocks. */
export interface OuterFactors {
  readonly embedding: number;
  readonly finalNorm: number;
  readonly head: number;
}

/** Returns the factors of the tensors outside the blocks: filters of the first slice apply to the embedding, of the last to the rest. */
export function outerFactors(slices: readonly Slice[], config: LlamaConfig): OuterFactors {
  const { embedding, finalNorm, head } = architectureOf(config);
  const factor = (slice: Slice | undefined, name: string): number =>
    Array.isArray(slice?.scale) ? filterFactor(slice.scale, name) : 1;
  const [first, last] = [slices[0], slices.at(-1)];
  const ofEmbedding = factor(first, embedding);
  return {
    embedding: ofEmbedding,
    finalNorm: factor(last, finalNorm),
    // A tied model has one matrix.
    head: config.tied ? ofEmbedding : factor(last, head),
  };
}

/** Returns a sentence for every filter that decides on no tensor of the slices that it stands in. */
export function idleFilters(slices: readonly Slice[], config: LlamaConfig): string[] {
  const { embedding, finalNorm, head } = architectureOf(config);
  const used = new Map<string, boolean>();
  let example = '';
  for (const [i, { start, end, scale }] of slices.entries()) {
    if (!Array.isArray(scale)) continue;
    const names = [
      ...(i === 0 ? [embedding] : []),
      ...Array.from({ length: end - start }, (_, at) =>
        [...blockShapes(config).keys()].map((key) => blockTensorName(config, start + at, key)),
      ).flat(),
      ...(i === slices.length - 1 ? [finalNorm, head] : []),
    ];
    example ||= names.find((name) => name.includes('q_proj')) ?? '';
    const deciding = new Set(names.map((name) => scale.find(({ filter }) => decides(filter, name))));
    for (const filter of scale) {
      if (filter.filter === undefined || filter.filter === '*') continue;
      used.set(filter.filter, deciding.has(filter) || used.get(filter.filter) === true);
    }
  }
  return [...used]
    .filter(([, decided]) => !decided)
    .map(
      ([filter]) =>
        `The filter ${filter} decides on no tensor: it is looked for in whole names of the base's tensors such as ${example}, and the first that fits counts.`,
    );
}
