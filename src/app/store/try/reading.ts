import type { Context } from '../core/store';
import { patch } from '../core/store';
import type { TokenInspection, TextReading, TryColumn } from '../state/try';
import type { ModelChoice } from './choices';
import type { TryNeeds } from './column-runner';
import { createColumnRunner } from './column-runner';

/** Length of the example text: long enough for every kind of token, short enough to read at a glance. */
const EXAMPLE_LETTERS = 420;

/** Returns the result if it is of this model, else undefined. */
export function currentResult<T extends { readonly of: string }>(
  result: T | undefined,
  choice: ModelChoice | undefined,
) {
  return result && result.of === choice?.of ? result : undefined;
}

/** True if the column has the losses of this text by the current state of its model. */
export function isMeasured({ read }: TryColumn, choice: ModelChoice | undefined, text: string): boolean {
  const found = currentResult(read, choice);
  return found?.status === 'done' && found.text === text && found.steps === choice?.steps;
}

/** Returns the inspection of the chosen token if it is of this model and of the measured text. */
export function inspectionOf(
  { look, read }: TryColumn,
  choice: ModelChoice | undefined,
  token: number | null,
) {
  const found = currentResult(look, choice);
  return found && found.token === token && found.text === read?.text ? found : undefined;
}

/** Actions that measure a text and inspect one of its tokens. */
export function createReading(context: Context<TryNeeds>) {
  const { engine, store, platform } = context;
  const reads = createColumnRunner(context, 'read');
  const looks = createColumnRunner(context, 'look');

  async function look(): Promise<void> {
    const { token } = store.getState().tryStage;
    if (token === null) return looks.stop();
    return looks.run(
      (column, choice) => {
        const read = currentResult(column.read, choice);
        if (read?.status !== 'done' || token >= read.ids.length) return false;
        const known = inspectionOf(column, choice, token);
        if (known?.status === 'done' && known.steps === choice.steps) return false;
        const { of, steps } = choice;
        const empty: TokenInspection = {
          of,
          steps,
          status: 'running',
          text: read.text,
          token,
          next: [],
          lens: [],
          loss: read.nll[token - 1] ?? 0,
        };
        looks.setResult(column.id, () => empty);
        return true;
      },
      async ({ column, choice, signal, onEvent }) => {
        const ids = column.read?.ids ?? [];
        const { next, lens, nll } = await engine.run(
          'probe',
          { ...choice.request, ids, at: token - 1, lens: true },
          { signal, onEvent },
        );
        if (signal.aborted) return;
        const loss = nll[token - 1] ?? 0;
        looks.setResult(column.id, (before) => before && { ...before, next, lens, loss, status: 'done' });
      },
    );
  }

  const setText = (text: string) => patch(store, 'tryStage', { text });

  return {
    setText,

    /** Sets the text to the beginning of a shipped one. */
    async takeExample(): Promise<void> {
      const url = new URL('corpus/fairy-heldout.txt', platform.base).href;
      const whole = (await platform.fetchText(url, new AbortController().signal)).trim();
      const cut = whole.slice(0, EXAMPLE_LETTERS);
      setText(whole.length > cut.length ? cut.slice(0, Math.max(1, cut.lastIndexOf(' '))) : cut);
    },

    /** Measures the text in every column that has no current result. */
    async measure(): Promise<void> {
      const { text } = store.getState().tryStage;
      looks.stop();
      await reads.run(
        (column, choice) => {
          if (isMeasured(column, choice, text)) return false;
          const { of, steps } = choice;
          const empty: TextReading = {
            of,
            steps,
            status: 'running',
            text,
            ids: [],
            pieces: [],
            nll: new Float32Array(),
          };
          reads.setResult(column.id, () => empty);
          return true;
        },
        async ({ column, choice, signal, onEvent }) => {
          const result = await engine.run('probe', { ...choice.request, text, top: 1 }, { signal, onEvent });
          if (signal.aborted) return;
          const { ids, pieces, nll } = result;
          reads.setResult(column.id, (before) => before && { ...before, ids, pieces, nll, status: 'done' });
        },
      );
      const { columns, token } = store.getState().tryStage;
      if (token === null || reads.running) return;
      // Another text has another token at this index.
      if (columns.every((column) => column.look?.text === text || column.look === undefined)) await look();
      else patch(store, 'tryStage', { token: null });
    },

    /** Chooses a token (index from 1) to inspect; null for none. */
    async pick(token: number | null): Promise<void> {
      patch(store, 'tryStage', { token });
      await look();
    },

    stopReading(): void {
      reads.stop();
    },

    stopLooking(): void {
      looks.stop();
    },
  };
}
