import { type Command, table } from './command';
import { modelOf } from './usage';

export const info: Command = {
  usage: 'info MODEL',
  summary: 'What a checkpoint is.',
  options: {},
  async run(parsed, session) {
    const model = modelOf(parsed);
    const opened = await session.open(model, 'cpu');
    const {
      architecture,
      layers,
      hiddenSize,
      intermediateSize,
      heads,
      kvHeads,
      vocabSize,
      parameters,
      dtypes,
    } = opened;
    const json = {
      architecture,
      layers,
      hiddenSize,
      intermediateSize,
      heads,
      kvHeads,
      vocabSize,
      parameters,
      dtypes,
    };
    const stored = Object.entries(dtypes).map(([dtype, count]) => `${count} × ${dtype}`);
    const text = table([
      ['architecture', architecture],
      ['layers', String(layers)],
      ['hidden size', String(hiddenSize)],
      ['intermediate size', String(intermediateSize)],
      ['heads', `${heads} (${kvHeads} for keys and values)`],
      ['vocabulary', String(vocabSize)],
      ['parameters', parameters.toLocaleString('en-US')],
      ['tensors', stored.join(', ')],
      ['tokenizer', opened.tokenizerMissing ?? 'yes'],
    ]);
    return { json, text };
  },
};
