import * as v from 'valibot';
import type { Slice } from './schema';
import { parseYaml, YamlError, type YamlValue } from './yaml';

/** A mergekit configuration is invalid or not supported. */
export class MergekitError extends Error {
  override name = 'MergekitError';
}

/** The supported part of mergekit configurations: slices of one model under `passthrough`. */
export interface Passthrough {
  readonly model: string;
  readonly slices: readonly Slice[];
  readonly dtype?: string;
}

/** mergekit multiplies a tensor by the value of the first filter that its name contains. No filter matches all tensors. */
const Filter = v.strictObject({ filter: v.exactOptional(v.string()), value: v.number() });

const Source = v.strictObject({
  model: v.string(),
  layer_range: v.strictTuple([v.pipe(v.number(), v.integer()), v.pipe(v.number(), v.integer())]),
  parameters: v.exactOptional(v.strictObject({ scale: v.union([v.number(), v.array(Filter)]) })),
});
type Source = v.InferOutput<typeof Source>;

const Configuration = v.strictObject({
  // Checked first, because the other fields depend on it.
  merge_method: v.literal('passthrough', 'expected passthrough'),
  slices: v.pipe(
    v.array(
      v.strictObject({
        sources: v.pipe(
          v.array(Source),
          v.length(1, 'expected one source in every slice, as passthrough takes them'),
        ),
      }),
    ),
    v.minLength(1, 'expected at least one slice'),
  ),
  dtype: v.exactOptional(v.string()),
});

/**
 * Reads a mergekit configuration of method `passthrough`. A scale must apply equally to o_proj and down_proj and to no other
 * tensor, as in configurations whose added blocks start as the identity.
 * @throws MergekitError naming the field, what was expected and what the file has.
 */
export function readMergekit(text: string): Passthrough {
  const result = v.safeParse(Configuration, yaml(text));
  if (!result.success) {
    const issue = result.issues[0];
    const hint = issue.message.startsWith('expected')
      ? issue.message
      : issue.expected === 'never'
        ? 'expected no such field: only slices, merge_method and dtype are read'
        : `expected ${issue.expected ?? 'another value'}`;
    throw new MergekitError(
      `${v.getDotPath(issue) ?? 'mergekit configuration'}: ${hint}, got ${issue.received}. Correct that field.`,
    );
  }
  const { slices, dtype } = result.output;
  const sources = slices.flatMap((slice) => slice.sources);
  const models = [...new Set(sources.map(({ model }) => model))];
  if (models.length > 1) {
    throw new MergekitError(
      `slices: expected one model in all of them, got ${models.join(', ')}. Slices of several models cannot be joined here.`,
    );
  }
  return {
    model: models[0] ?? '',
    slices: sources.map(sliceOf),
    ...(dtype === undefined ? {} : { dtype }),
  };
}

function yaml(text: string): YamlValue {
  try {
    return parseYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new MergekitError(`mergekit configuration, ${error.message}`, { cause: error });
  }
}

function sliceOf({ layer_range: [start, end], parameters }: Source, index: number): Slice {
  const where = `slices.${index}.sources.0`;
  if (start < 0 || end <= start) {
    throw new MergekitError(
      `${where}.layer_range: expected a start from 0 and an end above it, got [${start}, ${end}]. Correct that range.`,
    );
  }
  if (!parameters) return { start, end };
  const { scale } = parameters;
  const filters = typeof scale === 'number' ? [{ value: scale }] : scale;
  const factor = (tensor: string): number =>
    filters.find(({ filter }) => filter === undefined || filter === '*' || tensor.includes(filter))?.value ??
    1;
  const output = factor('self_attn.o_proj.weight');
  const [down, ...others] = ['mlp.down_proj.weight', ...OTHERS].map(factor);
  if (down !== output || others.some((value) => value !== 1)) {
    throw new MergekitError(
      `${where}.parameters.scale: expected one value for o_proj and down_proj and 1 for all other tensors, got ` +
        `${output}, ${down} and ${others.join(', ')}. Give both projections a filter with the same value.`,
    );
  }
  return output === 1 ? { start, end } : { start, end, scale: output };
}

const OTHERS = [
  'input_layernorm.weight',
  'self_attn.q_proj.weight',
  'self_attn.k_proj.weight',
  'self_attn.v_proj.weight',
  'post_attention_layernorm.weight',
  'mlp.gate_proj.weight',
  'mlp.up_proj.weight',
];

/** Writes a configuration for mergekit's own tool. */
export function writeMergekit({ model, slices, dtype }: Passthrough): string {
  const parts = slices.map(
    ({ start, end, scale }) =>
      `  - sources:
      - model: ${/^[\w./-]*[\w/-]$/.test(model) && !/^[-.\d]/.test(model) ? model : JSON.stringify(model)}
        layer_range: [${start}, ${end}]
${scale === undefined || scale === null || scale === 1 ? '' : scaling(scale)}`,
  );
  return `slices:\n${parts.join('')}merge_method: passthrough\n${dtype === undefined ? '' : `dtype: ${dtype}\n`}`;
}

const scaling = (scale: number): string => `        parameters:
          scale:
            - filter: o_proj
              value: ${scale}
            - filter: down_proj
              value: ${scale}
            - value: 1.0
`;
