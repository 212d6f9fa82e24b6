import { Term } from '../glossary/term';
import { ActionButton } from '../controls/action-button';
import { Busy } from '../controls/busy';
import { useAppState } from '../store/use-app';
import { useDevice } from '../store/use-device';
import { type PanelData, bandwidthWords } from './report-text';

/** Measures how fast the device copies its memory. */
export function BandwidthSection({ data: { bandwidth, job } }: { readonly data: PanelData }) {
  const device = useDevice();
  const measuring = useAppState((state) => state.device.measuring);
  const failure = useAppState((state) => state.device.failure);
  return (
    <section aria-labelledby="device-bandwidth">
      <h3 id="device-bandwidth">
        <Term id="bandwidth">Bandwidth</Term>
      </h3>
      {/* Said when it is there; the button keeps the focus meanwhile. */}
      <p role="status" aria-label="Bandwidth">
        {bandwidth && bandwidthWords(bandwidth, job)}
      </p>
      {failure && (
        <p className="problem" role="alert">
          {failure.message}
        </p>
      )}
      <div className="row wrap">
        <ActionButton
          className="button"
          unavailable={measuring ? 'It is being measured' : undefined}
          onClick={() => void device.measureBandwidth()}
        >
          {bandwidth ? 'Measure again' : 'Measure bandwidth'}
        </ActionButton>
        {measuring ? (
          <Busy label="Copying, after the running job" />
        ) : (
          <p className="hint">Copies memory of the device for some tenths of a second.</p>
        )}
      </div>
    </section>
  );
}
