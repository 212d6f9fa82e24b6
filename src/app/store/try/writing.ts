import type { View } from '../../../recipe/view';
import type { Context } from '../core/store';
import type { TryNeeds } from './column-runner';
import { type ColumnTask, createColumnRunner } from './column-runner';
import { now } from '../../../now';

/** Key of the prompt and its settings. */
export function settingsKey({ prompt, temperature, topP, maxTokens, trySeed }: View): string {
  return JSON.stringify([prompt, temperature, topP, maxTokens, trySeed]);
}

/** Actions that continue the prompt, column by column. */
export function createWriting(context: Context<TryNeeds>) {
  const { engine, store } = context;
  const runner = createColumnRunner(context, 'write');

  async function write({ column, choice, signal, onEvent }: ColumnTask, view: View): Promise<void> {
    const { prompt, temperature, topP, maxTokens, trySeed: seed } = view;
    const set = (change: object) =>
      runner.setResult(column.id, (before) => before && { ...before, ...change });
    const asked = { ...choice.request, text: prompt };
    const { next, ids: read } = await engine.run('probe', asked, { signal, onEvent });
    if (signal.aborted) return;
    set({ next });
    checkContextLength(read.length, maxTokens, store.getState().model.info?.context ?? Infinity);
    let first = 0;
    const { ids, text } = await engine.run(
      'generate',
      { ...choice.request, prompt, temperature, topP, maxTokens, seed },
      {
        signal,
        onEvent: (event) => {
          onEvent(event);
          if (event.type !== 'text' || signal.aborted) return;
          first ||= now();
          set({ text: event.text });
        },
      },
    );
    if (signal.aborted) return;
    // Measured after the first token, which includes reading the prompt and perhaps building new blocks.
    const seconds = (now() - first) / 1000;
    const speed = ids.length > 1 && seconds > 0 ? { perSecond: (ids.length - 1) / seconds } : {};
    set({ text, tokens: ids.length, status: 'done', ...speed });
  }

  return {
    /** Continues the prompt in every column, after fetching the probable next tokens. */
    async generate(): Promise<void> {
      const { view } = store.getState();
      await runner.run(
        (column, { of, steps }) => {
          const settings = settingsKey(view);
          runner.setResult(column.id, () => ({
            of,
            steps,
            settings,
            prompt: view.prompt,
            text: '',
            status: 'running',
          }));
          return true;
        },
        (task) => write(task, view),
      );
    },

    /** Stops; the text so far is kept. */
    stopWriting(): void {
      runner.stop();
    },
  };
}

/** @throws Error if prompt and continuation are longer than the context, which would cut off the continuation. */
function checkContextLength(prompt: number, maxTokens: number, context: number): void {
  const room = context - prompt;
  if (maxTokens <= room) return;
  throw new Error(
    `Expected at most ${Math.max(0, room)} new tokens, as the prompt takes ${prompt} of the context's ${context}, got ${maxTokens}. ` +
      'Ask for fewer tokens or shorten the prompt.',
  );
}
