import { expect, it } from 'vitest';
import { JobQueue } from './job-queue';

it('starts no job beside before an exclusive one that was asked for first', async () => {
  const queue = new JobQueue();
  const order: string[] = [];
  const job = (name: string) => async (): Promise<void> => {
    await Promise.resolve();
    order.push(name);
  };
  await Promise.all([
    queue.run('exclusive', job('start')),
    queue.run('exclusive', job('open')),
    queue.run('beside', job('prepare')),
    queue.run('heavy', job('align')),
  ]);
  expect(order.slice(0, 2)).toEqual(['start', 'open']);
  expect(order.toSorted()).toEqual(['align', 'open', 'prepare', 'start']);
});
