import { describe, expect, it } from 'vitest';
import type { ArmPlan, TrainingPlan } from '../../../engine/jobs';
import {
  durationText,
  evaluationCount,
  groupBytes,
  type RacePlan,
  precisionText,
  raceMs,
  stepsBetween,
  stepsInTime,
  armSteps,
} from './forecast';

const MEMORY = {
  frozen: 10,
  parameters: 4,
  gradients: 4,
  moments: 8,
  activations: 100,
  working: 50,
  total: 176,
  keepActivations: true,
};
const arm = (stepCost: number): ArmPlan => ({
  memory: MEMORY,
  trainable: 1,
  layers: 12,
  newLayers: [11],
  stepCost,
});
const plan = (...costs: number[]): TrainingPlan => ({ texts: [], measured: 1000, arms: costs.map(arm) });

/** A step of cost 24 takes 240 ms; evaluating a token takes 0.1 ms. */
const racePlan = (change: Partial<RacePlan> = {}): RacePlan => ({
  plan: plan(24, 36),
  speed: { stepMs: { forward: 100, backward: 130, optimizer: 10 }, stepCost: 24, evaluationMsPerToken: 0.1 },
  seeds: 1,
  budget: 'tokens',
  tuningSteps: 0,
  measurements: null,
  reference: 0,
  ...change,
});

describe('the outlook on a race', () => {
  it('adds up training by the cost model and evaluations of all arms and seeds', () => {
    // 10 steps of 240 ms and of 360 ms, two evaluations of 100 ms for each arm.
    expect(raceMs([10, 10], 2, racePlan())).toBeCloseTo(2400 + 3600 + 400, 9);
    expect(raceMs([10, 10], 2, racePlan({ seeds: 3 }))).toBeCloseTo(3 * 6400, 9);
    expect(raceMs([10, 10], 2, racePlan({ tuningSteps: 5 }))).toBeCloseTo(3600 + 5400 + 400, 9);
  });

  it('finds the most steps that fit into the time', () => {
    for (const change of [{}, { seeds: 3 }, { budget: 'compute' }, { tuningSteps: 7 }] as const) {
      const of = racePlan(change);
      const steps = stepsInTime(5, of);
      const ms = (count: number): number => raceMs(armSteps(count, of), evaluationCount(5, of), of);
      expect(ms(steps)).toBeLessThanOrEqual(300_000 * 1.001);
      expect(ms(steps + 2)).toBeGreaterThan(300_000);
    }
    expect(stepsInTime(1, racePlan({ plan: { ...plan(24), measured: 1e9 } }))).toBe(1);
  });

  it('gives cheaper arms more steps where compute is equal, and all the same where tokens are', () => {
    expect(armSteps(30, racePlan())).toEqual([30, 30]);
    expect(armSteps(30, racePlan({ budget: 'compute' }))).toEqual([30, 20]);
    expect(armSteps(30, racePlan({ budget: 'compute', reference: 1 }))).toEqual([45, 30]);
    expect(armSteps(0, racePlan({ budget: 'compute' }))).toEqual([0, 0]);
  });

  it('measures less often where there is little time, but always both ends', () => {
    expect(evaluationCount(null, racePlan())).toBe(6);
    expect(evaluationCount(5, racePlan())).toBe(6);
    expect(evaluationCount(5, racePlan({ plan: { ...plan(24, 36), measured: 1e6 } }))).toBe(2);
  });

  it('measures as often as chosen, whatever the time', () => {
    expect(evaluationCount(5, racePlan({ measurements: 21 }))).toBe(21);
    expect(evaluationCount(null, racePlan({ measurements: 2 }))).toBe(2);
    // The steps that fit make room for the measurements.
    expect(stepsInTime(1, racePlan({ measurements: 21 }))).toBeLessThan(
      stepsInTime(1, racePlan({ measurements: 2 })),
    );
    expect([stepsBetween(20, 3), stepsBetween(4, 6), stepsBetween(7, 3)]).toEqual([10, 1, 4]);
  });

  it('says what seeds and steps can tell', () => {
    expect(precisionText(80, 1, 81_920)).toMatch(/no difference between arms can be told.*81,920 tokens/);
    // Student's t at 95 %, two degrees of freedom.
    expect(precisionText(80, 3, 1)).toMatch(/3 seeds a difference counts from 4\.3 of its standard errors/);
    expect(precisionText(5, 3, 1)).toMatch(/5 steps hardly move/);
  });

  it('adds up what arms hold together and what one needs while it computes', () => {
    expect(groupBytes([arm(24), arm(24)])).toBe(10 + 2 * 16 + 150);
  });

  it('words times', () => {
    expect([500, 89_000, 90_000, 3_540_000, 7_260_000].map(durationText)).toEqual([
      '1 s',
      '89 s',
      '2 min',
      '59 min',
      '2 h 1 min',
    ]);
  });
});
