/* Room `align/ribbons`: draws the strongest pairs as ribbons between two columns of neurons. Imports `align/picture`. */

import type { KeyboardEvent, PointerEvent } from 'react';
import { useEffect, useId, useRef, useState } from 'react';
import { PAIR_COUNTS } from '../../../recipe/view';
import { headsOf } from '../../drawing/heads';
import { shownCell } from '../../store/derived/cell';
import { useApp, useAppState } from '../../store/use-app';
import { CellAnnouncer } from '../picture/announcer';
import { pairAfterKey } from './ribbon-keys';
import { BAR_WIDTH, NeuronColumn } from './neuron-column';
import { PairList } from './pair-list';
import { RibbonLegend } from './ribbon-legend';
import { ribbonPath } from './ribbon-path';
import type { Ribbon } from './use-ribbons';
import { isMass, useRibbons } from './use-ribbons';

const TOP = 30;
const BOTTOM = 12;
/** Below this width in pixels the names of heads are short. */
const NARROW = 520;

/** The strongest pairs as ribbons from the previous block's neurons on the left to the next one's on the right. */
export function Ribbons() {
  const { store, cell, view } = useApp();
  const container = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 640, height: 480 });
  const shown = useAppState((state) => state.ribbons.shown);
  const failure = useAppState((state) => state.ribbons.failure);
  const key = useAppState((state) => state.align.key);
  const solved = useAppState((state) => state.align.phase === 'ready');
  const info = useAppState((state) => state.model.info);
  const selected = useAppState(shownCell);
  const pinned = useAppState((state) => state.view.cell !== null);
  const count = useAppState((state) => state.view.pairs);
  const parents = useAppState(({ recipe, align }) => recipe.current.parents[align.subject?.gap ?? -1]);
  const hint = useId();
  const slider = useId();

  useEffect(() => {
    if (container.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(container.current);
    return () => observer.disconnect();
  }, []);

  const narrow = size.width < NARROW;
  const side = narrow ? 58 : 112;
  const frame = {
    left: side + BAR_WIDTH,
    right: Math.max(side + BAR_WIDTH + 60, size.width - side - BAR_WIDTH),
    height: Math.max(80, size.height - TOP - BOTTOM),
  };
  const drawing = useRibbons(shown, frame);
  const ribbons = drawing?.ribbons ?? [];
  const heads = shown && info && headsOf(shown.subject.tensor, info);
  const inside =
    selected && shown && selected.row < shown.subject.rows && selected.column < shown.subject.columns
      ? selected
      : undefined;
  const current = ribbons.find(({ row, column }) => row === inside?.row && column === inside.column);
  const mass = shown === undefined || isMass(shown);

  const pairOf = (event: PointerEvent): Ribbon | undefined => {
    const index = event.target instanceof SVGElement ? event.target.dataset['pair'] : undefined;
    return index === undefined ? undefined : ribbons[Number(index)];
  };

  function onPointerDown(event: PointerEvent): void {
    const pair = event.button === 0 ? pairOf(event) : undefined;
    if (pair === undefined) return;
    const { row, column } = pair;
    const pinnedCell = store.getState().view.cell;
    cell.pin(pinnedCell?.row === row && pinnedCell.column === column ? undefined : { row, column });
  }

  function onPointerMove(event: PointerEvent): void {
    const pair = pairOf(event);
    if (pair !== undefined) cell.point({ row: pair.row, column: pair.column });
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.altKey || event.metaKey || event.ctrlKey) return;
    if (event.key === 'Enter' && inside !== undefined) cell.pin(inside);
    else if (event.key === 'Escape' && pinned) cell.unpin();
    else {
      const next = pairAfterKey(ribbons, inside, event.key);
      if (next === undefined) return;
      cell.visit({ row: next.row, column: next.column });
    }
    event.preventDefault();
  }

  const subject = shown?.subject;
  const blocks = parents ?? [subject?.gap ?? 0, (subject?.gap ?? 0) + 1];
  const selectedPath =
    drawing && inside && current === undefined && ribbonPath(inside, drawing.rows, drawing.columns, frame);

  return (
    <div className="ribbons">
      <div ref={container} className="ribbons-room">
        {/* Role application, so that screen readers pass the keys of the cursor through. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
        <div
          className="ribbons-plate"
          role="application"
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          aria-label={`Ribbons of the ${ribbons.length} strongest pairs${subject ? ` of ${subject.tensor}` : ''}`}
          aria-describedby={hint}
          data-pairs={ribbons.length}
          data-half-step={shown?.request.halfStep}
          data-stale={shown !== undefined && shown.request.key !== key}
          onPointerMove={onPointerMove}
          onPointerDown={onPointerDown}
          onKeyDown={onKeyDown}
        >
          {solved && !shown && !failure && <p className="ribbons-wait">Looking for the strongest pairs…</p>}
          {drawing && subject && (
            <svg width={size.width} height={size.height} aria-hidden="true">
              <text className="ribbons-title" x={frame.left} y="17" textAnchor="end">
                block {blocks[0]}
              </text>
              <text className="ribbons-title" x={frame.right} y="17" textAnchor="start">
                block {blocks[1]}
              </text>
              <g transform={`translate(0 ${TOP})`}>
                <g className="ribbon-lines">
                  {ribbons.toReversed().map(({ row, column, path, width, colour }) => (
                    <path key={`${row} ${column}`} d={path} stroke={colour} strokeWidth={width} />
                  ))}
                </g>
                {selectedPath && <path className="ribbon-stray" d={selectedPath} />}
                {current && (
                  <g className="ribbon-current" data-pinned={pinned}>
                    <path d={current.path} strokeWidth={current.width + 4} />
                    <path d={current.path} stroke={current.colour} strokeWidth={current.width} />
                  </g>
                )}
                <g className="ribbon-targets">
                  {ribbons
                    .map(({ row, column, path, width }, i) => (
                      <path
                        key={`${row} ${column}`}
                        data-pair={i}
                        d={path}
                        strokeWidth={Math.max(8, width)}
                      />
                    ))
                    .toReversed()}
                </g>
                <NeuronColumn
                  side="left"
                  x={frame.left}
                  size={subject.rows}
                  places={drawing.rows}
                  heads={heads}
                  selected={inside?.row}
                  narrow={narrow}
                />
                <NeuronColumn
                  side="right"
                  x={frame.right}
                  size={subject.columns}
                  places={drawing.columns}
                  heads={heads}
                  selected={inside?.column}
                  narrow={narrow}
                />
              </g>
            </svg>
          )}
        </div>
      </div>
      {failure && (
        <p className="problem-box" role="alert">
          {failure.message}
        </p>
      )}
      <div className="legend ribbons-foot">
        {shown && <RibbonLegend shown={shown} mass={mass} />}
        <div className="pair-count">
          <label htmlFor={slider}>strongest</label>
          <input
            id={slider}
            type="range"
            min={0}
            max={PAIR_COUNTS.length - 1}
            step={1}
            value={PAIR_COUNTS.indexOf(count)}
            aria-valuetext={`${count} pairs`}
            onChange={(event) => {
              const chosen = PAIR_COUNTS[Number(event.target.value)];
              if (chosen !== undefined) view.show({ pairs: chosen });
            }}
          />
          <output htmlFor={slider}>{count} pairs</output>
        </div>
        <PairList ribbons={ribbons} mass={mass} />
      </div>
      <p id={hint} className="visually-hidden">
        Down and up arrow go to weaker and stronger pairs, left and right through the pairs of the same row
        and column. Enter pins the pair, Escape lets it go.
      </p>
      <CellAnnouncer />
    </div>
  );
}
