import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryByteStore } from '../../../engine/environment/byte-store';
import { testLocks } from '../testing';
import { RaceStorage } from './race-storage';
import { saveRace } from './saved-race';
import { testRace, testRun } from './testing';

const texts = { train: { name: 'tales.txt', content: 'once' } };
const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

describe('races of several tabs', () => {
  let byteStore: MemoryByteStore;
  let taken: Set<string>;
  /** The storage as one tab has it. */
  const tab = (): RaceStorage =>
    new RaceStorage({ byteStore: async () => byteStore, locks: testLocks(taken) });
  const race = (id: string, runs = [testRun('a', 0)]) => ({ ...testRace(runs), id });
  const ids = async (storage: RaceStorage): Promise<string[]> => (await storage.list()).map(({ id }) => id);

  beforeEach(() => {
    byteStore = new MemoryByteStore();
    taken = new Set();
  });

  it('are kept side by side, and none is shown in two tabs', async () => {
    const [first, second] = [tab(), tab()];
    await first.take('one');
    await second.take('two');
    await first.save({ race: race('one'), texts });
    await second.save({ race: race('two'), texts });
    expect(await first.open('two')).toBeUndefined();
    const listed = await second.list();
    expect(listed.toSorted((a, b) => a.id.localeCompare(b.id))).toMatchObject([
      { id: 'one', elsewhere: true, about: { title: 'Is it alignment?', done: 20, steps: 20 } },
      { id: 'two', elsewhere: false },
    ]);
    expect(await second.remove('one')).toBe(false);
    // A third tab finds none to open until one of them is closed.
    const third = tab();
    expect(await third.openLast()).toBeUndefined();
    first.release('one');
    expect(await third.openLast()).toMatchObject({ race: { id: 'one' }, texts });
    expect(await first.open('one')).toBeUndefined();
  });

  it('are opened in the order in which they were stored, whatever the clock said when they began', async () => {
    const storage = tab();
    await storage.save({ race: race('old'), texts });
    await byteStore.write(
      'race-new.json',
      bytes(
        JSON.stringify({
          format: 'interlayer race 1',
          race: { ...race('new'), at: '1999-01-01T00:00:00Z' },
          texts,
          saved: Date.now() + 1000,
        }),
      ),
    );
    expect(await ids(storage)).toEqual(['new', 'old']);
    expect((await storage.openLast())?.race.id).toBe('new');
  });

  it('that are damaged or of another version are listed with the reason, and stay until they are discarded', async () => {
    const storage = tab();
    await saveRace(byteStore, { race: race('whole'), texts });
    const whole = (await byteStore.read('race-whole.json')) ?? new Uint8Array();
    await byteStore.write('race-half.json', whole.slice(0, whole.length / 2));
    await byteStore.write('race-later.json', bytes('{"format": "interlayer race 9", "race": {}}'));
    const listed = await storage.list();
    expect(Object.fromEntries(listed.map(({ id, problem }) => [id, problem]))).toEqual({
      whole: undefined,
      half: expect.stringMatching(/Expected a whole file, got one that was written in part/),
      later: expect.stringMatching(/got "interlayer race 9": another version of this page/),
    });
    expect((await storage.openLast())?.race.id).toBe('whole');
    expect(await byteStore.list()).toHaveLength(3);
    await storage.remove('half');
    expect(await ids(storage)).not.toContain('half');
    await expect(storage.open('later')).rejects.toThrow(/another version/);
    // It is not left locked.
    expect(await tab().remove('later')).toBe(true);
  });

  it('leave no states behind, unless a tab is still training them', async () => {
    for (const name of ['race-gone-0-0.state', 'race-gone-1-0.state', 'race-busy-0-0.state', 'choices.json'])
      await byteStore.write(name, bytes('x'));
    await tab().take('busy');
    expect(await tab().list()).toEqual([]);
    expect(await byteStore.list()).toEqual(['race-busy-0-0.state', 'choices.json']);
  });

  it('go on from what is stored of them, and say what is lost', async () => {
    const open = { steps: 20, done: 13 };
    const runs = [
      { ...testRun('a', 0, open), keptStep: 10 },
      { ...testRun('b', 0, open), keptStep: 12 },
      testRun('c', 0),
    ];
    const storage = tab();
    await storage.save({ race: race('one', runs), texts });
    await byteStore.write('race-one-0-0.state', bytes('x'));
    const found = await storage.open('one');
    expect(
      found?.race.runs.map(({ status, losses, evaluations }) => [
        status,
        losses.length,
        evaluations.map(({ step }) => step),
      ]),
    ).toEqual([
      ['paused', 10, [0, 5, 10]],
      ['paused', 0, [0]],
      ['done', 20, [0, 5, 10, 15, 20]],
    ]);
    expect(found?.lost).toBe(
      'The browser has removed what was kept of b, seed 0: Resume trains it again from the start. ' +
        '3 steps of 1 arm had not been kept: Resume does them again, to the same numbers.',
    );
  });
});
