import { basename } from 'node:path';
import { type Command, table } from './command';
import { expectNewFolder } from './folders';
import { notices } from './notices';
import { DEPTH_OPTIONS, deeperRecipe, RECIPE_OPTIONS } from './recipe';
import { backendOf, modelOf, required } from './usage';

export const upscale: Command = {
  usage: `upscale MODEL (--recipe FILE.json|FILE.yaml | --method M [--gaps ${DEPTH_OPTIONS.gaps.value}] [--no-zero | --zero] [SETTINGS]) --out DIR [--backend auto|webgpu|cpu]`,
  summary:
    'Makes a deeper checkpoint. A .yaml recipe is a mergekit configuration of method passthrough, with scales, filters and dtypes.',
  options: {
    ...RECIPE_OPTIONS,
    ...DEPTH_OPTIONS,
    out: { value: 'DIR' },
    backend: { value: 'auto|webgpu|cpu' },
  },
  async run(parsed, session) {
    const model = modelOf(parsed);
    const backend = backendOf(parsed);
    const out = session.path(required(parsed, 'out', 'DIR'));
    const { recipe, notes } = await deeperRecipe(parsed, session, basename(session.path(model)));
    await expectNewFolder(out);
    const opened = await session.open(model, backend);
    const result = await session.run('export', {
      recipe,
      name: 'deeper',
      destination: { kind: 'folder', path: out },
    });
    const { layers, newLayers, parameters } = result;
    const noted = notices(recipe, opened.layers, [...notes, ...result.notices]);
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
