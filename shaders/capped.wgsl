// Soft cap: cap · tanh(x / cap). Near zero tanh is its series, because 1 − e^(−2y) cancels there; the two meet where both are exact
// to the last bit or two.

fn capped(x: vec4f, cap: f32) -> vec4f {
  let y = abs(x) / cap;
  let square = y * y;
  let series = y * (1.0 + square * (-1.0 / 3.0 + square * (2.0 / 15.0 - square * 17.0 / 315.0)));
  let e = exp(-2.0 * y);
  return sign(x) * cap * select((1.0 - e) / (1.0 + e), series, y < vec4f(0.15));
}
