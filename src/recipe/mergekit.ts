import * as v from 'valibot';
import { DTYPES, type DTypeName, type Scale, type Slice } from './schema';
import { parseYaml, writeYamlText, YamlError, type YamlValue } from './yaml';
import { firstIssue } from '../issue';
import { LegibleError, show } from '../legible';

/** A mergekit configuration is invalid, or asks for what is not done here. */
export class MergekitError extends LegibleError {
  override name = 'MergekitError';
}

/** What a configuration of method `passthrough` for one model says. */
export interface Passthrough {
  readonly model: string;
  readonly slices: readonly Slice[];
  readonly dtype?: DTypeName;
  readonly outDtype?: DTypeName;
  /** What in it changes nothing here, in one sentence each. */
  readonly notes: readonly string[];
}

const number = v.number(
  'expected a number; a list of values that change from block to block is written as one slice for each block',
);
const Filter = v.object({ filter: v.exactOptional(v.string()), value: number });
const Setting = v.union([number, Filter, v.array(Filter)], (issue) =>
  typeof issue.input === 'object'
    ? 'expected a number, or filters with one number each; values that change from block to block are written as one slice for each block'
    : 'expected a number, or filters with one number each',
);
const Parameters = v.exactOptional(v.nullable(v.looseObject({ scale: v.exactOptional(Setting) })));

const Source = v.looseObject({
  model: v.pipe(
    v.string(),
    v.check(
      (name) => !name.includes('+'),
      'expected a model without an adapter: merge it into the model first',
    ),
  ),
  layer_range: v.strictTuple([v.pipe(v.number(), v.integer()), v.pipe(v.number(), v.integer())]),
  parameters: Parameters,
});

const OutSlice = v.looseObject({
  sources: v.pipe(
    v.array(Source),
    v.length(1, 'expected one source in every slice, as passthrough takes them'),
  ),
  parameters: Parameters,
});

const dtype = v.exactOptional(v.nullable(v.picklist(DTYPES, `expected ${DTYPES.join(', ')}`)));

const Configuration = v.looseObject({
  // Checked first, because the other fields depend on it.
  merge_method: v.literal('passthrough', 'expected passthrough'),
  slices: v.pipe(
    v.array(OutSlice, 'expected slices, each with a source and its layer_range'),
    v.minLength(1, 'expected at least one slice'),
  ),
  parameters: Parameters,
  base_model: v.exactOptional(v.nullable(v.string())),
  tokenizer_source: v.exactOptional(v.nullable(v.string())),
  tokenizer: v.exactOptional(v.nullable(v.looseObject({ source: v.exactOptional(v.nullable(v.string())) }))),
  chat_template: v.exactOptional(v.nullable(v.string())),
  dtype,
  out_dtype: dtype,
});
type Configuration = v.InferOutput<typeof Configuration>;

/**
 * Reads a mergekit configuration of method `passthrough` as mergekit does (`arcee-ai/mergekit:mergekit/config.py`, 0.1.5). A
 * setting of a source comes before one of its slice, and that before one of the whole file. What changes nothing is named in
 * `notes`; what would change the result and is not done here is an error.
 * @throws MergekitError naming the field, what was expected and what the file has.
 */
export function readMergekit(text: string): Passthrough {
  const result = v.safeParse(Configuration, yaml(text));
  if (!result.success) {
    const { path, problem } = firstIssue(result.issues);
    throw new MergekitError(`${path ?? 'mergekit configuration'}: ${problem}. Correct that field.`);
  }
  const configuration = result.output;
  const { slices, parameters, dtype, out_dtype: outDtype } = configuration;
  const models = [...new Set(slices.flatMap(({ sources }) => sources.map(({ model }) => model)))];
  const [model = ''] = models;
  if (models.length > 1)
    throw wrong(
      'slices',
      'one model in all of them',
      models.join(', '),
      'Slices of several models cannot be joined here.',
    );
  checkTokenizer(configuration, model);
  return {
    model,
    slices: slices.map(({ sources: [source], parameters: ofSlice }, i): Slice => {
      const [start, end] = source?.layer_range ?? [0, 0];
      if (start < 0 || end <= start)
        throw wrong(
          `slices.${i}.sources.0.layer_range`,
          'a start from 0 and an end above it',
          `[${start}, ${end}]`,
          'Correct that range.',
        );
      const scale = scaleOf([source?.parameters, ofSlice, parameters].map((part) => part?.scale));
      return scale === undefined ? { start, end } : { start, end, scale };
    }),
    ...(dtype ? { dtype } : {}),
    ...(outDtype ? { outDtype } : {}),
    notes: notesOf(configuration),
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

const wrong = (where: string, expected: string, got: string, next: string): MergekitError =>
  new MergekitError(
    `${where}: ${expected.startsWith('expected') ? expected : `expected ${expected}`}, got ${got}. ${next}`,
  );

/** @throws MergekitError for another tokenizer, vocabulary, chat template or config.json than the model's. */
function checkTokenizer(configuration: Configuration, model: string): void {
  const { base_model: base, tokenizer_source: source, tokenizer, chat_template: template } = configuration;
  const next = `Put the files you want into the model's folder, and remove the field.`;
  if (typeof base === 'string' && base !== model)
    throw wrong(
      'base_model',
      `the model of the slices, ${model}, whose config.json and tokenizer are kept`,
      base,
      next,
    );
  for (const [where, name] of [
    ['tokenizer_source', source],
    ['tokenizer.source', tokenizer?.source],
  ] as const) {
    // The union of one model's vocabulary is that vocabulary.
    if (typeof name === 'string' && !['base', 'union', model].includes(name))
      throw wrong(where, `base, union or the model of the slices, ${model}`, name, next);
  }
  for (const name of ['tokens', 'pad_to_multiple_of']) {
    const value = tokenizer?.[name];
    const empty =
      value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
    if (!empty)
      throw wrong(
        `tokenizer.${name}`,
        'no change of the vocabulary',
        show(value),
        'Change the vocabulary with transformers, before or after, and remove the field.',
      );
  }
  if (typeof template === 'string' && template !== 'auto')
    throw wrong('chat_template', "auto or none, because the model's own is kept", show(template), next);
}

/** Joins the settings of a tensor's scopes, nearest first, to one list of filters; undefined if nothing is scaled. */
function scaleOf(settings: readonly (v.InferOutput<typeof Setting> | undefined)[]): Scale | undefined {
  const all = settings
    .flatMap((setting) => (typeof setting === 'number' ? { value: setting } : (setting ?? [])))
    .map(({ filter, value }) => (filter ? { filter, value } : { value }));
  const last = all.findIndex(({ filter }) => filter === undefined || filter === '*');
  const filters = last < 0 ? all : all.slice(0, last + 1);
  if (filters.every(({ value, filter }) => value === 1 && (filter === undefined || filter === '*')))
    return undefined;
  return projectionsScale(filters) ?? filters;
}

/** Returns the factor of filters that scale o_proj and down_proj alone and by the same factor. */
function projectionsScale(filters: Exclude<Scale, number>): number | undefined {
  const [first, second, rest, ...more] = filters;
  const names = [first?.filter, second?.filter].toSorted().join(' ');
  const keepsRest = rest === undefined || (rest.filter === undefined && rest.value === 1);
  return names === 'down_proj o_proj' && first?.value === second?.value && keepsRest && more.length === 0
    ? first?.value
    : undefined;
}

const FIELDS = ['merge_method', 'slices', 'parameters', 'dtype', 'out_dtype'];

/** Names the fields that are there and change nothing. */
function notesOf({ slices, ...top }: Configuration): string[] {
  const others = (where: string, part: object | null | undefined, known: readonly string[]): string[] =>
    Object.keys(part ?? {})
      .filter((name) => !known.includes(name))
      .map((name) => `${where}${name}`);
  const inParameters = (where: string, { parameters }: { parameters?: object | null }): string[] =>
    others(`${where}parameters.`, parameters, ['scale']);
  const names = [
    ...others('', top, FIELDS),
    ...inParameters('', top),
    ...slices.flatMap((slice, i) => [
      ...others(`slices.${i}.`, slice, ['sources', 'parameters']),
      ...inParameters(`slices.${i}.`, slice),
      ...slice.sources.flatMap((source) => [
        ...others(`slices.${i}.sources.0.`, source, ['model', 'layer_range', 'parameters']),
        ...inParameters(`slices.${i}.sources.0.`, source),
      ]),
    ]),
  ];
  if (names.length === 0) return [];
  return [
    `${names.join(', ')}: ${names.length === 1 ? 'changes' : 'change'} nothing in a passthrough of one model, whose tokenizer and embedding are kept.`,
  ];
}

/** Writes a configuration for mergekit's own tool. */
export function writeMergekit({ model, slices, dtype, outDtype }: Omit<Passthrough, 'notes'>): string {
  const parts = slices.map(
    ({ start, end, scale }) =>
      `  - sources:
      - model: ${writeYamlText(model)}
        layer_range: [${start}, ${end}]
${scale === undefined || scale === null || scale === 1 ? '' : scaling(scale)}`,
  );
  const dtypes = [dtype ? `dtype: ${dtype}\n` : '', outDtype ? `out_dtype: ${outDtype}\n` : ''].join('');
  return `slices:\n${parts.join('')}merge_method: passthrough\n${dtypes}`;
}

function scaling(scale: Scale): string {
  const filters =
    typeof scale === 'number'
      ? [{ filter: 'o_proj', value: scale }, { filter: 'down_proj', value: scale }, { value: '1.0' }]
      : scale;
  const lines = filters.map((one) =>
    'filter' in one && one.filter !== undefined
      ? `            - filter: ${writeYamlText(one.filter)}\n              value: ${one.value}\n`
      : `            - value: ${one.value}\n`,
  );
  return `        parameters:\n          scale:\n${lines.join('')}`;
}
