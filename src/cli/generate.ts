import type { Command } from './command';
import { readIds } from './folders';
import { UsageError, backendOf, modelOf, numberOf, required, textOf } from './usage';

export const generate: Command = {
  usage:
    'generate MODEL (--prompt TEXT | --ids FILE.json) --max-tokens N [--temperature 0] [--seed S] [--backend auto|webgpu|cpu]',
  summary: 'Continues a prompt; greedily unless a temperature is given.',
  options: {
    prompt: { value: 'TEXT' },
    ids: { value: 'FILE.json' },
    'max-tokens': { value: 'N' },
    temperature: { value: 'T' },
    seed: { value: 'S' },
    backend: { value: 'auto|webgpu|cpu' },
  },
  async run(parsed, session) {
    const model = modelOf(parsed);
    const backend = backendOf(parsed);
    const [prompt, ids] = [textOf(parsed, 'prompt'), textOf(parsed, 'ids')];
    if ((prompt === undefined) === (ids === undefined)) {
      throw new UsageError(
        `expected either --prompt TEXT or --ids FILE.json, got ${prompt === undefined ? 'neither' : 'both'}`,
      );
    }
    required(parsed, 'max-tokens', 'N');
    const maxTokens = numberOf(parsed, 'max-tokens', 'integer') ?? 0;
    const temperature = numberOf(parsed, 'temperature') ?? 0;
    const seed = numberOf(parsed, 'seed', 'integer') ?? 0;
    const start = prompt === undefined ? { ids: await readIds(session.path(ids ?? '')) } : { prompt };
    await session.open(model, backend);
    const made = await session.run('generate', {
      recipe: null,
      ...start,
      maxTokens,
      temperature,
      topP: 1,
      seed,
    });
    return {
      json: { ids: made.ids, text: made.text },
      text: `${prompt ?? ''}${made.text || made.ids.join(' ')}`,
    };
  },
};
