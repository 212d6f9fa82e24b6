import { useMemo } from 'react';
import type { CellAddress } from '../../../recipe/view';
import { headsOf } from '../../drawing/heads';
import { colourScale } from '../../drawing/scale';
import type { ShownRibbons } from '../../store/state/ribbons';
import { useAppState } from '../../store/use-app';
import type { NeuronLayout } from './neuron-layout';
import { layOutNeurons } from './neuron-layout';
import { ribbonPath } from './ribbon-path';
import type { Stroke } from './strokes';
import { costStrokes, massStrokes } from './strokes';

export interface Ribbon extends CellAddress, Stroke {
  /** n·T, or the cost without a plan. */
  readonly value: number;
  readonly path: string;
}

/** Pixels of the drawing. Ribbons run from `left` to `right`. */
export interface RibbonArea {
  readonly left: number;
  readonly right: number;
  readonly height: number;
}

export interface RibbonDrawing {
  readonly ribbons: readonly Ribbon[];
  readonly rows: NeuronLayout;
  readonly columns: NeuronLayout;
}

/** True if a pair's value is a mass, false if it is a cost. */
export const isMass = ({ subject }: Pick<ShownRibbons, 'subject'>) => subject.plan !== 'none';

/** Computes the ribbons of the pairs on show, strongest first. */
export function useRibbons(shown: ShownRibbons | undefined, { left, right, height }: RibbonArea) {
  const info = useAppState((state) => state.model.info);
  const order = useAppState(({ picture, view }) =>
    picture.order?.name === view.order ? picture.order : undefined,
  );

  const places = useMemo(() => {
    if (shown === undefined || info === undefined) return undefined;
    const { tensor, rows, columns, gap } = shown.subject;
    const heads = headsOf(tensor, info);
    const same = order?.subject.tensor === tensor && order.subject.gap === gap;
    const ordered = same && order.order.rows.length === rows ? order.order : undefined;
    return {
      rows: layOutNeurons(rows, height, heads, ordered?.rows),
      columns: layOutNeurons(columns, height, heads, ordered?.columns),
    };
  }, [shown, info, order, height]);

  return useMemo((): RibbonDrawing | undefined => {
    if (shown === undefined || places === undefined) return undefined;
    const { rows, columns, values } = shown.strongest;
    const scale = colourScale({ kind: 'plan', low: 0, high: 1 }, shown.subject.rows, {
      scale: 'log',
      fit: false,
    });
    const strokes = isMass(shown) ? massStrokes(values, scale) : costStrokes(values);
    const ribbons = strokes.map((stroke, i) => {
      const pair = { row: rows[i] ?? 0, column: columns[i] ?? 0 };
      const path = ribbonPath(pair, places.rows, places.columns, { left, right });
      return { ...pair, ...stroke, value: values[i] ?? Number.NaN, path };
    });
    return { ribbons, ...places };
  }, [shown, places, left, right]);
}
