import { useApp, useAppState } from '../store/app';
import { ChoiceField } from './choice-field';

/** The ground cost between rows; “method” leaves a part to the method. */
export function CostFields() {
  const { recipe: actions } = useApp();
  const { metric, rows, scale } = useAppState((state) => state.recipe.current.cost);
  return (
    <>
      <ChoiceField
        label="Cost between rows"
        value={metric}
        options={[
          ['method', 'the method’s'],
          ['euclidean', 'Euclidean distance'],
          ['squared', 'squared distance'],
          ['cosine', 'cosine'],
        ]}
        onChoose={(chosen) => actions.setCost({ metric: chosen })}
      />
      <div className="field-pair even">
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
