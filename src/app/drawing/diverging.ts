/** A colour in OKLab (Björn Ottosson, 2020): `l` lightness 0 to 1, `a` green to red, `b` blue to yellow. */
interface Lab {
  readonly l: number;
  readonly a: number;
  readonly b: number;
}

/**
 * From blue through grey to yellow. Lightness rises from lowest to highest, so that the sign is visible in grey print. People
 * with the common kinds of colour blindness can distinguish blue and yellow.
 */
const LOW: Lab = { l: 0.32, a: -0.012, b: -0.135 };
const MIDDLE: Lab = { l: 0.64, a: 0, b: 0 };
const HIGH: Lab = { l: 0.96, a: -0.02, b: 0.135 };

/** Colour of the map of differences at `t` from 0 to 1, as `#rrggbb`; 0.5 is grey. */
export function blueYellow(t: number): string {
  const [from, to, share] = t < 0.5 ? [LOW, MIDDLE, 2 * t] : [MIDDLE, HIGH, 2 * t - 1];
  const mix = (x: number, y: number) => x + (y - x) * share;
  return srgb({ l: mix(from.l, to.l), a: mix(from.a, to.a), b: mix(from.b, to.b) });
}

function srgb({ l, a, b }: Lab): string {
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
  ];
  return `#${linear.map((channel) => hex(gamma(Math.max(0, Math.min(1, channel))))).join('')}`;
}

const gamma = (x: number) => (x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055);
const hex = (x: number) =>
  Math.round(x * 255)
    .toString(16)
    .padStart(2, '0');
