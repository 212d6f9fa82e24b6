import type { NullMeasure } from '../../../engine/jobs';
import { TENSOR_INFO } from '../../words/tensors';
import { onDemand } from '../core/on-demand';
import type { Context } from '../core/store';
import { patch } from '../core/store';
import { nullProblem } from '../derived/null';
import { solvedRecipe } from '../derived/solve';
import type { WithAlign } from '../state/align';
import type { WithNulls } from '../state/nulls';
import type { WithPicture } from '../state/picture';
import type { WithRecipe } from '../state/recipe';
import type { WithView } from '../state/view';

type Needs = WithRecipe & WithView & WithAlign & WithPicture & WithNulls;

const MAX_ENTRIES = 256;
/** Milliseconds without a change before a null is measured, so that browsing does not start any. */
const REST_MS = 500;
/** Larger tensors are measured only on request: every draw of the null is a solve. */
const UNASKED_ROWS = 512;

/** The alignment on show whose null is not known yet; undefined while the page is busy with the picture itself. */
export function missingNull(state: Needs): string | undefined {
  const { align, picture, view, nulls } = state;
  const { key, subject, phase, playing, trial } = align;
  if (view.tab !== 'align' || phase !== 'ready' || playing || trial !== undefined) return undefined;
  if (key === undefined || subject === undefined || nulls.entries[key] !== undefined) return undefined;
  // A null has no null.
  if (subject.against.kind === 'null' || nullProblem(state) !== undefined) return undefined;
  return picture.shown?.picture.key === key ? key : undefined;
}

/** Actions that measure the alignment on show against its null: by themselves once it rests, or on request. */
export function createNulls({ engine, store }: Context<Needs>) {
  const { run, cancel } = onDemand<NullMeasure>((change) => patch(store, 'nulls', change), MAX_ENTRIES);
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function measure(): Promise<void> {
    const state = store.getState();
    const key = missingNull(state);
    const { subject } = state.align;
    if (key === undefined || subject === undefined || state.nulls.running === key) return;
    const { gap, tensor, part, against } = subject;
    const request = { recipe: solvedRecipe(state), gap, tensors: [TENSOR_INFO[tensor].fullName], against };
    await run(key, async (options) => {
      const [measured] = await engine.run(
        'null',
        { ...request, ...(part === null ? {} : { part }) },
        options,
      );
      if (measured === undefined) throw new Error('expected one measure of the null, got none');
      return measured;
    });
  }

  store.subscribe(
    (state) => `${missingNull(state)} ${state.align.key}`,
    () => {
      clearTimeout(timer);
      const state = store.getState();
      const wanted = missingNull(state);
      if (state.nulls.running !== undefined && state.nulls.running !== wanted) cancel();
      const rows = state.align.subject?.rows ?? Infinity;
      if (wanted !== undefined && rows <= UNASKED_ROWS) timer = setTimeout(() => void measure(), REST_MS);
    },
  );

  return { measure, cancel };
}
