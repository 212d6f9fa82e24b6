/*
 * Room `align/figures`: figures for print of picture, ribbons, curves and tower, with titles and captions. Imports the
 * rooms of Align that draw those, not `align/stage`.
 */

import type { Figure, Panel } from '../../figure/figure';
import { figure } from '../../figure/figure';
import { canvasMeasure } from '../../figure/write';
import type { AppState } from '../../store/app';
import type { PaneName } from '../picture/scene';
import { curvesPanel } from './curves-panel';
import { heatmapPanel } from './heatmap-panel';
import { ribbonsPanel } from './ribbons-panel';
import { towerPanel } from './tower-panel';
import type { FigureKind } from './words';
import { figureWords } from './words';

/** The panes on show, each with its letter if there are two. */
function panesOf({ view }: AppState): readonly (readonly [PaneName, string])[] {
  switch (view.panes) {
    case 'off':
    case 'a':
      return [['a', '']];
    case 'b':
      return [['b', '']];
    case 'both':
      return [
        ['a', 'A'],
        ['b', 'B'],
      ];
    case 'difference':
      return [['difference', '']];
  }
}

function panelsOf(state: AppState, kind: FigureKind): readonly (Panel | undefined)[] {
  switch (kind) {
    case 'picture':
      return panesOf(state).map(([pane, letter]) => heatmapPanel(state, pane, letter));
    case 'ribbons':
      return [ribbonsPanel(state)];
    case 'curves':
      return [curvesPanel(state)];
    case 'tower':
      return [towerPanel(state)];
  }
}

/** Makes the figure of what is on show now. Undefined if there is nothing of this kind. */
export function makeFigure(state: AppState, kind: FigureKind): Figure | undefined {
  const panels = panelsOf(state, kind).filter((panel) => panel !== undefined);
  return panels.length === 0 ? undefined : figure(panels, figureWords(state, kind), canvasMeasure());
}
