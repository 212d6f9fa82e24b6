// Reads `Entries` (rows.wgsl) of a buffer that may be packed. `Words` holds the same entries in whichever dtype.
// @parameter PACKED 0
// @if VECTOR
// @if PACKED
alias Words = vec2u;
// @else
alias Words = vec4u;
// @end
// @else
alias Words = u32;
// @end

/// Index of the words of the entries `i`.
fn words_of(i: u32, dtype: u32) -> u32 {
// @if VECTOR
  return i;
// @else
  return word_of(i, dtype);
// @end
}

fn decode_entries(words: Words, i: u32, dtype: u32) -> Entries {
// @if VECTOR
// @if PACKED
  return vec4f(decode_pair(words.x, dtype), decode_pair(words.y, dtype));
// @else
  return bitcast<vec4f>(words);
// @end
// @else
  return decode(words, i, dtype);
// @end
}
