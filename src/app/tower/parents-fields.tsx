import { Term } from '../glossary/term';
import { methodInfo } from '../methods/methods';
import { gapName } from '../methods/block-names';
import { gapParents, recipeGaps } from '../methods/gaps';
import { useApp, useAppState } from '../store/use-app';

interface BlockSelectProps {
  readonly label: string;
  readonly layers: number;
  readonly value: number;
  readonly onChoose: (block: number) => void;
}

function BlockSelect({ label, layers, value, onChoose }: BlockSelectProps) {
  return (
    <select aria-label={label} value={value} onChange={({ target }) => onChoose(Number(target.value))}>
      {Array.from({ length: layers }, (_, block) => (
        // The gap above the last block has no next block to offer.
        <option key={block} value={block}>
          {block}
        </option>
      ))}
    </select>
  );
}

/** Fields for the parents of every new block. */
export function ParentsFields() {
  const { recipe: actions } = useApp();
  const recipe = useAppState((state) => state.recipe.current);
  const layers = useAppState((state) => state.model.info?.layers ?? 0);
  const { parents: reads, title } = methodInfo(recipe.method);
  const chosen = Object.keys(recipe.parents).map(Number);
  const filled = recipeGaps(recipe, layers);
  // Includes gaps without a new block that have chosen parents, so that the choice can be undone.
  const gaps = [...new Set([...filled, ...chosen])].toSorted((a, b) => b - a);
  const missing = chosen.filter((gap) => gapParents(recipe, gap).some((block) => block >= layers));
  if (reads === 'layout' || layers === 0) return null;
  return (
    <details className="more parents" data-control="parents" open={chosen.length > 0 || undefined}>
      <summary>
        Parents{chosen.length > 0 && `: ${chosen.length} ${chosen.length === 1 ? 'gap' : 'gaps'} by hand`}
      </summary>
      <p className="hint">
        {reads === 'previous' ? (
          `${title}: reads one block. Unless chosen here it is the previous block of the gap.`
        ) : (
          <>
            Unless chosen here, the <Term id="parents">parents</Term> of a new block are the previous and the
            next block of its gap.
          </>
        )}
      </p>
      <ul>
        {gaps.map((gap) => {
          const [previous, next] = gapParents(recipe, gap);
          const byHand = chosen.includes(gap);
          return (
            <li key={gap} data-by-hand={byHand}>
              <span>
                gap {gapName(gap, layers)}
                {!filled.includes(gap) && <small> no new block</small>}
              </span>
              <BlockSelect
                label={`Previous block of gap ${gapName(gap, layers)}`}
                layers={layers}
                value={previous}
                onChoose={(block) => actions.setParents(gap, [block, Math.min(next, layers - 1)])}
              />
              {reads === 'pair' && (
                <BlockSelect
                  label={`Next block of gap ${gapName(gap, layers)}`}
                  layers={layers}
                  value={next}
                  onChoose={(block) => actions.setParents(gap, [previous, block])}
                />
              )}
              {byHand && (
                <button
                  type="button"
                  className="link-button"
                  aria-label={`Reset gap ${gapName(gap, layers)} to its adjacent blocks`}
                  onClick={() => actions.setParents(gap, [gap, gap + 1])}
                >
                  reset
                </button>
              )}
            </li>
          );
        })}
      </ul>
      {missing.length > 0 && (
        <p className="problem" role="alert">
          This model has blocks 0 to {layers - 1}; reset gap{' '}
          {missing.map((gap) => gapName(gap, layers)).join(', ')} or choose again.
        </p>
      )}
      {chosen.length > 1 && (
        <button type="button" className="button" onClick={actions.resetParents}>
          Reset all to adjacent blocks
        </button>
      )}
    </details>
  );
}
