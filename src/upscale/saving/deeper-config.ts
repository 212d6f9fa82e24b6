/** Keys of lists that never have one entry per block, whatever their length. */
const NOT_PER_LAYER =
  /^(architectures|.*_token_ids?|.*_ids|suppress_tokens|begin_suppress_tokens|task_specific_params)$/;
/** Nested objects whose lists run over rotary frequencies or modules, not over blocks. */
const OTHER_PARTS = /^(rope_scaling|rope_parameters|quantization_config|auto_map)$/;

/**
 * Makes config.json of the deeper model: the new depth, and lists with one entry per block (such as `layer_types`, also in
 * nested objects) in the new order. `sources` (see `Expansion`) is the base block whose entry each block takes; `layers` is
 * the number of base blocks.
 */
export function deeperConfig(
  config: Readonly<Record<string, unknown>>,
  sources: readonly number[],
  layers: number,
): Record<string, unknown> {
  return lengthen(config, sources, layers);
}

function lengthen(
  part: Readonly<Record<string, unknown>>,
  order: readonly number[],
  layers: number,
): Record<string, unknown> {
  const entries = Object.entries(part).map(([key, value]): [string, unknown] => {
    if (key === 'num_hidden_layers' && value === layers) return [key, order.length];
    if (Array.isArray(value)) {
      const list: readonly unknown[] = value;
      return [
        key,
        list.length === layers && !NOT_PER_LAYER.test(key) ? order.map((index) => list[index]) : list,
      ];
    }
    const isPart = typeof value === 'object' && value !== null && !OTHER_PARTS.test(key);
    return [key, isPart ? lengthen(value as Record<string, unknown>, order, layers) : value];
  });
  return Object.fromEntries(entries);
}
