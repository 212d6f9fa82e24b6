// Log-sum-exp of columns over the rows of a band, LSE_i((f_i − M_ij) / ε), kept as a largest exponent and a sum scaled by it.
//
// A workgroup computes WIDTH columns; LANES threads share the rows of a column, and neighbouring threads read neighbouring columns.
// The including file has the bindings `cost`, `f` and `state`, and the params of the band.
// @parameter WIDTH 32
// @parameter LANES 4

struct Mass {
  maximum: f32,
  sum: f32,
}

const NO_MASS = Mass(-3.4e38, 0.0);

var<workgroup> masses: array<Mass, WIDTH * LANES>;

fn joined(a: Mass, b: Mass) -> Mass {
  let m = max(a.maximum, b.maximum);
  return Mass(m, a.sum * exp(a.maximum - m) + b.sum * exp(b.maximum - m));
}

/// Sums the rows of one lane.
fn lane_mass(column: u32, lane: u32) -> Mass {
  var mass = NO_MASS;
  for (var i = lane; i < params.rows; i += LANES) {
    let x = (f[params.row_start + i] - cost[i * params.columns + column]) / params.epsilon;
    let e = exp(-abs(x - mass.maximum));
    mass.sum = select(mass.sum + e, mass.sum * e + 1.0, x > mass.maximum);
    mass.maximum = max(mass.maximum, x);
  }
  return mass;
}

/// Joins the masses that the lanes of a column have put into `masses`.
fn column_mass(local: vec3u) -> Mass {
  var mass = masses[local.x];
  for (var lane = 1u; lane < LANES; lane++) {
    mass = joined(mass, masses[lane * WIDTH + local.x]);
  }
  return mass;
}

/// Adds a column of this band to `state`, so that the cost matrix need not be in one buffer. Returns the mass of all bands so far.
fn add_to_state(column: u32, mass: Mass) -> Mass {
  var all = mass;
  if (params.row_start > 0u) {
    all = joined(mass, Mass(state[column], state[params.columns + column]));
  }
  state[column] = all.maximum;
  state[params.columns + column] = all.sum;
  return all;
}
