import { fillsGaps, hasTwoParents } from '../../methods/gaps';
import { TENSOR_INFO } from '../../words/tensors';
import { isAbort, toFailure } from '../core/failure';
import { LatestTask } from '../core/latest-task';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { secondChoice } from '../derived/second';
import { solveKey } from '../derived/solve';
import { subjectFor } from '../derived/subject';
import type { WithAlign } from '../state/align';
import type { WithBackend } from '../state/backend';
import type { WithModel } from '../state/model';
import type { WithRecipe } from '../state/recipe';
import type { WithSecond } from '../state/second';
import type { WithView } from '../state/view';

type Needs = WithBackend & WithModel & WithRecipe & WithView & WithAlign & WithSecond;

const NO_RESULT = { key: undefined, result: undefined, progress: undefined, failure: undefined } as const;

const NO_PAIR = 'nothing';

function requestedAlignment(state: Needs): string | undefined {
  if (state.view.panes === 'off' || state.view.tab !== 'align') return undefined;
  const choice = secondChoice(state);
  if (choice === undefined || state.align.phase === 'unpaired') return NO_PAIR;
  const { recipe, gap, tensor, against } = choice;
  if (!fillsGaps(recipe.method) || !hasTwoParents(recipe, gap, state.model.info?.layers ?? 0)) return NO_PAIR;
  return JSON.stringify([state.model.id, solveKey(recipe, gap), gap, tensor, against]);
}

/** Actions that solve the second alignment, after the first one and whenever its settings change. */
export function createSecond({ engine, store }: Context<Needs>) {
  const latest = new LatestTask();
  let solved: string | undefined;

  async function solve(wanted: string): Promise<void> {
    const state = store.getState();
    const choice = secondChoice(state);
    const subject = choice && subjectFor(state.model, choice);
    if (choice === undefined || subject === undefined) return;
    const { recipe, gap, tensor, against } = choice;
    solved = wanted;
    await latest.run(async (signal) => {
      patch(store, 'second', { ...NO_RESULT, phase: 'forming', subject });
      try {
        const result = await engine.run(
          'align',
          { recipe, gap, tensor: TENSOR_INFO[tensor].fullName, against },
          {
            signal,
            onEvent: (event) => {
              if (!signal.aborted && event.type === 'progress')
                patch(store, 'second', { progress: event.progress });
            },
          },
        );
        if (signal.aborted) return;
        const found = { ...subject, plan: result.plan, rows: result.rows, columns: result.columns };
        patch(store, 'second', {
          ...NO_RESULT,
          phase: 'ready',
          subject: found,
          key: result.key,
          result,
        });
      } catch (error) {
        if (signal.aborted) return;
        if (isAbort(error)) patch(store, 'second', { ...NO_RESULT, phase: 'stopped' });
        else patch(store, 'second', { ...NO_RESULT, phase: 'failed', failure: toFailure(error) });
      }
    });
  }

  function follow(): void {
    const state = store.getState();
    const wanted = requestedAlignment(state);
    if (wanted !== undefined && wanted === solved) return;
    latest.cancel();
    solved = undefined;
    if (wanted === undefined || wanted === NO_PAIR) {
      patch(store, 'second', {
        ...NO_RESULT,
        phase: wanted === undefined ? 'off' : 'unpaired',
        subject: undefined,
      });
      return;
    }
    if (state.align.phase === 'ready') void solve(wanted);
    else patch(store, 'second', { phase: 'waiting' });
  }

  store.subscribe((state) => `${requestedAlignment(state)} ${state.align.phase === 'ready'}`, follow);

  return {
    /** Solves again: after a stop, a failure, or when the engine has lost the alignment. */
    again(): void {
      solved = undefined;
      follow();
    },

    stop(): void {
      latest.cancel();
      patch(store, 'second', { ...NO_RESULT, phase: 'stopped' });
    },
  };
}
