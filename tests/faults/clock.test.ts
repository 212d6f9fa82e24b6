import { afterEach, describe, expect, test } from 'vitest';
import { stepsInTime } from '../../src/app/store/train/forecast';
import { RaceClock } from '../../src/app/store/train/race-clock';
import { testRace, testRun } from '../../src/app/store/train/testing';
import { WasmBackend } from '../../src/backend/wasm/backend';
import { Transfer } from '../../src/checkpoint/transfer';
import type { JobEvent } from '../../src/engine/jobs';
import { JOBS, openSmall, run } from './jobs';

const HOUR = 3_600_000;
const real = performance.now.bind(performance);

/** Lets the clock of this process add these to the time, in turn. */
function jump(...offsets: readonly number[]): void {
  let calls = 0;
  performance.now = () => real() + (offsets[calls++ % offsets.length] ?? 0);
}
afterEach(() => {
  performance.now = real;
});

/** Finds durations in a result or event, by the names of their fields, that no clock could have measured. */
function wrongTimes(value: unknown, path = ''): string[] {
  if (typeof value === 'number')
    return /milliseconds|seconds|Ms/.test(path) && !(value >= 0 && value < Infinity)
      ? [`${path} ${value}`]
      : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => wrongTimes(part, `${path}.${name}`));
}

describe('WebAssembly', () => {
  test('a clock that jumps an hour back and forth at every reading → every job gives the same result, and no time is negative', async () => {
    const engine = await openSmall(() => WasmBackend.open());
    const wrong: string[] = [];
    for (const [name, request] of Object.entries(JOBS).filter(([, [job]]) => job !== 'forecast')) {
      const expected = await run(engine, request);
      await engine.run('dropTraining', { arm: 'a' });
      jump(0, HOUR, -HOUR, -2 * HOUR);
      const events: JobEvent[] = [];
      const [job, args] = request;
      const result = await engine.run(job, args, { onEvent: (event) => events.push(event) });
      expect(await run(engine, request), name).toEqual(expected);
      performance.now = real;
      wrong.push(...wrongTimes([result, events], name));
      await engine.run('dropTraining', { arm: 'a' });
    }
    expect(wrong).toEqual([]);
    engine.dispose();
  });

  test('a clock that stands still, as coarse ones seem to → speeds and forecasts are numbers', async () => {
    const standing = real();
    performance.now = () => standing;
    const engine = await openSmall(() => WasmBackend.open());
    expect((await engine.run(...JOBS.forecasting)).seconds).toBeGreaterThan(0);
    const { stepMs, evaluationMsPerToken } = await engine.run(...JOBS['timing a training step']);
    expect([...Object.values(stepMs), evaluationMsPerToken].every((ms) => ms >= 0 && ms < Infinity)).toBe(
      true,
    );
    const { stepMs: trained } = await engine.run(...JOBS.training);
    expect(Object.values(trained ?? {}).every((ms) => ms >= 0 && ms < Infinity)).toBe(true);
    engine.dispose();
  });

  test('a clock set back an hour while aligning → a cancel still ends the job', async () => {
    const engine = await openSmall(() => WasmBackend.open());
    const controller = new AbortController();
    const { recipe } = JOBS.aligning[1];
    const slow = {
      ...recipe,
      solver: { ...recipe.solver, epsilon: 1e-3, tolerance: 1e-7, maxIterations: 20_000 },
    };
    const job = engine.run(
      'align',
      { recipe: slow, gap: 0, tensor: 'mlp.up_proj' },
      {
        signal: controller.signal,
        onEvent: () => {
          jump(-HOUR);
          setTimeout(() => controller.abort(), 1);
        },
      },
    );
    await expect(job).rejects.toMatchObject({ name: 'AbortError' });
    engine.dispose();
  });
});

describe('page', () => {
  test('a clock that jumps during a race and its planning → the remaining time is a number that is not negative', () => {
    const clock = new RaceClock();
    jump(0, HOUR, -HOUR);
    const turn = clock.turn('a');
    for (let i = 0; i < 9; i++) turn({ type: i % 3 === 2 ? 'evaluation' : 'step' } as JobEvent);
    const left = clock.remaining(testRace([testRun('a', 1, { done: 5 })]));
    expect(left).toBeGreaterThanOrEqual(0);
    expect(left).toBeLessThan(Infinity);
    const none = { forward: 0, backward: 0, optimizer: 0 };
    const steps = stepsInTime(1, {
      plan: { texts: [], measured: 10, arms: [] },
      speed: { stepMs: none, stepCost: 1, evaluationMsPerToken: 0 },
      seeds: 1,
      budget: 'tokens',
      tuningSteps: 0,
      measurements: null,
      reference: 0,
    });
    expect(steps).toBeGreaterThan(0);
  });

  test('a clock that jumps during a download → the rate is a number that is not negative', () => {
    const transfer = new Transfer();
    const rates: number[] = [];
    transfer.follow(({ bytesPerSecond }) => rates.push(bytesPerSecond));
    jump(0, HOUR, -HOUR, 0, -2 * HOUR);
    const load = transfer.begin(1000);
    for (let i = 0; i < 50; i++) load.arrive(20);
    load.end();
    expect(rates.length).toBeGreaterThan(0);
    expect(rates.every((rate) => rate >= 0 && rate < Infinity)).toBe(true);
  });
});
