import { type Command, table } from './command';
import { readIds, readText } from './folders';
import { UsageError, backendOf, modelOf, textOf } from './usage';

export const evaluate: Command = {
  usage: 'eval MODEL (--text FILE | --ids FILE.json) [--backend auto|webgpu|cpu]',
  summary: 'Loss and perplexity on a text.',
  options: { text: { value: 'FILE' }, ids: { value: 'FILE.json' }, backend: { value: 'auto|webgpu|cpu' } },
  async run(parsed, session) {
    const model = modelOf(parsed);
    const backend = backendOf(parsed);
    const [text, ids] = [textOf(parsed, 'text'), textOf(parsed, 'ids')];
    if ((text === undefined) === (ids === undefined)) {
      throw new UsageError(
        `expected either --text FILE or --ids FILE.json, got ${text === undefined ? 'neither' : 'both'}`,
      );
    }
    const tokens =
      text === undefined
        ? { ids: await readIds(session.path(ids ?? '')), oneWindow: true }
        : { text: await readText(session.path(text)) };
    await session.open(model, backend);
    const result = await session.run('evaluate', { recipe: null, ...tokens });
    const { loss, perplexity, tokens: count, nll } = result;
    return {
      json: { loss, perplexity, tokens: count, nll: Array.from(nll), backend: result.backend },
      text: table([
        ['loss', loss.toFixed(6)],
        ['perplexity', perplexity.toFixed(4)],
        ['tokens', String(count)],
        ['backend', result.backend],
      ]),
    };
  },
};
