/*
 * Room `store/align`: actions of Align: solves, pictures, playback, the pair under the cursor. Imports `session` and
 * what is below it, no actions of other stages.
 */

import { againstText } from '../../../recipe/against';
import type { AlignFrame } from '../../../engine/jobs';
import { TENSOR_INFO } from '../../words/tensors';
import { isAbort, toFailure } from '../core/failure';
import { LatestTask } from '../core/latest-task';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { NO_PAIR, requestedAlignment } from '../derived/requested-alignment';
import { sharpnessKey, sharpnessOf, solvedRecipe } from '../derived/solve';
import { subjectOf } from '../derived/subject';
import type { AlignState, AlignSubject, WithAlign } from '../state/align';
import type { WithBackend } from '../state/backend';
import type { WithModel } from '../state/model';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';
import { now } from '../../../now';

type Needs = WithBackend & WithModel & WithRecipe & WithView & WithAlign;

const NO_RESULT: Partial<AlignState> = {
  key: undefined,
  frame: undefined,
  trace: [],
  progress: undefined,
  result: undefined,
  failure: undefined,
  playing: false,
};

function sameNeurons(a: AlignSubject, b: AlignSubject): boolean {
  const same = a.modelId === b.modelId && a.gap === b.gap && a.tensor === b.tensor && a.method === b.method;
  return same && againstText(a.against) === againstText(b.against);
}

/** Minimum time between two solves, because a slider sends changes faster. */
const SETTLE_MS = 140;

/**
 * Actions that solve the alignment on show. It is solved again whenever the state that it depends on changes.
 * @param setEpsilon changes ε in the recipe.
 */
export function createAlign({ engine, store }: Context<Needs>, setEpsilon: (epsilon: number) => void) {
  const latest = new LatestTask();
  let solved: string | undefined;
  let lastStart = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The alignment started last; a solve with another ε can start from its potentials. */
  let last: { readonly key: string; readonly subject: AlignSubject } | undefined;

  /** @param warmStart starts from the potentials of the previous alignment if it has the same neurons. */
  async function solve(wanted: string, warmStart: boolean): Promise<void> {
    const state = store.getState();
    const subject = subjectOf(state);
    if (subject === undefined) return;
    const recipe = solvedRecipe(state);
    const from = warmStart && last && sameNeurons(last.subject, subject) ? { key: last.key } : undefined;
    solved = wanted;
    lastStart = now();
    await latest.run(async (signal) => {
      patch(store, 'align', { ...NO_RESULT, phase: 'forming', subject, asked: wanted });
      try {
        const { gap, tensor, part, against } = subject;
        const result = await engine.run(
          'align',
          {
            recipe,
            gap,
            tensor: TENSOR_INFO[tensor].fullName,
            against,
            ...(part === null ? {} : { part }),
            ...(from && { from }),
          },
          {
            signal,
            onEvent: (event) => {
              if (signal.aborted) return;
              if (event.type === 'progress') patch(store, 'align', { progress: event.progress });
              if (event.type === 'frame') {
                last = { key: event.frame.key, subject };
                addFrame(event.frame);
              }
            },
          },
        );
        if (signal.aborted) return;
        last = { key: result.key, subject };
        const key = sharpnessKey(subject.modelId, recipe, gap, tensor);
        patch(store, 'align', ({ sharpness }) => ({
          phase: 'ready' as const,
          subject: { ...subject, plan: result.plan, rows: result.rows, columns: result.columns },
          key: result.key,
          result,
          progress: undefined,
          sharpness:
            result.plan === 'entropic' && part === null && against.kind === 'next'
              ? { ...sharpness, [key]: sharpnessOf(result.planPerplexity, result.columns) }
              : sharpness,
        }));
      } catch (error) {
        if (signal.aborted) return;
        if (isAbort(error)) patch(store, 'align', { phase: 'stopped', progress: undefined });
        else patch(store, 'align', { phase: 'failed', failure: toFailure(error), progress: undefined });
      }
    });
  }

  function addFrame(frame: AlignFrame): void {
    patch(store, 'align', ({ trace }) => ({
      key: frame.key,
      frame,
      trace: [...trace, frame],
    }));
  }

  function schedule(wanted: string | undefined): void {
    const warmStart = store.getState().align.trial !== undefined;
    clearTimeout(timer);
    if (wanted === undefined || wanted === solved) return;
    latest.cancel();
    solved = undefined;
    if (wanted === NO_PAIR) {
      patch(store, 'align', { ...NO_RESULT, phase: 'unpaired', subject: undefined });
      return;
    }
    const rest = Math.max(0, lastStart + SETTLE_MS - now());
    timer = setTimeout(() => void solve(wanted, warmStart), rest);
  }

  function again(): void {
    solved = undefined;
    schedule(requestedAlignment(store.getState()));
  }

  store.subscribe(requestedAlignment, schedule);
  // A model is opened after the jobs that run, and a slow server could make it wait without end. If it does not open, the solve
  // begins again.
  store.subscribe(
    ({ model }) => model.opening !== undefined,
    (opening) => {
      if (!opening && solved === undefined) again();
      if (!opening || store.getState().align.phase !== 'forming') return;
      latest.cancel();
      solved = undefined;
    },
  );

  return {
    /**
     * Solves with another ε, starting from the current potentials. The recipe does not change until `keepEpsilon`, so
     * that one drag of the slider is one undo step.
     */
    tryEpsilon(epsilon: number): void {
      // Show the new solve as it runs, not a fixed half-step.
      if (store.getState().align.trial === undefined) patch(store, 'view', { halfStep: null });
      patch(store, 'align', { trial: epsilon, playing: false });
    },

    /** Writes the tried ε to the recipe. Does not solve again, because ε is the same. */
    keepEpsilon(): void {
      const { trial } = store.getState().align;
      if (trial === undefined) return;
      setEpsilon(trial);
      patch(store, 'align', { trial: undefined });
    },

    /** Solves again without a change: after a stop, a failure, or when the engine has lost the alignment. */
    again,

    stop(): void {
      latest.cancel();
      clearTimeout(timer);
      patch(store, 'align', { phase: 'stopped', progress: undefined });
    },
  };
}
