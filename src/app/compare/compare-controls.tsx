import { useRef } from 'react';
import { ChoiceList } from '../controls/choice-list';
import { ActionButton } from '../controls/action-button';
import { TextFileInput } from '../controls/text-file-input';
import { MAX_TEXT_BYTES } from '../files/file-text';
import type { Depth, View } from '../../recipe/view';
import { DEPTHS, TEXTS, TOKEN_BUDGETS } from '../../recipe/view';
import { TEXT_TITLES } from '../store/derived/evaluation';
import { useApp, useAppState } from '../store/use-app';
import { count } from '../words/numbers';

const DEPTH_WORDS: Readonly<Record<Depth, string>> = {
  loss: 'the loss',
  blocks: 'also blocks and tensors',
  ablations: 'also ablations of blocks',
  null: 'also the null of every plan',
};

/** Fields for text and depth of the measurement, and the button that starts it. */
export function CompareControls({ complete }: { complete: boolean }) {
  const { compare, evaluations, view } = useApp();
  const running = useAppState((state) => state.compare.running);
  const depth = useAppState((state) => state.view.depth);
  const text = useAppState((state) => state.view.text);
  const tokens = useAppState((state) => state.view.tokens);
  const own = useAppState((state) => state.evaluations.own);
  const useOwn = useAppState((state) => state.evaluations.useOwn && state.evaluations.own !== undefined);
  const file = useRef<HTMLInputElement>(null);

  return (
    <div className="compare-controls" data-control="compare-settings">
      <label>
        Text
        <ChoiceList
          value={useOwn ? 'own' : text}
          unavailable={running ? 'The evaluation is running; cancel it first' : undefined}
          onChange={(event) => {
            const { value } = event.target;
            if (value === 'file') file.current?.click();
            else evaluations.chooseText(value as View['text'] | 'own');
          }}
        >
          {TEXTS.map((name) => (
            <option key={name} value={name}>
              {TEXT_TITLES[name]}
            </option>
          ))}
          {own && <option value="own">{own.name}</option>}
          <option value="file">A text file of your own…</option>
        </ChoiceList>
      </label>
      <TextFileInput
        input={file}
        label="Text file"
        accept=".txt,text/plain"
        most={MAX_TEXT_BYTES}
        what="a text"
        onText={({ name, content }) => evaluations.setOwnText(name, content)}
      />
      <label>
        Tokens
        <ChoiceList
          value={tokens}
          unavailable={running ? 'The evaluation is running; cancel it first' : undefined}
          onChange={({ target: { value } }) => {
            const budget = TOKEN_BUDGETS.find((candidate) => String(candidate) === value);
            if (budget !== undefined) view.show({ tokens: budget });
          }}
        >
          {TOKEN_BUDGETS.map((budget) => (
            <option key={budget} value={budget}>
              first {count(budget)}
            </option>
          ))}
        </ChoiceList>
      </label>
      <label title="Tensors and blocks: norms, cosines and plans of every new tensor, and what each block does to the residual stream; several times as long. Ablations: two forward passes more for every block. Null: every plan six times more">
        Measure
        <ChoiceList
          value={depth}
          unavailable={running ? 'The evaluation is running; cancel it first' : undefined}
          onChange={({ target: { value } }) => {
            const chosen = DEPTHS.find((candidate) => candidate === value);
            if (chosen !== undefined) compare.setDepth(chosen);
          }}
        >
          {DEPTHS.map((option) => (
            <option key={option} value={option}>
              {DEPTH_WORDS[option]}
            </option>
          ))}
        </ChoiceList>
      </label>
      {running ? (
        <button
          type="button"
          className="button evaluate"
          data-control="compare-run"
          data-stops=""
          onClick={compare.cancel}
        >
          Cancel
        </button>
      ) : (
        <ActionButton
          className="button primary evaluate"
          data-control="compare-run"
          unavailable={complete ? 'Every chosen arm is evaluated on this text' : undefined}
          onClick={() => void compare.run()}
        >
          {complete ? 'All evaluated' : 'Evaluate all'}
        </ActionButton>
      )}
    </div>
  );
}
