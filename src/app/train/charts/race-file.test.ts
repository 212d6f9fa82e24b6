import { expect, test } from 'vitest';
import { testRace, testRun } from '../../store/train/testing';
import { raceCsv, raceJson } from './race-file';

const diverged = { ...testRun('b', 1), losses: [3, Number.NaN] };
const race = { ...testRace([testRun('a', 0), diverged]), text: 'a "b", c' };
const lines = raceCsv(race).split('\r\n');

test('a race as CSV has a line per run and evaluation', () => {
  expect(lines).toHaveLength(1 + 2 * 5 + 1);
  expect(lines.at(-1)).toBe('');
  expect(lines[0]).toMatch(/^arm,title,method,seed,step,tokens,block passes × tokens,training loss,/);
});

test('its training loss is that of the last step done, and empty before the first or where it was not finite', () => {
  const cells = (line: number) => lines[line]?.split(',') ?? [];
  expect(cells(1).slice(0, 8)).toEqual(['a', 'Arm a', 'opt-deus:paper', '0', '0', '0', '0', '']);
  expect(cells(2).slice(4, 8)).toEqual(['5', '500', '6000', String(race.runs[0]?.losses[4])]);
  expect(cells(5)[7]).toBe(String(race.runs[0]?.losses[19]));
  expect(lines.join('')).not.toContain('NaN');
});

test('its texts are quoted where they must be, the recipe too', () => {
  expect(lines[1]).toContain(',"a ""b"", c",test adapter,"{""version"":1,');
});

test('as JSON it has everything, with null for what is not finite', () => {
  const read = JSON.parse(raceJson(race)) as typeof race & { version: number };
  expect(read.version).toBe(1);
  expect(read.runs[0]).toEqual(race.runs[0]);
  expect(read.runs[1]?.losses).toEqual([3, null]);
});
