import type { KeyboardEvent, ReactNode } from 'react';
import { fixed } from '../numbers';
import { FlameIcon, MinusIcon, PlusIcon } from '../shell/icons';

interface GapSlotProps {
  readonly gap: number;
  /** The gap above the last block, which only copies can fill. */
  readonly last: boolean;
  readonly filled: boolean;
  /** The only new block there is: it cannot be removed. */
  readonly lone: boolean;
  readonly selected: boolean;
  readonly tabStop: boolean;
  readonly tensor: string;
  readonly sharpness: number | undefined;
  readonly glyph: ReactNode;
  /** The blocks it is made from, where they were chosen by hand. */
  readonly parents: readonly [number, number] | undefined;
  /** The new block's number in the deeper model. */
  readonly newIndex: number;
  readonly onKeyDown: (event: KeyboardEvent, gap: number) => void;
  readonly onFocus: (gap: number) => void;
  readonly onShow: (gap: number) => void;
  readonly onToggle: (gap: number) => void;
}

/** A place between two blocks: a new block, or room for one. */
export function GapSlot(props: GapSlotProps) {
  const {
    gap,
    last,
    filled,
    lone,
    selected,
    tabStop,
    tensor,
    sharpness,
    parents,
    onKeyDown,
    onFocus,
    onShow,
    onToggle,
  } = props;
  const place = last ? `above ${gap}` : `between ${gap} and ${gap + 1}`;
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
      <li className="gap">
        <button
          {...shared}
          aria-label={`Add a new block ${place}`}
          aria-keyshortcuts="Space Enter"
          title={`Add a new block ${place}`}
          onClick={() => onToggle(gap)}
        >
          <span className="gap-line" />
          <PlusIcon />
          <span className="gap-line" />
        </button>
      </li>
    );

  const from = parents === undefined ? '' : `, from blocks ${parents[0]} and ${parents[1]}`;
  const words = `${from}${sharpness === undefined ? '' : `, plan sharpness of ${tensor} ${fixed(sharpness, 2)}`}`;
  return (
    <li className="block new" data-selected={selected}>
      <button
        {...shared}
        className="block-button"
        aria-label={`New block ${place}${words}`}
        aria-keyshortcuts="Enter Delete"
        title={`New block ${place}, number ${props.newIndex} in the deeper model${words}`}
        onClick={() => onShow(gap)}
      >
        <span className="block-name">
          {parents ? `${parents[0]}+${parents[1]}` : last ? `${gap}|` : `${gap}|${gap + 1}`}
        </span>
        {props.glyph}
        <span className="measure">
          {sharpness !== undefined && <i className="measure-dot" style={{ left: `${100 * sharpness}%` }} />}
        </span>
        <FlameIcon />
      </button>
      <button
        type="button"
        className="block-remove"
        tabIndex={-1}
        aria-label={`Remove the new block ${place}`}
        title={lone ? 'The last new block stays: a recipe has at least one' : `Remove the new block ${place}`}
        disabled={lone}
        onClick={() => onToggle(gap)}
      >
        <MinusIcon />
      </button>
    </li>
  );
}
