import type { RefObject } from 'react';
import { encodeLink } from '../../recipe/link';
import { useApp, useAppState } from '../store/use-app';
import { count } from '../words/numbers';
import type { ArmRow } from './rows';

interface RecipePanelProps {
  readonly panel: RefObject<HTMLDivElement | null>;
  readonly row: ArmRow | undefined;
}

/** Popover with the recipe of a number. The browser closes it on Escape and on a click outside. */
export function RecipePanel({ panel, row }: RecipePanelProps) {
  const { recipe: actions, view } = useApp();
  const shown = useAppState((state) => state.view);
  const saved = row?.saved;
  const recipe = row?.recipe ?? null;

  function use(): void {
    panel.current?.hidePopover();
    if (recipe !== null) actions.use(recipe);
    view.show({ tab: 'align' });
  }

  return (
    <div
      ref={panel}
      popover="auto"
      role="dialog"
      aria-label="Recipe behind the number"
      className="popover recipe-panel"
    >
      {row && (
        <>
          <h3>{row.title}</h3>
          {saved && (
            <p className="hint">
              {saved.model.name}, {count(saved.result.tokens)} tokens of “{saved.text}”, {saved.device},
              measured {new Date(saved.at).toLocaleString('en-GB')}.
            </p>
          )}
          {row.unconverged > 0 && (
            <p className="problem">
              {row.unconverged} of {saved?.result.plans.length} plans stopped at the cap on iterations before
              they met their marginals. Raise “Iterations at most” or ε and evaluate again.
            </p>
          )}
          {recipe === null ? (
            <p>The model as it is, without a recipe.</p>
          ) : (
            <>
              {/* Users must be able to focus and scroll it with the keyboard. */}
              {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
              <pre tabIndex={0} aria-label="Recipe">
                {JSON.stringify(recipe, undefined, 2)}
              </pre>
              <div className="row">
                <button type="button" className="button" onClick={use}>
                  Use this recipe
                </button>
                <a
                  href={`#${encodeLink({ recipe, view: { ...shown, tab: 'align', gap: null, cell: null } })}`}
                >
                  Link to it
                </a>
              </div>
            </>
          )}
        </>
      )}
    </div>
  );
}

/** Shows the panel below the pressed element, inside the browser window. */
export function showBelow(panel: HTMLElement, anchor: HTMLElement): void {
  const margin = 8;
  panel.showPopover();
  const { left, bottom, top } = anchor.getBoundingClientRect();
  const { offsetWidth, offsetHeight, style } = panel;
  style.left = `${Math.max(margin, Math.min(left, innerWidth - offsetWidth - margin))}px`;
  const below = bottom + 6;
  const fits = below + offsetHeight + margin <= innerHeight;
  style.top = `${fits ? below : Math.max(margin, top - 6 - offsetHeight)}px`;
}
