import { type GapMethod, READS_FUSED } from '../contract/method';

/** Avg-DeUS as its authors released it (method.md 6.3): norms and output projections are averaged too. */
export const AVERAGE: GapMethod = {
  id: 'average',
  group: 'Controls without a plan',
  title: 'Average (Avg-DeUS)',
  short: 'average',
  meaning:
    'The plain mean of the two neighbours (Avg-DeUS). Nothing is zeroed, so the model changes at once.',
  reads: READS_FUSED,
  parents: 'pair',
  zeroInit: false,
  trains: 'new',
  fill: (assembly) =>
    assembly.forEachTensor((key, previous) => assembly.fuse(key, previous, assembly.nextTensor(key))),
};

/** `average` with zeroed output projections: a control that the authors' comparison lacks. */
export const AVERAGE_ZERO: GapMethod = {
  ...AVERAGE,
  id: 'average:zero',
  title: 'Average (Avg-DeUS), zeroed',
  short: 'average, zeroed',
  meaning:
    'The plain mean with o_proj and down_proj zeroed: the control that tells the plan’s effect from that of zeroing.',
  zeroInit: true,
};
