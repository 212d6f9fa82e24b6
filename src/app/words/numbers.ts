/* Room `words`: formats numbers and names tensors for the page. Pure functions; imports no other room of the page. */

const grouped = new Intl.NumberFormat('en-GB');

/** Formats an integer: 1706112 → 1,706,112. */
export function count(value: number): string {
  return grouped.format(value);
}

const formats: Intl.NumberFormat[] = [];

/** Cached, because creating a format is too slow for the numbers of every frame during playback. */
const significant = (digits: number): Intl.NumberFormat =>
  (formats[digits] ??= new Intl.NumberFormat('en-GB', { maximumSignificantDigits: digits }));

/** Formats a loss, a cost or ε: four significant digits by default; powers of ten below 10⁻³ and from 10⁶ on. */
export function quantity(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? '−∞' : 'not a number';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return exponent(value, Math.min(digits, 3));
  return signed(significant(digits).format(Number(value.toPrecision(digits))));
}

/** Formats in powers of ten: 3.1e-3 → 3.1·10⁻³. */
export function exponent(value: number, digits = 2): string {
  if (value === 0) return '0';
  const [mantissa = '', power = '0'] = value.toExponential(digits - 1).split('e');
  return `${signed(mantissa)}·10${superscript(Number(power))}`;
}

/** Formats with fixed decimals and a typographic minus. */
export function fixed(value: number, decimals: number): string {
  return signed(value.toFixed(decimals));
}

/** Formats a number of bytes, such as 3.3 MiB. */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = value;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${size >= 100 || unit === 0 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

/** Formats a duration: in seconds from 1000 ms on, else in milliseconds. */
export function duration(milliseconds: number): string {
  return milliseconds >= 1000 ? `${(milliseconds / 1000).toFixed(1)} s` : `${Math.round(milliseconds)} ms`;
}

export function subscript(value: number): string {
  return String(value).replaceAll(/\d/g, (digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)] ?? digit);
}

function superscript(value: number): string {
  const digits = String(Math.abs(value)).replaceAll(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? digit);
  return value < 0 ? `⁻${digits}` : digits;
}

function signed(text: string): string {
  return text.replace(/^-/, '−');
}
