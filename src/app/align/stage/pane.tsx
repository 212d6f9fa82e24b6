import { useEffect, useId, useMemo, useRef } from 'react';
import { drawCells } from '../../drawing/cells';
import { oncePerFrame } from '../../drawing/frames';
import type { Geometry } from '../../drawing/geometry';
import { geometry } from '../../drawing/geometry';
import { headsOf } from '../../drawing/heads';
import { pageColours } from '../../drawing/drawing-colours';
import { layoutOf } from '../../drawing/layout';
import { visibleRegion } from '../../drawing/window';
import type { RelativePoint } from '../../store/align/camera';
import type { AppState } from '../../store/app';
import { shownCell } from '../../store/derived/cell';
import { shownOrder } from '../../store/derived/requested-picture';
import { useApp, useAppState } from '../../store/use-app';
import { drawAxes, drawCellCursor, resetCanvas } from '../picture/draw-pane';
import type { PaneName } from '../picture/scene';
import { SceneBuilder, paneState } from '../picture/scene';
import { listenToGestures } from './gestures';
import { handleKey } from './pane-keys';

interface PaneProps {
  readonly pane: PaneName;
  readonly width: number;
  readonly height: number;
}

const NAMES: Readonly<Record<PaneName, string>> = {
  a: 'Heatmap',
  b: 'Second heatmap',
  difference: 'Heatmap',
};

/** Size of the smallest text on a picture in CSS pixels. */
const SMALLEST = 10;

/** CSS pixels per unit with which no text on a picture is smaller than the presenter's text. */
const presenterUnit = (): number => Number.parseFloat(getComputedStyle(document.body).fontSize) / SMALLEST;

const same = (a: readonly unknown[], b: readonly unknown[]) => a.every((value, i) => value === b[i]);

/** Maps cells to places and back; undefined without a picture. */
function geometryOf(state: AppState, pane: PaneName): Geometry | undefined {
  const { shown } = paneState(state, pane);
  return shown && geometry(shown.subject.rows, shown.subject.columns, shownOrder(state, pane));
}

/**
 * One picture with its axes and the cell cursor. Picture, window and cursor are drawn outside React, because they change many
 * times a second and nothing else on the page changes with them.
 */
export function Pane({ pane, width, height }: PaneProps) {
  const app = useApp();
  const { store, cell, camera } = app;
  const around = useRef<HTMLCanvasElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const marks = useRef<HTMLCanvasElement>(null);
  const cells = useRef<HTMLDivElement>(null);
  const subject = useAppState((state) => paneState(state, pane).shown?.subject ?? state.align.subject);
  const info = useAppState((state) => state.model.info);
  const zoomed = useAppState((state) => state.view.window !== null);
  const label = useAppState((state) => {
    const { shown } = paneState(state, pane);
    return `${NAMES[pane]} of ${shown?.picture.kind ?? 'the plan'} of ${shown?.subject.tensor ?? state.view.tensor}`;
  });
  const hint = useId();
  const presenter = useAppState((state) => state.view.presenter);
  // A presenter's axes and cursor are drawn like the others, but larger: in units that are several CSS pixels.
  const unit = presenter ? presenterUnit() : 1;
  const ratio = (devicePixelRatio || 1) * unit;

  const layout = useMemo(() => {
    const heads = subject && info && headsOf(subject.tensor, info);
    const axis = (size: number) => ({ size, title: '', heads });
    const axes = { rows: axis(subject?.rows ?? 128), columns: axis(subject?.columns ?? 128) };
    return layoutOf({ width: width / unit, height: height / unit }, axes, ratio);
  }, [subject, info, width, height, ratio, unit]);

  useEffect(() => {
    const scenes = new SceneBuilder(pane);
    const full = {
      width: layout.left + layout.side + layout.right,
      height: layout.top + layout.side + layout.bottom,
    };

    const draw = oncePerFrame(() => {
      const context = canvas.current?.getContext('2d');
      if (!context || canvas.current === null || around.current === null) return;
      const side = Math.round(layout.side * ratio);
      if (canvas.current.width !== side || canvas.current.height !== side)
        [canvas.current.width, canvas.current.height] = [side, side];
      const scene = scenes.build(store.getState());
      const pen = resetCanvas(around.current, full.width, full.height, ratio);
      if (scene === undefined) {
        context.clearRect(0, 0, side, side);
        return;
      }
      drawCells(context, scene, side, ratio);
      if (pen) drawAxes(pen, scene, layout, pageColours());
    });

    const mark = oncePerFrame(() => {
      if (marks.current === null || cells.current === null) return;
      const pen = resetCanvas(marks.current, full.width, full.height, ratio);
      const state = store.getState();
      const address = shownCell(state);
      const scene = scenes.build(state);
      const pinned = state.view.cell !== null;
      cells.current.dataset['cursor'] = address && scene ? (pinned ? 'pinned' : 'free') : 'none';
      if (pen && scene && address)
        drawCellCursor(pen, scene, shownOrder(state, pane), address, pinned, layout, pageColours());
    });

    draw();
    mark();
    const picture = ({ picture: a, secondPicture: b, differencePicture: c }: AppState) =>
      [a.shown, a.tile, b.shown, b.tile, c.shown, c.tile] as const;
    const stopDrawing = store.subscribe(
      (state) => {
        const { window, scale, fit, pooling, panes } = state.view;
        const { theme, model, recipe } = state;
        const look = [window, scale, fit, pooling, panes, theme.resolved, model.info, recipe.current.parents];
        return [...picture(state), shownOrder(state, pane), ...look];
      },
      draw,
      { equalityFn: same },
    );
    const stopMarking = store.subscribe(
      (state) => [
        shownCell(state),
        state.view.cell,
        state.view.window,
        shownOrder(state, pane),
        paneState(state, pane).shown?.subject,
        state.theme.resolved,
      ],
      mark,
      { equalityFn: same },
    );
    return () => {
      stopDrawing();
      stopMarking();
      draw.cancel();
      mark.cancel();
    };
  }, [store, pane, layout, ratio]);

  useEffect(() => {
    if (cells.current === null) return undefined;
    const cellAt = (at: RelativePoint) => {
      const state = store.getState();
      const places = geometryOf(state, pane);
      if (places === undefined) return undefined;
      const { rows, columns } = visibleRegion(state.view.window, places);
      return places.cellAt({
        row: Math.floor(rows.start + at.y * (rows.end - rows.start)),
        column: Math.floor(columns.start + at.x * (columns.end - columns.start)),
      });
    };
    return listenToGestures(cells.current, {
      zoomed: () => store.getState().view.window !== null,
      zoom(factor, at) {
        const before = store.getState().view.window;
        camera.zoom(factor, at);
        return store.getState().view.window !== before;
      },
      drag: camera.pan,
      point(at) {
        const under = cellAt(at);
        if (under) cell.point(under);
      },
      select(at) {
        const under = cellAt(at);
        const pinned = store.getState().view.cell;
        if (under === undefined) return;
        cell.pin(pinned?.row === under.row && pinned.column === under.column ? undefined : under);
      },
    });
  }, [store, cell, camera, pane]);

  const frame = {
    width: unit * (layout.left + layout.side + layout.right),
    height: unit * (layout.top + layout.side + layout.bottom),
  };
  return (
    <div className="picture-frame" style={frame}>
      <canvas ref={around} className="picture-layer" style={frame} aria-hidden="true" />
      {/* Role application, so that screen readers pass the keys of the cursor through. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={cells}
        className="cells"
        style={{
          left: unit * layout.left,
          top: unit * layout.top,
          width: unit * layout.side,
          height: unit * layout.side,
        }}
        role="application"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        aria-label={label}
        aria-describedby={hint}
        data-cursor="none"
        data-zoomed={zoomed}
        onKeyDown={(event) => {
          const places = geometryOf(store.getState(), pane);
          if (places && handleKey(app, places, event)) event.preventDefault();
        }}
      >
        <canvas ref={canvas} width={1} height={1} />
      </div>
      <canvas ref={marks} className="picture-layer" style={frame} aria-hidden="true" />
      <p id={hint} className="visually-hidden">
        Arrow keys move a cell cursor, plus and minus zoom, 0 shows all of it, Enter pins the cell, Escape
        lets it go. The inspector shows the cell’s numbers.
      </p>
    </div>
  );
}
