// src/upscale/block/errors.ts
/** The requested gaps, parents or slices do not exist. */
var GapError = class extends Error {
	name = "GapError";
};
/** A new block could not be made: the message names method, gap and tensor. */
var UpscaleError = class extends Error {
	name = "UpscaleError";
};
/** Error for a requested head of a tensor that one plan matches as a whole. */
var noHeadError = (method, tensor) => new UpscaleError(`${method} matches the rows of ${tensor} all at once: expected no part, got one. Leave the part out.`);
export { UpscaleError as n, noHeadError as r, GapError as t };

//# sourceMappingURL=errors-B4NPKFN8.mjs.map