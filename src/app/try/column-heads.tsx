import { useId } from 'react';
import { CloseIcon, PlusIcon } from '../controls/icons';
import type { ModelChoice } from '../store/try/choices';
import { MOST_COLUMNS } from '../store/try/columns';
import { useAppState } from '../store/use-app';
import { useTry } from '../store/use-try';

interface ColumnHeadProps {
  readonly place: number;
  readonly model: string;
  readonly choices: readonly ModelChoice[];
  readonly onChoose: (model: string) => void;
  readonly onRemove: (() => void) | undefined;
}

function ColumnHead({ place, model, choices, onChoose, onRemove }: ColumnHeadProps) {
  const id = useId();
  const chosen = choices.find((choice) => choice.id === model);
  return (
    <li className="try-head">
      <div className="row tight">
        <label htmlFor={id} className="visually-hidden">
          Model {place}
        </label>
        <select id={id} value={model} onChange={(event) => onChoose(event.target.value)}>
          {choices.map((choice) => (
            <option key={choice.id} value={choice.id}>
              {choice.title}
            </option>
          ))}
          {chosen === undefined && <option value={model}>A run that is gone</option>}
        </select>
        {onRemove && (
          <button
            type="button"
            className="icon-button"
            aria-label={`Remove model ${place}`}
            title="Remove"
            onClick={onRemove}
          >
            <CloseIcon />
          </button>
        )}
      </div>
      <p className="hint">{chosen?.detail ?? 'Choose another model.'}</p>
    </li>
  );
}

/** Chooses the model of each column. */
export function ColumnHeads({ choices }: { readonly choices: readonly ModelChoice[] }) {
  const tryStage = useTry();
  const columns = useAppState((state) => state.tryStage.columns);
  const alone = columns.length === 1;
  return (
    <div className="try-heads">
      <ul className="try-columns" aria-label="Models">
        {columns.map(({ id, model }, i) => (
          <ColumnHead
            key={id}
            place={i + 1}
            model={model}
            choices={choices}
            onChoose={(chosen) => tryStage.choose(id, chosen)}
            onRemove={alone ? undefined : () => tryStage.remove(id)}
          />
        ))}
      </ul>
    </div>
  );
}

/** Button to add a column. */
export function AddColumn() {
  const tryStage = useTry();
  const full = useAppState((state) => state.tryStage.columns.length >= MOST_COLUMNS);
  if (full) return null;
  return (
    <button type="button" className="button quiet" onClick={tryStage.add}>
      <PlusIcon />
      Add a model
    </button>
  );
}
