import { basename } from 'node:path';
import { DEFAULT_RECIPE, type Recipe, parseRecipe } from '../recipe/schema';
import { type Command, table } from './command';
import { expectNewFolder, readJson } from './folders';
import {
  type Parsed,
  UsageError,
  backendOf,
  gapsOf,
  methodOf,
  modelOf,
  numberOf,
  required,
  textOf,
} from './usage';

/** What a recipe file already says. */
const IN_RECIPE = ['method', 'gaps', 'eps', 'no-zero'] as const;

export const upscale: Command = {
  usage:
    'upscale MODEL (--recipe FILE | --method M --gaps top|middle|bottom|ends|3,4,5 [--eps E] [--no-zero]) --out DIR [--backend webgpu|cpu]',
  summary: 'Makes a deeper checkpoint.',
  options: {
    recipe: { value: 'FILE' },
    method: { value: 'M' },
    gaps: { value: 'top|middle|bottom|ends|3,4,5' },
    eps: { value: 'E' },
    'no-zero': {},
    out: { value: 'DIR' },
    backend: { value: 'webgpu|cpu' },
  },
  async run(parsed, session) {
    const model = modelOf(parsed);
    const backend = backendOf(parsed);
    const out = session.path(required(parsed, 'out', 'DIR'));
    const file = textOf(parsed, 'recipe');
    const fields = file === undefined ? fieldsOf(parsed) : await readRecipe(parsed, session.path(file));
    const recipe = parseRecipe(withModel(fields, basename(session.path(model))));
    await expectNewFolder(out);
    await session.open(model, backend);
    const result = await session.run('export', {
      recipe,
      name: 'deeper',
      destination: { kind: 'folder', path: out },
    });
    const { layers, newLayers, parameters } = result;
    return {
      json: { out, layers, newLayers, parameters },
      text: table([
        ['out', out],
        ['layers', String(layers)],
        ['new layers', newLayers.join(', ')],
        ['parameters', parameters.toLocaleString('en-US')],
        ['files', result.files.join(', ')],
      ]),
    };
  },
};

function fieldsOf(parsed: Parsed): Recipe {
  const method = methodOf(parsed);
  const epsilon = numberOf(parsed, 'eps') ?? DEFAULT_RECIPE.solver.epsilon;
  const gaps = textOf(parsed, 'gaps') ?? (method === 'llama-pro' ? 'spread' : undefined);
  if (gaps === undefined)
    throw new UsageError('expected --gaps top|middle|bottom|ends or a list such as 3,4,5, got none');
  return {
    ...DEFAULT_RECIPE,
    method,
    gaps: gapsOf(gaps),
    solver: { ...DEFAULT_RECIPE.solver, epsilon },
    zeroInit: parsed.values['no-zero'] === true ? false : 'method',
  };
}

async function readRecipe(parsed: Parsed, path: string): Promise<unknown> {
  const doubled = IN_RECIPE.filter((name) => parsed.values[name] !== undefined);
  if (doubled.length > 0) {
    throw new UsageError(
      `expected either --recipe or --${doubled[0]}, got both: the recipe file already says it`,
    );
  }
  return readJson(path);
}

/** The recipe of the model on the command line, whichever it was written for. */
const withModel = (fields: unknown, name: string): unknown =>
  typeof fields === 'object' && fields !== null ? { ...fields, model: { kind: 'local', name } } : fields;
