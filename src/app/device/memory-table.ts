import type { DeviceReport } from '../../engine/jobs';
import { bytes } from '../words/numbers';
import type { Table } from './table';

type MemoryKind = keyof DeviceReport['memory']['byKind'];

const KINDS: Readonly<Record<MemoryKind, string>> = {
  weights: 'Weights',
  costs: 'Costs',
  plans: 'Plans',
  activations: 'Activations',
  optimizer: 'Gradients and optimiser',
  other: 'Other',
};

/** Memory in use by kind, now and when most was in use. Each column adds up to its last row. */
export function memoryTable(memory: DeviceReport['memory']): Table {
  const kinds = Object.entries(KINDS) as [MemoryKind, string][];
  return {
    columns: ['kind', 'now', 'at the peak'],
    rows: [
      ...kinds.map(([kind, words]) => [words, bytes(memory.byKind[kind]), bytes(memory.peakByKind[kind])]),
      ['All', bytes(memory.bytes), bytes(memory.peakBytes)],
    ],
  };
}
