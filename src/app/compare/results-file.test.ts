import { expect, test } from 'vitest';
import type { Evaluation } from '../../engine/jobs';
import { readResults, writeResults } from '../store/compare/saved-result';
import { openApp } from '../store/testing';
import { results, toCsv } from './results-file';
import { compareRows } from './rows';

const RESULT: Evaluation = {
  loss: 2,
  perplexity: Infinity,
  tokens: 3,
  nll: new Float32Array(3),
  backend: 'cpu',
  milliseconds: 1,
  layers: 8,
  parameters: 1,
  plans: [],
};

async function rowsOfText(name: string) {
  const { app } = await openApp({ answers: { evaluate: () => RESULT } });
  app.evaluations.setOwnText(name, 'text');
  await app.compare.evaluateShown();
  return compareRows(app.store.getState()).rows;
}

test('a CSV has a line per result and quotes what needs it', async () => {
  const csv = toCsv(await rowsOfText('a "b", c'));
  const lines = csv.split('\r\n');
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(
    /^arm,method,differs from the reference in,model,text,tokens,backend,Loss,Δ base,/,
  );
  expect(lines[1]).toMatch(/^Base model,base,,toy,"a ""b"", c",512,test,2,/);
  expect(lines[2]).toContain('""opt-deus:paper""');
});

test('results written to a file are read back, but for numbers that JSON has no word for', async () => {
  const saved = results(await rowsOfText('mine.txt'));
  const again = readResults(writeResults(saved, 2));
  expect(again).toEqual(saved.map((one) => ({ ...one, result: { ...one.result, perplexity: Number.NaN } })));
});

test.each([
  ['[]', 'expected'],
  ['{"format":"interlayer-comparison","version":2,"results":[]}', 'version'],
  ['{"format":"interlayer-comparison","version":1,"results":[{"key":1}]}', 'results.0.key'],
])('%s is no file of results', (text, words) => {
  expect(() => readResults(text)).toThrow(words);
});

test('a recipe in a file is checked as any other', async () => {
  const text = writeResults(results(await rowsOfText('mine.txt'))).replace('"epsilon":0.06', '"epsilon":-1');
  expect(() => readResults(text)).toThrow(/recipe of “opt-deus:paper”: solver.epsilon/);
});
