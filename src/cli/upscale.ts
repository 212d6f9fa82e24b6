import { basename } from 'node:path';
import { type Recipe, parseRecipe } from '../recipe/schema';
import { METHODS } from '../upscale/methods';
import { isLayout } from '../upscale/methods/method';
import { type Command, table } from './command';
import { expectText, featuresText } from './features-text';
import { expectNewFolder } from './folders';
import { notices } from './notices';
import { RECIPE_OPTIONS, recipeFile, recipeOf } from './recipe';
import { type Parsed, UsageError, backendOf, gapsOf, modelOf, required, textOf } from './usage';

const GAPS = 'top|middle|bottom|ends|spread|3,4,5';

export const upscale: Command = {
  usage: `upscale MODEL (--recipe FILE.json|FILE.yaml | --method M [--gaps ${GAPS}] [--no-zero | --zero] [SETTINGS]) --out DIR [--backend auto|webgpu|cpu]`,
  summary: 'Makes a deeper checkpoint. A .yaml recipe is a mergekit configuration of method passthrough.',
  options: {
    ...RECIPE_OPTIONS,
    gaps: { value: GAPS },
    'no-zero': {},
    zero: {},
    out: { value: 'DIR' },
    backend: { value: 'auto|webgpu|cpu' },
  },
  async run(parsed, session) {
    const model = modelOf(parsed);
    const backend = backendOf(parsed);
    const out = session.path(required(parsed, 'out', 'DIR'));
    const file = await recipeFile(parsed, (path) => session.path(path), ['gaps', 'no-zero', 'zero']);
    const text = await featuresText(parsed, session);
    const recipe = parseRecipe(
      withModel(file?.fields ?? fieldsOf(parsed, text), basename(session.path(model))),
    );
    expectText(recipe, text);
    await expectNewFolder(out);
    const opened = await session.open(model, backend);
    const noted = notices(recipe, opened.layers, file?.notes);
    const result = await session.run('export', {
      recipe,
      name: 'deeper',
      destination: { kind: 'folder', path: out },
    });
    const { layers, newLayers, parameters } = result;
    return {
      json: { out, layers, newLayers, parameters, ...noted.json },
      text: [
        table([
          ['out', out],
          ['layers', String(layers)],
          ['new layers', newLayers.join(', ')],
          ['parameters', parameters.toLocaleString('en-US')],
          ['files', result.files.join(', ')],
        ]),
        ...noted.lines,
      ].join('\n'),
    };
  },
};

function fieldsOf(parsed: Parsed, text: string | undefined): Recipe {
  const recipe = recipeOf(parsed, text);
  return { ...recipe, gaps: chosenGaps(parsed, recipe), zeroInit: zeroOf(parsed) };
}

/** A method that puts whole blocks in order has no gaps; LLaMA-Pro has its own; all others must be told. */
function chosenGaps(parsed: Parsed, { method, gaps }: Recipe): Recipe['gaps'] {
  const text = textOf(parsed, 'gaps');
  if (text !== undefined) return gapsOf(text);
  if (method === 'llama-pro') return 'spread';
  if (isLayout(METHODS[method])) return gaps;
  throw new UsageError('expected --gaps top|middle|bottom|ends or a list such as 3,4,5, got none');
}

function zeroOf({ values }: Parsed): Recipe['zeroInit'] {
  const [zero, kept] = [values['zero'] === true, values['no-zero'] === true];
  if (zero && kept) throw new UsageError('expected either --zero or --no-zero, got both');
  return zero ? true : kept ? false : 'method';
}

/** The recipe of the model on the command line, whichever it was written for. */
const withModel = (fields: unknown, name: string): unknown =>
  typeof fields === 'object' && fields !== null ? { ...fields, model: { kind: 'local', name } } : fields;
