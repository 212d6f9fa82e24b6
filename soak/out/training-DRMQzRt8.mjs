import { a as BackendError, i as matrix, n as elements, r as expectShape, t as BYTES } from "./shape-DKf2iP5J.mjs";
// src/backend/backend-class.ts
/** The part that all backends share. Subclasses add the operations, `info`, `read` and `settle`. */
var StoreBackend = class {
	store;
	constructor(store) {
		this.store = store;
	}
	memory() {
		return this.store.memory();
	}
	upload(...args) {
		return this.store.upload(...args);
	}
	zeros(...args) {
		return this.store.zeros(...args);
	}
	write(...args) {
		this.store.write(...args);
	}
	countAs(kind, tensor) {
		return this.store.countAs(kind, tensor);
	}
	free(...tensors) {
		this.store.free(...tensors);
	}
	dispose() {
		this.store.dispose();
	}
};
/** Returns a base class for a backend, which has each of the given functions as a method on its store. */
function backendClass(operations) {
	class OperationsBackend extends StoreBackend {}
	for (const [name, operation] of Object.entries(operations)) {
		const compute = operation;
		Object.assign(OperationsBackend.prototype, { [name](...args) {
			return compute(this.store, ...args);
		} });
	}
	return OperationsBackend;
}
// src/backend/checks/check.ts
/**
* This folder checks the arguments of operations for all backends. `<operation>Sizes` in the files beside returns the sizes that
* follow from them. All functions are pure and read no values of tensors. They throw a BackendError that names the operation, the
* tensor, what was expected and what was given.
*/
var describe = (tensor) => `${tensor.label} [${tensor.shape.join(", ")}] ${tensor.dtype}`;
function check(condition, operation, expected, got) {
	if (!condition) throw new BackendError(`${operation}: expected ${expected}, got ${got}`);
}
function checkCount(operation, name, value, least = 0) {
	check(Number.isSafeInteger(value) && value >= least, operation, `${name} to be an integer ≥ ${least}`, `${value}`);
}
function checkFinite(operation, name, value) {
	check(Number.isFinite(value), operation, `${name} to be finite`, `${value}`);
}
/** Operands may be f32, bf16 or f16. */
function checkValues(operation, ...tensors) {
	for (const tensor of tensors) check(tensor.dtype !== "u32", operation, `${tensor.label} to hold f32, bf16 or f16`, describe(tensor));
}
function checkDType(operation, tensor, dtype) {
	check(tensor.dtype === dtype, operation, `${tensor.label} to hold ${dtype}`, describe(tensor));
}
/** A tensor that is written must be f32 and not one of the operands. */
function checkTarget(operation, target, ...operands) {
	checkDType(operation, target, "f32");
	check(!operands.includes(target), operation, `a target other than its operands`, `${target.label} as both: write to a separate tensor`);
}
/** Returns the number of entries. */
function checkSameShape(operation, x, y) {
	checkValues(operation, x, y);
	expectShape(operation, y, x.shape);
	return elements(x.shape);
}
// src/backend/checks/transformer.ts
/** Returns the number of parts of rows that are normalised, and the width of each, which is that of the gain. */
function rmsNormSizes(x, gain, eps) {
	checkValues("rmsNorm", x, gain);
	check(eps >= 0 && Number.isFinite(eps), "rmsNorm", "eps to be ≥ 0 and finite", `${eps}`);
	const [rows, width] = matrix(x);
	const columns = elements(gain.shape);
	check(columns > 0 && width % columns === 0, "rmsNorm", `a gain of ${width} entries, or of a divisor`, describe(gain));
	return {
		rows: rows * width / columns,
		columns
	};
}
function ropeSizes(x, table, headDim, positionStart) {
	checkValues("rope", x, table);
	checkCount("rope", "headDim", headDim, 2);
	checkCount("rope", "positionStart", positionStart);
	const [rows, columns] = matrix(x);
	check(headDim % 2 === 0, "rope", "headDim to be even", `${headDim}`);
	check(columns % headDim === 0, "rope", `a width that is a multiple of headDim ${headDim}`, describe(x));
	const [positions, width] = matrix(table);
	check(width === headDim && positionStart + rows <= positions, "rope", `a table of at least ${positionStart + rows} positions of ${headDim}`, describe(table));
	return {
		rows,
		heads: columns / headDim
	};
}
function attentionSizes(q, k, v, { heads, kvHeads, headDim, past, windows = 1, scale = 1 / Math.sqrt(headDim), span, cap }) {
	checkValues("attention", q, k, v);
	checkCount("attention", "heads", heads, 1);
	checkCount("attention", "kvHeads", kvHeads, 1);
	checkCount("attention", "windows", windows, 1);
	check(headDim >= 4 && headDim <= 256 && headDim % 4 === 0, "attention", "headDim to be a multiple of 4 up to 256", `${headDim}`);
	checkCount("attention", "past", past);
	check(Number.isFinite(scale), "attention", "scale to be finite", `${scale}`);
	if (span !== void 0) checkCount("attention", "span", span, 1);
	if (cap !== void 0) checkCap("attention", cap);
	const [stacked, queryWidth] = matrix(q);
	check(queryWidth === heads * headDim, "attention", `queries of width ${heads}·${headDim}`, describe(q));
	check(stacked % windows === 0, "attention", `rows for ${windows} equal windows`, describe(q));
	check(windows === 1 || past === 0, "attention", `no past before ${windows} windows`, `${past}`);
	const queries = stacked / windows;
	const keys = past + queries;
	for (const tensor of [k, v]) {
		const [rows, columns] = matrix(tensor);
		check((windows === 1 ? rows >= keys : rows === stacked) && columns === kvHeads * headDim, "attention", `${windows === 1 ? `at least ${keys}` : stacked} rows of width ${kvHeads}·${headDim}`, describe(tensor));
	}
	return {
		queries,
		keys,
		windows,
		scale,
		span: Math.min(span ?? keys, keys),
		cap: cap ?? 0
	};
}
var checkCap = (operation, cap) => check(cap > 0 && Number.isFinite(cap), operation, "cap to be above 0 and finite", `${cap}`);
function softCapSizes(x, cap) {
	checkValues("softCap", x);
	checkCap("softCap", cap);
	return { count: elements(x.shape) };
}
var swigluSizes = (gate, up) => ({ count: checkSameShape("swiglu", gate, up) });
function crossEntropySizes(logits, targets) {
	checkValues("crossEntropy", logits);
	checkDType("crossEntropy", targets, "u32");
	const [rows, columns] = matrix(logits);
	check(elements(targets.shape) === rows, "crossEntropy", `${rows} targets`, describe(targets));
	return {
		rows,
		columns
	};
}
// src/backend/checks/gradients.ts
function rmsNormGradientSizes(x, gain, upstream, eps, gainGradient) {
	const sizes = rmsNormSizes(x, gain, eps);
	checkSameShape("rmsNormGradient", x, upstream);
	if (gainGradient) {
		checkTarget("rmsNormGradient", gainGradient, x, gain, upstream);
		expectShape("rmsNormGradient", gainGradient, [sizes.columns]);
	}
	return sizes;
}
function attentionGradientSizes({ q, k, v, out, upstream }, shape) {
	const operation = "attentionGradient";
	check(shape.past === 0, operation, "no past", `${shape.past}`);
	const { heads, kvHeads } = shape;
	check(heads % kvHeads === 0, operation, `heads in equal groups for ${kvHeads} key-value heads`, `${heads}`);
	const sizes = attentionSizes(q, k, v, shape);
	checkSameShape(operation, q, out);
	checkSameShape(operation, q, upstream);
	const [rows] = matrix(q);
	for (const tensor of [k, v]) check(matrix(tensor)[0] === rows, operation, `as many keys as the ${rows} queries`, describe(tensor));
	return sizes;
}
function softCapGradientSizes(capped, upstream, cap) {
	checkSameShape("softCapGradient", capped, upstream);
	return softCapSizes(capped, cap);
}
function swigluGradientSizes(gate, up, upstream) {
	checkSameShape("swigluGradient", gate, upstream);
	return { count: checkSameShape("swigluGradient", gate, up) };
}
function crossEntropyGradientSizes(logits, targets, weights) {
	const operation = "crossEntropyGradient";
	const sizes = crossEntropySizes(logits, targets);
	checkTarget(operation, logits, targets, weights);
	checkDType(operation, weights, "f32");
	check(elements(weights.shape) === sizes.rows, operation, `${sizes.rows} weights`, describe(weights));
	return sizes;
}
function scatterAddSizes(rows, index, into, offset) {
	const operation = "scatterAdd";
	checkValues(operation, rows);
	checkDType(operation, index, "u32");
	checkTarget(operation, into, rows, index);
	checkCount(operation, "offset", offset);
	const [picked, columns] = matrix(rows);
	const [intoRows, width] = matrix(into);
	check(width === columns, operation, `rows of width ${columns} to add to`, describe(into));
	check(elements(index.shape) === picked, operation, `${picked} indices`, describe(index));
	return {
		count: picked,
		columns,
		intoRows
	};
}
/** Returns the number of entries of each tensor. */
function squaredNormsSizes(tensors) {
	check(tensors.length > 0, "squaredNorms", "at least one tensor", "none");
	checkValues("squaredNorms", ...tensors);
	return { counts: tensors.map(({ shape }) => elements(shape)) };
}
function clipFactorSizes(squares, most) {
	checkDType("clipFactor", squares, "f32");
	check(most > 0 && Number.isFinite(most), "clipFactor", "a norm above 0 and finite", `${most}`);
	return { count: elements(squares.shape) };
}
/** The result of `clipFactor`, in float64. */
var clipFactorOf = (squares, most) => Math.min(1, most / Math.hypot(...squares.map(Math.sqrt)));
// src/backend/checks/matrix.ts
function matmulSizes(a, b, options = {}) {
	const { orientation = "nn", bias, into, columnOffset = 0, accumulate = false } = options;
	checkValues("matmul", a, b);
	const [aRows, aColumns] = matrix(a);
	const [bRows, bColumns] = matrix(b);
	const [rows, inner] = orientation === "tn" ? [aColumns, aRows] : [aRows, aColumns];
	const [columns, bInner] = orientation === "nt" ? [bRows, bColumns] : [bColumns, bRows];
	check(inner === bInner, `matmul ${orientation}`, "inner sizes to agree", `${describe(a)} and ${describe(b)}`);
	if (bias) {
		checkValues("matmul", bias);
		check(elements(bias.shape) === columns, "matmul", `a bias of ${columns} entries`, describe(bias));
	}
	checkCount("matmul", "columnOffset", columnOffset);
	let stride = columns;
	if (into) {
		checkTarget("matmul", into, a, b, bias);
		const [intoRows, intoColumns] = matrix(into);
		check(intoRows === rows && columnOffset + columns <= intoColumns, "matmul", `a target of ${rows} rows and at least ${columnOffset + columns} columns`, describe(into));
		stride = intoColumns;
	} else check(columnOffset === 0 && !accumulate, "matmul", "`into` with columnOffset or accumulate", "neither");
	return {
		orientation,
		rows,
		columns,
		inner,
		stride,
		columnOffset,
		accumulate
	};
}
function weightedSumSizes(x, alpha, y, beta = 1) {
	checkFinite("weightedSum", "alpha", alpha);
	checkFinite("weightedSum", "beta", beta);
	checkValues("weightedSum", x);
	return { count: y ? checkSameShape("weightedSum", x, y) : elements(x.shape) };
}
function gatherSizes(x, index, options = {}) {
	const { axis = 0, offset = 0, into } = options;
	checkValues("gather", x);
	checkDType("gather", index, "u32");
	checkCount("gather", "offset", offset);
	const rank = x.shape.length;
	check(rank === 2 || rank === 1 && axis === 0, "gather", "a matrix, or a vector along axis 0", describe(x));
	const [rows = 1, columns = 1] = x.shape;
	const picked = elements(index.shape);
	const shape = rank === 1 ? [picked] : axis === 0 ? [picked, columns] : [rows, picked];
	if (into) {
		checkTarget("gather", into, x, index);
		expectShape("gather", into, shape);
	}
	return {
		axis,
		offset,
		rows,
		columns,
		count: picked,
		shape
	};
}
function extentSizes(x) {
	checkValues("extent", x);
	return { count: elements(x.shape) };
}
var maxAbsDifferenceSizes = (x, y) => ({ count: checkSameShape("maxAbsDifference", x, y) });
function unitRowsSizes(x) {
	checkValues("unitRows", x);
	const [rows, width] = matrix(x);
	return {
		rows,
		width
	};
}
/** Returns `columns`, the number of rows of `b`, and `inner`, the length of the rows of both. */
function pairwiseDistanceSizes(a, b, rowStart, rows, into, options = {}) {
	const operation = "pairwiseDistance";
	checkValues(operation, a, b);
	const [aRows, inner] = matrix(a);
	const [columns, bInner] = matrix(b);
	check(inner === bInner, operation, "rows of equal length", `${describe(a)} and ${describe(b)}`);
	checkCount(operation, "rowStart", rowStart);
	checkCount(operation, "rows", rows, 1);
	check(rowStart + rows <= aRows, operation, `rows ${rowStart} … ${rowStart + rows} to exist`, describe(a));
	if (into) {
		checkTarget(operation, into, a, b);
		const [intoRows, intoColumns] = matrix(into);
		check(intoRows >= rows && intoColumns === columns, operation, `a target of at least ${rows} rows of ${columns}`, describe(into));
	}
	const { metric = "euclidean", factor = 1 } = options;
	checkFinite(operation, "factor", factor);
	return {
		rows,
		columns,
		inner,
		metric,
		factor
	};
}
// src/backend/checks/storage.ts
/** Returns the entries and bytes of a new tensor. Every size of its shape must be at least 1. */
function newTensorSizes(shape, dtype, label, maxTensorBytes) {
	for (const size of shape) checkCount(label, "every size of the shape", size, 1);
	const total = elements(shape);
	const bytes = total * BYTES[dtype];
	check(bytes <= maxTensorBytes, label, `at most ${maxTensorBytes} bytes in one tensor (the device's limit)`, `[${shape.join(", ")}] ${dtype}, ${bytes} bytes: process it in bands of rows`);
	return {
		count: total,
		bytes
	};
}
function uploadSizes(data, shape, dtype, label, maxTensorBytes) {
	const sizes = newTensorSizes(shape, dtype, label, maxTensorBytes);
	check(data instanceof Uint8Array || (data instanceof Float32Array ? dtype === "f32" : dtype === "u32"), label, `values or bytes of ${dtype}`, data.constructor.name);
	check(data.byteLength === sizes.bytes, label, `${sizes.bytes} bytes for [${shape.join(", ")}] ${dtype}`, `${data.byteLength}`);
	return sizes;
}
function writeSizes(tensor, data) {
	checkDType("write", tensor, data instanceof Float32Array ? "f32" : "u32");
	const total = elements(tensor.shape);
	check(data.length === total, "write", `${total} values for ${describe(tensor)}`, `${data.length}`);
	return { count: total };
}
function copyRowsSizes(source, target, rowOffset) {
	checkDType("copyRows", source, "f32");
	checkTarget("copyRows", target, source);
	checkCount("copyRows", "rowOffset", rowOffset);
	const [rows, columns] = matrix(source);
	const [targetRows, targetColumns] = matrix(target);
	check(columns === targetColumns && rowOffset + rows <= targetRows, "copyRows", `rows ${rowOffset} … ${rowOffset + rows} of width ${columns} to fit in the target`, describe(target));
	return {
		rows,
		columns
	};
}
// src/backend/checks/transport.ts
/** Row 0 of the band's cost tensor is row `rowStart` of the matrix. The tensor may have more rows than the band. */
function bandSizes(operation, band, potentials) {
	const { cost, rowStart, rows } = band;
	checkDType(operation, cost, "f32");
	checkCount(operation, "rowStart", rowStart);
	checkCount(operation, "rows", rows, 1);
	check(cost.shape.length === 2, operation, `a cost matrix`, describe(cost));
	const [held, columns] = matrix(cost);
	check(rows <= held, operation, `a cost tensor of at least ${rows} rows`, describe(cost));
	if (potentials) potentialsOfBand(operation, potentials, rowStart + rows, columns);
	return {
		rowStart,
		rows,
		columns
	};
}
function checkHalfStep(operation, { logMarginal, damping = 1, relaxation = 1 }) {
	checkFinite(operation, "logMarginal", logMarginal);
	checkFinite(operation, "damping", damping);
	checkFinite(operation, "relaxation", relaxation);
}
function rowPotentialSizes(band, potentials, step, state) {
	checkHalfStep("rowPotential", step);
	checkTarget("rowPotential", potentials.f, potentials.g, band.cost);
	const sizes = bandSizes("rowPotential", band, potentials);
	checkTarget("rowPotential", state, potentials.f, potentials.g, band.cost);
	expectShape("rowPotential", state, [2, sizes.columns]);
	return sizes;
}
function columnLogSumSizes(band, potentials, state) {
	const sizes = bandSizes("columnLogSum", band, potentials);
	checkTarget("columnLogSum", state, potentials.f, potentials.g, band.cost);
	expectShape("columnLogSum", state, [2, sizes.columns]);
	return sizes;
}
function columnPotentialSizes(state, potentials, step) {
	checkHalfStep("columnPotential", step);
	checkTarget("columnPotential", potentials.g, state, potentials.f);
	checkDType("columnPotential", state, "f32");
	const columns = elements(potentials.g.shape);
	expectShape("columnPotential", state, [2, columns]);
	potentialsOfBand("columnPotential", potentials, 0, columns);
	return { columns };
}
function sinkhornSizes(band, potentials, state, { rows, columns, count, tolerance, history }) {
	const sizes = rowPotentialSizes(band, potentials, rows, state);
	columnPotentialSizes(state, potentials, columns);
	checkCount("sinkhorn", "count", count, 1);
	checkFinite("sinkhorn", "tolerance", tolerance);
	if (history) {
		checkTarget("sinkhorn", history, state, potentials.f, potentials.g, band.cost);
		expectShape("sinkhorn", history, [13, Math.max(sizes.columns, 4)]);
	}
	const all = elements(potentials.f.shape);
	check(sizes.rowStart === 0 && sizes.rows === all, "sinkhorn", `one band of all ${all} rows`, `rows ${sizes.rowStart} to ${sizes.rowStart + sizes.rows}`);
	return sizes;
}
function planRowsSizes(band, potentials, ground) {
	if (ground) {
		checkDType("planRows", ground, "f32");
		expectShape("planRows", ground, band.cost.shape);
	}
	return bandSizes("planRows", band, potentials);
}
function applyPlanSizes(band, potentials, x, axis, scale, into) {
	const sizes = bandSizes("applyPlan", band, potentials);
	checkValues("applyPlan", x);
	checkFinite("applyPlan", "scale", scale);
	checkTarget("applyPlan", into, x, band.cost, potentials.f, potentials.g);
	const total = elements(potentials.f.shape);
	const [xRows, xColumns] = matrix(x);
	const [intoRows, intoColumns] = matrix(into);
	const [along, width] = axis === 0 ? [xRows, xColumns] : [xColumns, xRows];
	const [intoAlong, intoWidth] = axis === 0 ? [intoRows, intoColumns] : [intoColumns, intoRows];
	check(along === total, "applyPlan", `x to have ${total} entries along axis ${axis}`, describe(x));
	check(intoAlong === sizes.columns && intoWidth === width, "applyPlan", `a target [${(axis === 0 ? [sizes.columns, width] : [width, sizes.columns]).join(", ")}]`, describe(into));
	return {
		...sizes,
		total,
		width
	};
}
function pictureSizes(band, potentials, window, into, minus) {
	const sizes = bandSizes("picture", band, potentials);
	checkTarget("picture", into, band.cost, potentials?.f, potentials?.g);
	if (minus) {
		check(bandSizes("picture", {
			...band,
			cost: minus.cost
		}, minus.potentials).columns === sizes.columns, "picture", `to take away ${sizes.columns} columns`, describe(minus.cost));
		checkTarget("picture", into, minus.cost, minus.potentials?.f, minus.potentials?.g);
	}
	const [height = 0, width = 0, channels] = into.shape;
	check(into.shape.length === 3 && channels === 2, "picture", "a target [h, w, 2]", describe(into));
	const { rowStart, rowEnd, columnStart, columnEnd } = window;
	checkCount("picture", "rowStart of the window", rowStart);
	checkCount("picture", "columnStart of the window", columnStart);
	checkCount("picture", "rowEnd of the window", rowEnd, rowStart + 1);
	checkCount("picture", "columnEnd of the window", columnEnd, columnStart + 1);
	check(columnEnd <= sizes.columns, "picture", `columnEnd to be at most ${sizes.columns}`, `${columnEnd}`);
	return {
		...sizes,
		height,
		width,
		windowRows: rowEnd - rowStart,
		windowColumns: columnEnd - columnStart,
		from: Math.max(rowStart, sizes.rowStart),
		to: Math.min(rowEnd, sizes.rowStart + sizes.rows)
	};
}
function potentialsOfBand(operation, { f, g, epsilon }, end, columns) {
	checkDType(operation, f, "f32");
	checkDType(operation, g, "f32");
	check(epsilon > 0 && Number.isFinite(epsilon), operation, "epsilon to be > 0 and finite", `${epsilon}`);
	check(elements(f.shape) >= end, operation, `${f.label} (f) to have at least ${end} entries`, describe(f));
	check(elements(g.shape) === columns, operation, `${g.label} (g) to have ${columns} entries`, describe(g));
}
// src/backend/memory-ledger.ts
var none = () => ({
	weights: 0,
	costs: 0,
	plans: 0,
	activations: 0,
	optimizer: 0,
	other: 0
});
/** Counts the bytes of a backend's tensors, in all and by kind, now and when most were in use. */
var MemoryLedger = class {
	#bytes = 0;
	#peak = 0;
	#now = none();
	#atPeak = none();
	get bytes() {
		return this.#bytes;
	}
	get peakBytes() {
		return this.#peak;
	}
	/** Bytes in use by kind. */
	get byKind() {
		return { ...this.#now };
	}
	/** Bytes by kind when most were in use. */
	get peakByKind() {
		return { ...this.#atPeak };
	}
	/** Counts bytes that a tensor of this kind takes, or gives back if negative. */
	add(kind, bytes) {
		this.#now[kind] += bytes;
		this.#bytes += bytes;
		if (this.#bytes > this.#peak) this.#notePeak();
	}
	/** Counts bytes under another kind. */
	move(bytes, from, to) {
		this.#now[from] -= bytes;
		this.#now[to] += bytes;
		if (this.#bytes === this.#peak) this.#notePeak();
	}
	/** Forgets all bytes in use; the peak stays. */
	clear() {
		this.#bytes = 0;
		this.#now = none();
	}
	#notePeak() {
		this.#peak = this.#bytes;
		this.#atPeak = { ...this.#now };
	}
};
// src/backend/decode.ts
function bf16(bytes, count) {
	const bits = new Uint32Array(count);
	for (let i = 0; i < count; i++) bits[i] = bytes.getUint16(2 * i, true) << 16;
	return new Float32Array(bits.buffer);
}
function f16(bytes, count) {
	const out = new Float32Array(count);
	for (let i = 0; i < count; i++) {
		const bits = bytes.getUint16(2 * i, true);
		const exponent = bits >> 10 & 31;
		const fraction = bits & 1023;
		let value;
		if (exponent === 0) value = fraction * 2 ** -24;
		else if (exponent < 31) value = (1024 + fraction) * 2 ** (exponent - 25);
		else value = fraction === 0 ? Infinity : NaN;
		out[i] = bits & 32768 ? -value : value;
	}
	return out;
}
/** Decodes `count` little-endian numbers. bf16 and f16 become float32, which holds each of them exactly. */
function decode(data, dtype, count) {
	const bytes = new DataView(data.buffer, data.byteOffset, data.byteLength);
	if (dtype === "bf16") return bf16(bytes, count);
	if (dtype === "f16") return f16(bytes, count);
	if (dtype === "u32") {
		const out = new Uint32Array(count);
		for (let i = 0; i < count; i++) out[i] = bytes.getUint32(4 * i, true);
		return out;
	}
	const out = new Float32Array(count);
	for (let i = 0; i < count; i++) out[i] = bytes.getFloat32(4 * i, true);
	return out;
}
// src/backend/checks/training.ts
function reluSizes(x) {
	checkValues("relu", x);
	return { count: elements(x.shape) };
}
var reluGradientSizes = (activation, upstream) => ({ count: checkSameShape("reluGradient", activation, upstream) });
function normMatchedLossSizes(prediction, target, lambda, gradient) {
	const operation = "normMatchedLoss";
	const size = checkSameShape(operation, prediction, target);
	check(lambda >= 0 && lambda <= 1, operation, "lambda from 0 to 1", `${lambda}`);
	checkTarget(operation, gradient, prediction, target);
	expectShape(operation, gradient, prediction.shape);
	return { count: size };
}
/** Returns the factors of a step, and the number of entries of each parameter. */
function adamWFactors(parameters, { rate, betas, eps, weightDecay, step, gradientFactor = 1 }) {
	const operation = "adamW";
	const factor = typeof gradientFactor === "number" ? void 0 : gradientFactor;
	const counts = parameters.map(({ value, gradient, moments }) => {
		const size = checkSameShape(operation, value, gradient);
		checkTarget(operation, value, gradient, factor);
		checkTarget(operation, moments, gradient, factor);
		expectShape(operation, moments, [2, ...value.shape]);
		checkDType(operation, gradient, "f32");
		return size;
	});
	const targets = parameters.flatMap(({ value, moments }) => [value, moments]);
	const twice = targets.find((target, i) => targets.indexOf(target) !== i);
	check(twice === void 0, operation, "each tensor once", `${twice?.label} twice`);
	if (factor) {
		checkDType(operation, factor, "f32");
		check(elements(factor.shape) === 1, operation, "one gradient factor", describe(factor));
	} else checkFinite(operation, "gradientFactor", gradientFactor);
	checkCount(operation, "step", step, 1);
	for (const [name, value] of [["rate", rate], ["weightDecay", weightDecay]]) {
		checkFinite(operation, name, value);
		check(value >= 0, operation, `${name} to be ≥ 0`, `${value}`);
	}
	check(eps > 0 && Number.isFinite(eps), operation, "eps to be above 0 and finite", `${eps}`);
	for (const beta of betas) check(beta >= 0 && beta < 1, operation, "betas from 0 to below 1", betas.join(", "));
	const [beta1, beta2] = betas;
	return {
		counts,
		factors: {
			decay: 1 - rate * weightDecay,
			stepSize: rate / (1 - beta1 ** step),
			rootScale: 1 / Math.sqrt(1 - beta2 ** step)
		}
	};
}
export { rmsNormGradientSizes as A, swigluSizes as B, pairwiseDistanceSizes as C, clipFactorOf as D, attentionGradientSizes as E, attentionSizes as F, crossEntropySizes as I, rmsNormSizes as L, softCapGradientSizes as M, squaredNormsSizes as N, clipFactorSizes as O, swigluGradientSizes as P, ropeSizes as R, maxAbsDifferenceSizes as S, weightedSumSizes as T, backendClass as V, uploadSizes as _, decode as a, gatherSizes as b, bandSizes as c, pictureSizes as d, planRowsSizes as f, newTensorSizes as g, copyRowsSizes as h, reluSizes as i, scatterAddSizes as j, crossEntropyGradientSizes as k, columnLogSumSizes as l, sinkhornSizes as m, normMatchedLossSizes as n, MemoryLedger as o, rowPotentialSizes as p, reluGradientSizes as r, applyPlanSizes as s, adamWFactors as t, columnPotentialSizes as u, writeSizes as v, unitRowsSizes as w, matmulSizes as x, extentSizes as y, softCapSizes as z };

//# sourceMappingURL=training-DRMQzRt8.mjs.map