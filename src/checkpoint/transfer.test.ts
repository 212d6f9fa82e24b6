import { expect, it } from 'vitest';
import { Transfer, type TransferState } from './transfer';

it('counts what has come of what was asked for, with its rate over the last seconds', () => {
  let now = 10_000;
  const transfer = new Transfer(() => now);
  const seen: TransferState[] = [];
  transfer.follow((state) => seen.push(state));
  const first = transfer.begin(1000);
  const second = transfer.begin(3000);
  now += 500;
  first.arrive(400);
  expect(seen.at(-1)).toEqual({ received: 400, wanted: 4000, bytesPerSecond: 800 });
  // No more than ten times a second.
  first.arrive(100);
  expect(seen).toHaveLength(1);
  now += 500;
  second.arrive(500);
  expect(seen.at(-1)).toEqual({ received: 1000, wanted: 4000, bytesPerSecond: 1000 });

  // A range that is asked for again counts once, though it came twice.
  first.restart();
  expect(transfer.state.received).toBe(500);
  first.arrive(1000);
  first.end();
  second.wait(2000);
  expect(seen.at(-1)?.waitMs).toBe(2000);
  // One that ends early is not waited for any more.
  second.end();
  expect(transfer.state).toMatchObject({ received: 1500, wanted: 1500 });

  // Reads that follow soon belong together; after a rest it begins anew.
  now += 500;
  const third = transfer.begin(100);
  third.arrive(100);
  third.end();
  expect(transfer.state).toMatchObject({ received: 1600, wanted: 1600 });
  now += 5000;
  transfer.begin(70);
  expect(transfer.state).toMatchObject({ received: 0, wanted: 70, bytesPerSecond: 0 });
});

it('forgets the rate of longer ago', () => {
  let now = 10_000;
  const transfer = new Transfer(() => now);
  const load = transfer.begin(1e6);
  for (let i = 0; i < 10; i++) {
    now += 500;
    load.arrive(5000);
  }
  for (let i = 0; i < 10; i++) {
    now += 500;
    load.arrive(50);
  }
  expect(transfer.state.bytesPerSecond).toBeLessThan(2000);
});
