import { type Command, table } from './command';
import { expectNewFolder } from './folders';
import { notices } from './notices';
import { DEPTH_OPTIONS, deeperRecipe, RECIPE_OPTIONS } from './recipe';
import { save, SAVING_OPTIONS } from './saving';
import { fileOf } from './training';
import { backendOf, modelOf, required } from './usage';

export const upscale: Command = {
  usage: `upscale MODEL (--recipe FILE.json|FILE.yaml | --method M [--gaps ${DEPTH_OPTIONS.gaps.value}] [--no-zero | --zero] [SETTINGS]) --out DIR [--dtype ${SAVING_OPTIONS.dtype.value}] [--text FILE] [--backend auto|webgpu|cpu]`,
  summary:
    'Makes a deeper checkpoint, and reads back what it wrote. A .yaml recipe is a mergekit configuration of method passthrough, ' +
    'with scales, filters and dtypes. --dtype f32 does not round computed tensors to the dtype of the source; --text measures the ' +
    'losses before and after.',
  options: {
    ...RECIPE_OPTIONS,
    ...DEPTH_OPTIONS,
    ...SAVING_OPTIONS,
    text: { value: 'FILE' },
    backend: { value: 'auto|webgpu|cpu' },
  },
  async run(parsed, session) {
    const model = modelOf(parsed);
    const backend = backendOf(parsed);
    const out = session.path(required(parsed, 'out', 'DIR'));
    const text = await fileOf(parsed, 'text', session);
    const { recipe, notes } = await deeperRecipe(parsed, session, model);
    await expectNewFolder(out);
    const opened = await session.open(model, backend);
    const { result, json, rows } = await save(parsed, session, { recipe, path: out, text });
    const { layers, newLayers, parameters } = result;
    const noted = notices(recipe, opened, [...notes, ...result.notices]);
    return {
      json: { out, layers, newLayers, parameters, ...json, ...noted.json },
      text: [
        table([
          ['out', out],
          ['layers', String(layers)],
          ['new layers', newLayers.join(', ')],
          ['parameters', parameters.toLocaleString('en-US')],
          ...rows,
        ]),
        ...noted.lines,
      ].join('\n'),
    };
  },
};
