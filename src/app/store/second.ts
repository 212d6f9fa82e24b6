import type { AlignResult, JobFailure, ModelInfo, Progress } from '../../engine/jobs';
import type { Recipe } from '../../recipe/schema';
import type { TensorName } from '../../recipe/view';
import { TENSORS } from '../../recipe/view';
import { fillsGaps, isPair } from '../gaps';
import { TENSOR_WORDS } from '../tensors';
import type { Subject } from './align';
import { shownHalfStep, solveKey, subjectFor } from './align';
import type { Context } from './context';
import { patch } from './context';
import { isAbort, toFailure } from './failure';
import { Latest } from './latest';
import type { AppState } from './state';
import { shownGap } from './view';

/** The alignment that is looked at beside the first. */
export interface SecondState {
  /** `waiting` for the first one, which is solved before it. */
  readonly phase: 'off' | 'waiting' | 'forming' | 'ready' | 'stopped' | 'failed' | 'unpaired';
  readonly subject?: Subject | undefined;
  readonly key?: string | undefined;
  readonly result?: AlignResult | undefined;
  readonly progress?: Progress | undefined;
  readonly failure?: JobFailure | undefined;
}

export const INITIAL_SECOND: SecondState = { phase: 'off' };

const UNSOLVED = { key: undefined, result: undefined, progress: undefined, failure: undefined } as const;

/** What the second picture is of: its recipe, gap and tensor. */
export interface SecondChoice {
  readonly recipe: Recipe;
  readonly gap: number;
  readonly tensor: TensorName;
}

/** Tensors with as many rows as this one: those whose pictures can be laid over each other. */
export function tensorsLike(tensor: TensorName, model: ModelInfo): TensorName[] {
  const rows = TENSOR_WORDS[tensor].rows(model);
  return TENSORS.filter((other) => TENSOR_WORDS[other].rows(model) === rows);
}

/** The second alignment as chosen; what a link or another first tensor made impossible is as in the first. */
export function secondChoice(state: AppState): SecondChoice | undefined {
  const { info } = state.model;
  const gap = shownGap(state);
  if (info === undefined || gap === undefined) return undefined;
  const { second, tensor } = state.view;
  const current = state.recipe.current;
  const method = second.method !== null && fillsGaps(second.method) ? second.method : current.method;
  const epsilon = second.epsilon ?? current.solver.epsilon;
  const like = second.tensor !== null && tensorsLike(tensor, info).includes(second.tensor);
  return {
    recipe: { ...current, method, solver: { ...current.solver, epsilon } },
    gap: second.gap !== null && isPair(current, second.gap, info.layers) ? second.gap : gap,
    tensor: like ? second.tensor : tensor,
  };
}

/** The half-step of the second plan that stands beside the first one's; shorter solves rest at their end. */
export function secondHalfStep(state: Pick<AppState, 'align' | 'view' | 'second'>): number {
  const last = state.second.result?.halfSteps ?? 0;
  return state.view.halfStep === null ? last : Math.min(shownHalfStep(state), last);
}

const NOTHING = 'nothing';

function wantedAlignment(state: AppState): string | undefined {
  if (state.view.panes === 'off' || state.view.tab !== 'align') return undefined;
  const choice = secondChoice(state);
  if (choice === undefined || state.align.phase === 'unpaired') return NOTHING;
  const { recipe, gap, tensor } = choice;
  if (!fillsGaps(recipe.method) || !isPair(recipe, gap, state.model.info?.layers ?? 0)) return NOTHING;
  return JSON.stringify([state.model.id, solveKey(recipe, gap), gap, tensor]);
}

/** Solves the second alignment once the first one is done, and again when it changes. */
export function createSecond({ engine, store }: Context) {
  const latest = new Latest();
  let solved: string | undefined;

  async function solve(wanted: string): Promise<void> {
    const state = store.getState();
    const choice = secondChoice(state);
    const subject = choice && subjectFor(state.model, choice);
    if (choice === undefined || subject === undefined) return;
    const { recipe, gap, tensor } = choice;
    solved = wanted;
    await latest.run(async (signal) => {
      patch(store, 'second', { ...UNSOLVED, phase: 'forming', subject });
      try {
        const result = await engine.run(
          'align',
          { recipe, gap, tensor: TENSOR_WORDS[tensor].planned },
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
          ...UNSOLVED,
          phase: 'ready',
          subject: found,
          key: result.key,
          result,
        });
      } catch (error) {
        if (signal.aborted) return;
        if (isAbort(error)) patch(store, 'second', { ...UNSOLVED, phase: 'stopped' });
        else patch(store, 'second', { ...UNSOLVED, phase: 'failed', failure: toFailure(error) });
      }
    });
  }

  function follow(): void {
    const state = store.getState();
    const wanted = wantedAlignment(state);
    if (wanted !== undefined && wanted === solved) return;
    latest.cancel();
    solved = undefined;
    if (wanted === undefined || wanted === NOTHING) {
      patch(store, 'second', {
        ...UNSOLVED,
        phase: wanted === undefined ? 'off' : 'unpaired',
        subject: undefined,
      });
      return;
    }
    if (state.align.phase === 'ready') void solve(wanted);
    else patch(store, 'second', { phase: 'waiting' });
  }

  store.subscribe((state) => `${wantedAlignment(state)} ${state.align.phase === 'ready'}`, follow);

  return {
    /** Solves again after a failure or a stop, or when the engine no longer knows the solve. */
    again(): void {
      solved = undefined;
      follow();
    },

    stop(): void {
      latest.cancel();
      patch(store, 'second', { ...UNSOLVED, phase: 'stopped' });
    },
  };
}
