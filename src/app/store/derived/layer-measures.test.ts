import { describe, expect, it } from 'vitest';
import { layerAxis, layerNumber } from './layer-measures';

const values = (base: readonly number[], byGap: Record<number, number> = {}) => ({
  base: Object.fromEntries(base.entries()),
  byGap,
  byIndex: {},
});

describe('the axis of a measure', () => {
  it('is fitted to all but the first block, which may lie beyond it', () => {
    const axis = layerAxis('residualChange', values([43, 0.2, 0.4], { 1: 0.1 }));
    expect([axis.low, axis.high]).toEqual([0, 0.4]);
    expect(axis.at(0.2)).toBeCloseTo(0.5, 12);
    expect(axis.at(43)).toBe(1);
    expect(axis.origin).toBe(0);
  });

  it('starts its lines at the whole model where a loss is compared with it', () => {
    const axis = layerAxis('lossSkipped', { ...values([9, 3, 5], { 1: 2.5 }), reference: 3 });
    expect([axis.low, axis.high]).toEqual([2.5, 5]);
    expect(axis.origin).toBeCloseTo(0.2, 12);
  });

  it('starts them at 1 where 1 means that nothing changed', () => {
    const axis = layerAxis('residualCosine', values([0.1, 0.6, 0.9]));
    expect([axis.low, axis.high, axis.origin]).toEqual([0.6, 1, 1]);
  });

  it('stands still without values, and with one value everywhere', () => {
    for (const axis of [
      layerAxis('normToNext', values([])),
      layerAxis('logitLensLoss', values([4, 4, 4])),
      layerAxis('logitLensLoss', values([])),
    ])
      for (const value of [0, 4, -1]) {
        expect(axis.at(value)).toBeGreaterThanOrEqual(0);
        expect(axis.at(value)).toBeLessThanOrEqual(1);
      }
  });

  it('takes the first block where there is no other', () => {
    expect(layerAxis('attentionEntropy', values([2])).high).toBe(2);
  });
});

describe('a number beside a block', () => {
  it('is short and says what is small', () => {
    expect([0, 0.0097, 0.002, 3.48, -0.5, 431.2].map(layerNumber)).toEqual([
      '0',
      '0.01',
      '0.002',
      '3.48',
      '−0.50',
      '430',
    ]);
  });
});
