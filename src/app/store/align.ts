import type { AlignFrame, AlignResult, JobFailure, ModelInfo, Progress } from '../../engine/jobs';
import type { MethodId, Recipe } from '../../recipe/schema';
import type { TensorName } from '../../recipe/view';
import { fillsGaps, isPair } from '../gaps';
import { comparesActivations, planOf, solverOf } from '../methods';
import { TENSOR_WORDS } from '../tensors';
import type { Context } from './context';
import { patch } from './context';
import { isAbort, toFailure } from './failure';
import { Latest } from './latest';
import { headCount } from './map-place';
import type { AppState } from './state';
import { shownGap } from './view';

/** What an alignment is of. Two solves of the same subject differ at most in ε, seed and method. */
export interface Subject {
  readonly modelId: number;
  readonly gap: number;
  readonly tensor: TensorName;
  /** The head that the rows are of; null: all of the tensor's. */
  readonly part: number | null;
  readonly method: MethodId;
  /** What kind of plan the recipe asks for. */
  readonly plan: AlignResult['plan'];
  readonly rows: number;
  readonly columns: number;
}

export interface AlignState {
  /** `unpaired`: there is nothing to align, above the last block or in a method that only reorders blocks. */
  readonly phase: 'idle' | 'forming' | 'ready' | 'stopped' | 'failed' | 'unpaired';
  readonly subject?: Subject | undefined;
  /** Names the alignment in the engine; known from its first frame on. */
  readonly key?: string | undefined;
  readonly frame?: AlignFrame | undefined;
  /** Every frame so far. */
  readonly trace: readonly AlignFrame[];
  readonly progress?: Progress | undefined;
  readonly result?: AlignResult | undefined;
  readonly failure?: JobFailure | undefined;
  readonly playing: boolean;
  /** The ε under the slider while it is held; the recipe takes it over when it is let go. */
  readonly trial?: number | undefined;
  /** Sharpness of the plans of finished alignments, by `sharpnessKey`. */
  readonly sharpness: Readonly<Record<string, number>>;
}

const UNSOLVED: Partial<AlignState> = {
  key: undefined,
  frame: undefined,
  trace: [],
  progress: undefined,
  result: undefined,
  failure: undefined,
  playing: false,
};

export const INITIAL_ALIGN: AlignState = { phase: 'idle', trace: [], playing: false, sharpness: {} };

/** The part of a recipe that decides an alignment, as a key. */
export function solveKey(recipe: Recipe, gap: number): string {
  const { method, solver, cost, parents, structured, zeroInit, seed } = recipe;
  // `paper` and `literal` differ in their plans only where the input map does, but the engine is the judge of that.
  const own = [
    method,
    parents[gap],
    ...(planOf(recipe) === 'none' ? [] : [cost]),
    ...(planOf(recipe) === 'entropic' ? [solver, seed] : [solverOf(recipe)]),
    ...(method === 'opt-deus:structured' ? [structured, zeroInit] : []),
  ];
  return JSON.stringify(own);
}

export function sharpnessKey(modelId: number, recipe: Recipe, gap: number, tensor: TensorName): string {
  return JSON.stringify([modelId, solveKey(recipe, gap), gap, tensor]);
}

/** The recipe that is solved: the one in force, with the ε that is being tried. */
export function solvedRecipe({ recipe, align }: Pick<AppState, 'recipe' | 'align'>): Recipe {
  const { current } = recipe;
  if (align.trial === undefined) return current;
  return { ...current, solver: { ...current.solver, epsilon: align.trial } };
}

/** How far a plan is from uniform (0) on the way to one partner each (1): 1 − log perplexity / log n. */
export function sharpnessOf(perplexity: number, n: number): number {
  return n > 1 ? Math.max(0, Math.min(1, 1 - Math.log(perplexity) / Math.log(n))) : 1;
}

/** The latest half-step there is. */
export function lastHalfStep({ align }: Pick<AppState, 'align'>): number {
  return align.result?.halfSteps ?? align.frame?.halfStep ?? 0;
}

/** The half-step that should be on show: the scrubbed one, else the latest there is. */
export function shownHalfStep({ align, view }: Pick<AppState, 'align' | 'view'>): number {
  const latest = lastHalfStep({ align });
  return Math.min(view.halfStep ?? latest, latest);
}

/** The wish of a method without gaps, and of a gap that has no pair of blocks to align. */
const NOTHING = 'nothing';

/** Everything an alignment depends on; a change of it starts a new solve. Undefined while nothing can be decided. */
function wantedAlignment(state: AppState): string | undefined {
  const { model, backend, recipe, view } = state;
  const gap = shownGap(state);
  const solving = solvedRecipe(state);
  if (model.info === undefined || backend.status !== 'ready' || view.tab !== 'align') return undefined;
  if (!fillsGaps(recipe.current.method)) return NOTHING;
  if (gap === undefined) return undefined;
  if (!isPair(recipe.current, gap, model.info.layers)) return NOTHING;
  return JSON.stringify([model.id, solveKey(solving, gap), gap, view.tensor, shownPart(state)]);
}

/**
 * How many heads the tensor on show is matched by, each with a plan of its own: v in the structured method, q, k and v where
 * another one compares activations. 0 where one plan matches all rows.
 */
export function partCount({ recipe, view, model }: Pick<AppState, 'recipe' | 'view' | 'model'>): number {
  return model.info === undefined ? 0 : partsOf(recipe.current, view.tensor, model.info);
}

function partsOf(recipe: Recipe, tensor: TensorName, info: ModelInfo): number {
  const byHead = recipe.method === 'opt-deus:structured' ? tensor === 'v' : comparesActivations(recipe);
  return byHead ? headCount(tensor, info) : 0;
}

/** The head whose plan is on show; null is all rows. */
export function shownPart(state: Pick<AppState, 'recipe' | 'view' | 'model'>): number | null {
  const { part } = state.view;
  return part !== null && part < partCount(state) ? part : null;
}

function subjectOf(state: AppState): Subject | undefined {
  const gap = shownGap(state);
  if (gap === undefined) return undefined;
  const { recipe, view, model } = state;
  return subjectFor(model, { recipe: recipe.current, gap, tensor: view.tensor, part: view.part });
}

/** What an alignment of this recipe will be of; undefined without a model. A part that it has not is left out. */
export function subjectFor(
  { info, id }: AppState['model'],
  {
    recipe,
    gap,
    tensor,
    part = null,
  }: {
    readonly recipe: Recipe;
    readonly gap: number;
    readonly tensor: TensorName;
    readonly part?: number | null;
  },
): Subject | undefined {
  if (info === undefined) return undefined;
  const shown = part !== null && part < partsOf(recipe, tensor, info) ? part : null;
  const rows = shown === null ? TENSOR_WORDS[tensor].rows(info) : info.headDim;
  const plan = planOf(recipe);
  return { modelId: id, gap, tensor, part: shown, method: recipe.method, plan, rows, columns: rows };
}

function sameNeurons(a: Subject, b: Subject): boolean {
  return a.modelId === b.modelId && a.gap === b.gap && a.tensor === b.tensor && a.method === b.method;
}

/** A slider sends changes faster than solves are worth starting. */
const SETTLE_MS = 140;

/**
 * Solving the alignment on show, always the one the state asks for and no other.
 * @param setEpsilon changes the recipe's ε.
 */
export function createAlign({ engine, store }: Context, setEpsilon: (epsilon: number) => void) {
  const latest = new Latest();
  let solved: string | undefined;
  let lastStart = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The alignment last begun, which a solve with another ε can go on from. */
  let begun: { readonly key: string; readonly subject: Subject } | undefined;

  /** @param goOn from the potentials of the alignment on show, where that is of the same neurons. */
  async function solve(wanted: string, goOn: boolean): Promise<void> {
    const state = store.getState();
    const subject = subjectOf(state);
    if (subject === undefined) return;
    const recipe = solvedRecipe(state);
    const from = goOn && begun && sameNeurons(begun.subject, subject) ? { key: begun.key } : undefined;
    solved = wanted;
    lastStart = performance.now();
    await latest.run(async (signal) => {
      patch(store, 'align', { ...UNSOLVED, phase: 'forming', subject });
      try {
        const { gap, tensor, part } = subject;
        const result = await engine.run(
          'align',
          {
            recipe,
            gap,
            tensor: TENSOR_WORDS[tensor].planned,
            ...(part === null ? {} : { part }),
            ...(from && { from }),
          },
          {
            signal,
            onEvent: (event) => {
              if (signal.aborted) return;
              if (event.type === 'progress') patch(store, 'align', { progress: event.progress });
              if (event.type === 'frame') {
                begun = { key: event.frame.key, subject };
                addFrame(event.frame);
              }
            },
          },
        );
        if (signal.aborted) return;
        begun = { key: result.key, subject };
        const key = sharpnessKey(subject.modelId, recipe, gap, tensor);
        patch(store, 'align', ({ sharpness }) => ({
          phase: 'ready' as const,
          subject: { ...subject, plan: result.plan, rows: result.rows, columns: result.columns },
          key: result.key,
          result,
          progress: undefined,
          sharpness:
            result.plan === 'entropic' && part === null
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
    const goOn = store.getState().align.trial !== undefined;
    clearTimeout(timer);
    if (wanted === undefined || wanted === solved) return;
    latest.cancel();
    solved = undefined;
    if (wanted === NOTHING) {
      patch(store, 'align', { ...UNSOLVED, phase: 'unpaired', subject: undefined });
      return;
    }
    const rest = Math.max(0, lastStart + SETTLE_MS - performance.now());
    timer = setTimeout(() => void solve(wanted, goOn), rest);
  }

  store.subscribe(wantedAlignment, schedule);

  return {
    /**
     * Tries an ε on the alignment on show, going on from where that stands. The recipe keeps its own until `keepEpsilon`,
     * so that a drag through many values is one step back.
     */
    tryEpsilon(epsilon: number): void {
      // The course of the new solve is what is to be seen, not one half-step of it.
      if (store.getState().align.trial === undefined) patch(store, 'view', { halfStep: null });
      patch(store, 'align', { trial: epsilon, playing: false });
    },

    /** Gives the ε that was tried to the recipe. What is solved stays: it is of the same ε. */
    keepEpsilon(): void {
      const { trial } = store.getState().align;
      if (trial === undefined) return;
      setEpsilon(trial);
      patch(store, 'align', { trial: undefined });
    },

    /** Solves again although nothing changed: after a stop, a failure, or when the engine no longer knows the solve. */
    again(): void {
      solved = undefined;
      schedule(wantedAlignment(store.getState()));
    },

    stop(): void {
      latest.cancel();
      clearTimeout(timer);
      patch(store, 'align', { phase: 'stopped', progress: undefined });
    },
  };
}
