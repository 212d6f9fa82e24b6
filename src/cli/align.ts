import { type AlignResult, PLANNED_TENSORS } from '../engine/jobs';
import { parseRecipe } from '../upscale/recipe';
import { type Command, table } from './command';
import { expectText, featuresText } from './features-text';
import { notices } from './notices';
import { NULL_OPTIONS, drawsOf, nullJson, nullTable, nullTensors } from './null-table';
import { RECIPE_OPTIONS, recipeFile, recipeOf } from './recipe';
import { backendOf, modelOf, numberOf, required } from './usage';

/** Converts NaN, which means that there is no plan, to null for JSON. */
const nanToNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
const fixed = (value: number, digits: number): string => (Number.isNaN(value) ? '–' : value.toFixed(digits));

export const align: Command = {
  usage:
    'align MODEL --gap G (--method M [SETTINGS] | --recipe FILE) [--null DRAWS] [--stored] [--backend auto|webgpu|cpu]',
  summary:
    'How sharply the neurons of two neighbouring blocks are matched, tensor by tensor, and what of that a null has as well: the same ' +
    'rows with their entries shuffled (0 draws leave it out; --stored compares gate and up without the plan of their inputs).',
  options: {
    gap: { value: 'G' },
    ...RECIPE_OPTIONS,
    ...NULL_OPTIONS,
    backend: { value: 'auto|webgpu|cpu' },
  },
  async run(parsed, session) {
    const model = modelOf(parsed);
    const backend = backendOf(parsed);
    required(parsed, 'gap', 'G');
    const draws = drawsOf(parsed);
    const gap = numberOf(parsed, 'gap', 'integer') ?? 0;
    const file = await recipeFile(parsed, (path) => session.path(path), []);
    const text = await featuresText(parsed, session);
    const recipe = parseRecipe(file?.fields ?? recipeOf(parsed, text));
    expectText(recipe, text);
    const opened = await session.open(model, backend);
    // The recipe's own gaps are ignored, because only one gap is aligned.
    const noted = notices({ ...recipe, gaps: [gap] }, opened);
    const results: AlignResult[] = [];
    for (const tensor of PLANNED_TENSORS) results.push(await session.run('align', { recipe, gap, tensor }));
    const stored = parsed.values['stored'] === true;
    const compared = nullTensors(draws, results);
    const nulls =
      compared.length > 0
        ? await session.run('null', {
            recipe,
            gap,
            stored,
            tensors: compared,
            ...(draws === undefined ? {} : { draws }),
          })
        : [];
    const tensors = results.map(
      ({
        tensor,
        planPerplexity,
        transportCost,
        costMean,
        costDeviation,
        marginalError,
        iterations,
        rows,
      }) => [
        tensor,
        {
          planPerplexity: nanToNull(planPerplexity),
          transportCost: nanToNull(transportCost),
          costMean,
          costDeviation,
          marginalError: nanToNull(marginalError),
          iterations,
          n: rows,
          againstNull: nullJson(nulls.find((measure) => measure.tensor === tensor)),
        },
      ],
    );
    const head = [
      'tensor',
      'plan perplexity',
      'n',
      'transport cost',
      'mean cost',
      'cost deviation',
      'marginal error',
      'iterations',
      '',
    ];
    const lines = results.map((result) => [
      result.tensor,
      fixed(result.planPerplexity, 3),
      result.rows,
      fixed(result.transportCost, 6),
      fixed(result.costMean, 6),
      fixed(result.costDeviation, 6),
      Number.isNaN(result.marginalError) ? '–' : result.marginalError.toExponential(2),
      result.iterations,
      result.converged ? '' : 'not converged',
    ]);
    return {
      json: { tensors: Object.fromEntries(tensors), ...noted.json },
      text: [
        table([head, ...lines]),
        ...(nulls.length > 0 ? ['', nullTable(nulls)] : []),
        ...noted.lines,
      ].join('\n'),
    };
  },
};
