// src/upscale/block/gains.ts
/**
* Returns the gain of a norm plus a constant: some architectures store gains less 1, and sums whose weights do not add up to 1 are to
* be taken of gains as they act. The caller owns the result.
*/
function shiftedGain(backend, gain, by) {
	const length = gain.shape.reduce((product, size) => product * size, 1);
	const ones = backend.upload(new Float32Array(length).fill(1), gain.shape, "f32", "ones");
	try {
		return backend.weightedSum(gain, 1, ones, by);
	} finally {
		backend.free(ones);
	}
}
export { shiftedGain as t };

//# sourceMappingURL=gains-cD7ItIm7.mjs.map