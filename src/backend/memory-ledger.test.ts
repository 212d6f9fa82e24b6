import { expect, it } from 'vitest';
import { MEMORY_KINDS, MemoryLedger } from './memory-ledger';

const sum = (byKind: Readonly<Record<string, number>>): number =>
  MEMORY_KINDS.reduce((total, kind) => total + (byKind[kind] ?? Number.NaN), 0);

it('counts bytes by kind, now and at the peak, and both add up', () => {
  const ledger = new MemoryLedger();
  ledger.add('other', 100);
  ledger.move(100, 'other', 'weights');
  ledger.add('costs', 40);
  ledger.add('costs', -40);
  ledger.add('plans', 30);
  expect(ledger.bytes).toBe(130);
  expect(ledger.byKind).toMatchObject({ weights: 100, costs: 0, plans: 30, other: 0 });
  expect(sum(ledger.byKind)).toBe(130);
  expect(ledger.peakBytes).toBe(140);
  expect(ledger.peakByKind).toMatchObject({ weights: 100, costs: 40, plans: 0, other: 0 });
});

it('knows what the tensor that made the peak is for, though it is said only afterwards', () => {
  const ledger = new MemoryLedger();
  ledger.add('other', 10);
  ledger.move(10, 'other', 'activations');
  expect(ledger.peakByKind).toMatchObject({ activations: 10, other: 0 });
  ledger.add('activations', -10);
  ledger.add('other', 5);
  ledger.move(5, 'other', 'weights');
  expect(ledger.peakByKind).toMatchObject({ activations: 10, weights: 0 });
});

it('keeps the peak when everything is forgotten', () => {
  const ledger = new MemoryLedger();
  ledger.add('weights', 7);
  ledger.clear();
  expect([ledger.bytes, sum(ledger.byKind), ledger.peakBytes]).toEqual([0, 0, 7]);
});
