// Running maximum and sum of exponentials scaled by it (Milakov & Gimelshein 2018), with one exp per entry, so that no exponent
// overflows. Includes after it: rows.wgsl, with `Value` f32.
const LOWEST = -3.4e38;

struct Mass {
  maximum: Entries,
  sum: Entries,
}

fn with_entries(mass: Mass, x: Entries) -> Mass {
  let e = exp(-abs(x - mass.maximum));
  return Mass(max(mass.maximum, x), select(mass.sum + e, mass.sum * e + 1.0, x > mass.maximum));
}

/// Returns the maximum of a row, and the sum scaled by it. Every thread of the workgroup must call it.
fn row_mass(mass: Mass, place: Place) -> vec2f {
  let maximum = row_max(max_of(mass.maximum), place);
  return vec2f(maximum, row_sum(sum_of(mass.sum * exp(mass.maximum - maximum)), place));
}
