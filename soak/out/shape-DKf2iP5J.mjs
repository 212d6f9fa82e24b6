// src/backend/errors.ts
/** A tensor operation got invalid arguments, or the device refused it. */
var BackendError = class extends Error {
	name = "BackendError";
};
/** The device could not allocate the memory. */
var OutOfMemoryError = class extends BackendError {
	name = "OutOfMemoryError";
};
/** The GPU device was lost with all its tensors; they must be read from their files again. */
var DeviceLostError = class extends BackendError {
	name = "DeviceLostError";
};
/** There is no WebGPU adapter. */
var NoAdapterError = class extends BackendError {
	name = "NoAdapterError";
};
// src/backend/shape.ts
var BYTES = {
	f32: 4,
	u32: 4,
	bf16: 2,
	f16: 2
};
/** Number of elements of a shape; 1 for a scalar. */
var elements = (shape) => shape.reduce((product, size) => product * size, 1);
/** Rows and columns of a tensor as a matrix: the last dimension has the columns; a vector is one row. */
function matrix(tensor) {
	const columns = tensor.shape.at(-1) ?? 1;
	return [elements(tensor.shape) / columns, columns];
}
/** @throws BackendError that names the operation, the expected and the actual shape. */
function expectShape(operation, tensor, shape) {
	if (!(tensor.shape.length === shape.length && shape.every((size, i) => size === tensor.shape[i]))) throw new BackendError(`${operation}: expected ${tensor.label} to be [${shape.join(", ")}], got [${tensor.shape.join(", ")}]`);
}
export { BackendError as a, OutOfMemoryError as c, matrix as i, elements as n, DeviceLostError as o, expectShape as r, NoAdapterError as s, BYTES as t };

//# sourceMappingURL=shape-DKf2iP5J.mjs.map