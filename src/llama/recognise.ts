import type { Checkpoint } from '../checkpoint/checkpoint';
import { PROJECTIONS } from './architectures';
import { type CheckpointTensors, deviceDType } from './check';
import { MAX_BLOCKS } from '../checkpoint/max-blocks';
import { type LlamaConfig, parseConfig } from './config';
import { ConfigError, UnsupportedArchitectureError } from './errors';
import { legible } from '../legible';
import { isRecord, type JsonObject } from './fields';

/** Blocks are numbered as Python writes numbers. */
const LAYERS = /^model\.layers\.(0|[1-9]\d{0,3})\.(.+)\.weight$/;

/** In place of `model.layers.0.` and so on in a kind of tensor. */
const BLOCK = 'model.layers.N.';
/** Names of kinds of tensors that a message lists; it counts the rest. */
const LISTED = 6;

/**
 * Reads the config of a checkpoint. Of an architecture that is not in the table it reads what comparing two blocks needs: the
 * projections among the blocks' matrices, with equal shapes in all blocks. Such a config is `unsupported`.
 * @throws ConfigError as `parseConfig`, or if no such matrix is found.
 */
export function configOf(checkpoint: Pick<Checkpoint, 'config'> & CheckpointTensors): LlamaConfig {
  try {
    return parseConfig(checkpoint.config);
  } catch (error) {
    const found = error instanceof UnsupportedArchitectureError && recognised(checkpoint, error);
    if (!found) throw error;
    return found;
  }
}

function recognised(
  { config: raw, tensors }: Pick<Checkpoint, 'config'> & CheckpointTensors,
  { architecture, message }: UnsupportedArchitectureError,
): LlamaConfig | undefined {
  /** Kind of tensor → the shapes that it has, by block. */
  const seen = new Map<string, (readonly number[])[]>();
  for (const [name, { shape, dtype }] of tensors) {
    const [, index, key] = LAYERS.exec(name) ?? [];
    if (index === undefined || key === undefined || !decodes(name, dtype)) continue;
    if (Number(index) >= MAX_BLOCKS) continue;
    const shapes = seen.get(key) ?? [];
    shapes[Number(index)] = shape;
    seen.set(key, shapes);
  }
  const layers = Math.max(0, ...[...seen.values()].map(({ length }) => length));
  const matrices: Record<string, readonly number[]> = {};
  for (const name of PROJECTIONS) {
    const shapes = seen.get(name) ?? [];
    const [first] = shapes;
    const alike = Array.from({ length: layers }, (_, i) => String(shapes[i]) === String(first));
    if (first?.length === 2 && alike.every(Boolean)) matrices[`${name}.weight`] = first;
  }
  if (layers < 2 || Object.keys(matrices).length === 0) return undefined;
  const kinds = [...new Set([...tensors.keys()].map(kindOfTensor))];
  const inBlock = (kind: string): number => Number(kind.startsWith(BLOCK));
  const unplaced = kinds
    .filter((kind) => !Object.hasOwn(matrices, kind.replace(BLOCK, '')))
    .toSorted((a, b) => inBlock(b) - inBlock(a));
  const more = unplaced.length > LISTED ? ` and ${unplaced.length - LISTED} more` : '';
  const reason =
    `${message} Its blocks can be aligned and mapped, tensor by tensor (${Object.keys(matrices).join(', ')}). ` +
    `Not placed: ${legible(unplaced.slice(0, LISTED).join(', '))}${more}.`;
  return {
    ...sizes(isRecord(raw) ? raw : {}, matrices),
    architecture,
    layers,
    rmsNormEps: 1e-6,
    tied: false,
    attentionBias: false,
    mlpBias: false,
    ropes: [],
    kinds: Array.from({ length: layers }, () => ({ rope: null, window: null })),
    scoreScale: 1,
    scoreCap: null,
    logitCap: null,
    embeddingScale: 1,
    residualScale: 1,
    logitScale: 1,
    eosIds: [],
    unsupported: { reason, matrices },
  };
}

function decodes(name: string, dtype: string): boolean {
  try {
    deviceDType(name, dtype);
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

/** Name of a tensor without the number of its block. */
const kindOfTensor = (name: string): string => name.replace(/^model\.layers\.\d+\./, BLOCK);

/** Sizes for display and for drawing heads: those of config.json where they fit the matrices. */
function sizes(raw: JsonObject, matrices: Readonly<Record<string, readonly number[]>>) {
  const size = (name: string, axis: 0 | 1): number | undefined => matrices[`${name}.weight`]?.[axis];
  const given = (name: string, fallback: number): number => {
    const value = raw[name];
    return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : fallback;
  };
  const divisor = (count: number, total: number): number => (total % count === 0 ? count : 1);
  const queries = size('self_attn.q_proj', 0) ?? size('self_attn.o_proj', 1) ?? 1;
  const keys = size('self_attn.k_proj', 0) ?? size('self_attn.v_proj', 0) ?? queries;
  const heads = divisor(given('num_attention_heads', 1), queries);
  const headDim = queries / heads;
  return {
    hiddenSize: size('self_attn.q_proj', 1) ?? size('self_attn.o_proj', 0) ?? size('mlp.down_proj', 0) ?? 1,
    intermediateSize: size('mlp.gate_proj', 0) ?? size('mlp.up_proj', 0) ?? size('mlp.down_proj', 1) ?? 1,
    heads,
    headDim,
    kvHeads: keys % headDim === 0 ? keys / headDim : 1,
    vocabSize: given('vocab_size', 1),
    context: given('max_position_embeddings', 1),
  };
}
