import { useState } from 'react';
import { useUnavailable } from '../../controls/unavailable';
import { type Against, NEXT } from '../../../recipe/against';
import type { Panes } from '../../../recipe/view';
import { CloseIcon } from '../../controls/icons';
import { Segments } from '../../controls/segments';
import { METHOD_GROUPS, methodInfo, planOf } from '../../methods/methods';
import { gapName } from '../../methods/block-names';
import { hasTwoParents } from '../../methods/gaps';
import type { AppState } from '../../store/app';
import { secondChoice, tensorsLike } from '../../store/derived/second';
import { useApp, useAppState } from '../../store/use-app';
import { quantity } from '../../words/numbers';

const SAME = 'as A';

const TARGETS: readonly { readonly label: string; readonly against: Against }[] = [
  { label: 'the next block', against: NEXT },
  { label: 'its null', against: { kind: 'null', draw: 0 } },
  { label: 'a shuffled copy', against: { kind: 'copy', seed: 0 } },
];

const SHOWN: readonly {
  readonly value: Exclude<Panes, 'off'>;
  readonly label: string;
  readonly title: string;
}[] = [
  { value: 'both', label: 'A | B', title: 'Side by side' },
  { value: 'a', label: 'A', title: 'Only A. Change between A and B to see what moves' },
  { value: 'b', label: 'B', title: 'Only B' },
  { value: 'difference', label: 'A − B', title: 'What A’s plan has more (bright) or less (dark) than B’s' },
];

const METHODS = METHOD_GROUPS.flatMap(({ methods }) => methods).filter(({ parents }) => parents !== 'layout');

/** Returns why there is no difference; undefined if there is one. */
function differenceProblem({ align, second }: AppState): string | undefined {
  if (align.subject?.plan === 'none') return 'A has no plan';
  return second.subject?.plan === 'none' ? 'B has no plan' : undefined;
}

/** Field for ε of the second solve; empty means the first one's ε. */
function EpsilonField() {
  const { view } = useApp();
  const own = useAppState((state) => state.view.second.epsilon);
  const first = useAppState((state) => state.recipe.current.solver.epsilon);
  const usable = useAppState((state) => {
    const choice = secondChoice(state);
    if (choice === undefined || planOf(choice.recipe) !== 'entropic') return false;
    return methodInfo(choice.recipe.method).epsilon !== 'relative';
  });
  const { attributes, note } = useUnavailable(
    usable ? undefined : 'The method of B takes no ε from the recipe',
  );
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const value = Number(typed);
  const bad = typed !== undefined && typed !== '' && !(Number.isFinite(value) && value > 0);
  function apply(): void {
    if (typed !== undefined && !bad) view.changeSecond({ epsilon: typed === '' ? null : value });
    if (!bad) setTyped(undefined);
  }
  return (
    <label className="second-field">
      <span>ε</span>
      <input
        type="text"
        inputMode="decimal"
        aria-label="ε of B"
        aria-invalid={bad}
        title={bad ? 'Expected a number above 0, or nothing for the ε of A' : 'Empty: the ε of A'}
        readOnly={!usable}
        placeholder={quantity(first, 3)}
        value={typed ?? (own === null ? '' : String(own))}
        onChange={(event) => setTyped(event.target.value.trim())}
        onBlur={apply}
        onKeyDown={(event) => {
          if (event.key === 'Enter') apply();
        }}
        {...attributes}
      />
      {note}
    </label>
  );
}

/** Controls of the second picture: its choices, how both are shown, and a button to close it. */
export function SecondBar() {
  const { view } = useApp();
  const panes = useAppState((state) => state.view.panes);
  const second = useAppState((state) => state.view.second);
  const info = useAppState((state) => state.model.info);
  const recipe = useAppState((state) => state.recipe.current);
  const tensor = useAppState((state) => state.view.tensor);
  const chosenTensor = useAppState((state) => secondChoice(state)?.tensor);
  const reason = useAppState(differenceProblem);
  if (panes === 'off' || info === undefined) return null;
  const tensors = tensorsLike(tensor, info);
  const pairs = Array.from({ length: info.layers }, (_, gap) => gap).filter((gap) =>
    hasTwoParents(recipe, gap, info.layers),
  );
  return (
    <div className="second-bar" data-control="second-settings" role="group" aria-label="Second picture">
      <Segments
        name="Pictures"
        options={SHOWN.map((option) => ({
          ...option,
          disabled: option.value === 'difference' ? reason : undefined,
        }))}
        value={panes}
        onChoose={view.showPanes}
      />
      <b className="pane-letter">B</b>
      <select
        aria-label="Method of B"
        value={second.method ?? ''}
        onChange={({ target }) =>
          view.changeSecond({ method: METHODS.find(({ id }) => id === target.value)?.id ?? null })
        }
      >
        <option value="">method {SAME}</option>
        {METHODS.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
      <EpsilonField />
      <select
        aria-label="Gap of B"
        value={second.gap ?? ''}
        onChange={({ target }) =>
          view.changeSecond({ gap: target.value === '' ? null : Number(target.value) })
        }
      >
        <option value="">gap {SAME}</option>
        {pairs.map((gap) => (
          <option key={gap} value={gap}>
            {gapName(gap, info.layers)}
          </option>
        ))}
      </select>
      {tensors.length > 1 && (
        <select
          aria-label="Tensor of B"
          value={chosenTensor === tensor ? '' : chosenTensor}
          onChange={({ target }) =>
            view.changeSecond({ tensor: tensors.find((name) => name === target.value) ?? null })
          }
        >
          <option value="">tensor {SAME}</option>
          {tensors
            .filter((name) => name !== tensor)
            .map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
        </select>
      )}
      <select
        aria-label="What B is aligned with"
        value={second.against?.kind ?? ''}
        onChange={({ target }) =>
          view.changeSecond({
            against: TARGETS.find(({ against }) => against.kind === target.value)?.against ?? null,
          })
        }
      >
        <option value="">with {SAME}</option>
        {TARGETS.map(({ label, against }) => (
          <option key={label} value={against.kind}>
            with {label}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="icon-button"
        aria-label="Close the second picture"
        onClick={view.closeSecond}
      >
        <CloseIcon />
      </button>
    </div>
  );
}
