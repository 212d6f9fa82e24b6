import { expect, test } from 'vitest';
import { ARM_COLOURS, armStyle } from './arm-colours';

test('thirty-two arms are all drawn differently, the first eight without gaps', () => {
  const styles = Array.from({ length: 32 }, (_, i) => armStyle(i));
  expect(new Set(styles.map((style) => JSON.stringify(style))).size).toBe(32);
  expect(new Set(ARM_COLOURS).size).toBe(ARM_COLOURS.length);
  for (const { dash } of styles.slice(0, ARM_COLOURS.length)) expect(dash).toEqual([]);
  for (const { dash } of styles.slice(ARM_COLOURS.length)) expect(dash.length).toBeGreaterThan(0);
});
