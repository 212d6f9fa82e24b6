import { describe, expect, it } from 'vitest';
import { checkoutFiles } from '../llama/testing';
import { Tokenizer } from '../llama/tokenizer';
import { batchesOf, examplesOfStep } from './batches';
import { documentsOf } from './documents';
import { packTexts } from './examples';
import { instructionPairs, encodePairs } from './instructions';
import { learningRate } from './schedule';

describe('texts', () => {
  it('are packed as the authors do: each with its end, joined, cut, the tail dropped', () => {
    const windows = packTexts(
      [
        [1, 5, 6],
        [1, 7, 8, 9],
        [1, 4],
      ],
      2,
      4,
    );
    // 1 5 6 2 1 | 7 8 9 2 1 | 4 2
    expect(windows.map(({ ids }) => [...ids])).toEqual([
      [1, 5, 6, 2, 1],
      [7, 8, 9, 2, 1],
    ]);
    expect(windows.every(({ from }) => from === 1)).toBe(true);
    expect(packTexts([[1, 2, 3]], undefined, 2)).toHaveLength(1);
    expect(() => packTexts([[1, 2, 3]], 2, 4)).toThrow(
      'expected a text of at least 5 tokens, one window, got 4. Give a longer text or a shorter context.',
    );
  });

  it('come from .txt between lines of stars, and from .jsonl line by line', () => {
    expect(documentsOf('a.txt', 'One.\nTwo.\n***\nThree ***\n ***  \n\n')).toEqual([
      'One.\nTwo.',
      'Three ***',
    ]);
    expect(documentsOf('a.jsonl', '{"text": "One"}\n\n{"text": "Two", "id": 3}\r\n')).toEqual(['One', 'Two']);
    expect(() => documentsOf('a.txt', ' \n')).toThrow('a.txt: expected a text, got an empty file');
    expect(() => documentsOf('a.jsonl', '{"text": "One"}\n{"txt": "Two"}')).toThrow(
      'a.jsonl, line 2: expected a text in the field text, got only txt. Correct that line.',
    );
    expect(() => documentsOf('a.jsonl', '\n{"text":')).toThrow('a.jsonl, line 2: expected a JSON object');
    expect(() => documentsOf('a.jsonl', '[1]')).toThrow('a.jsonl, line 1: expected a JSON object, got [1]');
  });
});

describe('instruction pairs', () => {
  // One id per character, after a start token 99.
  const encode = (text: string): number[] => [
    99,
    ...[...text].map((character) => character.charCodeAt(0) % 90),
  ];

  it('count on their response and its end alone', async () => {
    const [pair] = instructionPairs('q.jsonl', '{"instruction": "Why?", "response": "So."}');
    if (!pair) throw new Error('no pair');
    expect(pair).toEqual({ prompt: 'Question: Why?\nAnswer:', response: ' So.' });
    const { examples, cut, dropped } = await encodePairs([pair], encode, 2, 64);
    const [example] = examples;
    const prompt = encode(pair.prompt);
    expect(example?.from).toBe(prompt.length);
    expect([...(example?.ids ?? [])]).toEqual([...prompt, ...encode(' So.').slice(1), 2]);
    expect([cut, dropped]).toEqual([0, 0]);
  });

  it('begin where the prompt ends, also where a tokenizer marks the start of a text with a space', async () => {
    const tokenizer = await Tokenizer.open(await checkoutFiles('tests/fixtures/cases/sentencepiece-space'));
    const pair = { prompt: 'Once upon a time', response: ' there was' };
    const joint = tokenizer.encode(pair.prompt + pair.response);
    const { examples } = await encodePairs([pair], (text) => tokenizer.encode(text), 2, 64);
    expect(examples).toEqual([
      { ids: Uint32Array.from([...joint, 2]), from: tokenizer.encode(pair.prompt).length },
    ]);
  });

  it('are cut at the context, or left out where no response is left', async () => {
    const pairs = instructionPairs(
      'q.jsonl',
      '{"prompt": "a", "output": "long enough to be cut"}\n{"instruction": "much too long for so short a context", "response": "b"}',
    );
    const { examples, cut, dropped } = await encodePairs(pairs, encode, 2, 24);
    expect(examples.map(({ ids }) => ids.length)).toEqual([25]);
    expect([cut, dropped]).toEqual([1, 1]);
    await expect(encodePairs(pairs, encode, 2, 5)).rejects.toThrow(
      'expected a response that begins within 5 tokens, got none',
    );
  });

  it('take an input as Alpaca has it, and name the line and the field that is missing', () => {
    const [pair] = instructionPairs('q.jsonl', '{"instruction": "Add.", "input": "1 and 2", "output": "3"}');
    expect(pair?.prompt).toBe('Question: Add.\n1 and 2\nAnswer:');
    expect(() =>
      instructionPairs('q.jsonl', '{"instruction": "a", "response": "b"}\n{"instruction": "c"}'),
    ).toThrow('q.jsonl, line 2: expected a text in the field response or output, got only instruction');
    expect(() => instructionPairs('q.jsonl', '{"instruction": 3, "response": "b"}')).toThrow(
      'q.jsonl, line 1: expected a text in the field instruction or prompt, got 3',
    );
    expect(() => instructionPairs('q.jsonl', '')).toThrow(
      'expected instruction pairs, one on each line, got none',
    );
  });
});

describe('batches', () => {
  it('shift targets by one, fill short windows up and weigh what counts equally over the whole step', () => {
    const examples = [
      { ids: Uint32Array.of(5, 6, 7, 8), from: 1 },
      { ids: Uint32Array.of(9, 10, 11), from: 2 },
      { ids: Uint32Array.of(3, 4), from: 1 },
    ];
    const [first, second, ...rest] = batchesOf(examples, 2);
    expect(rest).toEqual([]);
    expect(first).toEqual({
      windows: 2,
      lengths: [3, 2],
      inputs: Uint32Array.of(5, 6, 7, 9, 10, 0),
      targets: Uint32Array.of(6, 7, 8, 10, 11, 0),
      weights: Float32Array.of(0.2, 0.2, 0.2, 0, 0.2, 0),
    });
    expect(second).toEqual({
      windows: 1,
      lengths: [1],
      inputs: Uint32Array.of(3),
      targets: Uint32Array.of(4),
      weights: Float32Array.of(0.2),
    });
  });

  it('go through all examples before any comes again, in an order that only the seed decides', () => {
    const picked = (seed: number): number[] =>
      [1, 2, 3, 4].flatMap((step) => examplesOfStep(step, 3, 6, seed));
    const order = picked(4);
    expect(order.slice(0, 6).toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(order.slice(6).toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(picked(4)).toEqual(order);
    expect(picked(5)).not.toEqual(order);
    // The order is the same for another step size.
    expect([1, 2].flatMap((step) => examplesOfStep(step, 6, 6, 4))).toEqual(order);
  });
});

describe('the learning rate', () => {
  const rates = (schedule: 'constant' | 'cosine' | 'wsd', steps = 10): number[] =>
    Array.from({ length: steps }, (_, i) =>
      Number(learningRate({ schedule, rate: 1, warmup: 0.2, decay: 0.4 }, steps, i + 1).toFixed(4)),
    );

  it('rises, and then stays, falls by half a cosine, or falls at the end', () => {
    expect(rates('constant')).toEqual([0.5, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(rates('wsd')).toEqual([0.5, 1, 1, 1, 1, 1, 1, 0.75, 0.5, 0.25]);
    const cosine = rates('cosine');
    expect(cosine.slice(0, 2)).toEqual([0.5, 1]);
    // (1 + cos(πk/9))/2
    for (let k = 1; k <= 8; k++) expect(cosine[k + 1]).toBeCloseTo((1 + Math.cos((Math.PI * k) / 9)) / 2, 4);
  });

  it('has a first step that moves, however few there are', () => {
    expect(rates('wsd', 1)).toEqual([1]);
    expect(rates('cosine', 2)[0]).toBeGreaterThan(0);
  });
});
