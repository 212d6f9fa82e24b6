import { describe, expect, it } from 'vitest';
import { testRace, testRun } from '../store/train/testing';
import { openApp } from '../store/testing';
import type { Run } from '../store/state/race';
import { factsOf } from './readings';

/** The loss of `testRun` on held-out text. */
const heldout = (step: number, { height = 3, seed = 0 } = {}) =>
  height + Math.exp(-step / 8) + seed * 0.01 + 0.1;

async function readOf(runs: readonly Run[]) {
  const { app } = await openApp();
  const { race } = app.store.getState();
  app.store.setState({ race: { ...race, status: 'done', race: testRace(runs) } });
  return (name: string) => factsOf(app.store.getState(), {}).read(name);
}

describe('a reading of a race', () => {
  it('is the mean over seeds, with its standard error', async () => {
    const read = await readOf([
      testRun('a', 0),
      testRun('a', 1),
      testRun('b', 0, { height: 2 }),
      testRun('b', 1),
    ]);
    expect(read('run:a:start')).toBeCloseTo(heldout(0) + 0.005, 12);
    expect(read('run:a:early')).toBeCloseTo(heldout(5) + 0.005, 12);
    expect(read('run:a:half')).toBeCloseTo(heldout(10) + 0.005, 12);
    expect(read('run:a:end')).toBeCloseTo(heldout(20) + 0.005, 12);
    expect(read('run:a:old')).toBeCloseTo(2.2, 12);
    // Two values 0.01 apart: their standard deviation is 0.01/√2, that of the mean 0.005.
    expect(read('run:a:error')).toBeCloseTo(0.005, 12);
    expect(read('run:a:training')).toBeCloseTo(3 + (Math.exp(-18 / 8) + Math.exp(-19 / 8)) / 2 + 0.005, 12);
    expect([read('run:a:stepMs'), read('run:b:times'), read('race.seeds'), read('race.steps')]).toEqual([
      35, 1, 2, 20,
    ]);
    expect(read('run:none:end')).toBeUndefined();
  });

  it('names the arm in front early, half-way and at the end, and by how much', async () => {
    const fast = testRun('fast', 0, { height: 2.9 });
    const slow = testRun('slow', 0);
    const late = slow.evaluations.map((each) => (each.step < 20 ? each : { ...each, heldout: 2.5 }));
    const read = await readOf([fast, { ...slow, evaluations: late }]);
    expect(['early', 'midway', 'winner'].map((name) => read(`race.${name}`))).toEqual([
      'fast',
      'fast',
      'slow',
    ]);
    expect(read('race.margin')).toBeCloseTo(heldout(20, { height: 2.9 }) - 2.5, 12);
  });

  it('is not known before all arms have it, and an error not of one seed', async () => {
    const read = await readOf([testRun('a', 0), testRun('b', 0, { done: 7 })]);
    expect(
      ['race.winner', 'race.midway', 'race.margin', 'run:b:half', 'run:b:end', 'run:a:error'].map(read),
    ).toEqual(Array.from({ length: 6 }, () => undefined));
    expect(read('race.early')).toBe('a');
    expect(read('run:a:end')).toBeCloseTo(heldout(20), 12);
  });

  it('counts how often the text was seen', async () => {
    const run = testRun('a', 0);
    const facts = run.facts && { ...run.facts, texts: [{ examples: 11 }] as never };
    const read = await readOf([{ ...run, ...(facts && { facts }) }]);
    // 20 steps of 8 windows.
    expect(read('race.passes')).toBeCloseTo(160 / 11, 12);
  });
});
