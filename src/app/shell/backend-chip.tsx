import { useApp, useAppState } from '../store/use-app';
import { bytes } from '../words/numbers';

const KIND = { webgpu: 'WebGPU', cpu: 'CPU' } as const;

/** Shows the backend and its memory, and opens the panel about it. */
export function BackendChip() {
  const { store } = useApp();
  const status = useAppState((state) => state.backend.status);
  const summary = useAppState((state) => state.backend.summary);
  const memory = useAppState((state) => state.backend.memory);
  const open = useAppState((state) => state.dialog === 'device');

  const words =
    summary === undefined ? (status === 'failed' ? 'No backend' : 'Starting…') : KIND[summary.kind];
  return (
    <button
      type="button"
      className="chip backend-chip"
      data-control="backend"
      title="The backend: device, memory, kernels (G)"
      aria-haspopup="dialog"
      aria-expanded={open}
      onClick={() => store.setState({ dialog: 'device' })}
    >
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
    </button>
  );
}
