import { CloseIcon } from '../controls/icons';
import { methodInfo } from '../methods/methods';
import { useApp, useAppState } from '../store/use-app';
import { useRaceSetup } from './use-race-setup';

/** List of arms with a checkbox each. The user's own arms can be renamed and removed. */
export function ArmList() {
  const { store, recipe } = useApp();
  const { id, arms, chosen } = useRaceSetup();
  const own = id === 'own';
  const all = arms.map((arm) => arm.id);

  function choose(ids: readonly string[], wanted: boolean): void {
    const { without } = store.getState().view;
    const others = without.filter((arm) => !ids.includes(arm));
    recipe.setRace({ without: wanted ? others : [...others, ...ids] });
  }

  return (
    <fieldset className="race-arms">
      <legend>
        {chosen.length} of {arms.length} arms
        {!own && (
          <>
            {' '}
            <button type="button" className="link-button" onClick={() => choose(all, true)}>
              all
            </button>{' '}
            <button type="button" className="link-button" onClick={() => choose(all, false)}>
              none
            </button>
          </>
        )}
      </legend>
      <ul>
        {arms.map((arm) => (
          <li key={arm.id}>
            <label>
              <input
                type="checkbox"
                checked={chosen.includes(arm)}
                aria-label={arm.title}
                onChange={({ target }) => choose([arm.id], target.checked)}
              />
              {!own && <span>{arm.title}</span>}
            </label>
            {own && (
              <input
                value={arm.title}
                aria-label="Name of the arm"
                onChange={({ target: { value: title } }) =>
                  recipe.setOwnArms(`title ${arm.id}`, (before) =>
                    before.map((other) => (other.id === arm.id ? { ...other, title } : other)),
                  )
                }
              />
            )}
            <small title={methodInfo(arm.recipe.method).sentence}>{arm.recipe.method}</small>
            {own && (
              <button
                type="button"
                className="icon-button"
                aria-label={`Remove ${arm.title}`}
                onClick={() =>
                  recipe.setOwnArms(`remove ${arm.id}`, (before) =>
                    before.filter((other) => other.id !== arm.id),
                  )
                }
              >
                <CloseIcon />
              </button>
            )}
          </li>
        ))}
      </ul>
      {own && <AddArm />}
    </fieldset>
  );
}

/** Adds the recipe on show as an arm. */
function AddArm() {
  const { recipe: actions } = useApp();
  const recipe = useAppState((state) => state.recipe.current);

  function add(): void {
    actions.setOwnArms('add', (own) => {
      const title = methodInfo(recipe.method).title;
      const names = new Set(own.map((arm) => arm.title));
      let name = title;
      for (let n = 2; names.has(name); n++) name = `${title} ${n}`;
      const last = Math.max(0, ...own.map((arm) => Number(arm.id)));
      return [...own, { id: String(last + 1), title: name, recipe }];
    });
  }

  return (
    <p className="row wrap">
      <button type="button" className="button" onClick={add}>
        Add the recipe on show
      </button>
      <span className="hint">Method and gaps are those of the tower and the panel below it.</span>
    </p>
  );
}
