/*
 * Room `device`: the panel about the backend: what computes, its memory, its kernels and their variants, its bandwidth. Imports
 * no stage.
 */

import { useEffect, useState } from 'react';
import { CopyButton } from '../controls/copy-button';
import { Dialog } from '../controls/dialog';
import { Facts } from '../controls/facts';
import { TermMark } from '../glossary/term';
import { Segments } from '../controls/segments';
import { useApp, useAppState } from '../store/use-app';
import { useDevice } from '../store/use-device';
import { BandwidthSection } from './bandwidth-section';
import { browserFacts } from './browser-facts';
import { choiceTable } from './choice-table';
import { type BrowserFacts, deviceFacts, featureWords, limitFacts } from './facts';
import { KernelSection } from './kernel-section';
import { memoryTable } from './memory-table';
import { type PanelData, reportText } from './report-text';
import { DataTable } from './table-view';
import { bytes, count } from '../words/numbers';
import '../styles/device.css';

/** How often the report is read while the panel is open. */
const REFRESH_MS = 1000;

/** Reads the engine's report now and after every second. */
function useReports(): void {
  const device = useDevice();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let gone = false;
    const read = async (): Promise<void> => {
      await device.refresh();
      if (!gone) timer = setTimeout(() => void read(), REFRESH_MS);
    };
    void read();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [device]);
}

/** Everything that the panel shows; undefined until it is known. */
function usePanelData(): PanelData | undefined {
  const summary = useAppState((state) => state.backend.summary);
  const choice = useAppState((state) => state.backend.choice);
  const model = useAppState((state) => state.model.info);
  const { report, job: chosen, bandwidth } = useAppState((state) => state.device);
  const [browser, setBrowser] = useState<BrowserFacts>();
  useEffect(() => {
    void browserFacts().then(setBrowser);
  }, []);
  if (!summary || !report || !browser) return undefined;
  return {
    summary,
    choice,
    browser,
    model,
    report,
    job: report.jobs.find(({ job }) => job === chosen) ?? report.jobs[0],
    bandwidth: bandwidth?.of === summary.description ? bandwidth.result : undefined,
  };
}

function Sections({ data }: { data: PanelData }) {
  const { summary, browser, choice, report } = data;
  const { memory, choices } = report;
  const limits = limitFacts(summary);
  return (
    <>
      <section aria-labelledby="device-what">
        <h3 id="device-what">Device</h3>
        <Facts facts={deviceFacts(summary, browser, choice)} />
        <details className="device-limits">
          <summary>{limits.length > 0 ? 'Limits and features' : 'Features'}</summary>
          <Facts facts={limits} />
          <p>{featureWords(summary)}</p>
        </details>
      </section>
      <section aria-labelledby="device-memory">
        <h3 id="device-memory">Memory</h3>
        <DataTable table={memoryTable(memory)} name="Memory by kind" total />
        <p className="hint">
          {count(memory.tensors)} tensors. {bytes(memory.pooledBytes)} more are kept for reuse. A tensor
          counts as other until what made it says what it is for: results on their way, pictures, indices.
        </p>
      </section>
      <KernelSection data={data} />
      <section aria-labelledby="device-variants">
        <h3 id="device-variants">Variants</h3>
        {choices.length > 0 ? (
          <DataTable table={choiceTable(choices)} name="Chosen variants" />
        ) : (
          <p className="hint">No kernel has had to choose between variants here.</p>
        )}
      </section>
      <BandwidthSection data={data} />
    </>
  );
}

/** Dialog about the backend. */
export function DevicePanel() {
  const { store, switchBackend } = useApp();
  const choice = useAppState((state) => state.backend.choice);
  const known = useAppState((state) => state.backend.summary !== undefined);
  useReports();
  const data = usePanelData();
  return (
    <Dialog title="Backend" wide onClose={() => store.setState({ dialog: null })}>
      <div className="device" aria-busy={data === undefined}>
        <div className="row spread wrap">
          <div className="labelled">
            <Segments
              name="Backend"
              options={[
                { value: 'auto', label: 'Auto', title: 'Whichever is faster here' },
                { value: 'webgpu', label: 'WebGPU' },
                { value: 'cpu', label: 'CPU' },
              ]}
              value={known ? choice : undefined}
              onChoose={(kind) => void switchBackend(kind)}
            />
            <TermMark id="backend" />
          </div>
          {data && (
            <CopyButton
              label="Copy as text"
              title="For a report of a fault; names no file, folder or address"
              text={() => reportText(data)}
            />
          )}
        </div>
        <p className="hint">
          All run the same algorithms. Auto takes WebGPU, unless the only adapter is software and the CPU
          measures faster. The CPU runs WebAssembly, on several threads where the server lets the page; plain
          TypeScript in float64 is the reference both are tested against.
        </p>
        {data && <Sections data={data} />}
      </div>
    </Dialog>
  );
}
