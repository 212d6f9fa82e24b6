import { architectureOf, type LlamaConfig } from '../../llama/config';
import { kindLists } from '../../llama/layer-kinds';

/** Keys of lists that never have one entry per block, whatever their length. */
const NOT_PER_LAYER =
  /^(architectures|.*_token_ids?|.*_ids|suppress_tokens|begin_suppress_tokens|task_specific_params)$/;
/** Nested objects whose lists run over rotary frequencies or modules, not over blocks. */
const OTHER_PARTS = /^(rope_scaling|rope_parameters|quantization_config|auto_map)$/;
/** A string or a number of a JSON text. */
const SCALARS = /"[^"\\]*(?:\\[^][^"\\]*)*"|-?\d[\d.eE+-]*/g;

/**
 * Makes config.json of the deeper model: the new depth, and lists with one entry per block (such as `layer_types`, also in
 * nested objects) in the new order. Numbers are written as they stand in `text`, `4.0` and not `4`, because some readers tell
 * them apart, and all their digits are kept.
 * @param text config.json of the base model.
 * @param sources the base block whose entry each block takes (see `Expansion`).
 * @param layers number of base blocks.
 * @param changes fields that replace those of the base model.
 */
export function deeperConfig(
  text: string,
  sources: readonly number[],
  layers: number,
  changes: Readonly<Record<string, unknown>> = {},
): string {
  // Numbers are carried through as strings with a mark that occurs nowhere else in the text.
  let mark = '#';
  while (text.includes(mark)) mark += '#';
  const marked = text.replace(SCALARS, (scalar) => (scalar.startsWith('"') ? scalar : `"${mark}${scalar}"`));
  const config = JSON.parse(marked) as Record<string, unknown>;
  const isDepth = (value: unknown): boolean =>
    typeof value === 'string' && value.startsWith(mark) && Number(value.slice(mark.length)) === layers;
  const deeper = { ...lengthen(config, sources, layers, isDepth), ...changes };
  return `${JSON.stringify(deeper, null, 2).replace(new RegExp(`"${mark}([^"]*)"`, 'g'), '$1')}\n`;
}

/** Names of the dtype of a model's weights in config.json, in older and in recent versions of transformers. */
const DTYPE_KEYS = ['torch_dtype', 'dtype'] as const;

/**
 * Returns the fields of config.json that name the dtype of weights, for a model that is not saved in its base's; none without a
 * dtype. transformers up to version 4 reads `torch_dtype`, version 5 either.
 */
export function dtypeFields(
  config: Readonly<Record<string, unknown>>,
  dtype: string | undefined,
): Record<string, unknown> {
  if (dtype === undefined) return {};
  const named = DTYPE_KEYS.filter((key) => Object.hasOwn(config, key));
  const keys = named.length > 0 ? named : DTYPE_KEYS.slice(0, 1);
  return Object.fromEntries(keys.map((key) => [key, dtype]));
}

/**
 * Returns the fields of the deeper model's config.json that say what its blocks are where the base's gives that by a rule, such as
 * every fourth or those from `max_window_layers` on: in the deeper model the rule would give other blocks a window, or none.
 * @param sources the base block whose settings each block takes.
 */
export function kindFields(
  raw: Readonly<Record<string, unknown>>,
  config: LlamaConfig,
  sources: readonly number[],
): Record<string, unknown> {
  const { layers, kinds } = config;
  const lists = Object.entries(kindLists(architectureOf(config), kinds))
    .filter(([key]) => (raw[key] ?? null) === null)
    .map(([key, list]) => [key, sources.map((index) => list[index])]);
  const start = raw['max_window_layers'];
  if (typeof start !== 'number') return Object.fromEntries(lists);
  const before = sources.filter((index) => index < start).length + Math.max(0, start - layers);
  return { ...Object.fromEntries(lists), max_window_layers: before };
}

function lengthen(
  part: Readonly<Record<string, unknown>>,
  order: readonly number[],
  layers: number,
  isDepth: (value: unknown) => boolean,
): Record<string, unknown> {
  const entries = Object.entries(part).map(([key, value]): [string, unknown] => {
    if (key === 'num_hidden_layers' && isDepth(value)) return [key, order.length];
    if (Array.isArray(value)) {
      const list: readonly unknown[] = value;
      return [
        key,
        list.length === layers && !NOT_PER_LAYER.test(key) ? order.map((index) => list[index]) : list,
      ];
    }
    const isPart = typeof value === 'object' && value !== null && !OTHER_PARTS.test(key);
    return [key, isPart ? lengthen(value as Record<string, unknown>, order, layers, isDepth) : value];
  });
  return Object.fromEntries(entries);
}
