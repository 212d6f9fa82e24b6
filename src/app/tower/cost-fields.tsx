import { FEATURE_TEXTS, MAX_FEATURE_TOKENS } from '../../recipe/schema';
import { ChoiceField } from '../controls/choice-field';
import { RealField } from '../controls/real-field';
import { featureTextTitle } from '../store/derived/evaluation';
import { useApp, useAppState } from '../store/use-app';

/** Fields for the text whose activations are compared, and its number of tokens. */
function ActivationFields() {
  const { recipe: actions } = useApp();
  const { text, tokens } = useAppState((state) => state.recipe.current.cost);
  const shipped = FEATURE_TEXTS.map((name): readonly [string, string] => [name, featureTextTitle(name)]);
  const known = shipped.some(([name]) => name === text);
  return (
    <>
      <ChoiceField
        label="On the text"
        value={text}
        options={known ? shipped : [...shipped, [text, featureTextTitle(text)]]}
        onChoose={(chosen) => actions.setCost({ text: chosen })}
      />
      <RealField
        label="Last tokens of it"
        title="Read from the end, for what is evaluated is read from the start"
        value={tokens}
        low={2}
        high={MAX_FEATURE_TOKENS}
        whole
        onChange={(chosen) => actions.setCost({ tokens: chosen })}
      />
      <p className="hint">
        Neurons of two blocks are compared by what they answer to this text in the base model. q, k and v are
        matched head by head; gate and up by the unit they make together.
      </p>
    </>
  );
}

/** Fields for the ground cost. “method” leaves a choice to the method. */
export function CostFields() {
  const { recipe: actions } = useApp();
  const { metric, rows, scale, features } = useAppState((state) => state.recipe.current.cost);
  return (
    <>
      <ChoiceField
        label="Compare neurons by"
        term={features === 'weights' ? 'neuron' : 'activations'}
        value={features}
        options={[
          ['weights', 'weights'],
          ['activations', 'activations on a text'],
        ]}
        onChoose={(chosen) => actions.setCost({ features: chosen })}
      />
      {features === 'activations' && <ActivationFields />}
      <ChoiceField
        label="Cost between rows"
        term="cost"
        value={metric}
        options={[
          ['method', features === 'activations' ? '1 − correlation' : 'the method’s'],
          ['euclidean', 'Euclidean distance'],
          ['squared', 'squared distance'],
          // Activations are centred, so cosine is the same as correlation.
          ...(features === 'weights' || metric === 'cosine' ? [['cosine', 'cosine'] as const] : []),
        ]}
        onChoose={(chosen) => actions.setCost({ metric: chosen })}
      />
      <div className="field-pair even">
        {features === 'weights' && (
          <ChoiceField
            label="Rows"
            value={rows}
            options={[
              ['method', 'the method’s'],
              ['raw', 'raw'],
              ['unit', 'unit norm'],
            ]}
            onChoose={(chosen) => actions.setCost({ rows: chosen })}
          />
        )}
        <ChoiceField
          label="Divided by"
          value={scale}
          options={[
            ['method', 'the method’s'],
            ['none', 'nothing'],
            ['max', 'its maximum'],
            ['mean', 'its mean'],
            ['median', 'its median'],
          ]}
          onChoose={(chosen) => actions.setCost({ scale: chosen })}
        />
      </div>
    </>
  );
}
