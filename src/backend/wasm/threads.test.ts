import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Runner } from './runner';
import { nodeThreads } from './thread-node';

/** Resolves when `condition` holds; otherwise the test runs out of time. */
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await setTimeout(1);
};

it('threads sleep when there is no work, and wake for it', async () => {
  const runner = await Runner.open({ ...nodeThreads(), count: 3 });
  const count = 2 ** 14;
  const x = runner.upload(new Float32Array(count).fill(3), [count], 'f32', 'x');
  for (let round = 1; round <= 3; round++) {
    await until(() => runner.sleepingThreads === 2);
    const y = runner.make([count], 'y', (out) =>
      runner.run(
        'scale',
        { x: runner.at(x), alpha: round, out },
        { items: count, nanoseconds: 20, multiple: 4 },
      ),
    );
    expect(runner.read(y)).toEqual(new Float32Array(count).fill(3 * round));
    runner.free(y);
  }
  await until(() => runner.sleepingThreads === 2);
  runner.dispose();
});

it('threads share a stream of small launches that come before they sleep and after', async () => {
  const runner = await Runner.open({ ...nodeThreads(), count: 3 });
  const count = 2 ** 14;
  const x = runner.upload(new Float32Array(count).fill(1), [count], 'f32', 'x');
  const split = { items: count, nanoseconds: 20, multiple: 4 };
  for (let launch = 0; launch < 3000; launch++) {
    runner.run('scale', { x: runner.at(x), alpha: 1 + (launch % 2), out: runner.target(x) }, split);
    if (launch % 2 === 1) runner.run('scale', { x: runner.at(x), alpha: 0.5, out: runner.target(x) }, split);
    if (launch % 100 === 99) await until(() => runner.sleepingThreads === 2);
  }
  expect(runner.read(x)).toEqual(new Float32Array(count).fill(1));
  runner.dispose();
});
