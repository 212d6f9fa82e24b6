import type { BackendSummary } from '../../engine/jobs';
import { Popover } from '../controls/popover';
import { Segments } from '../controls/segments';
import { useApp, useAppState } from '../store/use-app';
import { bytes, count } from '../words/numbers';

const KIND = { webgpu: 'WebGPU', cpu: 'CPU' } as const;

/** Value of a limit; numbers of bytes as sizes. */
function limitWords(name: string, value: number): string {
  return /size|bytes/i.test(name) && !/workgroupsize/i.test(name) ? bytes(value) : count(value);
}

function Limits({ summary }: { summary: BackendSummary }) {
  const limits = Object.entries(summary.limits);
  return (
    <>
      {limits.length > 0 && (
        <>
          <h2>Limits of the device</h2>
          <dl className="pairs">
            {limits.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{limitWords(name, value)}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
      <h2>Features</h2>
      <p className="features">
        {summary.features.length > 0 ? summary.features.join(', ') : 'none beyond the basic ones'}
      </p>
    </>
  );
}

/** Shows the backend and its memory, and switches it. */
export function BackendChip() {
  const { switchBackend } = useApp();
  const status = useAppState((state) => state.backend.status);
  const summary = useAppState((state) => state.backend.summary);
  const memory = useAppState((state) => state.backend.memory);
  const choice = useAppState((state) => state.backend.choice);

  const words =
    summary === undefined ? (status === 'failed' ? 'No backend' : 'Starting…') : KIND[summary.kind];
  const label = (
    <>
      <span
        className="dot"
        data-state={status === 'failed' ? 'failed' : status === 'ready' ? summary?.kind : 'starting'}
      />
      <span>{words}</span>
      {summary && (
        <small>
          <span className="chip-detail">{summary.description.replace(/^CPU, /, '')}</span>
          {memory && <> · {bytes(memory.bytes)}</>}
        </small>
      )}
    </>
  );

  return (
    <Popover className="chip backend-chip" label={label} title="Backend">
      {() => (
        <div className="backend-panel">
          <Segments
            name="Backend"
            options={[
              { value: 'auto', label: 'Auto', title: 'Whichever is faster here' },
              { value: 'webgpu', label: 'WebGPU' },
              { value: 'cpu', label: 'CPU' },
            ]}
            value={summary && choice}
            onChoose={(kind) => void switchBackend(kind)}
          />
          <p className="hint">
            All run the same algorithms. Auto takes WebGPU, unless the only adapter is software and the CPU
            measures faster. The CPU runs WebAssembly, on several threads where the server lets the page;
            plain TypeScript in float64 is the reference both are tested against.
          </p>
          {summary && (
            <>
              <p>
                {summary.description}
                {summary.software && ' (a software adapter: right, but slow)'}
              </p>
              {memory && (
                <dl className="pairs">
                  <div>
                    <dt>In use</dt>
                    <dd>
                      {bytes(memory.bytes)} in {count(memory.tensors)} tensors
                    </dd>
                  </div>
                  <div>
                    <dt>Peak</dt>
                    <dd>{bytes(memory.peakBytes)}</dd>
                  </div>
                  <div>
                    <dt>Kept for reuse</dt>
                    <dd>{bytes(memory.pooledBytes)}</dd>
                  </div>
                </dl>
              )}
              <Limits summary={summary} />
            </>
          )}
        </div>
      )}
    </Popover>
  );
}
