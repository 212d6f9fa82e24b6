import type { ReactNode } from 'react';
import type { Recipe } from '../../recipe/schema';
import { SnowIcon } from '../controls/icons';
import type { Placed } from '../methods/layouts';
import { deeperOrder } from '../methods/layouts';
import { BlockGlyph } from './block-row';
import type { BlockShares } from './shares';

/** What stands in one place of the deeper model, in words. */
function words({ index, ...block }: Placed): string {
  if (block.kind === 'base') return `Base block ${index}`;
  if (block.kind === 'copy') return `Base block ${index} again`;
  return block.scale === 0
    ? `Base block ${index}, its outputs zeroed`
    : `Base block ${index}, its outputs times ${block.scale}`;
}

const MARKS = { base: '', copy: 'again', scaled: '×' } as const;

/** The blocks of a deeper model that is whole base blocks in a new order, top first: which block stands where. */
export function LayoutRows(props: {
  readonly recipe: Recipe;
  readonly layers: number;
  readonly shares: BlockShares | undefined;
  /** The measure beside the block at a place, in words that can follow its name, and drawn. */
  readonly markAt: (place: number) => { readonly measured: string; readonly mark: ReactNode };
}) {
  const { recipe, layers, shares, markAt } = props;
  return deeperOrder(recipe, layers)
    .map((block, place) => ({ block, place, ...markAt(place) }))
    .map(({ block, place, measured, mark }) => (
      <li
        // The same base block may stand in several places.
        key={place}
        className={block.kind === 'base' ? 'block base' : 'block base repeated'}
        title={`${words(block)}, number ${place} in the deeper model`}
      >
        <span className="block-name">
          <span className="visually-hidden">
            {words(block)}
            {measured}
          </span>
          <span aria-hidden="true">{block.index}</span>
        </span>
        {shares && <BlockGlyph shares={shares} zeroed={block.kind === 'scaled' && block.scale === 0} />}
        {mark ?? (
          <span className="block-mark" aria-hidden="true">
            {MARKS[block.kind]}
            {block.kind === 'scaled' && block.scale}
          </span>
        )}
        {block.kind === 'base' ? <SnowIcon /> : <span />}
      </li>
    ))
    .toReversed();
}
