import { expect, test } from 'vitest';
import { collectGarbage } from '../../../tests/garbage';
import { SerialQueue } from './serial-queue';

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('tasks run one at a time, in order, and a failure does not stop those behind it', async () => {
  const queue = new SerialQueue();
  const log: string[] = [];
  const task = (name: string, milliseconds: number) => async () => {
    log.push(`${name} starts`);
    await wait(milliseconds);
    log.push(`${name} ends`);
    if (name === 'b') throw new Error('b fails');
  };
  const results = await Promise.allSettled([
    queue.run(task('a', 10)),
    queue.run(task('b', 1)),
    queue.run(task('c', 1)),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
});

test('a task cancelled while it waits leaves at once, never starts, and does not let others overtake', async () => {
  const queue = new SerialQueue();
  const log: string[] = [];
  let finish: () => void = () => undefined;
  const first = queue.run(async () => {
    await new Promise<void>((resolve) => (finish = resolve));
    log.push('first ends');
  });
  const controller = new AbortController();
  const second = queue.run(async () => void log.push('second'), controller.signal);
  const third = queue.run(async () => void log.push('third'));
  controller.abort();
  await expect(second).rejects.toMatchObject({ name: 'AbortError' });
  expect(log).toEqual([]);
  finish();
  await Promise.all([first, third]);
  expect(log).toEqual(['first ends', 'third']);
});

test('a queue keeps nothing of the tasks that it has run', async () => {
  const queue = new SerialQueue();
  const run = async (tasks: number): Promise<number> => {
    for (let i = 0; i < tasks; i++) await queue.run(async () => undefined);
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = await run(1000);
  // Ten bytes a task would be half a mebibyte.
  expect((await run(50_000)) - before).toBeLessThan(2 ** 19);
});
