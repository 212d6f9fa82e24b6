/* Room `tower`: the blocks of the deeper model, and the settings that make new blocks. Imports no stage. */

import type { KeyboardEvent } from 'react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { ActionButton } from '../controls/action-button';
import type { GapPreset } from '../../recipe/schema';
import { Term, TermMark } from '../glossary/term';
import { RedoIcon, UndoIcon } from '../controls/icons';
import { Segments } from '../controls/segments';
import { methodInfo } from '../methods/methods';
import { gapName } from '../methods/block-names';
import { deeperDepth, fillsGaps, gapCount, nextEmptyGap, presetOf, recipeGaps } from '../methods/gaps';
import { hasZeroStart } from '../methods/zero-start';
import { shownGap } from '../store/derived/gap';
import type { LayerValues } from '../store/derived/layer-measures';
import { MEASURE_LABELS, layerAxis, layerNumber, layerValues } from '../store/derived/layer-measures';
import { useApp, useAppState } from '../store/use-app';
import { BlockGlyph, BlockRow } from './block-row';
import { useBlockDrag } from './drag';
import { GapSlot } from './gap-slot';
import { LayerMark } from './layer-mark';
import { LayoutRows } from './layout-rows';
import { MeasureChoice, MeasureStatus } from './measure-choice';
import { blockShares } from './block-shares';

const PRESETS: readonly { value: GapPreset; label: string; title: string }[] = [
  { value: 'top', label: 'Top', title: 'Every gap of the upper half' },
  { value: 'middle', label: 'Middle', title: 'The gaps in the middle' },
  { value: 'bottom', label: 'Bottom', title: 'Every gap of the lower half' },
  { value: 'ends', label: 'Ends', title: 'Half of them at the bottom, half at the top' },
];
const SPREAD = {
  value: 'spread',
  label: 'Spread',
  title: 'After every group of blocks, as LLaMA-Pro does',
} as const;

const NO_VALUES: LayerValues = { base: {}, byGap: {}, byIndex: {} };

/** Returns a function that gives words and drawing of the chosen measure for a block. */
function useLayerMarks() {
  const measure = useAppState((state) => state.view.measure);
  const tensor = useAppState((state) => state.view.tensor);
  // Compared as text, so that the tower renders again only when a number changes.
  const text = useAppState((state) => JSON.stringify(layerValues(state) ?? NO_VALUES));
  return useMemo(() => {
    const values = JSON.parse(text) as LayerValues;
    const axis = layerAxis(measure, values);
    const { label, ofTensor } = MEASURE_LABELS[measure];
    const name = `${label.toLowerCase()}${ofTensor ? ` of ${tensor}` : ''}`;
    return (at: 'base' | 'byGap' | 'byIndex', index: number) => {
      const value = values[at][index];
      return {
        measured: value === undefined ? '' : `, ${name} ${layerNumber(value)}`,
        mark: <LayerMark axis={axis} value={value} reference={values.reference} />,
      };
    };
  }, [measure, tensor, text]);
}

/** The model's blocks from bottom to top, with a slot for a new block in every gap. */
export function Tower() {
  const { recipe: actions, view } = useApp();
  const info = useAppState((state) => state.model.info);
  const recipe = useAppState((state) => state.recipe.current);
  const selected = useAppState(shownGap);
  const measure = useAppState((state) => state.view.measure);
  const marks = useLayerMarks();
  const canUndo = useAppState((state) => state.recipe.past.length > 0);
  const canRedo = useAppState((state) => state.recipe.future.length > 0);
  const list = useRef<HTMLOListElement>(null);
  const [focused, setFocused] = useState<number>();
  const [said, setSaid] = useState('');
  const toFocus = useRef<number>(undefined);
  const { drag, start } = useBlockDrag(list, move);

  const layers = info?.layers ?? 0;
  const gaps = useMemo(() => recipeGaps(recipe, layers), [recipe, layers]);
  const shares = useMemo(() => info && blockShares(info), [info]);
  const spread = methodInfo(recipe.method).spreads || recipe.gaps === 'spread';
  const presets = spread ? [...PRESETS, SPREAD] : PRESETS;
  const reason = `${methodInfo(recipe.method).title}: puts whole blocks in a new order and fills no gaps, so there are none to choose.`;
  // The gap above the last block exists only if it can be filled, by a copy or from parents chosen by hand.
  const slots = Math.max(gapCount(recipe.method, layers), (gaps.at(-1) ?? -1) + 1);
  // One slot is the tab stop; arrow keys move it.
  const tabStop = focused !== undefined && focused < slots ? focused : (selected ?? slots - 1);

  // Scrolls a tall tower to the gap on show.
  useEffect(() => {
    const slot = list.current?.querySelector(`[data-gap="${selected}"]`);
    slot?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [selected]);

  // A moved block has a new button, so the focus moves to it.
  useEffect(() => {
    const slot = list.current?.querySelector<HTMLElement>(`[data-gap="${toFocus.current}"]`);
    toFocus.current = undefined;
    slot?.focus();
  }, [gaps]);

  function move(from: number, to: number): void {
    if (document.activeElement?.closest('.stack') !== null) toFocus.current = to;
    actions.moveGap(from, to);
    view.showGap(to);
    setSaid(`New block moved to gap ${gapName(to, layers)}.`);
  }

  function moveBy(gap: number, direction: 1 | -1): void {
    if (!gaps.includes(gap)) return;
    const to = nextEmptyGap(recipe, gap, direction, layers);
    if (to === undefined) setSaid(`No empty gap ${direction === 1 ? 'above' : 'below'}.`);
    else move(gap, to);
  }

  function focusSlot(gap: number): void {
    const clamped = Math.max(0, Math.min(slots - 1, gap));
    setFocused(clamped);
    list.current?.querySelector<HTMLElement>(`[data-gap="${clamped}"]`)?.focus();
  }

  function onKeyDown(event: KeyboardEvent, gap: number): void {
    const filled = gaps.includes(gap);
    if (event.ctrlKey || event.metaKey) return;
    if (event.altKey) {
      const direction = { ArrowUp: 1, ArrowLeft: 1, ArrowDown: -1, ArrowRight: -1 }[event.key];
      if (direction === undefined) return;
      event.preventDefault();
      moveBy(gap, direction === 1 ? 1 : -1);
      return;
    }
    const actionOf: Readonly<Record<string, () => void>> = {
      // On narrow screens the tower is horizontal, with its top at the left.
      ArrowUp: () => focusSlot(gap + 1),
      ArrowLeft: () => focusSlot(gap + 1),
      ArrowDown: () => focusSlot(gap - 1),
      ArrowRight: () => focusSlot(gap - 1),
      Home: () => focusSlot(slots - 1),
      End: () => focusSlot(0),
      // The button of an empty gap adds a block, so Enter does too.
      Enter: () => (filled ? view.showGap(gap) : toggle(gap)),
      ' ': () => toggle(gap),
      Delete: () => filled && actions.toggleGap(gap),
      Backspace: () => filled && actions.toggleGap(gap),
    };
    const action = actionOf[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  }

  function toggle(gap: number): void {
    actions.toggleGap(gap);
    view.showGap(gap);
  }

  const fills = fillsGaps(recipe.method);
  const rows = [];
  for (let block = layers - 1; block >= 0; block--) {
    if (block < slots) {
      rows.push(
        <GapSlot
          key={`gap ${block}`}
          gap={block}
          layers={layers}
          filled={gaps.includes(block)}
          only={gaps.length === 1}
          selected={selected === block}
          tabStop={tabStop === block}
          {...marks('byGap', block)}
          drop={drag?.target === block}
          onDragStart={start}
          glyph={shares && <BlockGlyph shares={shares} zeroed={hasZeroStart(recipe)} />}
          parents={recipe.parents[block]}
          newIndex={block + 1 + gaps.indexOf(block)}
          onKeyDown={onKeyDown}
          onFocus={setFocused}
          onShow={view.showGap}
          onToggle={toggle}
        />,
      );
    }
    rows.push(
      <BlockRow
        key={block}
        index={block}
        {...marks('base', block)}
        glyph={shares && <BlockGlyph shares={shares} zeroed={false} />}
      />,
    );
  }

  return (
    <section className="tower" data-control="tower" aria-labelledby="tower-title">
      <div className="row spread">
        <h2 id="tower-title">
          <Term id="block">Blocks</Term>
        </h2>
        <div className="row tight">
          <MeasureChoice />
          <ActionButton
            className="icon-button"
            data-control="undo"
            aria-label="Undo"
            title="Undo (Ctrl+Z)"
            unavailable={canUndo ? undefined : 'Nothing to undo'}
            onClick={actions.undo}
          >
            <UndoIcon />
          </ActionButton>
          <ActionButton
            className="icon-button"
            data-control="undo"
            aria-label="Redo"
            title="Redo (Ctrl+Shift+Z)"
            unavailable={canRedo ? undefined : 'Nothing to redo'}
            onClick={actions.redo}
          >
            <RedoIcon />
          </ActionButton>
        </div>
      </div>
      <ol
        ref={list}
        className="stack"
        reversed
        aria-label="Blocks of the deeper model, top first"
        data-dense={deeperDepth(recipe, layers) > 16}
        data-dragging={drag !== undefined}
      >
        {fills ? (
          rows
        ) : (
          <LayoutRows
            recipe={recipe}
            layers={layers}
            shares={shares}
            markAt={(place) =>
              // There are no plans to measure.
              MEASURE_LABELS[measure].ofTensor ? { measured: '', mark: undefined } : marks('byIndex', place)
            }
          />
        )}
      </ol>
      <MeasureStatus />
      <p className="visually-hidden" role="status" aria-label="Tower">
        {said}
      </p>
      <div className="labelled">
        <Segments
          control="gap-presets"
          name="Where new blocks go"
          options={presets.map((preset) => (fills ? preset : { ...preset, disabled: reason }))}
          value={
            fills
              ? presetOf(
                  recipe,
                  layers,
                  presets.map((preset) => preset.value),
                )
              : undefined
          }
          onChoose={actions.setGaps}
        />
        <TermMark id="gap" />
      </div>
      {!fills && <p className="hint">{reason}</p>}
    </section>
  );
}
