// src/engine/jobs/errors.ts
/** A job was requested in the wrong state, or with arguments that do not fit the open model. */
var RequestError = class extends Error {
	name = "RequestError";
};
/** The requested alignment is no longer held. */
var AlignmentGoneError = class extends Error {
	name = "AlignmentGoneError";
};
/** A result is NaN or infinite, and must not be shown as a number. */
var NumericError = class extends Error {
	name = "NumericError";
};
/** @throws AbortError if the signal is aborted. */
function throwIfAborted(signal) {
	if (signal?.aborted) throw abortError();
}
var abortError = () => new DOMException("The job was cancelled.", "AbortError");
var isAbort = (error) => typeof error === "object" && error !== null && error.name === "AbortError";
/** @throws NumericError naming `what` and the first index that is not a finite number. */
function expectFinite(what, values) {
	for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) throw new NumericError(`${what}: expected finite numbers, got ${values[i]} at index ${i}. Try a larger ε, or the CPU backend to compare.`);
}
export { isAbort as a, expectFinite as i, RequestError as n, throwIfAborted as o, abortError as r, AlignmentGoneError as t };

//# sourceMappingURL=errors-DcHXxH-r.mjs.map