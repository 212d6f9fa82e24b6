import { ComputeButton } from '../controls/compute-button';
import { type Fact, Facts } from '../controls/facts';
import { hasZeroStart } from '../methods/zero-start';
import { textTitle } from '../store/derived/evaluation';
import { savedLossKey, savedLossOf } from '../store/derived/saved-loss';
import { useApp, useAppState } from '../store/use-app';
import { count, fixed, quantity } from '../words/numbers';

/**
 * What the saved model computes beside its base and beside what was computed here: measured on request, before saving.
 * @param prepare loads a trained run onto the device.
 */
export function LossCheck({ prepare }: { prepare: (arm: string | undefined) => Promise<void> }) {
  const { exporting } = useApp();
  const id = useAppState(savedLossKey);
  const state = useAppState((s) => s.exporting.losses);
  const text = useAppState(textTitle);
  const tokens = useAppState((s) => s.view.tokens);
  const keeps = useAppState((s) => s.exporting.arm === undefined && hasZeroStart(s.recipe.current));
  const busy = useAppState((s) => s.exporting.status === 'running');
  const trained = useAppState((s) => s.exporting.arm !== undefined);
  if (state.entries[id]) return <MeasuredLosses />;
  return (
    <section className="loss-check" aria-label="Losses before saving">
      <p>
        {trained
          ? 'A trained model: its loss, and what rounding changes, can be measured.'
          : keeps
            ? 'The base’s function is preserved by construction: o_proj and down_proj of new blocks are zero, rounded or not.'
            : 'The base’s function is not preserved: new blocks are not zeroed.'}
      </p>
      {!busy && (
        <ComputeButton
          id={id}
          state={state}
          doing="Measuring…"
          action="Measure the losses"
          onRun={() => void exporting.measure(prepare)}
          onCancel={exporting.cancelMeasuring}
        >
          {text}, {count(tokens)} tokens
        </ComputeButton>
      )}
    </section>
  );
}

/** The losses measured of the model to save; nothing if there are none. */
export function MeasuredLosses() {
  const losses = useAppState(savedLossOf);
  const text = useAppState(textTitle);
  if (losses === undefined) return null;
  const { tokens, base, exact, saved, rounded } = losses;
  const difference = saved - exact;
  const rows: readonly Fact[] = [
    ['base model', fixed(base, 4)],
    ['deeper model, computed', fixed(exact, 4)],
    ['deeper model, saved', fixed(saved, 4)],
    [
      'rounding',
      rounded === 0
        ? 'nothing is rounded'
        : `${difference > 0 ? '+' : ''}${difference === 0 ? '0' : quantity(difference, 2)}, ${count(rounded)} tensors rounded`,
    ],
  ];
  return (
    <section className="loss-check" aria-label="Losses before saving">
      <p role="status">
        Measured on {count(tokens)} tokens of {text}
        {exact === base
          ? ': the deeper model’s loss equals the base model’s exactly.'
          : ', in nats per token.'}
      </p>
      <Facts facts={rows} />
    </section>
  );
}
