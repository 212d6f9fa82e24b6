import type { Transfer, TransferState } from '../../checkpoint/transfer';
import type { JobEvent, Progress } from '../jobs';

const MIB = 2 ** 20;

/** Sends what comes from the network as progress of a job, until the returned function is called. */
export function followDownloads(transfer: Transfer | undefined, emit: (event: JobEvent) => void): () => void {
  return (
    transfer?.follow((state) => emit({ type: 'progress', progress: downloadProgress(state) })) ??
    (() => undefined)
  );
}

/** Puts a transfer into words: bytes, rate and time left. */
function downloadProgress({ received, wanted, bytesPerSecond, waitMs }: TransferState): Progress {
  if (waitMs !== undefined) return { label: `The server asks to wait ${Math.ceil(waitMs / 1000)} s` };
  const came = `Downloading ${(received / MIB).toFixed(1)} of ${(wanted / MIB).toFixed(1)} MiB`;
  const fraction = wanted > 0 ? Math.min(1, received / wanted) : 0;
  if (bytesPerSecond <= 0) return { label: came, fraction };
  const left = Math.ceil((wanted - received) / bytesPerSecond);
  const time = left < 60 ? `${left} s` : `${Math.ceil(left / 60)} min`;
  return { label: `${came}, ${(bytesPerSecond / MIB).toFixed(1)} MiB/s, ${time} left`, fraction };
}
