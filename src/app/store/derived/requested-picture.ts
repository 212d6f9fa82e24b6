import type { Picture } from '../../../engine/jobs';
import { againstText } from '../../../recipe/against';
import type { OrderName, View } from '../../../recipe/view';
import type { Order } from '../../drawing/order';
import { tileFor } from '../../drawing/tile';
import { visibleRegion } from '../../drawing/window';
import { methodInfo, planOf } from '../../methods/methods';
import type { AlignSubject, WithAlign } from '../state/align';
import type {
  PaneState,
  PictureState,
  RequestedPicture,
  WithOtherPictures,
  WithPicture,
} from '../state/picture';
import type { WithRecipe } from '../state/recipe';
import type { SecondState, WithSecond } from '../state/second';
import type { WithView } from '../state/view';
import { shownHalfStep } from './half-step';
import { hasOwnOrder, secondHalfStep } from './second';

type Needs = WithAlign & WithRecipe & WithView & WithPicture & WithSecond & WithOtherPictures;

export type PictureKind = Picture['kind'];

/** Maximum width and height of a picture. Smaller matrices are drawn cell by cell. */
export const MAX_PIXELS = 1024;

/** Key of a picture: equal for requests of the same picture. */
export function pictureKey({ key, kind, halfStep, order, minus, window }: RequestedPicture): string {
  const part = window && Object.values(window).join('-');
  return [key, kind, halfStep, order, minus?.key, minus?.halfStep, part].join(' ');
}

/** The request for the whole matrix. */
export function withoutWindow({ window: _, ...rest }: RequestedPicture): RequestedPicture {
  return rest;
}

/** Kinds of picture of the alignment on show: true, or the reason why it has none. */
export function pictureKinds({
  align,
  recipe,
}: WithAlign & WithRecipe): Record<Exclude<PictureKind, 'difference'>, string | true> {
  const { title } = methodInfo(align.subject?.method ?? recipe.current.method);
  const plan = align.subject?.plan ?? planOf(recipe.current);
  const missing = {
    entropic: true,
    permutation: `${title}: the plan is the permutation`,
    none: `${title}: there is no plan of this tensor. Cost and permutation can be looked at`,
  } as const;
  return { cost: true, plan: missing[plan], permutation: true };
}

/** The kind to draw: the chosen one, or a replacement if the method has no soft plan. */
export function shownKind(state: WithAlign & WithRecipe & WithView): Exclude<PictureKind, 'difference'> {
  const { picture } = state.view;
  if (pictureKinds(state)[picture] === true) return picture;
  const plan = state.align.subject?.plan ?? planOf(state.recipe.current);
  // Without a plan, show the cost: no permutation is used.
  return plan === 'permutation' ? 'permutation' : 'cost';
}

const isLarge = (subject: Pick<AlignSubject, 'rows' | 'columns'>) =>
  subject.rows > MAX_PIXELS || subject.columns > MAX_PIXELS;

/**
 * The order that the engine should apply. Pictures of single cells are ordered on the page, without a new picture. Large
 * ones of the same neurons side by side stay by index, because each alignment would have its own order.
 */
function askedOrder(state: Needs, pane: 'a' | 'b'): { readonly order?: OrderName } {
  const { view } = state;
  const { subject, key } = pane === 'a' ? state.align : state.second;
  if (subject === undefined || !isLarge(subject) || view.order === 'index') return {};
  if (view.panes !== 'off' && !hasOwnOrder(state)) return {};
  const { order } = pane === 'a' ? state.picture : state.secondPicture;
  return order?.key === key && order?.name === view.order ? { order: view.order } : {};
}

/** The picture to show in the first pane; undefined if the engine cannot draw it yet. */
export function requestedPicture(state: Needs, reducedMotion: boolean): RequestedPicture | undefined {
  const { align, view } = state;
  if (align.key === undefined || view.tab !== 'align') return undefined;
  const ready = align.phase === 'ready';
  // Reduced motion: do not show the plan while it forms, only when finished.
  if (!ready && reducedMotion && view.halfStep === null) return undefined;
  const kind = shownKind(state);
  if (kind === 'permutation' && !ready) return undefined;
  const common = { key: align.key, kind, ...askedOrder(state, 'a') };
  return kind === 'plan' ? { ...common, halfStep: shownHalfStep(state) } : common;
}

/** The kind to show of the second alignment; undefined for a plan that it does not have. */
function secondKind(view: View, { plan }: AlignSubject): PictureKind | undefined {
  if (view.picture !== 'plan') return view.picture;
  return plan === 'none' ? undefined : plan === 'entropic' ? 'plan' : 'permutation';
}

/** The picture of the second alignment; undefined if it is not on show. */
export function requestedSecond(state: Needs): RequestedPicture | undefined {
  const { second, view } = state;
  if (view.tab !== 'align' || view.panes === 'off' || view.panes === 'difference') return undefined;
  if (second.phase !== 'ready' || second.key === undefined || second.subject === undefined) return undefined;
  const kind = secondKind(view, second.subject);
  if (kind === undefined) return undefined;
  const common = { key: second.key, kind, ...askedOrder(state, 'b') };
  return kind === 'plan' ? { ...common, halfStep: secondHalfStep(state) } : common;
}

/** The difference picture (first plan minus second); undefined if it is not on show. */
export function requestedDifference(state: Needs): RequestedPicture | undefined {
  const { align, second, view } = state;
  if (view.tab !== 'align' || view.panes !== 'difference' || align.phase !== 'ready') return undefined;
  if (align.key === undefined || second.phase !== 'ready' || second.key === undefined) return undefined;
  if (align.subject?.plan === 'none' || second.subject?.plan === 'none') return undefined;
  const halfStep = align.subject?.plan === 'entropic' ? { halfStep: shownHalfStep(state) } : {};
  const other = second.subject?.plan === 'entropic' ? { halfStep: secondHalfStep(state) } : {};
  return { key: align.key, kind: 'difference', ...halfStep, minus: { key: second.key, ...other } };
}

/** The finer picture of the visible part; undefined if the picture of the whole is fine enough. */
export function requestedTile(state: Needs, wanted: RequestedPicture): RequestedPicture | undefined {
  const { subject } = state.align;
  if (subject === undefined || state.view.window === null) return undefined;
  const window = tileFor(visibleRegion(state.view.window, subject), subject, MAX_PIXELS);
  return window && { ...wanted, window };
}

/** True if each pixel is one cell, so that rows and columns can be reordered on the page. */
export function showsSingleCells(picture: Picture, subject: AlignSubject): boolean {
  return picture.height === subject.rows && picture.width === subject.columns;
}

/**
 * The order in which rows and columns of a pane are drawn; undefined for by index. The second pane has that of the first, but for
 * other neurons than the first's. The previous order of the same neurons is used until the new one arrives.
 */
export function shownOrder(state: Needs, pane: 'a' | 'b' | 'difference' = 'a'): Order | undefined {
  const { align, second, picture, secondPicture, view } = state;
  const own = pane === 'b' && hasOwnOrder(state);
  const { shown, order } = own ? secondPicture : picture;
  const subject = shown?.subject ?? (own ? second : align).subject;
  if (view.order === 'index' || order === undefined || subject === undefined) return undefined;
  const same =
    order.subject.modelId === subject.modelId &&
    order.subject.gap === subject.gap &&
    order.subject.tensor === subject.tensor &&
    order.subject.part === subject.part &&
    againstText(order.subject.against) === againstText(subject.against);
  if (!same) return undefined;
  // The engine has already ordered a large picture, but only by its own alignment.
  if (isLarge(subject) && (shown?.request.order !== order.name || shown.request.key !== order.key))
    return undefined;
  return order.order;
}

/** `ready` if the requested pictures are on show and nothing changes any more; tests wait for this. */
export function pictureStatus(state: Needs, reducedMotion: boolean): 'forming' | 'ready' | 'error' {
  const { align, picture, view, second } = state;
  if (align.phase === 'unpaired') return 'ready';
  if (align.phase === 'failed' || picture.failure !== undefined) return 'error';
  if (align.phase !== 'ready' || align.playing) return 'forming';
  if (isUnordered(view, picture, align.key)) return 'forming';
  const rests: boolean[] = [];
  if (view.panes !== 'b' && view.panes !== 'difference')
    rests.push(isShown(state, picture, requestedPicture(state, reducedMotion)));
  if (view.panes !== 'off' && view.panes !== 'a' && !isSettled(second)) return 'forming';
  const both = view.panes === 'both' || view.panes === 'b';
  if (both && second.phase === 'ready' && hasOwnOrder(state)) {
    if (isUnordered(view, state.secondPicture, second.key)) return 'forming';
  }
  const beside = both ? requestedSecond(state) : undefined;
  if (beside) rests.push(isShown(state, state.secondPicture, beside));
  const difference = requestedDifference(state);
  if (difference) rests.push(isShown(state, state.differencePicture, difference));
  return rests.every(Boolean) ? 'ready' : 'forming';
}

/** True while the order of an alignment's neurons has not come. */
const isUnordered = (view: View, { order }: PictureState, key: string | undefined): boolean =>
  view.order !== 'index' && (order?.key !== key || order?.name !== view.order);

const isSettled = ({ phase }: SecondState) => phase === 'ready' || phase === 'failed' || phase === 'unpaired';

function isShown(
  state: Needs,
  { shown, tile, failure }: PaneState,
  wanted: RequestedPicture | undefined,
): boolean {
  if (failure !== undefined) return true;
  if (wanted === undefined || shown === undefined || pictureKey(shown.request) !== pictureKey(wanted))
    return false;
  const finer = requestedTile(state, wanted);
  return finer === undefined || (tile !== undefined && pictureKey(tile.request) === pictureKey(finer));
}
