import { mebibytes, roughDuration } from '../amounts';
import type { Forecast } from '../engine/jobs';
import { type Command, table } from './command';
import { DEPTH_OPTIONS, deeperRecipe, RECIPE_OPTIONS } from './recipe';
import { backendOf, modelOf } from './usage';

export const forecast: Command = {
  usage: `forecast MODEL (--recipe FILE | --method M [--gaps ${DEPTH_OPTIONS.gaps.value}] [--no-zero | --zero] [SETTINGS]) [--backend auto|webgpu|cpu]`,
  summary: 'Time and memory that new blocks would take, without making them.',
  options: { ...RECIPE_OPTIONS, ...DEPTH_OPTIONS, backend: { value: 'auto|webgpu|cpu' } },
  async run(parsed, session) {
    const model = modelOf(parsed);
    const backend = backendOf(parsed);
    const { recipe } = await deeperRecipe(parsed, session, model);
    await session.open(model, backend);
    const result = await session.run('forecast', { recipe });
    const { quicker } = result;
    return {
      json: { ...result, backend: session.backend },
      text: [
        table([...rowsOf(result), ['backend', session.backend ?? '']]),
        ...(quicker
          ? [`Method ${quicker.method} takes about ${roughDuration(quicker.seconds)} for the same gaps.`]
          : []),
      ].join('\n'),
    };
  },
};

const rowsOf = ({ blocks, seconds, readBytes, deviceBytes, temporaryBytes }: Forecast): string[][] => [
  ['new blocks', String(blocks)],
  ['time', `about ${roughDuration(seconds)}`],
  ['to read', mebibytes(readBytes)],
  ['memory', `${mebibytes(deviceBytes)} at most for the blocks, and the caches`],
  ...(temporaryBytes > 0 ? [['temporary files', mebibytes(temporaryBytes)]] : []),
];
