import { type Command, table } from './command';
import { readText } from './folders';
import { backendOf, modelOf, numberOf, required } from './usage';

export const twin: Command = {
  usage: 'twin MODEL --block B --text FILE [--seed S] [--max-tokens N] [--backend auto|webgpu|cpu]',
  summary:
    'Shuffles a block without changing what it computes, averages it with its copy, and averages again after the shuffle was found.',
  options: {
    block: { value: 'B' },
    text: { value: 'FILE' },
    seed: { value: 'S' },
    'max-tokens': { value: 'N' },
    backend: { value: 'auto|webgpu|cpu' },
  },
  async run(parsed, session) {
    const model = modelOf(parsed);
    const backend = backendOf(parsed);
    required(parsed, 'block', 'B');
    const block = numberOf(parsed, 'block', 'integer') ?? 0;
    const seed = numberOf(parsed, 'seed', 'integer') ?? 0;
    const maxTokens = numberOf(parsed, 'max-tokens', 'integer');
    const text = await readText(session.path(required(parsed, 'text', 'FILE')));
    await session.open(model, backend);
    const result = await session.run('twin', {
      block,
      seed,
      text,
      ...(maxTokens === undefined ? {} : { maxTokens }),
    });
    const { losses, found, units: _units, milliseconds: _, ...rest } = result;
    const row = (name: string, loss: number): string[] => [
      name,
      loss.toFixed(6),
      (loss - losses.base).toPrecision(3),
    ];
    const share = ({ right, of }: { right: number; of: number }): string => `${right} of ${of}`;
    return {
      json: { ...rest, losses, found },
      text: [
        table([
          [`block ${block}`, 'loss', 'Δ base'],
          ['as it is', losses.base.toFixed(6)],
          row('its shuffled copy', losses.copy),
          row('the average of both', losses.average),
          row('the average, shuffle found', losses.aligned),
        ]),
        table([
          ['found right', ''],
          ['units of the MLP', share(found.units)],
          ['query heads', share(found.heads)],
          ['value dimensions', share(found.values)],
        ]),
        `${result.tokens} tokens, ${result.backend}`,
      ].join('\n\n'),
    };
  },
};
