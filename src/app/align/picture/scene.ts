/*
 * Room `align/picture`: input of the drawing and the description of a matrix, for the stage and for figures. Imports no
 * other room of Align.
 */

import type { ModelInfo, Picture } from '../../../engine/jobs';
import type { Axis } from '../../drawing/axis';
import type { CellsScene } from '../../drawing/cells';
import type { ColourScale } from '../../drawing/colours';
import { headsOf } from '../../drawing/heads';
import type { Order } from '../../drawing/order';
import { colourScale } from '../../drawing/scale';
import type { Grid } from '../../drawing/texture';
import { Texture, reordered } from '../../drawing/texture';
import { visibleRegion } from '../../drawing/window';
import type { AppState } from '../../store/app';
import { scalingOf } from '../../store/derived/scaling';
import { shownOrder, withoutWindow, pictureKey } from '../../store/derived/requested-picture';
import type { AlignSubject } from '../../store/state/align';
import type { PaneState } from '../../store/state/picture';
import { columnWords } from '../../words/against';
import { TENSOR_INFO } from '../../words/tensors';

/** The first picture, the second, or the first plan minus the second. */
export type PaneName = 'a' | 'b' | 'difference';

/** All input of the drawing of one pane. */
export interface Scene extends CellsScene {
  readonly scale: ColourScale;
  readonly kind: Picture['kind'];
  readonly subject: AlignSubject;
}

export function paneState(state: AppState, pane: PaneName): PaneState {
  return { a: state.picture, b: state.secondPicture, difference: state.differencePicture }[pane];
}

/** The smallest ratio, over all values of a picture, of a value to the largest of its row. */
function leastShare({ max, width, height, rowHigh }: Picture): number {
  let least = 1;
  for (let y = 0; y < height; y++) {
    const high = rowHigh?.[y] || 1;
    for (let x = 0; x < width; x++) least = Math.min(least, (max[y * width + x] ?? 0) / high);
  }
  return least;
}

const leastShareCache = new WeakMap<Picture, number>();

function leastShareOf(picture: Picture): number {
  const found = leastShareCache.get(picture) ?? leastShare(picture);
  leastShareCache.set(picture, found);
  return found;
}

/** Colour scale of a pane. Two pictures side by side share one scale, so that they can be compared. */
export function paneScale(state: AppState, pane: PaneName): ColourScale | undefined {
  const { shown } = paneState(state, pane);
  if (shown === undefined) return undefined;
  const { picture, subject } = shown;
  const beside = pane === 'difference' ? undefined : paneState(state, pane === 'a' ? 'b' : 'a').shown;
  const other = state.view.panes === 'both' ? beside?.picture : undefined;
  const joint =
    other === undefined || other.kind !== picture.kind
      ? { kind: other?.kind === 'plan' ? 'plan' : picture.kind, low: picture.low, high: picture.high }
      : {
          kind: picture.kind,
          low: Math.min(picture.low, other.low),
          high: Math.max(picture.high, other.high),
        };
  const byRow = state.view.scale === 'row' && joint.kind === 'cost';
  const least = byRow ? Math.min(...[picture, ...(other ? [other] : [])].map(leastShareOf)) : 0;
  return colourScale(joint, subject.rows, state.view, least);
}

/** Makes the scenes of one pane and reuses unchanged textures. */
export class SceneBuilder {
  readonly #pane: PaneName;
  #kept: { readonly name: readonly unknown[]; readonly texture: Texture }[] = [];

  constructor(pane: PaneName) {
    this.#pane = pane;
  }

  /** Returns undefined while there is nothing to draw. */
  build(state: AppState): Scene | undefined {
    const { shown, tile } = paneState(state, this.#pane);
    const scale = paneScale(state, this.#pane);
    const { info } = state.model;
    if (shown === undefined || scale === undefined || info === undefined) return undefined;
    const { subject, picture } = shown;
    const order = shownOrder(state, this.#pane);
    // The engine has already ordered a pooled picture; an unpooled one is by index.
    const apply = picture.width === subject.columns && picture.height === subject.rows ? order : undefined;
    const finer =
      tile && pictureKey(withoutWindow(tile.request)) === pictureKey(shown.request) ? tile : undefined;
    const pooling = state.view.pooling;
    const all = { rowStart: 0, rowEnd: subject.rows, columnStart: 0, columnEnd: subject.columns };
    const layers = [
      { picture, window: all, order: apply },
      ...(finer ? [{ picture: finer.picture, window: finer.request.window ?? all, order: undefined }] : []),
    ];
    const kept = this.#kept;
    this.#kept = layers.map(({ picture: from, window, order: by }) => {
      const name = [from, by, pooling, JSON.stringify(scale)];
      const found = kept.find((entry) => entry.name.every((part, i) => part === name[i]));
      return found ?? { name, texture: new Texture(gridOf(from, window, by, pooling), scale, pooling) };
    });
    const { rows, columns } = axesOf(state, this.#pane, info, subject, order);
    const scaling = subject.plan === 'entropic' && picture.rowMass ? scalingOf(picture.halfStep) : undefined;
    return {
      textures: this.#kept.map(({ texture }) => texture),
      region: visibleRegion(state.view.window, subject),
      rows: { ...rows, mass: byPlace(picture.rowMass, apply?.rows), justScaled: scaling === 'rows' },
      columns: {
        ...columns,
        mass: byPlace(picture.columnMass, apply?.columns),
        justScaled: scaling === 'columns',
      },
      scale,
      kind: picture.kind,
      subject,
    };
  }
}

function gridOf(
  picture: Picture,
  window: { rowStart: number; rowEnd: number; columnStart: number; columnEnd: number },
  order: Order | undefined,
  pooling: 'max' | 'mean',
): Grid {
  const values = picture[pooling];
  return {
    values: order ? reordered(values, picture.width, order) : values,
    width: picture.width,
    height: picture.height,
    rows: { start: window.rowStart, end: window.rowEnd },
    columns: { start: window.columnStart, end: window.columnEnd },
    rowHigh: byPlace(picture.rowHigh, order?.rows),
  };
}

/** Reorders values from index to place. */
function byPlace(values: Float32Array | undefined, order: Uint32Array | undefined): Float32Array | undefined {
  if (values === undefined || order === undefined) return values;
  return Float32Array.from(order, (index) => values[index] ?? Number.NaN);
}

/** Both axes of a pane, without masses. */
function axesOf(
  state: AppState,
  pane: PaneName,
  info: ModelInfo,
  subject: AlignSubject,
  order: Order | undefined,
): { readonly rows: Axis; readonly columns: Axis } {
  const heads = headsOf(subject.tensor, info);
  const parents = state.recipe.current.parents[subject.gap];
  const plural = `${TENSOR_INFO[subject.tensor].row.replace(/^an? /, '')}s`;
  const second = state.second.subject;
  // A difference names the blocks of both plans.
  const also = pane === 'difference' && second && second.gap !== subject.gap ? second.gap : undefined;
  const title = (block: string, other: number | undefined) =>
    `${plural} of ${block}${other === undefined ? '' : ` − ${other}`}`;
  const blocks = parents ?? [subject.gap, subject.gap + 1];
  return {
    rows: {
      size: subject.rows,
      title: title(`block ${blocks[0]}`, also),
      order: order?.rows,
      heads,
    },
    columns: {
      size: subject.columns,
      title: title(columnWords(subject.against, blocks), also === undefined ? undefined : also + 1),
      order: order?.columns,
      heads,
    },
  };
}

/** Value of a cell in the pane. Undefined if there is no picture or if it is pooled at this cell. */
export function valueInPane(
  state: AppState,
  pane: PaneName,
  cell: { readonly row: number; readonly column: number },
  place: { readonly row: number; readonly column: number },
): number | undefined {
  const { shown, tile } = paneState(state, pane);
  if (shown === undefined) return undefined;
  const { picture, subject } = shown;
  if (picture.width === subject.columns && picture.height === subject.rows)
    return picture.max[cell.row * picture.width + cell.column];
  const window = tile?.request.window;
  if (tile === undefined || window === undefined) return undefined;
  const { width, height, max } = tile.picture;
  const exact = width === window.columnEnd - window.columnStart && height === window.rowEnd - window.rowStart;
  const inside =
    place.row >= window.rowStart &&
    place.row < window.rowEnd &&
    place.column >= window.columnStart &&
    place.column < window.columnEnd;
  if (!exact || !inside || pictureKey(withoutWindow(tile.request)) !== pictureKey(shown.request))
    return undefined;
  return max[(place.row - window.rowStart) * width + place.column - window.columnStart];
}
