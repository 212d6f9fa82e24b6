import type { Architecture, WindowRule } from './architectures';
import { count, flag, type JsonObject, wrongField } from './fields';

/** What may differ from block to block in one model, besides weights. Plain data. */
export interface LayerKind {
  /** Index of the block's rotary embedding in `LlamaConfig.ropes`; null without one. */
  readonly rope: number | null;
  /** Number of tokens that a token attends to, itself among them; null: all before it. */
  readonly window: number | null;
}

/** Values of `layer_types`. */
const SLIDING = 'sliding_attention';
const FULL = 'full_attention';

/**
 * Reads the kind of every block from config.json, by the architecture's rules.
 * @throws ConfigError if a list has not one entry for each of `layers` blocks, or an entry that is not known.
 */
export function parseKinds(raw: JsonObject, row: Architecture, layers: number): LayerKind[] {
  const roped = row.ropeByLayer ? ropedLayers(raw, layers) : Array.from({ length: layers }, () => true);
  const length = windowLength(raw, row);
  const sliding = slidingLayers(raw, row.windows, length !== null, roped);
  return roped.map((hasRope, i) => {
    const window = sliding[i] ? length : null;
    return { rope: hasRope ? Number(row.ropeByKind === true && sliding[i] === true) : null, window };
  });
}

function windowLength(raw: JsonObject, { windows }: Architecture): number | null {
  if (!windows || (windows.flag && !flag(raw, windows.flag))) return null;
  return (raw['sliding_window'] ?? null) === null ? null : count(raw, 'sliding_window');
}

/** `no_rope_layers`: 1 for a block with rotary embedding, 0 without; by default every `no_rope_layer_interval`-th has none. */
function ropedLayers(raw: JsonObject, layers: number): boolean[] {
  const listed = perLayer(raw, 'no_rope_layers', layers, [0, 1, false, true]);
  if (listed) return listed.map(Boolean);
  const interval = count(raw, 'no_rope_layer_interval', 4);
  return Array.from({ length: layers }, (_, i) => (i + 1) % interval !== 0);
}

function slidingLayers(
  raw: JsonObject,
  rule: WindowRule | undefined,
  on: boolean,
  roped: readonly boolean[],
): boolean[] {
  const listed = perLayer(raw, 'layer_types', roped.length, [SLIDING, FULL])?.map((kind) => kind === SLIDING);
  if (listed && rule && rule.blocks !== 'all') return listed;
  const made = roped.map((hasRope, i) => {
    switch (rule?.blocks) {
      case undefined:
        return false;
      case 'all':
        return on;
      case 'from max_window_layers':
        return on && i >= whole(raw, 'max_window_layers');
      case 'without rope':
        return on && !hasRope;
      case 'by pattern':
        return (i + 1) % count(raw, 'sliding_window_pattern') !== 0;
    }
  });
  // transformers does not read the list for these architectures, so it may only say what holds anyway.
  if (listed?.some((sliding, i) => sliding !== made[i]))
    throw wrongField(
      'layer_types',
      `${made.includes(true) ? SLIDING : FULL} for all blocks, or absent`,
      raw['layer_types'],
    );
  return made;
}

/** Reads a whole number from 0. */
function whole(raw: JsonObject, name: string): number {
  return raw[name] === 0 ? 0 : count(raw, name);
}

/** Reads a list with one entry per block, or undefined if it is absent. */
function perLayer(
  raw: JsonObject,
  name: string,
  layers: number,
  known: readonly unknown[],
): readonly unknown[] | undefined {
  const value = raw[name] ?? undefined;
  if (value === undefined) return undefined;
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  if (list.length === layers && list.every((entry) => known.includes(entry))) return list;
  throw wrongField(name, `a list of ${layers} entries among ${known.slice(0, 2).join(' and ')}`, value);
}

/**
 * Returns the fields of config.json that list the blocks' kinds where these differ. A model whose file gives them by a rule needs the
 * lists when its blocks are put in another order.
 */
export function kindLists(
  row: Architecture,
  kinds: readonly LayerKind[],
): Readonly<Record<string, readonly unknown[]>> {
  const differ = (of: (kind: LayerKind) => unknown): boolean => new Set(kinds.map(of)).size > 1;
  return {
    ...(row.windows && differ(({ window }) => window)
      ? { layer_types: kinds.map(({ window }) => (window === null ? FULL : SLIDING)) }
      : {}),
    ...(row.ropeByLayer && differ(({ rope }) => rope)
      ? { no_rope_layers: kinds.map(({ rope }) => (rope === null ? 0 : 1)) }
      : {}),
  };
}

/** Returns a kind in words, such as "a sliding window of 4096 tokens and no rotary embedding". */
export function kindWords({ rope, window }: LayerKind): string {
  const reach = window === null ? 'attention to all tokens' : `a sliding window of ${window} tokens`;
  return rope === null ? `${reach} and no rotary embedding` : reach;
}
