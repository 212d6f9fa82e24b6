// Jobs that write files: checkpoints, and arrays for NumPy. This room may import every other room of the engine.

import { againstText, NEXT } from '../../recipe/against';
import { alignmentOf } from '../aligning/align';
import type { Alignment } from '../aligning/alignment';
import type { Job } from '../workspace/context';
import { progress } from '../workspace/context';
import { entries, type EntryBand } from '../plans/entries';
import { RequestError, expectFinite } from '../jobs/errors';
import type { SavedArray } from '../jobs';
import { littleEndian, npyHeader } from './npy';

/** Saves a cost, the plan T after a half-step, or its potentials as a NumPy file, band by band. */
export const save: Job<'save'> = async (workspace, { key, what, halfStep }, context): Promise<SavedArray> => {
  const { signal } = context;
  const alignment = await alignmentOf(workspace, key, signal);
  const { rows, columns, inputs, plan } = alignment;
  if (what !== 'cost' && plan === 'none')
    throw new RequestError(
      'save: expected a method with a transport plan, got one without. Save its cost instead.',
    );
  if (what === 'potentials' && plan !== 'entropic')
    throw new RequestError(
      'save: expected a plan with potentials, got an exact permutation. Save the plan instead.',
    );
  return alignment.pinned(async () => {
    const report = progress(context, `Saving the ${what}`);
    const snapshot =
      what === 'cost' || plan !== 'entropic' ? undefined : await alignment.snapshotAt(halfStep, signal);
    const { gap, tensor, against = NEXT } = inputs.spec;
    const other = against.kind === 'next' ? '' : `-${againstText(against).replace(':', '-')}`;
    const at = snapshot ? `-half-step-${snapshot.halfStep}` : '';
    const name = `gap-${gap}-${tensor}${other}-${what}${at}.npy`;
    if (what === 'potentials' && snapshot) {
      const { f, g } = snapshot;
      expectFinite('row potentials', f);
      expectFinite('column potentials', g);
      const shape = f.length === g.length ? [2, f.length] : [f.length + g.length];
      return { blob: npy(npyHeader(shape), littleEndian(f), littleEndian(g)), name, shape };
    }
    const bands =
      what === 'plan' && !snapshot
        ? planBands(alignment, signal)
        : entries(alignment, snapshot, undefined, signal);
    const shape = [rows, columns];
    let blob = npy(npyHeader(shape));
    for await (const band of bands) {
      expectFinite(`the ${what} from row ${band.rowStart} on`, band.values);
      // Appended to a blob, because browsers may keep blobs on disk.
      blob = npy(blob, littleEndian(band.values));
      report((band.rowStart + band.rows) / rows);
    }
    return { blob, name, shape };
  });
};

const npy = (...parts: BlobPart[]): Blob => new Blob(parts, { type: 'application/octet-stream' });

async function* planBands(alignment: Alignment, signal: AbortSignal | undefined): AsyncGenerator<EntryBand> {
  const { rows, columns } = alignment;
  const { assignment } = await alignment.solveExactly(signal);
  const step = Math.max(1, Math.min(rows, Math.floor(2 ** 22 / columns)));
  for (let rowStart = 0; rowStart < rows; rowStart += step) {
    signal?.throwIfAborted();
    const count = Math.min(step, rows - rowStart);
    const values = new Float32Array(count * columns);
    for (let row = 0; row < count; row++)
      values[row * columns + (assignment[rowStart + row] ?? 0)] = 1 / rows;
    yield { rowStart, rows: count, values };
  }
}
