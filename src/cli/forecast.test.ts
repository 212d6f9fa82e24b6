import { expect, test } from 'vitest';
import { SHIPPED } from '../../tests/engine';
import { main } from './main';

async function forecast(line: string): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await main(['forecast', SHIPPED, ...line.split(' '), '--backend', 'cpu'], {
    out: (text) => (out += text),
    err: (text) => (err += text),
    isTTY: false,
    base: '.',
  });
  return { code, out, err };
}

test('forecasts what new blocks take, without making them', async () => {
  const { code, out } = await forecast('--method opt-deus:paper --gaps top --json');
  expect(code).toBe(0);
  const result = JSON.parse(out) as Record<string, number>;
  expect(result).toMatchObject({ blocks: 4, temporaryBytes: 0, backend: 'cpu' });
  // Five parents of 196,864 parameters in bf16.
  expect(result['readBytes']).toBe(5 * 2 * 196_864);
  expect(result['seconds']).toBeGreaterThan(0);
  expect((await forecast('--method average --gaps top')).out).toMatch(/new blocks +4\ntime +about \d+ s\n/);
});

test('wrong usage is one line', async () => {
  expect(await forecast('--gaps top')).toMatchObject({ code: 2, out: '' });
});
