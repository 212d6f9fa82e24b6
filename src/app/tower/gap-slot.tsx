import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';
import { ActionButton } from '../controls/action-button';
import { FlameIcon, MinusIcon, PlusIcon } from '../controls/icons';
import { gapName, moduleName } from '../methods/block-names';

interface GapSlotProps {
  readonly gap: number;
  /** Number of base blocks. The gap above the last one takes copies only. */
  readonly layers: number;
  readonly filled: boolean;
  /** True for the only new block, which cannot be removed. */
  readonly only: boolean;
  readonly selected: boolean;
  readonly tabStop: boolean;
  /** The measure as words that follow the name; `mark` is its drawing. */
  readonly measured: string;
  readonly mark: ReactNode;
  readonly glyph: ReactNode;
  /** True if this gap is the target of the current drag. */
  readonly drop: boolean;
  readonly onDragStart: (event: PointerEvent, gap: number) => void;
  /** Parents, if they were chosen by hand. */
  readonly parents: readonly [number, number] | undefined;
  /** Index of the new block in the deeper model. */
  readonly newIndex: number;
  readonly onKeyDown: (event: KeyboardEvent, gap: number) => void;
  readonly onFocus: (gap: number) => void;
  readonly onShow: (gap: number) => void;
  readonly onToggle: (gap: number) => void;
}

/** A gap between two blocks, empty or with a new block. */
export function GapSlot(props: GapSlotProps) {
  const {
    gap,
    layers,
    filled,
    only,
    selected,
    tabStop,
    measured,
    onDragStart,
    parents,
    onKeyDown,
    onFocus,
    onShow,
    onToggle,
  } = props;
  const name = gapName(gap, layers);
  const shared = {
    type: 'button' as const,
    'data-gap': gap,
    tabIndex: tabStop ? 0 : -1,
    'aria-current': selected,
    onKeyDown: (event: KeyboardEvent) => onKeyDown(event, gap),
    onFocus: () => onFocus(gap),
  };

  if (!filled)
    return (
      <li className="gap" data-drop={props.drop}>
        <button
          {...shared}
          aria-label={`Add a new block in gap ${name}`}
          aria-keyshortcuts="Space Enter"
          title={`Add a new block in gap ${name}`}
          onClick={() => onToggle(gap)}
        >
          <span className="gap-line" />
          <PlusIcon />
          <span className="gap-line" />
        </button>
      </li>
    );

  const from = parents === undefined ? '' : `, from blocks ${parents[0]} and ${parents[1]}`;
  return (
    <li className="block new" data-selected={selected}>
      <button
        {...shared}
        className="block-button"
        aria-label={`New block ${name}${from}${measured}`}
        aria-keyshortcuts="Enter Delete Alt+ArrowUp Alt+ArrowDown"
        title={`New block ${name}${from}, ${moduleName(props.newIndex)} of the deeper model${measured}. Drag it to another gap`}
        onPointerDown={(event) => onDragStart(event, gap)}
        onClick={() => onShow(gap)}
      >
        <span className="block-name">{parents ? `${parents[0]}+${parents[1]}` : name}</span>
        {props.glyph}
        {props.mark}
        <FlameIcon />
      </button>
      <ActionButton
        className="block-remove"
        tabIndex={-1}
        aria-label={`Remove the new block ${name}`}
        title={`Remove the new block ${name}`}
        unavailable={only ? 'The last new block stays: a recipe has at least one' : undefined}
        onClick={() => onToggle(gap)}
      >
        <MinusIcon />
      </ActionButton>
    </li>
  );
}
