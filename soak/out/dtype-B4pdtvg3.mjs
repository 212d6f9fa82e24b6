// src/checkpoint/errors.ts
/** A checkpoint file is missing or not valid. The message says what was expected, what came and one next step. */
var CheckpointError = class extends Error {
	name = "CheckpointError";
};
/** Bytes could not be read: a missing file, a refused or interrupted download, or a file that changed since it was opened. */
var SourceError = class extends Error {
	name = "SourceError";
};
/** An exported file could not be written, for example no space, no permission, or the folder is not empty. */
var SinkError = class extends Error {
	name = "SinkError";
};
// src/checkpoint/dtype.ts
/** Bytes per value of the dtypes of a checkpoint. Only F32, F16 and BF16 are decoded; others are copied. */
var BYTES_PER_VALUE = {
	F32: 4,
	F16: 2,
	BF16: 2,
	F64: 8,
	BOOL: 1,
	U8: 1,
	I8: 1,
	U16: 2,
	I16: 2,
	U32: 4,
	I32: 4,
	U64: 8,
	I64: 8
};
/** Returns the bytes per value of `dtype`, or undefined if it is unknown. */
function bytesPerValue(dtype) {
	return Object.hasOwn(BYTES_PER_VALUE, dtype) ? BYTES_PER_VALUE[dtype] : void 0;
}
/**
* Decodes little-endian bytes of `dtype` to float32, exactly (including NaN payloads).
* @throws CheckpointError if the dtype is not F32, F16 or BF16, or the bytes are not a whole number of values.
*/
function decode(bytes, dtype) {
	const size = checkDecodable(dtype);
	if (bytes.byteLength % size !== 0) throw new CheckpointError(`expected a multiple of ${size} bytes for ${dtype}, got ${bytes.byteLength}. Fetch the file again.`);
	const count = bytes.byteLength / size;
	const values = new Float32Array(count);
	if (dtype === "F32") {
		new Uint8Array(values.buffer).set(bytes);
		return values;
	}
	const bits = new Uint32Array(values.buffer);
	const { buffer, byteOffset } = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
	const words = new Uint16Array(buffer, byteOffset, count);
	if (dtype === "BF16") for (let i = 0; i < count; i++) bits[i] = (words[i] ?? 0) << 16;
	else for (let i = 0; i < count; i++) bits[i] = float32FromHalf(words[i] ?? 0);
	return values;
}
/**
* Encodes float32 values as little-endian bytes of `dtype`, rounded to nearest, ties to even. Values too large for the dtype
* become infinite; the writer refuses such bytes.
* @throws CheckpointError if the dtype is not F32, F16 or BF16.
*/
function encode(values, dtype) {
	checkDecodable(dtype);
	const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
	if (dtype === "F32") return new Uint8Array(bits.slice().buffer);
	const words = new Uint16Array(bits.length);
	const half = dtype === "BF16" ? bfloatFromFloat32 : halfFromFloat32;
	for (let i = 0; i < words.length; i++) words[i] = half(bits[i] ?? 0);
	return new Uint8Array(words.buffer);
}
function checkDecodable(dtype) {
	if (dtype === "F32") return 4;
	if (dtype === "F16" || dtype === "BF16") return 2;
	throw new CheckpointError(`expected weights in F32, F16 or BF16, got ${dtype}. Convert the checkpoint to one of those.`);
}
function bfloatFromFloat32(bits) {
	if ((bits & 2147483647) > 2139095040) {
		const kept = bits >>> 16;
		return (kept & 127) === 0 ? kept | 64 : kept;
	}
	return bits + 32767 + (bits >>> 16 & 1) >>> 16;
}
function float32FromHalf(word) {
	const sign = (word & 32768) << 16;
	const exponent = word >>> 10 & 31;
	let fraction = word & 1023;
	if (exponent === 31) return sign | 2139095040 | fraction << 13;
	if (exponent !== 0) return sign | exponent + 112 << 23 | fraction << 13;
	if (fraction === 0) return sign;
	const shift = Math.clz32(fraction) - 21;
	fraction = fraction << shift & 1023;
	return sign | 113 - shift << 23 | fraction << 13;
}
function halfFromFloat32(bits) {
	const sign = bits >>> 16 & 32768;
	const magnitude = bits & 2147483647;
	if (magnitude > 2139095040) return sign | 31744 | (magnitude >>> 13 & 1023 || 512);
	const exponent = (magnitude >>> 23) - 112;
	if (exponent >= 31) return sign | 31744;
	if (exponent > 0) return sign | magnitude - (112 << 23) + 4095 + (magnitude >>> 13 & 1) >>> 13;
	const shift = 14 - exponent;
	if (shift > 24) return sign;
	const fraction = magnitude & 8388607 | 8388608;
	const kept = fraction >>> shift;
	const rest = fraction & (1 << shift) - 1;
	const halfway = 1 << shift - 1;
	return sign | kept + (rest > halfway || rest === halfway && (kept & 1) === 1 ? 1 : 0);
}
export { SinkError as a, CheckpointError as i, decode as n, SourceError as o, encode as r, bytesPerValue as t };

//# sourceMappingURL=dtype-B4pdtvg3.mjs.map