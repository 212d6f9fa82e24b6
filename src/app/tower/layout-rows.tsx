import type { ReactNode } from 'react';
import { moduleName } from '../methods/block-names';
import type { Recipe } from '../../recipe/schema';
import { SnowIcon } from '../controls/icons';
import type { OrderedBlock } from '../methods/layouts';
import { deeperBlocks } from '../methods/layouts';
import { BlockGlyph } from './block-row';
import type { BlockShares } from './block-shares';

/** Names the block at one place of the deeper model. */
function placeWords({ index, ...block }: OrderedBlock): string {
  if (block.kind === 'base') return `Base block ${index}`;
  if (block.kind === 'copy') return `Base block ${index} again`;
  if (block.scale === 0) return `Base block ${index}, its outputs zeroed`;
  return typeof block.scale === 'number'
    ? `Base block ${index}, its outputs times ${block.scale}`
    : `Base block ${index}, tensors scaled by filters`;
}

const MARKS = { base: '', copy: 'again', scaled: '×' } as const;

/** Rows of a deeper model that consists of whole base blocks in a new order, top first. */
export function LayoutRows(props: {
  readonly recipe: Recipe;
  readonly layers: number;
  readonly shares: BlockShares | undefined;
  /** The measure at a place: `measured` as words that follow the name, `mark` as a drawing. */
  readonly markAt: (place: number) => { readonly measured: string; readonly mark: ReactNode };
}) {
  const { recipe, layers, shares, markAt } = props;
  return deeperBlocks(recipe, layers)
    .map((block, place) => ({ block, place, ...markAt(place) }))
    .map(({ block, place, measured, mark }) => (
      <li
        // A base block may stand in several places.
        key={place}
        className={block.kind === 'base' ? 'block base' : 'block base repeated'}
        title={`${placeWords(block)}, ${moduleName(place)} of the deeper model`}
      >
        <span className="block-name">
          <span className="visually-hidden">
            {placeWords(block)}
            {measured}
          </span>
          <span aria-hidden="true">{block.index}</span>
        </span>
        {shares && <BlockGlyph shares={shares} zeroed={block.kind === 'scaled' && block.scale === 0} />}
        {mark ?? (
          <span className="block-mark" aria-hidden="true">
            {MARKS[block.kind]}
            {block.kind === 'scaled' && (typeof block.scale === 'number' ? block.scale : '…')}
          </span>
        )}
        {block.kind === 'base' ? <SnowIcon /> : <span />}
      </li>
    ))
    .toReversed();
}
