import { t as __exportAll } from "./rolldown-runtime-D8jQpDG7.mjs";
import { A as rmsNormGradientSizes, B as swigluSizes, C as pairwiseDistanceSizes, D as clipFactorOf, E as attentionGradientSizes, F as attentionSizes, I as crossEntropySizes, L as rmsNormSizes, M as softCapGradientSizes, N as squaredNormsSizes, O as clipFactorSizes, P as swigluGradientSizes, R as ropeSizes, S as maxAbsDifferenceSizes, T as weightedSumSizes, V as backendClass, _ as uploadSizes, a as decode, b as gatherSizes, c as bandSizes, d as pictureSizes, f as planRowsSizes, g as newTensorSizes, h as copyRowsSizes, i as reluSizes, j as scatterAddSizes, k as crossEntropyGradientSizes, l as columnLogSumSizes, m as sinkhornSizes, n as normMatchedLossSizes, o as MemoryLedger, p as rowPotentialSizes, r as reluGradientSizes, s as applyPlanSizes, t as adamWFactors, u as columnPotentialSizes, v as writeSizes, w as unitRowsSizes, x as matmulSizes, y as extentSizes, z as softCapSizes } from "./training-DRMQzRt8.mjs";
import { t as macrotask } from "./macrotask-D4BHY4kY.mjs";
import { t as gemm } from "./gemm-D3v-2270.mjs";
import { a as BackendError, c as OutOfMemoryError, n as elements, t as BYTES } from "./shape-DKf2iP5J.mjs";
import { t as mixColumns } from "./anderson-DkqzwyzQ.mjs";
import { n as ROW_MOMENT, t as PLAN_ROW } from "./operations-Bd7Yv5Ui.mjs";
// src/backend/event-loop-yielder.ts
/** Milliseconds between two yields: about a frame. */
var SLICE_MS = 16;
/** Lets the event loop handle messages between operations, for a backend whose operations block the thread. */
var EventLoopYielder = class {
	#last = performance.now();
	async yieldIfDue() {
		if (performance.now() - this.#last < SLICE_MS) return;
		await macrotask();
		this.#last = performance.now();
	}
};
// src/backend/cpu/softmax.ts
/** Softmax over the scores from `start` to `end` (exclusive) after the soft cap (0: none), in place; the others become 0. */
function softmax(scores, start, end, cap) {
	if (cap > 0) for (let s = start; s < end; s++) scores[s] = cap * Math.tanh(scores[s] / cap);
	let most = -Infinity;
	for (let s = start; s < end; s++) most = Math.max(most, scores[s]);
	let total = 0;
	for (let s = start; s < end; s++) {
		const weight = Math.exp(scores[s] - most);
		scores[s] = weight;
		total += weight;
	}
	for (let s = start; s < end; s++) scores[s] /= total;
	scores.fill(0, 0, start);
	scores.fill(0, end);
}
// src/backend/cpu/attention-gradient.ts
var attention_gradient_exports = /* @__PURE__ */ __exportAll({ attentionGradient: () => attentionGradient });
/** Queries whose probabilities are in memory at a time. */
var CHUNK$2 = 32;
/**
* With scores S = scale·QKᵀ, probabilities P, and U the derivative by the output O = PV: dV = PᵀU, dS = P∘(UVᵀ − rowsum(U∘O)),
* dQ = scale·dS·K, dK = scale·dSᵀ·Q (Dao et al. 2022, section 3.2 and appendix B.2). A soft cap c of the scores multiplies dS by
* 1 − (capped/c)².
*/
function attentionGradient(store, pass, shape) {
	const { q, k, v, out, upstream } = pass;
	store.check(q, k, v, out, upstream);
	const { queries, windows, scale, span, cap } = attentionGradientSizes(pass, shape);
	const { heads, kvHeads, headDim } = shape;
	const [query, key, value] = [
		store.asFloat64(q),
		store.asFloat64(k),
		store.asFloat64(v)
	];
	const [outcome, slope] = [store.asFloat64(out), store.asFloat64(upstream)];
	const result = {
		q: store.zeros(q.shape, "query gradient"),
		k: store.zeros(k.shape, "key gradient"),
		v: store.zeros(v.shape, "value gradient")
	};
	const [ofQuery, ofKey, ofValue] = [
		store.target(result.q),
		store.target(result.k),
		store.target(result.v)
	];
	const width = heads * headDim;
	const sharedWidth = kvHeads * headDim;
	const probabilities = new Float64Array(Math.min(CHUNK$2, queries) * queries);
	const slopes = new Float64Array(probabilities.length);
	for (let part = 0; part < heads * windows; part++) {
		const head = part % heads;
		const base = Math.floor(part / heads) * queries;
		const shared = base * sharedWidth + Math.floor(head * kvHeads / heads) * headDim;
		for (let first = 0; first < queries; first += CHUNK$2) {
			const rows = Math.min(CHUNK$2, queries - first);
			const seen = first + rows;
			const at = (base + first) * width + head * headDim;
			const across = (values) => ({
				values,
				start: at,
				row: width,
				column: 1
			});
			const down = (values) => ({
				values,
				start: at,
				row: 1,
				column: width
			});
			const keysAcross = {
				values: key,
				start: shared,
				row: sharedWidth,
				column: 1
			};
			const keysDown = {
				values: key,
				start: shared,
				row: 1,
				column: sharedWidth
			};
			const valuesAcross = {
				values: value,
				start: shared,
				row: sharedWidth,
				column: 1
			};
			probabilities.fill(0, 0, rows * seen);
			slopes.fill(0, 0, rows * seen);
			gemm(probabilities, 0, seen, across(query), keysAcross, rows, seen, headDim, scale);
			gemm(slopes, 0, seen, across(slope), valuesAcross, rows, seen, headDim);
			for (let t = 0; t < rows; t++) {
				const from = at + t * width;
				let along = 0;
				for (let d = 0; d < headDim; d++) along += slope[from + d] * outcome[from + d];
				const row = probabilities.subarray(t * seen, (t + 1) * seen);
				const end = first + t + 1;
				const ofCap = cap > 0 ? row.map((score) => 1 - Math.tanh(score / cap) ** 2) : void 0;
				softmax(row, Math.max(0, end - span), end, cap);
				for (let s = 0; s < seen; s++) {
					const cell = t * seen + s;
					const share = row[s];
					slopes[cell] = share === 0 ? 0 : share * (slopes[cell] - along) * (ofCap?.[s] ?? 1);
				}
			}
			const weight = {
				values: probabilities,
				start: 0,
				row: 1,
				column: seen
			};
			const change = {
				values: slopes,
				start: 0,
				row: seen,
				column: 1
			};
			const changeDown = {
				values: slopes,
				start: 0,
				row: 1,
				column: seen
			};
			gemm(ofValue, shared, sharedWidth, weight, down(slope), seen, headDim, rows);
			gemm(ofQuery, at, width, change, keysDown, rows, headDim, seen, scale);
			gemm(ofKey, shared, sharedWidth, changeDown, down(query), seen, headDim, rows, scale);
		}
	}
	return result;
}
// src/backend/cpu/distance.ts
var distance_exports = /* @__PURE__ */ __exportAll({ pairwiseDistance: () => pairwiseDistance });
function pairwiseDistance(store, a, b, rowStart, rows, into, options) {
	store.check(a, b, into);
	const { columns, inner, metric, factor } = pairwiseDistanceSizes(a, b, rowStart, rows, into, options);
	const result = into ?? store.zeros([rows, columns], "pairwiseDistance");
	const out = store.target(result);
	const x = store.asFloat64(a);
	const y = store.asFloat64(b);
	for (let i = 0; i < rows; i++) {
		const xAt = (rowStart + i) * inner;
		let j = 0;
		for (; j + 4 <= columns; j += 4) {
			const y0 = j * inner;
			const y1 = y0 + inner;
			const y2 = y1 + inner;
			const y3 = y2 + inner;
			let s0 = 0;
			let s1 = 0;
			let s2 = 0;
			let s3 = 0;
			for (let k = 0; k < inner; k++) {
				const value = x[xAt + k];
				const d0 = value - y[y0 + k];
				const d1 = value - y[y1 + k];
				const d2 = value - y[y2 + k];
				const d3 = value - y[y3 + k];
				s0 += d0 * d0;
				s1 += d1 * d1;
				s2 += d2 * d2;
				s3 += d3 * d3;
			}
			const at = i * columns + j;
			out[at] = s0;
			out[at + 1] = s1;
			out[at + 2] = s2;
			out[at + 3] = s3;
		}
		for (; j < columns; j++) {
			let sum = 0;
			for (let k = 0; k < inner; k++) {
				const d = x[xAt + k] - y[j * inner + k];
				sum += d * d;
			}
			out[i * columns + j] = sum;
		}
	}
	fromSquares(out.subarray(0, rows * columns), metric, factor);
	if (metric === "cosine") separateZeroRows(out, x, y, rowStart, rows, columns, inner, factor);
	return result;
}
/** Turns squared distances into factor · distance, in place. */
function fromSquares(values, metric, factor) {
	if (metric === "euclidean") for (let at = 0; at < values.length; at++) values[at] = factor * Math.sqrt(values[at]);
	else {
		const scale = metric === "cosine" ? factor / 2 : factor;
		if (scale === 1) return;
		for (let at = 0; at < values.length; at++) values[at] *= scale;
	}
}
/** Sets the distance of a row of zeros to any other row to `factor`: it has no direction, so its cosine is 0. */
function separateZeroRows(out, x, y, rowStart, rows, columns, inner, factor) {
	const isZero = (values, row) => values.subarray(row * inner, (row + 1) * inner).every((value) => value === 0);
	const zeroColumns = Array.from({ length: columns }, (_, j) => isZero(y, j));
	for (let i = 0; i < rows; i++) {
		const zeroRow = isZero(x, rowStart + i);
		for (let j = 0; j < columns; j++) if (zeroRow !== zeroColumns[j]) out[i * columns + j] = factor;
	}
}
// src/backend/gelu.ts
/**
* GELU in its approximation by tanh, ½x·(1 + tanh(√(2/π)·(x + 0.044715x³))), is x·σ(a(x)) with a(x) = GELU_SLOPE·x + GELU_CUBE·x³,
* because 1 + tanh(y) = 2σ(2y).
*/
var GELU_SLOPE = 2 * Math.sqrt(2 / Math.PI);
var GELU_CUBE = GELU_SLOPE * .044715;
// src/backend/cpu/gate.ts
/** Both gate functions are x·σ(a(x)): returns a. */
var gateArgument = (activation) => activation === "silu" ? (x) => x : (x) => x * (GELU_SLOPE + GELU_CUBE * x * x);
/** Returns the derivative of `gateArgument`. */
var gateArgumentSlope = (activation) => activation === "silu" ? () => 1 : (x) => GELU_SLOPE + 3 * GELU_CUBE * x * x;
// src/backend/cpu/gradients.ts
var gradients_exports = /* @__PURE__ */ __exportAll({
	clipFactor: () => clipFactor,
	crossEntropyGradient: () => crossEntropyGradient,
	rmsNormGradient: () => rmsNormGradient,
	scatterAdd: () => scatterAdd,
	softCapGradient: () => softCapGradient,
	squaredNorms: () => squaredNorms,
	swigluGradient: () => swigluGradient
});
function rmsNormGradient(store, x, gain, upstream, eps, gainGradient, offset = 0) {
	store.check(x, gain, upstream, gainGradient);
	const { rows, columns } = rmsNormGradientSizes(x, gain, upstream, eps, gainGradient);
	const values = store.asFloat64(x);
	const gains = store.asFloat64(gain).map((value) => value + offset);
	const slopes = store.asFloat64(upstream);
	const ofGain = gainGradient && store.target(gainGradient);
	const result = store.zeros(x.shape, "rmsNormGradient");
	const out = store.target(result);
	for (let i = 0; i < rows; i++) {
		const at = i * columns;
		let squares = 0;
		let along = 0;
		for (let j = 0; j < columns; j++) {
			squares += values[at + j] ** 2;
			along += slopes[at + j] * gains[j] * values[at + j];
		}
		const inverse = 1 / Math.sqrt(squares / columns + eps);
		const pull = along * inverse ** 3 / columns;
		for (let j = 0; j < columns; j++) {
			out[at + j] = slopes[at + j] * gains[j] * inverse - values[at + j] * pull;
			if (ofGain) ofGain[j] += slopes[at + j] * values[at + j] * inverse;
		}
	}
	return result;
}
function swigluGradient(store, gate, up, upstream, activation = "silu") {
	store.check(gate, up, upstream);
	const { count } = swigluGradientSizes(gate, up, upstream);
	const gates = store.asFloat64(gate);
	const ups = store.asFloat64(up);
	const slopes = store.asFloat64(upstream);
	const result = {
		gate: store.zeros(gate.shape, "gate gradient"),
		up: store.zeros(up.shape, "up gradient")
	};
	const ofGate = store.target(result.gate);
	const ofUp = store.target(result.up);
	const argument = gateArgument(activation);
	const slope = gateArgumentSlope(activation);
	for (let i = 0; i < count; i++) {
		const x = gates[i];
		const share = 1 / (1 + Math.exp(-argument(x)));
		ofUp[i] = slopes[i] * x * share;
		ofGate[i] = slopes[i] * ups[i] * share * (1 + x * slope(x) * (1 - share));
	}
	return result;
}
function softCapGradient(store, capped, upstream, cap) {
	store.check(capped, upstream);
	const { count } = softCapGradientSizes(capped, upstream, cap);
	const values = store.asFloat64(capped);
	const slopes = store.asFloat64(upstream);
	const result = store.zeros(capped.shape, "softCapGradient");
	const out = store.target(result);
	for (let i = 0; i < count; i++) out[i] = slopes[i] * (1 - (values[i] / cap) ** 2);
	return result;
}
/** If the target is outside the vocabulary, the row becomes NaN, or 0 if its weight is 0. */
function crossEntropyGradient(store, logits, targets, weights) {
	store.check(logits, targets, weights);
	const { rows, columns } = crossEntropyGradientSizes(logits, targets, weights);
	const values = store.target(logits);
	const wanted = store.indices(targets);
	const factors = store.asFloat64(weights);
	for (let i = 0; i < rows; i++) {
		const row = values.subarray(i * columns, (i + 1) * columns);
		const factor = factors[i];
		const target = wanted[i];
		if (factor === 0) {
			row.fill(0);
			continue;
		}
		if (target >= columns) {
			row.fill(NaN);
			continue;
		}
		let most = -Infinity;
		for (let j = 0; j < columns; j++) most = Math.max(most, row[j]);
		let sum = 0;
		for (let j = 0; j < columns; j++) sum += Math.exp(row[j] - most);
		for (let j = 0; j < columns; j++) row[j] = factor * Math.exp(row[j] - most) / sum;
		row[target] -= factor;
	}
}
function scatterAdd(store, rows, index, into, offset = 0) {
	store.check(rows, index, into);
	const { count, columns, intoRows } = scatterAddSizes(rows, index, into, offset);
	const values = store.asFloat64(rows);
	const places = store.indices(index);
	const out = store.target(into);
	for (let r = 0; r < count; r++) {
		const place = places[r] - offset;
		if (place < 0 || place >= intoRows) continue;
		for (let j = 0; j < columns; j++) out[place * columns + j] += values[r * columns + j];
	}
}
function squaredNorms(store, tensors) {
	store.check(...tensors);
	const { counts } = squaredNormsSizes(tensors);
	const result = store.zeros([tensors.length], "squared norms");
	const out = store.target(result);
	for (const [at, tensor] of tensors.entries()) {
		const values = store.asFloat64(tensor);
		for (let i = 0; i < counts[at]; i++) out[at] += values[i] ** 2;
	}
	return result;
}
function clipFactor(store, squares, most) {
	store.check(squares);
	clipFactorSizes(squares, most);
	const result = store.zeros([1], "clip factor");
	store.target(result)[0] = clipFactorOf(store.asFloat64(squares), most);
	return result;
}
// src/backend/cpu/matrix.ts
var matrix_exports = /* @__PURE__ */ __exportAll({
	copyRows: () => copyRows,
	extent: () => extent,
	gather: () => gather,
	matmul: () => matmul,
	maxAbsDifference: () => maxAbsDifference,
	unitRows: () => unitRows,
	weightedSum: () => weightedSum
});
function copyRows(store, source, target, rowOffset) {
	store.check(source, target);
	const { columns } = copyRowsSizes(source, target, rowOffset);
	store.target(target).set(store.numbers(source), rowOffset * columns);
}
function matmul(store, a, b, options = {}) {
	store.check(a, b, options.bias, options.into);
	const { orientation, rows, columns, inner, stride, columnOffset, accumulate } = matmulSizes(a, b, options);
	const result = options.into ?? store.zeros([rows, columns], "matmul");
	const out = store.target(result);
	if (!accumulate) for (let i = 0; i < rows; i++) {
		const start = i * stride + columnOffset;
		out.fill(0, start, start + columns);
	}
	const left = {
		values: store.numbers(a),
		start: 0
	};
	const right = {
		values: store.numbers(b),
		start: 0
	};
	gemm(out, columnOffset, stride, orientation === "tn" ? {
		...left,
		row: 1,
		column: rows
	} : {
		...left,
		row: inner,
		column: 1
	}, orientation === "nt" ? {
		...right,
		row: inner,
		column: 1
	} : {
		...right,
		row: 1,
		column: columns
	}, rows, columns, inner);
	if (options.bias) {
		const bias = store.asFloat64(options.bias);
		for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[i * stride + columnOffset + j] += bias[j];
	}
	return result;
}
function weightedSum(store, x, alpha, y, beta = 1) {
	store.check(x, y);
	const { count } = weightedSumSizes(x, alpha, y, beta);
	const result = store.zeros(x.shape, "weightedSum");
	const out = store.target(result);
	const left = store.asFloat64(x);
	if (y) {
		const right = store.asFloat64(y);
		for (let i = 0; i < count; i++) out[i] = alpha * left[i] + beta * right[i];
	} else for (let i = 0; i < count; i++) out[i] = alpha * left[i];
	return result;
}
function gather(store, x, index, options = {}) {
	store.check(x, index, options.into);
	const { axis, offset, rows, columns, count, shape } = gatherSizes(x, index, options);
	const result = options.into ?? store.zeros(shape, "gather");
	const out = store.target(result);
	const values = store.numbers(x);
	const picks = store.indices(index);
	const size = axis === 0 ? rows : columns;
	for (let r = 0; r < count; r++) {
		const pick = picks[r] - offset;
		if (pick < 0 || pick >= size) continue;
		if (axis === 0) out.set(values.subarray(pick * columns, (pick + 1) * columns), r * columns);
		else for (let i = 0; i < rows; i++) out[i * count + r] = values[i * columns + pick];
	}
	return result;
}
function extent(store, x) {
	store.check(x);
	const { count } = extentSizes(x);
	const values = store.numbers(x);
	let least = Infinity;
	let most = -Infinity;
	for (let i = 0; i < count; i++) {
		const value = values[i];
		least = Math.min(least, value);
		most = Math.max(most, value);
	}
	const result = store.zeros([2], "extent");
	store.target(result).set([least, most]);
	return result;
}
function maxAbsDifference(store, x, y) {
	store.check(x, y);
	const { count } = maxAbsDifferenceSizes(x, y);
	const left = store.numbers(x);
	const right = store.numbers(y);
	let most = 0;
	for (let i = 0; i < count; i++) most = Math.max(most, Math.abs(left[i] - right[i]));
	const result = store.zeros([1], "maxAbsDifference");
	store.target(result)[0] = most;
	return result;
}
function unitRows(store, x) {
	store.check(x);
	const { rows, width } = unitRowsSizes(x);
	const result = store.zeros(x.shape, "unitRows");
	const out = store.target(result);
	const values = store.asFloat64(x);
	for (let i = 0; i < rows; i++) {
		let squares = 0;
		for (let k = i * width; k < (i + 1) * width; k++) squares += values[k] ** 2;
		const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
		for (let k = i * width; k < (i + 1) * width; k++) out[k] = values[k] * scale;
	}
	return result;
}
// src/backend/cpu/picture.ts
var picture_exports = /* @__PURE__ */ __exportAll({ picture: () => picture });
/** Entries of `size` that pixel `p` of `pixels` covers: end exclusive, never empty, overlapping if there are more pixels than entries. */
var covered = (p, pixels, size) => [Math.floor(p * size / pixels), Math.ceil((p + 1) * size / pixels)];
function picture(store, band, potentials, window, into, minus) {
	store.check(band.cost, potentials?.f, potentials?.g, into);
	store.check(minus?.cost, minus?.potentials?.f, minus?.potentials?.g);
	const sizes = pictureSizes(band, potentials, window, into, minus);
	const { height, width, windowRows, windowColumns } = sizes;
	const out = store.target(into);
	const entries = rowEntries(store, band, potentials, window);
	const others = minus && rowEntries(store, {
		...band,
		cost: minus.cost
	}, minus.potentials, window);
	const row = new Float64Array(windowColumns);
	const other = new Float64Array(windowColumns);
	const columns = Array.from({ length: width }, (_, x) => covered(x, width, windowColumns));
	for (let i = sizes.from; i < sizes.to; i++) {
		entries(i, row);
		if (others) {
			others(i, other);
			for (let j = 0; j < windowColumns; j++) row[j] -= other[j];
		}
		const r = i - window.rowStart;
		let y = Math.max(0, Math.floor(r * height / windowRows) - 1);
		for (; y < height; y++) {
			const [top, bottom] = covered(y, height, windowRows);
			if (bottom <= r) continue;
			if (top > r) break;
			for (let x = 0; x < width; x++) {
				const [left, right] = columns[x];
				let most = 0;
				let sum = 0;
				for (let j = left; j < right; j++) {
					const value = row[j];
					if (!(Math.abs(value) <= Math.abs(most))) most = value;
					sum += value;
				}
				const pixel = 2 * (y * width + x);
				if (!(Math.abs(most) <= Math.abs(out[pixel]))) out[pixel] = most;
				out[pixel + 1] += sum / ((bottom - top) * (right - left));
			}
		}
	}
}
/** Writes the entries of one row of the window: of the cost, or of the plan. */
function rowEntries(store, band, potentials, { columnStart, columnEnd }) {
	const cost = store.asFloat64(band.cost);
	const [, columns = 0] = band.cost.shape;
	const count = columnEnd - columnStart;
	if (!potentials) return (i, into) => {
		const at = (i - band.rowStart) * columns + columnStart;
		into.set(cost.subarray(at, at + count));
	};
	const f = store.asFloat64(potentials.f);
	const g = store.asFloat64(potentials.g);
	const { epsilon } = potentials;
	return (i, into) => {
		const at = (i - band.rowStart) * columns + columnStart;
		for (let j = 0; j < count; j++) into[j] = Math.exp((f[i] + g[columnStart + j] - cost[at + j]) / epsilon);
	};
}
// src/backend/cpu/storage.ts
/** 4 GiB as float64; JavaScript engines refuse typed arrays somewhat larger. */
var MAX_TENSOR_BYTES = 2 ** 31;
var CpuTensor = class {
	shape;
	dtype;
	label;
	bytes;
	kind = "other";
	/** Undefined once freed. */
	values;
	constructor(shape, dtype, label, values) {
		this.shape = shape;
		this.dtype = dtype;
		this.label = label;
		this.bytes = elements(shape) * BYTES[dtype];
		this.values = values;
	}
};
/**
* Owns the tensors of one CPU backend. Results are in float64, so that a chain of operations rounds to float32 only when it is read.
* Uploaded bytes are in float32, which is exact and half the size.
*/
var Store = class {
	#tensors = /* @__PURE__ */ new Set();
	#ledger = new MemoryLedger();
	#disposed = false;
	/** Counts the bytes really used: for results twice `Tensor.bytes`. */
	memory() {
		this.#checkAlive();
		return {
			bytes: this.#ledger.bytes,
			peakBytes: this.#ledger.peakBytes,
			tensors: this.#tensors.size,
			pooledBytes: 0,
			byKind: this.#ledger.byKind,
			peakByKind: this.#ledger.peakByKind
		};
	}
	upload(data, shape, dtype, label) {
		this.#checkAlive();
		const { count } = uploadSizes(data, shape, dtype, label, MAX_TENSOR_BYTES);
		return this.#hold(shape, dtype, label, () => {
			if (data instanceof Uint8Array) return decode(data, dtype, count);
			return data instanceof Float32Array ? Float64Array.from(data) : data.slice();
		});
	}
	zeros(shape, label) {
		this.#checkAlive();
		const { count } = newTensorSizes(shape, "f32", label, MAX_TENSOR_BYTES);
		return this.#hold(shape, "f32", label, () => new Float64Array(count));
	}
	write(tensor, data) {
		const values = this.#own(tensor);
		writeSizes(tensor, data);
		(values.values instanceof Uint32Array ? values.values : this.target(tensor)).set(data);
	}
	read(tensor) {
		return Float32Array.from(this.#own(tensor).values);
	}
	countAs(kind, tensor) {
		const own = this.#own(tensor);
		this.#ledger.move(own.values.byteLength, own.kind, kind);
		own.kind = kind;
		return tensor;
	}
	free(...tensors) {
		for (const tensor of tensors) {
			const own = this.#own(tensor);
			this.#ledger.add(own.kind, -own.values.byteLength);
			this.#tensors.delete(own);
			own.values = void 0;
		}
	}
	dispose() {
		for (const tensor of this.#tensors) tensor.values = void 0;
		this.#tensors.clear();
		this.#ledger.clear();
		this.#disposed = true;
	}
	/** @throws BackendError that names the first tensor that was freed or belongs to another backend. */
	check(...tensors) {
		this.#checkAlive();
		for (const tensor of tensors) if (tensor) this.#own(tensor);
	}
	numbers(tensor) {
		const { values } = this.#own(tensor);
		if (values instanceof Uint32Array) throw new BackendError(`expected numbers in ${tensor.label}, got u32`);
		return values;
	}
	/** Returns the values in float64 for reading: the tensor's own, or a copy if they are in float32. */
	asFloat64(tensor) {
		const values = this.numbers(tensor);
		return values instanceof Float64Array ? values : Float64Array.from(values);
	}
	indices(tensor) {
		const { values } = this.#own(tensor);
		if (values instanceof Uint32Array) return values;
		throw new BackendError(`expected u32 indices in ${tensor.label}, got ${tensor.dtype}`);
	}
	/** Returns the values of an f32 tensor for writing in place. Float32 values are replaced by float64 ones first. */
	target(tensor) {
		const own = this.#own(tensor);
		if (own.values instanceof Float64Array) return own.values;
		const widened = Float64Array.from(this.numbers(tensor));
		this.#ledger.add(own.kind, widened.byteLength - own.values.byteLength);
		own.values = widened;
		return widened;
	}
	#own(tensor) {
		this.#checkAlive();
		if (!(tensor instanceof CpuTensor)) throw new BackendError(`${tensor.label} belongs to another backend: upload it to this one`);
		if (!this.#tensors.has(tensor)) throw new BackendError(`${tensor.label} [${tensor.shape.join(", ")}] was freed or is of another backend: keep it until its last use`);
		return tensor;
	}
	#hold(shape, dtype, label, make) {
		let values;
		try {
			values = make();
		} catch (cause) {
			throw new OutOfMemoryError(`${label} [${shape.join(", ")}]: no memory for ${elements(shape)} numbers; free tensors or use smaller bands`, { cause });
		}
		const tensor = new CpuTensor([...shape], dtype, label, values);
		this.#tensors.add(tensor);
		this.#ledger.add(tensor.kind, values.byteLength);
		return tensor;
	}
	#checkAlive() {
		if (this.#disposed) throw new BackendError("the CPU backend was disposed: open a new one");
	}
};
// src/backend/cpu/training.ts
var training_exports = /* @__PURE__ */ __exportAll({
	adamW: () => adamW,
	normMatchedLoss: () => normMatchedLoss,
	relu: () => relu,
	reluGradient: () => reluGradient
});
function relu(store, x) {
	store.check(x);
	const { count } = reluSizes(x);
	const values = store.asFloat64(x);
	const result = store.zeros(x.shape, "relu");
	const out = store.target(result);
	for (let i = 0; i < count; i++) out[i] = values[i] < 0 ? 0 : values[i];
	return result;
}
function reluGradient(store, activation, upstream) {
	store.check(activation, upstream);
	const { count } = reluGradientSizes(activation, upstream);
	const gate = store.asFloat64(activation);
	const values = store.asFloat64(upstream);
	const result = store.zeros(upstream.shape, "reluGradient");
	const out = store.target(result);
	for (let i = 0; i < count; i++) out[i] = gate[i] > 0 ? values[i] : 0;
	return result;
}
function normMatchedLoss(store, prediction, target, lambda, gradient) {
	store.check(prediction, target, gradient);
	const { count } = normMatchedLossSizes(prediction, target, lambda, gradient);
	const p = store.asFloat64(prediction);
	const t = store.asFloat64(target);
	const out = store.target(gradient);
	let errors = 0;
	let squares = 0;
	let targetSquares = 0;
	for (let i = 0; i < count; i++) {
		errors += (p[i] - t[i]) ** 2;
		squares += p[i] ** 2;
		targetSquares += t[i] ** 2;
	}
	const size = Math.sqrt(squares);
	const gap = size - Math.sqrt(targetSquares);
	const errorWeight = (1 - lambda) * 2 / count;
	const sizeWeight = size > 0 ? lambda * 2 * gap / size : 0;
	for (let i = 0; i < count; i++) out[i] = errorWeight * (p[i] - t[i]) + sizeWeight * p[i];
	const result = store.zeros([1], "normMatchedLoss");
	store.target(result)[0] = (1 - lambda) * errors / count + lambda * gap * gap;
	return result;
}
function adamW(store, parameters, options) {
	const { betas, eps, gradientFactor = 1 } = options;
	for (const { value, gradient, moments } of parameters) store.check(value, gradient, moments);
	if (typeof gradientFactor !== "number") store.check(gradientFactor);
	const { counts, factors } = adamWFactors(parameters, options);
	const { decay, stepSize, rootScale } = factors;
	const factor = typeof gradientFactor === "number" ? gradientFactor : store.numbers(gradientFactor)[0];
	const [beta1, beta2] = betas;
	for (const [at, { value, gradient, moments }] of parameters.entries()) {
		const count = counts[at];
		const p = store.target(value);
		const g = store.asFloat64(gradient);
		const m = store.target(moments).subarray(0, count);
		const v = store.target(moments).subarray(count);
		for (let i = 0; i < count; i++) {
			const slope = g[i] * factor;
			const first = beta1 * m[i] + (1 - beta1) * slope;
			const second = beta2 * v[i] + (1 - beta2) * slope * slope;
			m[i] = Math.fround(first);
			v[i] = Math.fround(second);
			p[i] = Math.fround(decay * p[i] - stepSize * first / (Math.sqrt(second) * rootScale + eps));
		}
	}
}
// src/backend/cpu/transformer.ts
var transformer_exports = /* @__PURE__ */ __exportAll({
	attention: () => attention,
	crossEntropy: () => crossEntropy,
	rmsNorm: () => rmsNorm,
	rope: () => rope,
	softCap: () => softCap,
	swiglu: () => swiglu
});
function rmsNorm(store, x, gain, eps, offset = 0) {
	store.check(x, gain);
	const { rows, columns } = rmsNormSizes(x, gain, eps);
	const values = store.asFloat64(x);
	const gains = store.asFloat64(gain);
	const result = store.zeros(x.shape, "rmsNorm");
	const out = store.target(result);
	for (let i = 0; i < rows; i++) {
		const at = i * columns;
		let squares = 0;
		for (let j = 0; j < columns; j++) squares += values[at + j] ** 2;
		const inverse = 1 / Math.sqrt(squares / columns + eps);
		for (let j = 0; j < columns; j++) out[at + j] = values[at + j] * inverse * (gains[j] + offset);
	}
	return result;
}
function rope(store, x, table, headDim, positionStart) {
	store.check(x, table);
	const { rows, heads } = ropeSizes(x, table, headDim, positionStart);
	const values = store.asFloat64(x);
	const angles = store.asFloat64(table);
	const result = store.zeros(x.shape, "rope");
	const out = store.target(result);
	const half = headDim / 2;
	for (let t = 0; t < rows; t++) {
		const angleStart = (positionStart + t) * headDim;
		for (let head = 0; head < heads; head++) {
			const at = (t * heads + head) * headDim;
			for (let j = 0; j < half; j++) {
				const cosine = angles[angleStart + j];
				const sine = angles[angleStart + half + j];
				const first = values[at + j];
				const second = values[at + half + j];
				out[at + j] = first * cosine - second * sine;
				out[at + half + j] = second * cosine + first * sine;
			}
		}
	}
	return result;
}
/** Queries whose scores are in memory at a time. */
var CHUNK$1 = 32;
function attention(store, q, k, v, shape) {
	store.check(q, k, v);
	const { heads, kvHeads, headDim, past } = shape;
	const { queries, keys, windows, scale, span, cap } = attentionSizes(q, k, v, shape);
	const query = store.numbers(q);
	const key = store.numbers(k);
	const value = store.numbers(v);
	const result = store.zeros(q.shape, "attention");
	const out = store.target(result);
	const width = heads * headDim;
	const sharedWidth = kvHeads * headDim;
	const scores = new Float64Array(Math.min(CHUNK$1, queries) * keys);
	for (let part = 0; part < heads * windows; part++) {
		const head = part % heads;
		const base = Math.floor(part / heads) * queries;
		const shared = base * sharedWidth + Math.floor(head * kvHeads / heads) * headDim;
		for (let first = 0; first < queries; first += CHUNK$1) {
			const rows = Math.min(CHUNK$1, queries - first);
			const at = (base + first) * width + head * headDim;
			const seen = past + first + rows;
			const queryView = {
				values: query,
				start: at,
				row: width,
				column: 1
			};
			const keyView = {
				values: key,
				start: shared,
				row: sharedWidth,
				column: 1
			};
			const valueView = {
				values: value,
				start: shared,
				row: 1,
				column: sharedWidth
			};
			scores.fill(0, 0, rows * seen);
			gemm(scores, 0, seen, queryView, keyView, rows, seen, headDim, scale);
			for (let t = 0; t < rows; t++) {
				const visible = past + first + t + 1;
				softmax(scores.subarray(t * seen, (t + 1) * seen), Math.max(0, visible - span), visible, cap);
			}
			gemm(out, at, width, {
				values: scores,
				start: 0,
				row: seen,
				column: 1
			}, valueView, rows, headDim, seen);
		}
	}
	return result;
}
function softCap(store, x, cap) {
	store.check(x);
	const { count } = softCapSizes(x, cap);
	const values = store.asFloat64(x);
	const result = store.zeros(x.shape, "softCap");
	const out = store.target(result);
	for (let i = 0; i < count; i++) out[i] = cap * Math.tanh(values[i] / cap);
	return result;
}
function swiglu(store, gate, up, activation = "silu") {
	store.check(gate, up);
	const { count } = swigluSizes(gate, up);
	const gates = store.asFloat64(gate);
	const ups = store.asFloat64(up);
	const result = store.zeros(gate.shape, "swiglu");
	const out = store.target(result);
	const argument = gateArgument(activation);
	for (let i = 0; i < count; i++) out[i] = gates[i] / (1 + Math.exp(-argument(gates[i]))) * ups[i];
	return result;
}
/** The loss of a target outside the vocabulary is NaN. */
function crossEntropy(store, logits, targets) {
	store.check(logits, targets);
	const { rows, columns } = crossEntropySizes(logits, targets);
	const values = store.asFloat64(logits);
	const wanted = store.indices(targets);
	const result = store.zeros([rows], "crossEntropy");
	const out = store.target(result);
	for (let i = 0; i < rows; i++) {
		const at = i * columns;
		let most = -Infinity;
		for (let j = 0; j < columns; j++) most = Math.max(most, values[at + j]);
		let sum = 0;
		for (let j = 0; j < columns; j++) sum += Math.exp(values[at + j] - most);
		const target = wanted[i];
		out[i] = target < columns ? most + Math.log(sum) - values[at + target] : NaN;
	}
	return result;
}
// src/backend/half-step.ts
/**
* Returns a potential moved by `relaxation` times the way from `old` to the one that meets its marginal. With 1 it is `met` exactly,
* which the formula would round.
*/
var moved = (old, met, relaxation) => relaxation === 1 ? met : old + relaxation * (met - old);
// src/backend/cpu/transport.ts
var transport_exports = /* @__PURE__ */ __exportAll({
	applyPlan: () => applyPlan,
	columnLogSum: () => columnLogSum,
	columnPotential: () => columnPotential,
	planRows: () => planRows,
	rowMoments: () => rowMoments,
	rowPotential: () => rowPotential,
	sinkhorn: () => sinkhorn
});
function rowMoments(store, band) {
	store.check(band.cost);
	const { rows, columns } = bandSizes("rowMoments", band);
	const cost = store.asFloat64(band.cost);
	const result = store.zeros([rows, 2], "rowMoments");
	const out = store.target(result);
	for (let i = 0; i < rows; i++) {
		let sum = 0;
		for (let at = i * columns; at < (i + 1) * columns; at++) sum += cost[at];
		const mean = sum / columns;
		let squares = 0;
		for (let at = i * columns; at < (i + 1) * columns; at++) squares += (cost[at] - mean) ** 2;
		out[2 * i + ROW_MOMENT.mean] = mean;
		out[2 * i + ROW_MOMENT.squares] = squares;
	}
	return result;
}
function rowPotential(store, band, potentials, step, state) {
	store.check(band.cost, potentials.f, potentials.g, state);
	const { rowStart, rows, columns } = rowPotentialSizes(band, potentials, step, state);
	const { logMarginal, damping = 1, relaxation = 1 } = step;
	const { epsilon } = potentials;
	const f = store.target(potentials.f);
	const g = store.asFloat64(potentials.g);
	const cost = store.asFloat64(band.cost);
	for (let i = 0; i < rows; i++) {
		const at = i * columns;
		let most = -Infinity;
		for (let j = 0; j < columns; j++) most = Math.max(most, g[j] - cost[at + j]);
		let sum = 0;
		for (let j = 0; j < columns; j++) sum += Math.exp((g[j] - cost[at + j] - most) / epsilon);
		const met = damping * (epsilon * (logMarginal - Math.log(sum)) - most);
		f[rowStart + i] = moved(f[rowStart + i], met, relaxation);
	}
	columnLogSum(store, band, potentials, state);
}
function columnLogSum(store, band, potentials, state) {
	store.check(band.cost, potentials.f, potentials.g, state);
	const { rowStart, rows, columns } = columnLogSumSizes(band, potentials, state);
	const { epsilon } = potentials;
	const f = store.asFloat64(potentials.f);
	const cost = store.asFloat64(band.cost);
	const running = store.target(state);
	const most = running.subarray(0, columns);
	const sum = running.subarray(columns);
	if (rowStart === 0) {
		most.fill(-Infinity);
		sum.fill(0);
	}
	const before = most.slice();
	for (let i = 0; i < rows; i++) {
		const fi = f[rowStart + i];
		const at = i * columns;
		for (let j = 0; j < columns; j++) most[j] = Math.max(most[j], (fi - cost[at + j]) / epsilon);
	}
	for (let j = 0; j < columns; j++) sum[j] *= Math.exp(before[j] - most[j]);
	for (let i = 0; i < rows; i++) {
		const fi = f[rowStart + i];
		const at = i * columns;
		for (let j = 0; j < columns; j++) sum[j] += Math.exp((fi - cost[at + j]) / epsilon - most[j]);
	}
}
function columnPotential(store, state, potentials, step, update) {
	store.check(state, potentials.f, potentials.g);
	const { columns } = columnPotentialSizes(state, potentials, step);
	const { logMarginal, damping = 1, relaxation = 1 } = step;
	const { epsilon } = potentials;
	const running = store.asFloat64(state);
	const g = store.target(potentials.g);
	const marginal = Math.exp(logMarginal);
	let error = 0;
	for (let j = 0; j < columns; j++) {
		const logSum = running[j] + Math.log(running[columns + j]);
		error += Math.abs(Math.exp(g[j] / epsilon + logSum) - marginal);
		if (update) g[j] = moved(g[j], damping * epsilon * (logMarginal - logSum), relaxation);
	}
	const result = store.zeros([1], "columnPotential");
	store.target(result)[0] = error;
	return result;
}
function sinkhorn(store, band, potentials, state, iterations) {
	store.check(band.cost, potentials.f, potentials.g, state);
	sinkhornSizes(band, potentials, state, iterations);
	const { rows, columns, count, tolerance, history } = iterations;
	const errors = store.zeros([count + 1], "marginal errors");
	const out = store.target(errors).fill(-1);
	for (let done = 0; done <= count; done++) {
		const measured = columnPotential(store, state, potentials, columns, false);
		out[done] = store.target(measured)[0];
		store.free(measured);
		if (done > 0 && out[done] <= tolerance || done === count) break;
		const before = history ? store.target(potentials.g).slice() : void 0;
		store.free(columnPotential(store, state, potentials, columns, true));
		if (history && before) {
			const kept = {
				numbers: store.target(history),
				width: history.shape[1] ?? 0
			};
			mixColumns(store.target(potentials.g), before, kept, out[done]);
		}
		rowPotential(store, band, potentials, rows, state);
	}
	return errors;
}
function planRows(store, band, potentials, ground) {
	store.check(band.cost, potentials.f, potentials.g, ground);
	const { rowStart, rows, columns } = planRowsSizes(band, potentials, ground);
	const { epsilon } = potentials;
	const f = store.asFloat64(potentials.f);
	const g = store.asFloat64(potentials.g);
	const cost = store.asFloat64(band.cost);
	const groundCost = ground ? store.asFloat64(ground) : cost;
	const result = store.zeros([rows, 5], "planRows");
	const out = store.target(result);
	for (let i = 0; i < rows; i++) {
		const at = i * columns;
		let most = -Infinity;
		let argmax = 0;
		for (let j = 0; j < columns; j++) {
			const score = g[j] - cost[at + j];
			if (score > most) {
				most = score;
				argmax = j;
			}
		}
		let sum = 0;
		let entropySum = 0;
		let costSum = 0;
		for (let j = 0; j < columns; j++) {
			const log = (g[j] - cost[at + j] - most) / epsilon;
			const weight = Math.exp(log);
			sum += weight;
			if (weight > 0) entropySum += weight * log;
			costSum += weight * groundCost[at + j];
		}
		const peak = (f[rowStart + i] + most) / epsilon;
		const largest = Math.exp(peak);
		const measured = 5 * i;
		out[measured + PLAN_ROW.mass] = largest * sum;
		out[measured + PLAN_ROW.entropy] = Math.log(sum) - entropySum / sum;
		out[measured + PLAN_ROW.cost] = largest * costSum;
		out[measured + PLAN_ROW.argmax] = argmax;
		out[measured + PLAN_ROW.peak] = peak;
	}
	return result;
}
/** Rows of the plan that are computed at a time. */
var CHUNK = 64;
function applyPlan(store, band, potentials, x, axis, scale, into) {
	store.check(band.cost, potentials.f, potentials.g, x, into);
	const { rowStart, rows, columns, total, width } = applyPlanSizes(band, potentials, x, axis, scale, into);
	const { epsilon } = potentials;
	const f = store.asFloat64(potentials.f);
	const g = store.asFloat64(potentials.g);
	const cost = store.asFloat64(band.cost);
	const values = store.numbers(x);
	const out = store.target(into);
	const plan = new Float64Array(Math.min(CHUNK, rows) * columns);
	for (let first = 0; first < rows; first += CHUNK) {
		const depth = Math.min(CHUNK, rows - first);
		for (let i = 0; i < depth; i++) {
			const fi = f[rowStart + first + i];
			const at = (first + i) * columns;
			for (let j = 0; j < columns; j++) plan[i * columns + j] = Math.exp((fi + g[j] - cost[at + j]) / epsilon);
		}
		const transposed = {
			values: plan,
			start: 0,
			row: 1,
			column: columns
		};
		const from = rowStart + first;
		if (axis === 0) {
			const part = {
				values,
				start: from * width,
				row: 1,
				column: width
			};
			gemm(out, 0, width, transposed, part, columns, width, depth, scale);
		} else gemm(out, 0, columns, {
			values,
			start: from,
			row: total,
			column: 1
		}, transposed, width, columns, depth, scale);
	}
}
// src/backend/cpu/backend.ts
/**
* This folder is the reference backend: the operations in plain TypeScript with sums in float64, written to be correct and readable.
* It imports no other backend. Files listed in `operations` below export operations only, as in the other backends.
*/
var backend_exports = /* @__PURE__ */ __exportAll({ CpuBackend: () => CpuBackend });
var operations = {
	...matrix_exports,
	...distance_exports,
	...transport_exports,
	...picture_exports,
	...transformer_exports,
	...training_exports,
	...gradients_exports,
	...attention_gradient_exports
};
/**
* The operations in plain TypeScript. Results are stored and summed in float64 and rounded to float32 when read. It is the reference
* for the other backends, and the fallback without GPU and WebAssembly SIMD. Operations block this thread; `settle` lets it handle
* messages.
*/
var CpuBackend = class extends backendClass(operations) {
	info = {
		kind: "cpu",
		description: "plain TypeScript, float64 accumulation",
		software: false,
		maxTensorBytes: MAX_TENSOR_BYTES,
		limits: {},
		features: []
	};
	#yielder = new EventLoopYielder();
	constructor() {
		super(new Store());
	}
	async read(tensor) {
		const values = this.values(tensor);
		await this.#yielder.yieldIfDue();
		return values;
	}
	/** Like `read`, but synchronous. */
	values(tensor) {
		return this.store.read(tensor);
	}
	async settle() {
		this.store.check();
		await this.#yielder.yieldIfDue();
	}
};
export { GELU_SLOPE as a, GELU_CUBE as i, backend_exports as n, EventLoopYielder as o, moved as r, CpuBackend as t };

//# sourceMappingURL=backend-9ksOfKwU.mjs.map