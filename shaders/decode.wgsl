// Decodes numbers of a buffer that may be packed. Weights stay as in their file (bf16, f16: two per word).
const F32 = 0u;
const BF16 = 1u;
const F16 = 2u;

/// Index of the 32-bit word that holds element `i`.
fn word_of(i: u32, dtype: u32) -> u32 {
  return select(i >> 1u, i, dtype == F32);
}

/// Decodes element `i` from its word. bf16 is the upper half of an f32. Unpacking f16 does not need the feature shader-f16.
fn decode(word: u32, i: u32, dtype: u32) -> f32 {
  if (dtype == F32) {
    return bitcast<f32>(word);
  }
  if (dtype == BF16) {
    return bitcast<f32>(select(word << 16u, word & 0xffff0000u, (i & 1u) == 1u));
  }
  let pair = unpack2x16float(word);
  return select(pair.x, pair.y, (i & 1u) == 1u);
}

/// Decodes both elements of a packed word.
fn decode_pair(word: u32, dtype: u32) -> vec2f {
  if (dtype == BF16) {
    return vec2f(bitcast<f32>(word << 16u), bitcast<f32>(word & 0xffff0000u));
  }
  return unpack2x16float(word);
}
