import { t as __exportAll } from "./rolldown-runtime-D8jQpDG7.mjs";
import { A as rmsNormGradientSizes, B as swigluSizes, C as pairwiseDistanceSizes, E as attentionGradientSizes, F as attentionSizes, I as crossEntropySizes, L as rmsNormSizes, M as softCapGradientSizes, N as squaredNormsSizes, O as clipFactorSizes, P as swigluGradientSizes, R as ropeSizes, S as maxAbsDifferenceSizes, T as weightedSumSizes, V as backendClass, _ as uploadSizes, a as decode, b as gatherSizes, c as bandSizes, d as pictureSizes, f as planRowsSizes, g as newTensorSizes, h as copyRowsSizes, i as reluSizes, j as scatterAddSizes, k as crossEntropyGradientSizes, l as columnLogSumSizes, m as sinkhornSizes, n as normMatchedLossSizes, o as MemoryLedger, p as rowPotentialSizes, r as reluGradientSizes, s as applyPlanSizes, t as adamWFactors, u as columnPotentialSizes, v as writeSizes, w as unitRowsSizes, x as matmulSizes, y as extentSizes, z as softCapSizes } from "./training-DRMQzRt8.mjs";
import { a as BackendError, c as OutOfMemoryError, i as matrix, n as elements, o as DeviceLostError, s as NoAdapterError } from "./shape-DKf2iP5J.mjs";
import { n as timesSince } from "./kernel-ledger-BUMNXBWT.mjs";
// src/backend/webgpu/grid.ts
/** Arranges a number of workgroups as a grid whose sides every device allows. */
function workgroupGrid(groups) {
	const count = Math.ceil(groups);
	const x = Math.min(count, 32768);
	return [x, Math.ceil(count / x)];
}
// src/backend/webgpu/copy.ts
/** Copies by a kernel with vector loads, where `copyRows` leaves it to the device's own copy, which may be slower. */
function copy(runner, source, target) {
	const { rows, columns } = copyRowsSizes(source, target, 0);
	const count = Math.ceil(rows * columns / 4);
	runner.run("copy", {
		tensors: {
			source,
			out: target
		},
		params: { count },
		groups: workgroupGrid(count / 256),
		work: count
	});
}
// src/backend/webgpu/device.ts
/** Limits that are requested at the adapter's maximum; all others stay at their defaults. */
var WANTED = [
	"maxBufferSize",
	"maxStorageBufferBindingSize",
	"maxStorageBuffersPerShaderStage",
	"maxComputeWorkgroupStorageSize",
	"maxComputeWorkgroupsPerDimension",
	"maxComputeInvocationsPerWorkgroup",
	"maxComputeWorkgroupSizeX"
];
var OPTIONAL_FEATURES = [
	"timestamp-query",
	"subgroups",
	"shader-f16"
];
/**
* Creates a device. It requests a new adapter each time, because an adapter creates only one device.
* @throws NoAdapterError if there is no adapter.
*/
async function acquireDevice(gpu) {
	const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" }) ?? await gpu.requestAdapter();
	if (!adapter) throw new NoAdapterError("expected a WebGPU adapter, found none: update the browser or driver, or use the CPU backend");
	const limits = Object.fromEntries(WANTED.map((name) => [name, adapter.limits[name]]));
	const features = OPTIONAL_FEATURES.filter((name) => adapter.features.has(name));
	const device = await adapter.requestDevice({
		label: "interlayer",
		requiredLimits: limits,
		requiredFeatures: features
	});
	const { vendor, architecture, description, subgroupMinSize, subgroupMaxSize } = adapter.info;
	return {
		device,
		info: {
			kind: "webgpu",
			description: [
				vendor,
				architecture,
				description
			].filter((part) => part !== "").join(" · ") || "unnamed adapter",
			software: adapter.info.isFallbackAdapter === true,
			maxTensorBytes: Math.floor(Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize) / 16) * 16,
			limits: {
				...limits,
				...features.includes("subgroups") ? {
					subgroupMinSize,
					subgroupMaxSize
				} : {}
			},
			features: [...adapter.features, ...gpu.wgslLanguageFeatures ?? []].sort()
		}
	};
}
// src/backend/webgpu/row-forms.ts
/** Forms by growing width; a form serves rows of up to READS groups of four entries per lane. */
var FORMS = [
	{
		lanes: 32,
		rows: 8
	},
	{
		lanes: 256,
		rows: 1
	},
	{
		lanes: 1024,
		rows: 1
	}
];
var SOFTWARE$1 = {
	lanes: 4,
	rows: 1,
	subgroups: false
};
[...FORMS.flatMap((form) => form.rows > 1 ? [{
	...form,
	subgroups: false
}] : [false, true].map((subgroups) => ({
	...form,
	subgroups
})))];
/** True if subgroups have numbers: only with them can subgroups of any size and order combine their parts. */
var numbersSubgroups = ({ features }) => features.includes("subgroups") && features.includes("subgroup_id");
/** Returns the form for rows of `width` entries, or for a whole tensor that a few workgroups reduce. */
function rowForm(info, width, whole = false) {
	if (info.software) return SOFTWARE$1;
	const fitting = FORMS.filter(({ lanes, rows }) => lanes * rows <= (info.limits["maxComputeInvocationsPerWorkgroup"] ?? 256) && (rows === 1 || !whole));
	const form = fitting.find(({ lanes }) => width <= 16 * lanes) ?? fitting.at(-1) ?? SOFTWARE$1;
	return {
		...form,
		subgroups: numbersSubgroups(info) && form.rows === 1
	};
}
// src/backend/webgpu/reductions.ts
/** Values for the parameters of rows.wgsl and packed_entries.wgsl. */
function parameters(form, width, packed) {
	return {
		LANES: form.lanes,
		ROWS: form.rows,
		VECTOR: width % 4 === 0 ? 1 : 0,
		SUBGROUPS: form.subgroups ? 1 : 0,
		...packed ? { PACKED: packed.dtype === "f32" ? 0 : 1 } : {}
	};
}
/** Returns the arguments of a call that reduces each row of `[rows, width]`. `packed` is the kernel's operand that may be packed. */
function byRows(runner, rows, width, packed) {
	const form = runner.rowForm(width);
	return {
		parameters: parameters(form, width, packed),
		groups: workgroupGrid(rows / form.rows)
	};
}
/** Most workgroups that reduce parts of a tensor; a last workgroup then reduces their results. */
var PARTS = 1024;
var SOFTWARE_PARTS = 16;
/** Returns the arguments of a call that reduces parts of a tensor of `count` entries, and their number. */
function byParts(runner, count, parts) {
	const form = runner.rowForm(parts === 1 ? count : 1024, true);
	const values = parameters(form, count);
	const perGroup = form.lanes * 4 * (values["VECTOR"] ? 4 : 1);
	const most = runner.info.software ? SOFTWARE_PARTS : PARTS;
	return {
		parameters: values,
		groups: [parts ?? Math.min(most, Math.ceil(count / perGroup)), 1]
	};
}
// src/backend/webgpu/dtype.ts
/** `DTYPE` constants of decode.wgsl. */
var DTYPE_CODES = {
	f32: 0,
	bf16: 1,
	f16: 2,
	u32: 0
};
// src/backend/webgpu/products/numbers.ts
/** More values repeat the first of them, because large trials are only timed. */
var DIFFERENT = 2 ** 16 - 17;
/** Makes up `count` numbers between −1 and 1 that bf16 and f16 hold exactly; zeros where `kept` is false. */
function madeUp(count, dtype, seed, kept = () => true) {
	const values = new Float32Array(count);
	let state = seed;
	for (let i = 0; i < Math.min(count, DIFFERENT); i++) {
		state = Math.imul(state, 1664525) + 1013904223 | 0;
		if (kept(i)) values[i] = (state >> 24) / 128;
	}
	for (let filled = DIFFERENT; filled < count; filled *= 2) values.copyWithin(filled, 0, count - filled);
	if (dtype === "f32") return {
		values,
		bytes: bytesOf(values)
	};
	const pairs = new Uint16Array(2 * Math.ceil(count / 2));
	pairs.set(Uint16Array.from(values, packed(dtype)));
	return {
		values,
		bytes: bytesOf(pairs)
	};
}
var bytesOf = (values) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
/** Bits of numbers as `madeUp` makes them. */
function packed(dtype) {
	const single = /* @__PURE__ */ new Float32Array(1);
	const bits = new Uint32Array(single.buffer);
	return (value) => {
		single[0] = value;
		const word = bits[0] ?? 0;
		if (dtype === "bf16") return word >>> 16;
		if (value === 0) return 0;
		return word >>> 16 & 32768 | (word >>> 23 & 255) - 112 << 10 | word >>> 13 & 1023;
	};
}
// src/backend/webgpu/products/operands.ts
/** Params of operands.wgsl, and the number of summed entries. */
function operandParams({ parameters, rows, columns, inner }) {
	const [a_lines, a_length] = parameters["LEFT_ALONG"] ? [rows, inner] : [inner, rows];
	const [b_lines, b_length] = parameters["RIGHT_ALONG"] ? [columns, inner] : [inner, columns];
	return {
		inner,
		a_lines,
		a_length,
		b_lines,
		b_length
	};
}
/** Rounds up sizes so that what must be whole quads is. */
function wholeQuads({ parameters }, rows, columns, inner) {
	const { QUADS: quads, WIDE: wide, LEFT_ALONG: left, RIGHT_ALONG: right } = parameters;
	const whole = (size, must) => must ? Math.ceil(size / 4) * 4 : size;
	return {
		rows: whole(rows, quads === 1 && left === 0),
		columns: whole(columns, wide === 1 || quads === 1 && right === 0),
		inner: whole(inner, quads === 1 && (left === 1 || right === 1))
	};
}
/** Reads an operand of a trial by its row (column) of the result and summed entry. */
var entryOf = (values, length, along) => (line, k) => values[along ? line * length + k : k * length + line] ?? NaN;
// src/backend/webgpu/products/distance.ts
/** `METRIC` of pairwise_distance.wgsl. */
var METRICS = {
	euclidean: 0,
	squared: 1,
	cosine: 2
};
/** Describes distances of pairwise_distance.wgsl for the choice of their variant. */
function distanceProduct(sizes, aType, bType) {
	const { rows, columns, inner, metric } = sizes;
	const product = {
		kernel: "pairwise_distance",
		form: `${metric} ${aType}×${bType}`,
		parameters: {
			A_DTYPE: DTYPE_CODES[aType],
			B_DTYPE: DTYPE_CODES[bType],
			QUADS: inner % 4 === 0 ? 1 : 0,
			WIDE: columns % 4 === 0 ? 1 : 0,
			LEFT_ALONG: 1,
			RIGHT_ALONG: 1,
			DIFFERENCES: 1,
			METRIC: METRICS[metric],
			ZERO_ROWS: metric === "cosine" ? 1 : 0
		},
		rows,
		columns,
		inner,
		trial: (...size) => trial$2(product, metric, aType, bType, wholeQuads(product, ...size))
	};
	return product;
}
/** Distances of made-up rows. Row i of both matrices is equal, but some rows of either are zeros. */
function trial$2({ parameters }, metric, aType, bType, sizes) {
	const { rows, columns, inner } = sizes;
	const operands = operandParams({
		parameters,
		...sizes
	});
	const start = 3;
	const a = madeUp((rows + start) * inner, aType, 1, (i) => Math.floor(i / inner) % 7 !== 2);
	const b = madeUp(columns * inner, bType, 1, (i) => Math.floor(i / inner) % 11 !== 4);
	const leftAt = entryOf(a.values, inner, true);
	const rightAt = entryOf(b.values, inner, true);
	const factor = .5;
	return {
		rows,
		columns,
		data: {
			a: a.bytes,
			b: b.bytes,
			cost: bytesOf(new Float32Array(rows * columns))
		},
		out: "cost",
		params: {
			...operands,
			a_lines: rows + start,
			band_start: start,
			columns,
			factor
		},
		expected() {
			const values = new Float64Array(rows * columns);
			const errors = new Float64Array(rows * columns);
			for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) {
				let squares = 0;
				let [ofLeft, ofRight] = [0, 0];
				for (let k = 0; k < inner; k++) {
					const [x, y] = [leftAt(start + row, k), rightAt(column, k)];
					squares += (x - y) ** 2;
					ofLeft = Math.max(ofLeft, Math.abs(x));
					ofRight = Math.max(ofRight, Math.abs(y));
				}
				const angle = ofLeft === 0 !== (ofRight === 0) ? 1 : squares / 2;
				const distance = {
					euclidean: Math.sqrt(squares),
					squared: squares,
					cosine: angle
				}[metric];
				values[row * columns + column] = factor * distance;
				errors[row * columns + column] = 1e-5 * factor * distance;
			}
			return {
				values,
				errors
			};
		}
	};
}
// src/backend/webgpu/products/matmul.ts
/** Describes a product of matmul.wgsl for the choice of its variant. */
function matmulProduct(sizes, aType, bType) {
	const { orientation, rows, columns, inner, stride, columnOffset } = sizes;
	const leftAlong = orientation !== "tn";
	const rightAlong = orientation === "nt";
	const inQuads = (leftAlong ? inner : rows) % 4 === 0 && (rightAlong ? inner : columns) % 4 === 0;
	const wide = columns % 4 === 0 && stride % 4 === 0 && columnOffset % 4 === 0;
	const product = {
		kernel: "matmul",
		form: `${orientation} ${aType}×${bType}`,
		parameters: {
			A_DTYPE: DTYPE_CODES[aType],
			B_DTYPE: DTYPE_CODES[bType],
			QUADS: inQuads ? 1 : 0,
			WIDE: wide ? 1 : 0,
			LEFT_ALONG: leftAlong ? 1 : 0,
			RIGHT_ALONG: rightAlong ? 1 : 0
		},
		rows,
		columns,
		inner,
		trial: (...size) => trial$1(product, aType, bType, wholeQuads(product, ...size))
	};
	return product;
}
/** Adds a bias to a product and both to what is there, in columns of a wider matrix. */
function trial$1({ parameters }, aType, bType, sizes) {
	const { rows, columns, inner } = sizes;
	const offset = parameters["WIDE"] ? 4 : 1;
	const stride = columns + 2 * offset;
	const a = madeUp(rows * inner, aType, 1);
	const b = madeUp(inner * columns, bType, 2);
	const bias = madeUp(columns, "f32", 3);
	const before = madeUp(rows * stride, "f32", 4);
	const operands = operandParams({
		parameters,
		...sizes
	});
	const leftAt = entryOf(a.values, operands.a_length, parameters["LEFT_ALONG"] === 1);
	const rightAt = entryOf(b.values, operands.b_length, parameters["RIGHT_ALONG"] === 1);
	return {
		rows,
		columns,
		data: {
			a: a.bytes,
			b: b.bytes,
			bias: bias.bytes,
			out: bytesOf(before.values.slice())
		},
		out: "out",
		params: {
			...operands,
			out_stride: stride,
			out_offset: offset,
			has_bias: 1,
			bias_dtype: DTYPE_CODES.f32,
			accumulate: 1
		},
		expected() {
			const values = Float64Array.from(before.values);
			const errors = new Float64Array(values.length);
			for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) {
				const at = row * stride + offset + column;
				let sum = 0;
				let size = 2;
				for (let k = 0; k < inner; k++) {
					const term = leftAt(row, k) * rightAt(column, k);
					sum += term;
					size += Math.abs(term);
				}
				values[at] = (values[at] ?? NaN) + (bias.values[column] ?? NaN) + sum;
				errors[at] = 4e-6 * size;
			}
			return {
				values,
				errors
			};
		}
	};
}
// src/backend/webgpu/matrix.ts
var matrix_exports = /* @__PURE__ */ __exportAll({
	copyRows: () => copyRows,
	gather: () => gather,
	matmul: () => matmul,
	pairwiseDistance: () => pairwiseDistance,
	unitRows: () => unitRows,
	weightedSum: () => weightedSum
});
function copyRows(runner, source, target, rowOffset) {
	const { rows, columns } = copyRowsSizes(source, target, rowOffset);
	const bytes = 4 * columns;
	runner.copy(source, 0, target, rowOffset * bytes, rows * bytes);
}
function matmul(runner, a, b, options = {}) {
	const sizes = matmulSizes(a, b, options);
	const { rows, columns, inner, stride, columnOffset, accumulate } = sizes;
	const { bias } = options;
	const out = options.into ?? runner.empty([rows, columns], "product");
	const product = matmulProduct(sizes, a.dtype, b.dtype);
	runner.runProduct({
		product,
		tensors: {
			a,
			b,
			bias: bias ?? b,
			out
		},
		params: {
			...operandParams(product),
			out_stride: stride,
			out_offset: columnOffset,
			has_bias: bias ? 1 : 0,
			bias_dtype: DTYPE_CODES[bias?.dtype ?? "f32"],
			accumulate: accumulate ? 1 : 0
		},
		work: inner
	});
	return out;
}
function weightedSum(runner, x, alpha, y, beta = 1) {
	const { count } = weightedSumSizes(x, alpha, y, beta);
	const out = runner.empty(x.shape, "weighted sum");
	runner.run("weighted_sum", {
		tensors: {
			x,
			y: y ?? x,
			out
		},
		packed: ["x", "y"],
		params: {
			count,
			has_y: y ? 1 : 0,
			alpha,
			beta: y ? beta : 0
		},
		groups: workgroupGrid(count / 256),
		work: count
	});
	return out;
}
function gather(runner, x, index, options = {}) {
	const sizes = gatherSizes(x, index, options);
	const out = options.into ?? runner.zeros(sizes.shape, "gathered");
	const rows = sizes.axis === 0 ? sizes.count : sizes.rows;
	const columns = sizes.axis === 0 ? sizes.columns : sizes.count;
	runner.run("gather", {
		tensors: {
			x,
			index,
			out
		},
		packed: ["x"],
		params: {
			rows,
			columns,
			x_rows: sizes.rows,
			x_columns: sizes.columns,
			axis: sizes.axis,
			offset: sizes.offset
		},
		groups: workgroupGrid(rows * columns / 256),
		work: rows * columns
	});
	return out;
}
function unitRows(runner, x) {
	const { rows, width } = unitRowsSizes(x);
	const out = runner.empty(x.shape, "unit rows");
	runner.run("unit_rows", {
		...byRows(runner, rows, width, x),
		tensors: {
			x,
			out
		},
		packed: ["x"],
		params: {
			rows,
			width
		},
		work: rows * width
	});
	return out;
}
function pairwiseDistance(runner, a, b, rowStart, rows, into, options) {
	const sizes = pairwiseDistanceSizes(a, b, rowStart, rows, into, options);
	const { columns, inner, factor } = sizes;
	const cost = into ?? runner.empty([rows, columns], "cost");
	const product = distanceProduct(sizes, a.dtype, b.dtype);
	runner.runProduct({
		product,
		tensors: {
			a,
			b,
			cost
		},
		params: {
			...operandParams(product),
			a_lines: matrix(a)[0],
			band_start: rowStart,
			columns,
			factor
		},
		work: 2 * inner
	});
	return cost;
}
// src/backend/webgpu/with-f32.ts
/** Calls `work` with the tensors as f32. Packed tensors are replaced by temporary unpacked copies. */
function withF32(runner, tensors, work) {
	const copies = [];
	const result = work(tensors.map((tensor) => {
		if (tensor.dtype === "f32") return tensor;
		const copy = weightedSum(runner, tensor, 1);
		copies.push(copy);
		return copy;
	}));
	runner.free(...copies);
	return result;
}
// src/backend/webgpu/extent.ts
var extent_exports = /* @__PURE__ */ __exportAll({
	extent: () => extent,
	maxAbsDifference: () => maxAbsDifference
});
function extent(runner, x) {
	const { count } = extentSizes(x);
	return withF32(runner, [x], ([values]) => {
		const parts = byParts(runner, count);
		const [groups] = parts.groups;
		const partial = runner.empty([groups, 2], "extents");
		runner.run("extent", {
			...parts,
			tensors: {
				x: values,
				out: partial
			},
			params: { count },
			work: count
		});
		const rest = byParts(runner, groups, 1);
		const out = runner.empty([2], "extent");
		runner.run("extent", {
			tensors: {
				x: partial,
				out
			},
			parameters: {
				...rest.parameters,
				VECTOR: 0,
				PAIRS: 1
			},
			params: { count: groups },
			groups: [1, 1],
			work: groups
		});
		runner.free(partial);
		return out;
	});
}
function maxAbsDifference(runner, x, y) {
	const { count } = maxAbsDifferenceSizes(x, y);
	return withF32(runner, [x, y], ([first, second]) => {
		const difference = runner.empty([count], "absolute difference");
		runner.run("absolute_difference", {
			tensors: {
				x: first,
				y: second,
				out: difference
			},
			params: { count },
			groups: workgroupGrid(count / 256),
			work: count
		});
		const range = extent(runner, difference);
		const largest = runner.empty([1], "largest difference");
		runner.copy(range, 4, largest, 0, 4);
		runner.free(difference, range);
		return largest;
	});
}
// src/backend/webgpu/attention-forms.ts
/**
* By growing head. Lanes times depth times four are the entries of a head. Wide heads take four rows a thread instead of eight,
* because the key gradient keeps two sums for each row and dimension in registers.
*/
var ATTENTION_FORMS = [
	{
		headDim: 32,
		parameters: {
			LANES: 8,
			SPANS: 8,
			QUADS: 2,
			DEPTH: 1
		}
	},
	{
		headDim: 64,
		parameters: {
			LANES: 16,
			SPANS: 8,
			QUADS: 2,
			DEPTH: 1
		}
	},
	{
		headDim: 128,
		parameters: {
			LANES: 16,
			SPANS: 16,
			QUADS: 1,
			DEPTH: 2
		}
	},
	{
		headDim: 256,
		parameters: {
			LANES: 16,
			SPANS: 16,
			QUADS: 1,
			DEPTH: 4
		}
	}
];
/** Workgroup memory of the largest form, in bytes: two arrays of vec4f. */
var BYTES = 25856;
/** Below this number of queries, most rows of a tile would be empty. */
var FEW_QUERIES = 16;
/** Returns the form for heads of this dimension, or undefined where kernels without tiles are faster or must do. */
function attentionForm({ software, limits }, headDim, queries) {
	const memory = limits["maxComputeWorkgroupStorageSize"] ?? 0;
	if (software || queries < FEW_QUERIES || memory < BYTES) return void 0;
	return ATTENTION_FORMS.find((form) => headDim <= form.headDim);
}
/** Returns parameters and params of the attention kernels for a limited span and a soft cap; none where there is neither. */
function attentionOptions({ keys, span, cap }) {
	return {
		parameters: {
			...span < keys ? { SPAN: 1 } : {},
			...cap > 0 ? { CAP: 1 } : {}
		},
		params: {
			...span < keys ? { span } : {},
			...cap > 0 ? { cap } : {}
		}
	};
}
/** Returns the name of a kernel's file, its parameters, and the rows that a workgroup computes. */
function attentionKernel(name, form) {
	if (!form) return {
		name,
		parameters: {},
		rows: 8
	};
	const { SPANS = 0, QUADS = 0 } = form.parameters;
	return {
		name: `${name}_tiled`,
		parameters: form.parameters,
		rows: 4 * SPANS * QUADS
	};
}
// src/backend/webgpu/column-form.ts
/** For software adapters, then for others, whose memory many threads keep busy. */
var COLUMN_FORMS = [{
	columns: 16,
	lanes: 1,
	threads: 1
}, {
	columns: 8,
	lanes: 32,
	threads: 2 ** 17
}];
/** Splits `[rows, width]` by a form: the kernel's parameters, the workgroups side by side, and the rows of a part. */
function splitColumns({ columns, lanes, threads }, rows, width) {
	const vector = width % 4 === 0;
	const strips = Math.ceil(width / (columns * (vector ? 4 : 1)));
	const most = Math.max(1, Math.floor(rows / (4 * lanes)));
	const parts = Math.min(most, Math.ceil(threads / (strips * columns * lanes)));
	return {
		parameters: {
			COLUMNS: columns,
			LANES: lanes,
			VECTOR: vector ? 1 : 0
		},
		strips,
		height: Math.ceil(rows / parts)
	};
}
// src/backend/webgpu/soft-capped.ts
/** Runs soft_cap.wgsl: forward on `x`, or backward on the derivative `x` by the result `y`. */
function softCapped(runner, x, y, { count, cap, backward }) {
	return withF32(runner, [x, y], ([values, capped]) => {
		const out = runner.empty(x.shape, "capped");
		runner.run("soft_cap", {
			tensors: {
				x: values,
				y: capped,
				out
			},
			constants: { BACKWARD: backward ? 1 : 0 },
			params: {
				count,
				cap
			},
			groups: workgroupGrid(count / 256),
			work: count * 10
		});
		return out;
	});
}
// src/backend/webgpu/tensor-groups.ts
/** Most tensors in one dispatch. More would make kernels long, and their numbers must have one digit. */
var MAX_TENSORS = 8;
/** Number of storage buffers that a kernel may bind. */
var storageBuffers = ({ info }) => info.limits["maxStorageBuffersPerShaderStage"] ?? 8;
/** Calls `visit` with groups of at most `most` items, and with the index of the first of each. */
function forEachGroup(items, most, visit) {
	const size = Math.min(MAX_TENSORS, most);
	for (let first = 0; first < items.length; first += size) visit(items.slice(first, first + size), first);
}
/** Names items as the kernels that repeat a line for each tensor do: `name_0`, `name_1`, … */
var numbered = (name, items) => Object.fromEntries(items.map((item, i) => [`${name}_${i}`, item]));
// src/backend/webgpu/gradients.ts
var gradients_exports = /* @__PURE__ */ __exportAll({
	attentionGradient: () => attentionGradient,
	clipFactor: () => clipFactor,
	crossEntropyGradient: () => crossEntropyGradient,
	rmsNormGradient: () => rmsNormGradient,
	scatterAdd: () => scatterAdd,
	softCapGradient: () => softCapGradient,
	squaredNorms: () => squaredNorms,
	swigluGradient: () => swigluGradient
});
function rmsNormGradient(runner, x, gain, upstream, eps, gainGradient, offset = 0) {
	const { rows, columns } = rmsNormGradientSizes(x, gain, upstream, eps, gainGradient);
	return withF32(runner, [x, upstream], ([values, slopes]) => {
		const out = runner.empty(x.shape, "normalised gradient");
		const inverse = runner.empty([rows], "inverse root mean squares");
		const form = byRows(runner, rows, columns, gain);
		runner.run("rms_norm_gradient", {
			...form,
			parameters: {
				...form.parameters,
				OFFSET: offset
			},
			tensors: {
				x: values,
				gain,
				upstream: slopes,
				out,
				inverse
			},
			packed: ["gain"],
			params: {
				rows,
				width: columns,
				eps
			},
			work: 4 * rows * columns
		});
		const size = {
			rows,
			width: columns
		};
		if (gainGradient) addGainGradient(runner, {
			x: values,
			upstream: slopes,
			inverse
		}, size, gainGradient);
		runner.free(inverse);
		return out;
	});
}
/** Adds Σ_t u[t, i] · x[t, i] · inverse[t] to `out`. */
function addGainGradient(runner, { x, upstream, inverse }, { rows, width }, out) {
	const { parameters, strips, height: part } = splitColumns(runner.columnForm, rows, width);
	const parts = Math.ceil(rows / part);
	const add = (from, count, height, into, constants) => {
		runner.run("rms_norm_gain_gradient", {
			tensors: {
				x: from,
				upstream,
				inverse,
				out: into
			},
			parameters,
			constants,
			params: {
				rows: count,
				width,
				height
			},
			groups: [strips, Math.ceil(count / height)],
			work: 2 * count * width
		});
	};
	if (parts === 1) {
		add(x, rows, rows, out, {});
		return;
	}
	const sums = runner.empty([parts, width], "sums of parts");
	add(x, rows, part, sums, { ADDED: 0 });
	add(sums, parts, parts, out, { SUMS: 1 });
	runner.free(sums);
}
function attentionGradient(runner, pass, shape) {
	const sizes = attentionGradientSizes(pass, shape);
	const { queries, windows, scale } = sizes;
	const { heads, kvHeads, headDim } = shape;
	const options = attentionOptions(sizes);
	const params = {
		queries,
		heads,
		kv_heads: kvHeads,
		groups: headDim / 4,
		scale,
		...options.params
	};
	const work = windows * queries * queries * heads * headDim;
	const form = runner.attentionForm(headDim, queries);
	const ofQuery = attentionKernel("attention_query_gradient", form);
	const ofKey = attentionKernel("attention_key_gradient", form);
	return withF32(runner, [
		pass.q,
		pass.k,
		pass.v,
		pass.out,
		pass.upstream
	], ([q, k, v, attended, upstream]) => {
		const rows = runner.empty([
			windows * queries,
			heads,
			2
		], "attention rows");
		const gradients = {
			q: runner.empty(q.shape, "query gradient"),
			k: runner.empty(k.shape, "key gradient"),
			v: runner.empty(v.shape, "value gradient")
		};
		runner.run(ofQuery.name, {
			parameters: {
				...ofQuery.parameters,
				...options.parameters
			},
			tensors: {
				q,
				k,
				v,
				attended,
				upstream,
				out: gradients.q,
				rows
			},
			params,
			groups: [Math.ceil(queries / ofQuery.rows), heads * windows],
			work: 2 * work
		});
		runner.run(ofKey.name, {
			parameters: {
				...ofKey.parameters,
				...options.parameters
			},
			tensors: {
				q,
				k,
				v,
				upstream,
				rows,
				key_out: gradients.k,
				value_out: gradients.v
			},
			params,
			groups: [Math.ceil(queries / ofKey.rows), kvHeads * windows],
			work: 2 * work
		});
		runner.free(rows);
		return gradients;
	});
}
function swigluGradient(runner, gate, up, upstream, activation = "silu") {
	const { count } = swigluGradientSizes(gate, up, upstream);
	return withF32(runner, [
		gate,
		up,
		upstream
	], ([gates, ups, slopes]) => {
		const gradients = {
			gate: runner.empty(gate.shape, "gate gradient"),
			up: runner.empty(up.shape, "up gradient")
		};
		runner.run("swiglu_gradient", {
			parameters: { GELU: activation === "gelu" ? 1 : 0 },
			tensors: {
				gate: gates,
				up: ups,
				upstream: slopes,
				gate_slope: gradients.gate,
				up_slope: gradients.up
			},
			params: { count },
			groups: workgroupGrid(count / 256),
			work: count * 10
		});
		return gradients;
	});
}
function softCapGradient(runner, capped, upstream, cap) {
	const { count } = softCapGradientSizes(capped, upstream, cap);
	return softCapped(runner, upstream, capped, {
		count,
		cap,
		backward: true
	});
}
function crossEntropyGradient(runner, logits, targets, weights) {
	const { rows, columns } = crossEntropyGradientSizes(logits, targets, weights);
	runner.run("cross_entropy_gradient", {
		...byRows(runner, rows, columns),
		tensors: {
			targets,
			weights,
			logits
		},
		params: {
			rows,
			vocabulary: columns
		},
		work: 2 * rows * columns * 10
	});
}
function scatterAdd(runner, rows, index, into, offset = 0) {
	const { count, columns, intoRows } = scatterAddSizes(rows, index, into, offset);
	withF32(runner, [rows], ([x]) => {
		runner.run("scatter_add", {
			tensors: {
				x,
				index,
				out: into
			},
			params: {
				count,
				columns,
				out_rows: intoRows,
				offset
			},
			groups: [Math.ceil(columns / 64), 1],
			work: count * columns
		});
	});
}
function squaredNorms(runner, tensors) {
	const { counts } = squaredNormsSizes(tensors);
	return withF32(runner, tensors, (values) => {
		const groups = Math.min(256, Math.ceil(Math.max(...counts) / 1024));
		const partial = runner.empty([tensors.length, groups], "sums of squares");
		forEachGroup(values, storageBuffers(runner) - 1, (group, row) => {
			const sizes = counts.slice(row, row + group.length);
			runner.run("squared_norms", {
				tensors: {
					out: partial,
					...numbered("x", group)
				},
				params: {
					row,
					...numbered("count", sizes)
				},
				parameters: { TENSORS: group.length },
				groups: [groups, 1],
				work: sizes.reduce((sum, size) => sum + size, 0)
			});
		});
		const out = runner.empty([tensors.length], "squared norms");
		runner.run("partial_sums", {
			tensors: {
				x: partial,
				out
			},
			params: { width: groups },
			groups: [tensors.length, 1],
			work: tensors.length * groups
		});
		runner.free(partial);
		return out;
	});
}
function clipFactor(runner, squares, most) {
	const { count } = clipFactorSizes(squares, most);
	const out = runner.empty([1], "clip factor");
	runner.run("clip_factor", {
		tensors: {
			squares,
			out
		},
		params: {
			count,
			most
		},
		groups: [1, 1],
		work: count
	});
	return out;
}
// src/backend/webgpu/buffer-pool.ts
/** A tensor in a GPU buffer. `buffer` is undefined once freed. */
var GpuTensor = class {
	shape;
	dtype;
	label;
	bytes;
	buffer;
	kind = "other";
	owner;
	constructor(shape, dtype, label, bytes, buffer, owner) {
		this.shape = shape;
		this.dtype = dtype;
		this.label = label;
		this.bytes = bytes;
		this.buffer = buffer;
		this.owner = owner;
	}
};
var MAX_POOLED_BYTES = 64 * 2 ** 20;
var MAX_PER_SIZE = 256;
var POOL_LIMIT_BYTES = 256 * 2 ** 20;
/** Creates, counts, reuses and destroys the storage buffers of one device. */
var BufferPool = class {
	#device;
	#fail;
	#pool = /* @__PURE__ */ new Map();
	#live = /* @__PURE__ */ new Set();
	#ledger = new MemoryLedger();
	#tensors = 0;
	#pooled = 0;
	/** @param fail called if the device refuses an allocation; the next `check` of the queue throws the error. */
	constructor(device, fail) {
		this.#device = device;
		this.#fail = fail;
	}
	get memory() {
		const { bytes, peakBytes, byKind, peakByKind } = this.#ledger;
		return {
			bytes,
			peakBytes,
			tensors: this.#tensors,
			pooledBytes: this.#pooled,
			byKind,
			peakByKind
		};
	}
	/** Creates a tensor with undefined contents (those of a pooled buffer). */
	make(shape, dtype, bytes, label) {
		const buffer = this.#acquire(storageSize(bytes), label);
		this.#tensors++;
		const tensor = new GpuTensor(shape, dtype, label, bytes, buffer, this);
		this.#ledger.add(tensor.kind, bytes);
		return tensor;
	}
	countAs(kind, tensor) {
		this.of(tensor);
		const own = tensor;
		this.#ledger.move(own.bytes, own.kind, kind);
		own.kind = kind;
		return tensor;
	}
	/** Marks the tensor as freed and returns its buffer, which commands in the queue may still use. */
	free(tensor) {
		const buffer = this.of(tensor);
		const own = tensor;
		own.buffer = void 0;
		this.#ledger.add(own.kind, -own.bytes);
		this.#tensors--;
		return buffer;
	}
	/** Pools or destroys a buffer that no unsubmitted command uses. */
	recycle(buffer) {
		const free = this.#pool.get(buffer.size) ?? [];
		if (!(buffer.size <= MAX_POOLED_BYTES && free.length < MAX_PER_SIZE && this.#pooled + buffer.size <= POOL_LIMIT_BYTES)) {
			this.#live.delete(buffer);
			buffer.destroy();
			return;
		}
		this.#pooled += buffer.size;
		free.push(buffer);
		this.#pool.set(buffer.size, free);
	}
	/** Returns the buffer of a tensor. @throws BackendError if the tensor was freed or belongs to another backend. */
	of(tensor) {
		if (!(tensor instanceof GpuTensor) || tensor.owner !== this) throw new BackendError(`${tensor.label} belongs to another backend: upload it here first`);
		if (!tensor.buffer) throw new BackendError(`${tensor.label} was used after it was freed`);
		return tensor.buffer;
	}
	destroy() {
		for (const buffer of this.#live) buffer.destroy();
		this.#live.clear();
		this.#pool.clear();
		this.#pooled = 0;
	}
	#acquire(size, label) {
		const pooled = this.#pool.get(size)?.pop();
		if (pooled) {
			this.#pooled -= size;
			pooled.label = label;
			return pooled;
		}
		this.#device.pushErrorScope("out-of-memory");
		const buffer = this.#device.createBuffer({
			label,
			size,
			usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST
		});
		this.#device.popErrorScope().then((error) => {
			if (error) this.#fail(new OutOfMemoryError(`the GPU has no room for ${label} (${size} bytes, ${this.#ledger.bytes} in use): close other tabs, or choose a smaller model`));
		}, () => {});
		this.#live.add(buffer);
		return buffer;
	}
};
/** Rounds up to a multiple of 16. Copies and bindings need multiples of 4; 16 gives fewer different sizes in the pool. */
var storageSize = (bytes) => Math.max(16, Math.ceil(bytes / 16) * 16);
// shaders/absolute_difference.wgsl?raw&bare
var absolute_difference_default = "// Elementwise distance of two tensors. Its maximum (extent.wgsl) shows whether two models give the same results.\n//\n//   out[i] = |x[i] − y[i]|\n\nstruct Params {\n  count: u32,\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> x: array<f32>;\n@group(0) @binding(2) var<storage, read> y: array<f32>;\n@group(0) @binding(3) var<storage, read_write> out: array<f32>;\n\n@compute @workgroup_size(256)\nfn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {\n  let i = id.y * groups.x * 256u + id.x;\n  if (i < params.count) {\n    out[i] = abs(x[i] - y[i]);\n  }\n}\n";
// shaders/adamw.wgsl?raw&bare
var adamw_default = "// One step of AdamW (Loshchilov and Hutter 2019) on several tensors, in place. A thread updates one entry of each. Factors that are\n// the same for all entries are parameters.\n//\n//   m ← β₁·m + (1 − β₁)·g,   v ← β₂·v + (1 − β₂)·g²\n//   p ← (1 − η·w)·p − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + eps)\n\n// Number of tensors; each has its gradient, its values, and its moments m and v one after the other.\n// @parameter TENSORS 1\n// 1 if the factor on the gradient is in a buffer.\n// @parameter CLIPPED 0\n\nstruct Params {\n  // 1 − η·w\n  decay: f32,\n  beta1: f32,\n  beta1_rest: f32,\n  beta2: f32,\n  beta2_rest: f32,\n  // η/(1 − β₁ᵗ)\n  step_size: f32,\n  // 1/√(1 − β₂ᵗ)\n  root_scale: f32,\n  eps: f32,\n  // For gradient clipping.\n  gradient_factor: f32,\n  // @each t TENSORS\n  count_{t}: u32,\n  // @end\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n// @if CLIPPED\n@group(0) @binding(1) var<storage, read> clip: array<f32>;\n// @end\n// @each t TENSORS\n@group(0) @binding(1{t}) var<storage, read> gradient_{t}: array<f32>;\n@group(0) @binding(2{t}) var<storage, read_write> value_{t}: array<f32>;\n@group(0) @binding(3{t}) var<storage, read_write> moments_{t}: array<f32>;\n// @end\n\nstruct Entry {\n  value: f32,\n  first: f32,\n  second: f32,\n}\n\nfn stepped(before: Entry, g: f32) -> Entry {\n  let m = params.beta1 * before.first + params.beta1_rest * g;\n  let v = params.beta2 * before.second + params.beta2_rest * g * g;\n  let p = params.decay * before.value - params.step_size * m / (sqrt(v) * params.root_scale + params.eps);\n  return Entry(p, m, v);\n}\n\n@compute @workgroup_size(256)\nfn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {\n  let i = id.y * groups.x * 256u + id.x;\n  // @if CLIPPED\n  let factor = clip[0];\n  // @else\n  let factor = params.gradient_factor;\n  // @end\n  // @each t TENSORS\n  if (i < params.count_{t}) {\n    let j = i + params.count_{t};\n    let after = stepped(Entry(value_{t}[i], moments_{t}[i], moments_{t}[j]), gradient_{t}[i] * factor);\n    value_{t}[i] = after.value;\n    moments_{t}[i] = after.first;\n    moments_{t}[j] = after.second;\n  }\n  // @end\n}\n";
// shaders/anderson.wgsl?raw&bare
var anderson_default = "// Anderson mixing of Sinkhorn's column half-steps (Anderson 1965; type II of Walker & Ni 2011, SIAM J. Numer. Anal. 49).\n//\n//   r_j = ε·(log b − log Σ_i T_ij)                     residual of g: the half-step would lead to g + r\n//   γ = argmin ‖r − Σ_q γ_q Δr_q‖                      over the last steps Δx_q and changes Δr_q of the residual\n//   next = g + r − Σ_q γ_q (Δx_q + Δr_q)\n//\n// If a mixed step let the marginal error grow by a factor, `next` is where the step before would have led unmixed, and the history\n// starts again. It runs after sinkhorn_columns.wgsl. One workgroup is enough, because there are few columns compared with entries.\n// The same steps in TypeScript: src/backend/anderson.ts.\n// @use sinkhorn_record.wgsl\n// @use rows.wgsl\n// @parameter LANES 256\n// @parameter ROWS 1\n\nstruct Params {\n  columns: u32,\n  /// Entries in a row of the history.\n  width: u32,\n  /// Number of `errors`.\n  parts: u32,\n  /// 1 before the first iteration of a sequence.\n  first: u32,\n  epsilon: f32,\n  log_marginal: f32,\n  tolerance: f32,\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> state: array<f32>;\n@group(0) @binding(2) var<storage, read> g: array<f32>;\n@group(0) @binding(3) var<storage, read> errors: array<f32>;\n/// Rows: header (state, steps stored, error, whether the last step was mixed), residual, step, DEPTH steps, DEPTH changes.\n@group(0) @binding(4) var<storage, read_write> history: array<f32>;\n@group(0) @binding(5) var<storage, read_write> next: array<f32>;\n@group(0) @binding(6) var<storage, read_write> record: array<f32>;\n\nconst DEPTH = 5u;\nconst FRESH = 0.0;\nconst STARTED = 1.0;\nconst FOLLOWING = 2.0;\nconst GROWTH = 2.0;\n// Makes the normal equations, scaled to a diagonal of 1, solvable in float32.\nconst RIDGE = 1e-6;\n\nvar<workgroup> taken_back: u32;\nvar<workgroup> header: vec4f;\nvar<workgroup> products: array<array<f32, DEPTH>, DEPTH>;\nvar<workgroup> right: array<f32, DEPTH>;\nvar<workgroup> factors: array<f32, DEPTH>;\n\nalias Value = vec4f;\n\nfn residual(j: u32) -> f32 {\n  let log_sum = g[j] / params.epsilon + state[j] + log(state[params.columns + j]);\n  return params.epsilon * (params.log_marginal - log_sum);\n}\n\nfn step_row(q: u32) -> u32 {\n  return (3u + q) * params.width;\n}\n\nfn change_row(q: u32) -> u32 {\n  return (3u + DEPTH + q) * params.width;\n}\n\n/// Solves the scaled normal equations by Cholesky's factors.\nfn solve(count: u32) {\n  var scale: array<f32, DEPTH>;\n  var lower: array<array<f32, DEPTH>, DEPTH>;\n  for (var a = 0u; a < count; a++) {\n    let square = products[a][a];\n    scale[a] = select(1.0, inverseSqrt(square), square > 0.0);\n  }\n  for (var a = 0u; a < count; a++) {\n    for (var b = 0u; b <= a; b++) {\n      var entry = products[a][b] * scale[a] * scale[b] + select(0.0, RIDGE, a == b);\n      for (var q = 0u; q < b; q++) {\n        entry -= lower[a][q] * lower[b][q];\n      }\n      lower[a][b] = select(entry / lower[b][b], sqrt(max(entry, RIDGE)), a == b);\n    }\n    factors[a] = right[a] * scale[a];\n    for (var q = 0u; q < a; q++) {\n      factors[a] -= lower[a][q] * factors[q];\n    }\n    factors[a] /= lower[a][a];\n  }\n  for (var k = count; k > 0u; k--) {\n    let a = k - 1u;\n    for (var q = k; q < count; q++) {\n      factors[a] -= lower[q][a] * factors[q];\n    }\n    factors[a] /= lower[a][a];\n  }\n  for (var a = 0u; a < count; a++) {\n    factors[a] *= scale[a];\n  }\n}\n\n@compute @workgroup_size(THREADS)\nfn main(place: Place) {\n  let thread = place.thread;\n  if (thread == 0u) {\n    let k = u32(record[1]);\n    ended = u32(params.first == 0u && k > 0u && record[k + 2u] <= params.tolerance);\n    header = vec4f(history[0], history[1], history[2], history[3]);\n  }\n  if (workgroupUniformLoad(&ended) != 0u) {\n    return;\n  }\n  let before = workgroupUniformLoad(&header);\n  if (before.x == FRESH) {\n    // f is not yet a function of g.\n    if (thread == 0u) {\n      history[0] = STARTED;\n    }\n    return;\n  }\n  var own_error = 0.0;\n  for (var i = thread; i < params.parts; i += THREADS) {\n    own_error += errors[i];\n  }\n  let error = row_sum(vec4f(own_error), place).x;\n  if (thread == 0u) {\n    taken_back = u32(before.w == 1.0 && !(error <= GROWTH * before.z));\n  }\n  let residual_row = params.width;\n  let taken_row = 2u * params.width;\n  if (workgroupUniformLoad(&taken_back) != 0u) {\n    for (var j = thread; j < params.columns; j += THREADS) {\n      next[j] = g[j] + (history[residual_row + j] - history[taken_row + j]);\n    }\n    if (thread == 0u) {\n      history[0] = STARTED;\n      history[1] = 0.0;\n      history[3] = 0.0;\n    }\n    return;\n  }\n  let slot = u32(before.y) % DEPTH;\n  let stored = u32(before.y) + u32(before.x == FOLLOWING);\n  let count = min(stored, DEPTH);\n// @each a 5\n  var low_{a} = vec4f();\n  var high_{a} = vec2f();\n// @end\n  for (var j = thread; j < params.columns; j += THREADS) {\n    let r = residual(j);\n    if (before.x == FOLLOWING) {\n      history[step_row(slot) + j] = history[taken_row + j];\n      history[change_row(slot) + j] = r - history[residual_row + j];\n    }\n// @each a 5\n    let change_{a} = select(0.0, history[change_row({a}u) + j], {a}u < count);\n// @end\n// @each a 5\n    low_{a} += change_{a} * vec4f(change_0, change_1, change_2, change_3);\n    high_{a} += change_{a} * vec2f(change_4, r);\n// @end\n  }\n// @each a 5\n  let sum_low_{a} = row_sum(low_{a}, place);\n  let sum_high_{a} = row_sum(vec4f(high_{a}, 0.0, 0.0), place);\n// @end\n  if (thread == 0u) {\n// @each a 5\n    products[{a}] = array<f32, DEPTH>(sum_low_{a}.x, sum_low_{a}.y, sum_low_{a}.z, sum_low_{a}.w, sum_high_{a}.x);\n    right[{a}] = sum_high_{a}.y;\n// @end\n    solve(count);\n  }\n  workgroupBarrier();\n  for (var j = thread; j < params.columns; j += THREADS) {\n    let r = residual(j);\n    var step = r;\n    for (var q = 0u; q < count; q++) {\n      step -= factors[q] * (history[step_row(q) + j] + history[change_row(q) + j]);\n    }\n    next[j] = g[j] + step;\n    history[residual_row + j] = r;\n    history[taken_row + j] = step;\n  }\n  if (thread == 0u) {\n    history[0] = FOLLOWING;\n    history[1] = f32(stored);\n    history[2] = error;\n    history[3] = f32(count > 0u);\n  }\n}\n";
// shaders/apply_plan.wgsl?raw&bare
var apply_plan_default = "// Moves neurons with a transport plan whose entries are computed from cost and potentials (barycentric projection if\n// scale = n, method.md 5.2; the released script's unscaled plan if scale = 1).\n//\n//   out[j, c] += scale · Σ_i T_ij · x[i, c]    AXIS 0, TᵀX          T_ij = exp((f_i + g_j − M_ij) / ε)\n//   out[r, j] += scale · Σ_i x[r, i] · T_ij    AXIS 1, X·T\n//\n// The sum runs over one band of rows i. Entries of the plan are formed when a tile of the cost is staged: once for all\n// columns of a tile. Here `a` is the band of the cost and `b` is x.\n// @use decode.wgsl\n// @use operands.wgsl\n// @use tiles.wgsl\n// @use direct.wgsl\n// @parameter AXIS 0\n// @parameter WIDE 1\n\nstruct Params {\n  first_row: u32,\n  end_row: u32,\n  first_column: u32,\n  end_column: u32,\n  inner: u32,\n  a_lines: u32,\n  a_length: u32,\n  b_lines: u32,\n  b_length: u32,\n  row_start: u32,\n  out_stride: u32,\n  epsilon: f32,\n  scale: f32,\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(3) var<storage, read> f: array<f32>;\n// @if QUADS\n@group(0) @binding(4) var<storage, read> g: array<vec4f>;\n// @else\n@group(0) @binding(4) var<storage, read> g: array<f32>;\n// @end\n// @if WIDE\n@group(0) @binding(5) var<storage, read_write> out: array<vec4f>;\n// @else\n@group(0) @binding(5) var<storage, read_write> out: array<f32>;\n// @end\n\nconst LARGEST_EXPONENT = 60.0;\n\n/// Entries j … j + 3 of row i of the plan; zeros below the band.\n// @if QUADS\nfn plan_at(i: u32, j: u32) -> vec4f {\n  let exponent = (vec4f(f[params.row_start + i]) + g[j / 4u] - a_at(i, j)) / params.epsilon;\n  return select(vec4f(), exp(min(exponent, vec4f(LARGEST_EXPONENT))), i < params.inner);\n}\n// @else\nfn plan_at(i: u32, j: u32) -> vec4f {\n  let mass = vec4f(plan_entry(i, j), plan_entry(i, j + 1u), plan_entry(i, j + 2u), plan_entry(i, j + 3u));\n  return select(vec4f(), mass, inside(i, params.inner, j, params.a_length));\n}\n\nfn plan_entry(i: u32, j: u32) -> f32 {\n  let exponent = (f[params.row_start + i] + g[j] - a_entry(i, j)) / params.epsilon;\n  return exp(min(exponent, LARGEST_EXPONENT));\n}\n// @end\n\n// @if AXIS\nfn left(row: u32, i: u32) -> vec4f {\n  return b_at(row, params.row_start + i);\n}\n\nfn right(i: u32, j: u32) -> vec4f {\n  return plan_at(i, j);\n}\n// @else\nfn left(i: u32, j: u32) -> vec4f {\n  return plan_at(i, j);\n}\n\nfn right(i: u32, column: u32) -> vec4f {\n  return b_at(params.row_start + i, column);\n}\n// @end\n\n// @if QUADS\n// @else\n// @if AXIS\nfn left_entry(row: u32, i: u32) -> f32 {\n  return b_entry(row, params.row_start + i);\n}\n\nfn right_entry(i: u32, j: u32) -> f32 {\n  return plan_entry(i, j);\n}\n// @else\nfn left_entry(i: u32, j: u32) -> f32 {\n  return plan_entry(i, j);\n}\n\nfn right_entry(i: u32, column: u32) -> f32 {\n  return b_entry(params.row_start + i, column);\n}\n// @end\n// @end\n\nfn write(row: u32, column: u32, sums: vec4f) {\n  if (row >= params.end_row || column >= params.end_column) {\n    return;\n  }\n  let at = row * params.out_stride + column;\n// @if WIDE\n  out[at / 4u] += params.scale * sums;\n// @else\n  for (var c = 0u; c < min(4u, params.end_column - column); c++) {\n    out[at + c] += params.scale * sums[c];\n  }\n// @end\n}\n";
// shaders/attention.wgsl?raw&bare
var attention_default = "// Causal softmax attention with grouped heads (Ainslie et al. 2023).\n//\n//   out[t, i] = Σ_s softmax_s(q_ti · k_sg / √h) · v_sg,   s ≤ past + t,   g = ⌊i · kv_heads / heads⌋\n//\n// Windows of equal length may be stacked; each attends only to itself. A workgroup computes eight neighbouring queries of\n// one head, which share their keys, with eight lanes per query. It reads 64 keys at a time with a running maximum and sum\n// (Milakov & Gimelshein 2018), so that no row of scores is stored and any length fits. In a tile, a lane computes the\n// scores of every eighth key, then sums values for every eighth group of four dimensions.\n//\n// With SPAN, s > past + t − span. With CAP, scores are capped: cap · tanh(score / cap).\n// @use capped.wgsl\n// @parameter SPAN 0\n// @parameter CAP 0\n\nstruct Params {\n  /// Per window.\n  queries: u32,\n  heads: u32,\n  kv_heads: u32,\n  /// Groups of four dimensions in a head.\n  groups: u32,\n  past: u32,\n  scale: f32,\n// @if SPAN\n  /// Keys that a query sees: itself and those before it.\n  span: u32,\n// @end\n// @if CAP\n  cap: f32,\n// @end\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> q: array<vec4f>;\n@group(0) @binding(2) var<storage, read> k: array<vec4f>;\n@group(0) @binding(3) var<storage, read> v: array<vec4f>;\n@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;\n\nconst QUERIES = 8u;\nconst LANES = 8u;\nconst KEYS = 64u;\n// Groups of four dimensions per lane: enough for heads of 256.\nconst DEPTH = 8u;\nconst LOWEST = -3.4e38;\n\nvar<workgroup> scores: array<f32, QUERIES * KEYS>;\n\n@compute @workgroup_size(LANES, QUERIES)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {\n  let head = group.y % params.heads;\n  let base = group.y / params.heads * params.queries;\n  let first = group.x * QUERIES;\n  let lane = local.x;\n  // Lanes beyond the last query repeat it, so that all lanes reach the barriers; they write nothing.\n  let t = min(first + local.y, params.queries - 1u);\n  let row = local.y * KEYS;\n  let kv_width = params.kv_heads * params.groups;\n  let kv_start = base * kv_width + head * params.kv_heads / params.heads * params.groups;\n  let q_start = ((base + t) * params.heads + head) * params.groups;\n  let visible = params.past + t + 1u;\n  let keys = params.past + min(first + QUERIES, params.queries);\n// @if SPAN\n  let lowest = visible - min(visible, params.span);\n  let begin = params.past + first + 1u - min(params.past + first + 1u, params.span);\n// @else\n  let lowest = 0u;\n  let begin = 0u;\n// @end\n\n  var maximum = LOWEST;\n  var sum = 0.0;\n  var result = array<vec4f, DEPTH>();\n  for (var start = begin; start < keys; start += KEYS) {\n    for (var s = lane; s < KEYS; s += LANES) {\n      var score = LOWEST;\n      if (start + s >= lowest && start + s < visible) {\n        let at = (start + s) * kv_width + kv_start;\n        score = 0.0;\n        for (var d = 0u; d < params.groups; d++) {\n          score += dot(q[q_start + d], k[at + d]);\n        }\n        score *= params.scale;\n// @if CAP\n        score = capped(vec4f(score), params.cap).x;\n// @end\n      }\n      scores[row + s] = score;\n    }\n    workgroupBarrier();\n    var highest = maximum;\n    for (var s = 0u; s < KEYS; s++) {\n      highest = max(highest, scores[row + s]);\n    }\n    workgroupBarrier();\n    for (var s = lane; s < KEYS; s += LANES) {\n      scores[row + s] = exp(scores[row + s] - highest);\n    }\n    workgroupBarrier();\n    let shrink = exp(maximum - highest);\n    let count = min(KEYS, max(visible, start) - start);\n    sum *= shrink;\n    for (var s = 0u; s < count; s++) {\n      sum += scores[row + s];\n    }\n    for (var part = 0u; part < DEPTH; part++) {\n      let d = part * LANES + lane;\n      if (d >= params.groups) {\n        break;\n      }\n      var total = result[part] * shrink;\n      for (var s = 0u; s < count; s++) {\n        total = fma(vec4f(scores[row + s]), v[(start + s) * kv_width + kv_start + d], total);\n      }\n      result[part] = total;\n    }\n    maximum = highest;\n    workgroupBarrier();\n  }\n  if (first + local.y >= params.queries) {\n    return;\n  }\n  for (var part = 0u; part < DEPTH; part++) {\n    let d = part * LANES + lane;\n    if (d < params.groups) {\n      out[q_start + d] = result[part] / sum;\n    }\n  }\n}\n";
// shaders/attention_key_gradient.wgsl?raw&bare
var attention_key_gradient_default = "// Backward pass of causal attention, to keys and values (Dao et al. 2022, appendix B.2), with the l and δ that\n// attention_query_gradient.wgsl writes.\n//\n//   dv[s, g] = Σ_i Σ_t≥s p · u_ti,                                  p = exp(scale · q_ti · k_sg − l_ti)\n//   dk[s, g] = scale · Σ_i Σ_t≥s p · (u_ti · v_sg − δ_ti) · q_ti    i over the query heads that read key-value head g\n//\n// A workgroup computes eight neighbouring keys of one key-value head, with eight lanes per key and queries in tiles of 64.\n// One lane computes each sum, so that its order is fixed.\n//\n// With SPAN, s > t − span. With CAP, a score becomes cap · tanh(score / cap), and its derivative takes the factor 1 − (score/cap)².\n// @use capped.wgsl\n// @parameter SPAN 0\n// @parameter CAP 0\n\nstruct Params {\n  /// Per window.\n  queries: u32,\n  heads: u32,\n  kv_heads: u32,\n  /// Groups of four dimensions in a head.\n  groups: u32,\n  scale: f32,\n// @if SPAN\n  /// Keys that a query sees: itself and those before it.\n  span: u32,\n// @end\n// @if CAP\n  cap: f32,\n// @end\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> q: array<vec4f>;\n@group(0) @binding(2) var<storage, read> k: array<vec4f>;\n@group(0) @binding(3) var<storage, read> v: array<vec4f>;\n@group(0) @binding(4) var<storage, read> upstream: array<vec4f>;\n@group(0) @binding(5) var<storage, read> rows: array<vec2f>;\n@group(0) @binding(6) var<storage, read_write> key_out: array<vec4f>;\n@group(0) @binding(7) var<storage, read_write> value_out: array<vec4f>;\n\nconst KEYS = 8u;\nconst LANES = 8u;\nconst QUERIES = 64u;\n// Groups of four dimensions per lane: enough for heads of 256.\nconst DEPTH = 8u;\n\n/// For every query in the tile: its probability of the key, and the derivative by its score.\nvar<workgroup> shares: array<vec2f, KEYS * QUERIES>;\n\n@compute @workgroup_size(LANES, KEYS)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {\n  let shared_head = group.y % params.kv_heads;\n  let base = group.y / params.kv_heads * params.queries;\n  let first = group.x * KEYS;\n  let lane = local.x;\n  // Lanes beyond the last key repeat it, so that all lanes reach the barriers; they write nothing.\n  let s = min(first + local.y, params.queries - 1u);\n  let k_start = ((base + s) * params.kv_heads + shared_head) * params.groups;\n  let sharing = params.heads / params.kv_heads;\n\n// @if SPAN\n  let end = min(params.queries, first + KEYS - 1u + params.span);\n// @else\n  let end = params.queries;\n// @end\n\n  var of_key = array<vec4f, DEPTH>();\n  var of_value = array<vec4f, DEPTH>();\n  for (var head = shared_head * sharing; head < (shared_head + 1u) * sharing; head++) {\n    for (var start = first; start < end; start += QUERIES) {\n      for (var j = lane; j < QUERIES; j += LANES) {\n        var pair = vec2f();\n        let t = start + j;\n// @if SPAN\n        let seen = t >= s && t < params.queries && t - s < params.span;\n// @else\n        let seen = t >= s && t < params.queries;\n// @end\n        if (seen) {\n          let at = ((base + t) * params.heads + head) * params.groups;\n          var score = 0.0;\n          var rise = 0.0;\n          for (var d = 0u; d < params.groups; d++) {\n            score += dot(q[at + d], k[k_start + d]);\n            rise += dot(upstream[at + d], v[k_start + d]);\n          }\n          let row = rows[(base + t) * params.heads + head];\n// @if CAP\n          let x = capped(vec4f(score * params.scale), params.cap).x;\n          let bend = x / params.cap;\n          let share = exp(x - row.x);\n          pair = vec2f(share, share * (rise - row.y) * params.scale * (1.0 - bend * bend));\n// @else\n          let share = exp(score * params.scale - row.x);\n          pair = vec2f(share, share * (rise - row.y) * params.scale);\n// @end\n        }\n        shares[local.y * QUERIES + j] = pair;\n      }\n      workgroupBarrier();\n      let count = min(QUERIES, params.queries - start);\n      for (var part = 0u; part < DEPTH; part++) {\n        let d = part * LANES + lane;\n        if (d >= params.groups) {\n          break;\n        }\n        var key_sum = of_key[part];\n        var value_sum = of_value[part];\n        for (var j = 0u; j < count; j++) {\n          let pair = shares[local.y * QUERIES + j];\n          let at = ((base + start + j) * params.heads + head) * params.groups + d;\n          key_sum = fma(vec4f(pair.y), q[at], key_sum);\n          value_sum = fma(vec4f(pair.x), upstream[at], value_sum);\n        }\n        of_key[part] = key_sum;\n        of_value[part] = value_sum;\n      }\n      workgroupBarrier();\n    }\n  }\n  if (first + local.y >= params.queries) {\n    return;\n  }\n  for (var part = 0u; part < DEPTH; part++) {\n    let d = part * LANES + lane;\n    if (d < params.groups) {\n      key_out[k_start + d] = of_key[part];\n      value_out[k_start + d] = of_value[part];\n    }\n  }\n}\n";
// shaders/attention_key_gradient_tiled.wgsl?raw&bare
var attention_key_gradient_tiled_default = "// Backward pass of causal attention, to keys and values (Dao et al. 2022, appendix B.2), by tiles like attention_tiled.wgsl, with\n// the l and δ that attention_query_gradient_tiled.wgsl writes.\n//\n//   dv[s, g] = Σ_i Σ_t≥s p · u_ti,                                  p = exp(scale · q_ti · k_sg − l_ti)\n//   dk[s, g] = scale · Σ_i Σ_t≥s p · (u_ti · v_sg − δ_ti) · q_ti    i over the query heads that read key-value head g\n//\n// A workgroup computes neighbouring keys of one key-value head; its columns are queries. One thread computes each sum, so that\n// its order is fixed.\n//\n// With SPAN, s > t − span. With CAP, a score becomes cap · tanh(score / cap), and its derivative takes the factor 1 − (score/cap)².\n// @use attention_tile.wgsl\n// @use capped.wgsl\n// @parameter SPAN 0\n// @parameter CAP 0\n\nstruct Params {\n  /// Per window.\n  queries: u32,\n  heads: u32,\n  kv_heads: u32,\n  /// Groups of four dimensions in a head.\n  groups: u32,\n  scale: f32,\n// @if SPAN\n  /// Keys that a query sees: itself and those before it.\n  span: u32,\n// @end\n// @if CAP\n  cap: f32,\n// @end\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> q: array<vec4f>;\n@group(0) @binding(2) var<storage, read> k: array<vec4f>;\n@group(0) @binding(3) var<storage, read> v: array<vec4f>;\n@group(0) @binding(4) var<storage, read> upstream: array<vec4f>;\n@group(0) @binding(5) var<storage, read> rows: array<vec2f>;\n@group(0) @binding(6) var<storage, read_write> key_out: array<vec4f>;\n@group(0) @binding(7) var<storage, read_write> value_out: array<vec4f>;\n\nfn own_at(which: u32, i: u32) -> vec4f {\n  if (which == 0u) {\n    return k[i];\n  }\n  return v[i];\n}\n\nfn other_at(which: u32, i: u32) -> vec4f {\n  if (which == 0u) {\n    return q[i];\n  }\n  return upstream[i];\n}\n\n@compute @workgroup_size(LANES, SPANS)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {\n  let shared_head = group.y % params.kv_heads;\n  let base = group.y / params.kv_heads * params.queries;\n  let first = group.x * ROWS;\n  let width = params.heads * params.groups;\n  let kv_width = params.kv_heads * params.groups;\n  let keys = Rows(\n    (base + first) * kv_width + shared_head * params.groups,\n    kv_width,\n    params.queries - first,\n    params.groups,\n  );\n  let sharing = params.heads / params.kv_heads;\n// @each q QUADS\n  let s_{q} = first + 4u * quad({q}u, local) + vec4u(0u, 1u, 2u, 3u);\n// @end\n\n// @if SPAN\n  let end = min(params.queries, first + ROWS - 1u + params.span);\n// @else\n  let end = params.queries;\n// @end\n\n  var of_key: Sums;\n  var of_value: Sums;\n  for (var head = shared_head * sharing; head < (shared_head + 1u) * sharing; head++) {\n    for (var start = first; start < end; start += COLUMNS) {\n      let queries = Rows((base + start) * width + head * params.groups, width, params.queries - start, params.groups);\n      var shares = dots(0u, keys, queries, local);\n      var slopes = dots(1u, keys, queries, local);\n// @each c 4\n      {\n        let t = start + local.x + {c}u * LANES;\n        let row = rows[(base + min(t, params.queries - 1u)) * params.heads + head];\n// @each q QUADS\n// @if SPAN\n        let near_{q} = vec4u(t) - min(s_{q}, vec4u(t)) < vec4u(params.span);\n        let visible_{q} = (s_{q} <= vec4u(t)) & near_{q} & vec4<bool>(t < params.queries);\n// @else\n        let visible_{q} = (s_{q} <= vec4u(t)) & vec4<bool>(t < params.queries);\n// @end\n// @if CAP\n        let x_{q} = capped(shares[{c}u * QUADS + {q}u] * params.scale, params.cap);\n        let bend_{q} = x_{q} / params.cap;\n        let factor_{q} = params.scale * (1.0 - bend_{q} * bend_{q});\n// @else\n        let x_{q} = shares[{c}u * QUADS + {q}u] * params.scale;\n        let factor_{q} = params.scale;\n// @end\n        let share_{q} = select(vec4f(), exp(x_{q} - row.x), visible_{q});\n        shares[{c}u * QUADS + {q}u] = share_{q};\n        slopes[{c}u * QUADS + {q}u] = share_{q} * (slopes[{c}u * QUADS + {q}u] - row.y) * factor_{q};\n// @end\n      }\n// @end\n      weigh(shares, local);\n      gather(1u, queries, local, &of_value);\n      weigh(slopes, local);\n      gather(0u, queries, local, &of_key);\n    }\n  }\n// @each q QUADS\n// @each r 4\n  {\n    let s = 4u * quad({q}u, local) + {r}u;\n    if (s < keys.count) {\n// @each p DEPTH\n      if (local.x + {p}u * LANES < params.groups) {\n        let at = keys.start + s * kv_width + local.x + {p}u * LANES;\n        key_out[at] = of_key[(4u * {q}u + {r}u) * DEPTH + {p}u];\n        value_out[at] = of_value[(4u * {q}u + {r}u) * DEPTH + {p}u];\n      }\n// @end\n    }\n  }\n// @end\n// @end\n}\n";
// shaders/attention_query_gradient.wgsl?raw&bare
var attention_query_gradient_default = "// Backward pass of causal attention, to the queries (Dao et al. 2022, appendix B.2).\n//\n//   l[t, i]  = log Σ_s exp(score),   score = scale · q_ti · k_sg,   s ≤ t,   g = ⌊i · kv_heads / heads⌋\n//   δ[t, i]  = u_ti · out_ti\n//   dq[t, i] = scale · Σ_s exp(score − l) · (u_ti · v_sg − δ) · k_sg\n//   rows[t, i] = (l, δ)                                       for attention_key_gradient.wgsl\n//\n// Split like attention.wgsl: eight queries of one head per workgroup, eight lanes per query, keys in tiles of 64. It reads\n// the keys twice: first for l, then for dq.\n//\n// With SPAN, s > t − span. With CAP, a score becomes cap · tanh(score / cap), and its derivative takes the factor 1 − (score/cap)².\n// @use capped.wgsl\n// @parameter SPAN 0\n// @parameter CAP 0\n\nstruct Params {\n  /// Per window.\n  queries: u32,\n  heads: u32,\n  kv_heads: u32,\n  /// Groups of four dimensions in a head.\n  groups: u32,\n  scale: f32,\n// @if SPAN\n  /// Keys that a query sees: itself and those before it.\n  span: u32,\n// @end\n// @if CAP\n  cap: f32,\n// @end\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> q: array<vec4f>;\n@group(0) @binding(2) var<storage, read> k: array<vec4f>;\n@group(0) @binding(3) var<storage, read> v: array<vec4f>;\n@group(0) @binding(4) var<storage, read> attended: array<vec4f>;\n@group(0) @binding(5) var<storage, read> upstream: array<vec4f>;\n@group(0) @binding(6) var<storage, read_write> out: array<vec4f>;\n@group(0) @binding(7) var<storage, read_write> rows: array<vec2f>;\n\nconst QUERIES = 8u;\nconst LANES = 8u;\nconst KEYS = 64u;\n// Groups of four dimensions per lane: enough for heads of 256.\nconst DEPTH = 8u;\nconst LOWEST = -3.4e38;\n\n/// A lane's running maximum and sum, and its part of δ.\nvar<workgroup> partial: array<vec3f, QUERIES * LANES>;\nvar<workgroup> slopes: array<f32, QUERIES * KEYS>;\n\n@compute @workgroup_size(LANES, QUERIES)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {\n  let head = group.y % params.heads;\n  let base = group.y / params.heads * params.queries;\n  let first = group.x * QUERIES;\n  let lane = local.x;\n  // Lanes beyond the last query repeat it, so that all lanes reach the barriers; they write nothing.\n  let t = min(first + local.y, params.queries - 1u);\n  let kv_width = params.kv_heads * params.groups;\n  let kv_start = base * kv_width + head * params.kv_heads / params.heads * params.groups;\n  let q_start = ((base + t) * params.heads + head) * params.groups;\n\n// @if SPAN\n  let lowest = t + 1u - min(t + 1u, params.span);\n  let begin = first + 1u - min(first + 1u, params.span);\n// @else\n  let lowest = 0u;\n  let begin = 0u;\n// @end\n\n  var maximum = LOWEST;\n  var sum = 0.0;\n  for (var s = lowest + lane; s <= t; s += LANES) {\n    let x = score(q_start, s * kv_width + kv_start);\n    let e = exp(-abs(x - maximum));\n    sum = select(sum + e, sum * e + 1.0, x > maximum);\n    maximum = max(maximum, x);\n  }\n  var along = 0.0;\n  for (var d = lane; d < params.groups; d += LANES) {\n    along += dot(upstream[q_start + d], attended[q_start + d]);\n  }\n  partial[local.y * LANES + lane] = vec3f(maximum, sum, along);\n  workgroupBarrier();\n  var highest = LOWEST;\n  for (var other = 0u; other < LANES; other++) {\n    highest = max(highest, partial[local.y * LANES + other].x);\n  }\n  var total = 0.0;\n  var delta = 0.0;\n  for (var other = 0u; other < LANES; other++) {\n    let part = partial[local.y * LANES + other];\n    total += part.y * exp(part.x - highest);\n    delta += part.z;\n  }\n  let log_sum = highest + log(total);\n\n  var result = array<vec4f, DEPTH>();\n  let keys = min(first + QUERIES, params.queries);\n  for (var start = begin; start < keys; start += KEYS) {\n    for (var s = lane; s < KEYS; s += LANES) {\n      var slope = 0.0;\n      if (start + s >= lowest && start + s <= t) {\n        let at = (start + s) * kv_width + kv_start;\n        var rise = 0.0;\n        for (var d = 0u; d < params.groups; d++) {\n          rise += dot(upstream[q_start + d], v[at + d]);\n        }\n        let x = score(q_start, at);\n        slope = exp(x - log_sum) * (rise - delta) * params.scale;\n// @if CAP\n        let share = x / params.cap;\n        slope *= 1.0 - share * share;\n// @end\n      }\n      slopes[local.y * KEYS + s] = slope;\n    }\n    workgroupBarrier();\n    let count = min(KEYS, max(t + 1u, start) - start);\n    for (var part = 0u; part < DEPTH; part++) {\n      let d = part * LANES + lane;\n      if (d >= params.groups) {\n        break;\n      }\n      var gathered = result[part];\n      for (var s = 0u; s < count; s++) {\n        let slope = vec4f(slopes[local.y * KEYS + s]);\n        gathered = fma(slope, k[(start + s) * kv_width + kv_start + d], gathered);\n      }\n      result[part] = gathered;\n    }\n    workgroupBarrier();\n  }\n  if (first + local.y >= params.queries) {\n    return;\n  }\n  for (var part = 0u; part < DEPTH; part++) {\n    let d = part * LANES + lane;\n    if (d < params.groups) {\n      out[q_start + d] = result[part];\n    }\n  }\n  if (lane == 0u) {\n    rows[(base + t) * params.heads + head] = vec2f(log_sum, delta);\n  }\n}\n\nfn score(q_at: u32, k_at: u32) -> f32 {\n  var sum = 0.0;\n  for (var d = 0u; d < params.groups; d++) {\n    sum += dot(q[q_at + d], k[k_at + d]);\n  }\n// @if CAP\n  return capped(vec4f(sum * params.scale), params.cap).x;\n// @else\n  return sum * params.scale;\n// @end\n}\n";
// shaders/attention_query_gradient_tiled.wgsl?raw&bare
var attention_query_gradient_tiled_default = "// Backward pass of causal attention, to the queries (Dao et al. 2022, appendix B.2), by tiles like attention_tiled.wgsl.\n//\n//   l[t, i]  = log Σ_s exp(score),   score = scale · q_ti · k_sg,   s ≤ t,   g = ⌊i · kv_heads / heads⌋\n//   δ[t, i]  = u_ti · out_ti\n//   dq[t, i] = scale · Σ_s exp(score − l) · (u_ti · v_sg − δ) · k_sg\n//   rows[t, i] = (l, δ)                                       for attention_key_gradient_tiled.wgsl\n//\n// It goes through the keys twice: first for l, then for dq.\n//\n// With SPAN, s > t − span. With CAP, a score becomes cap · tanh(score / cap), and its derivative takes the factor 1 − (score/cap)².\n// @use capped.wgsl\n// @parameter SPAN 0\n// @parameter CAP 0\n// @use attention_tile.wgsl\n\nstruct Params {\n  /// Per window.\n  queries: u32,\n  heads: u32,\n  kv_heads: u32,\n  /// Groups of four dimensions in a head.\n  groups: u32,\n  scale: f32,\n// @if SPAN\n  /// Keys that a query sees: itself and those before it.\n  span: u32,\n// @end\n// @if CAP\n  cap: f32,\n// @end\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> q: array<vec4f>;\n@group(0) @binding(2) var<storage, read> k: array<vec4f>;\n@group(0) @binding(3) var<storage, read> v: array<vec4f>;\n@group(0) @binding(4) var<storage, read> attended: array<vec4f>;\n@group(0) @binding(5) var<storage, read> upstream: array<vec4f>;\n@group(0) @binding(6) var<storage, read_write> out: array<vec4f>;\n@group(0) @binding(7) var<storage, read_write> rows: array<vec2f>;\n\nfn own_at(which: u32, i: u32) -> vec4f {\n  if (which == 0u) {\n    return q[i];\n  }\n  return upstream[i];\n}\n\nfn other_at(which: u32, i: u32) -> vec4f {\n  if (which == 0u) {\n    return k[i];\n  }\n  return v[i];\n}\n\n@compute @workgroup_size(LANES, SPANS)\nfn main(\n  @builtin(workgroup_id) group: vec3u,\n  @builtin(num_workgroups) groups: vec3u,\n  @builtin(local_invocation_id) local: vec3u,\n) {\n  let head = group.y % params.heads;\n  let base = group.y / params.heads * params.queries;\n  // Late queries see most keys, so they start first.\n  let first = (groups.x - 1u - group.x) * ROWS;\n  let width = params.heads * params.groups;\n  let kv_width = params.kv_heads * params.groups;\n  let kv_start = base * kv_width + head * params.kv_heads / params.heads * params.groups;\n  let queries = Rows((base + first) * width + head * params.groups, width, params.queries - first, params.groups);\n  let seen = min(first + ROWS, params.queries);\n// @if SPAN\n  let begin = first + 1u - min(first + 1u, params.span);\n// @else\n  let begin = 0u;\n// @end\n// @each q QUADS\n  let t_{q} = first + 4u * quad({q}u, local) + vec4u(0u, 1u, 2u, 3u);\n// @end\n\n  // Every lane has its own maximum of the keys that it sees.\n  var maxima: array<vec4f, QUADS>;\n  var totals: array<vec4f, QUADS>;\n// @each q QUADS\n  maxima[{q}] = vec4f(LOWEST);\n// @end\n  for (var start = begin; start < seen; start += COLUMNS) {\n    let keys = Rows(kv_start + start * kv_width, kv_width, seen - start, params.groups);\n    let tile = dots(0u, queries, keys, local);\n// @each q QUADS\n// @each c 4\n    {\n// @if CAP\n      let x = capped(tile[{c}u * QUADS + {q}u] * params.scale, params.cap);\n// @else\n      let x = tile[{c}u * QUADS + {q}u] * params.scale;\n// @end\n      let e = exp(-abs(x - maxima[{q}]));\n      let total = select(totals[{q}] + e, totals[{q}] * e + 1.0, x > maxima[{q}]);\n      let key = vec4u(start + local.x + {c}u * LANES);\n// @if SPAN\n      let visible = (key <= t_{q}) & (t_{q} - min(key, t_{q}) < vec4u(params.span));\n// @else\n      let visible = key <= t_{q};\n// @end\n      totals[{q}] = select(totals[{q}], total, visible);\n      maxima[{q}] = select(maxima[{q}], max(maxima[{q}], x), visible);\n    }\n// @end\n// @end\n  }\n  var highest = maxima;\n  show(maxima, local);\n  for (var lane = 0u; lane < LANES; lane++) {\n// @each q QUADS\n    highest[{q}] = max(highest[{q}], shown(lane, {q}u, local));\n// @end\n  }\n// @each q QUADS\n  totals[{q}] *= exp(maxima[{q}] - highest[{q}]);\n// @end\n  show(totals, local);\n  var log_sums: array<vec4f, QUADS>;\n  for (var lane = 0u; lane < LANES; lane++) {\n// @each q QUADS\n    log_sums[{q}] += shown(lane, {q}u, local);\n// @end\n  }\n// @each q QUADS\n  log_sums[{q}] = highest[{q}] + log(log_sums[{q}]);\n// @end\n\n  var parts: array<vec4f, QUADS>;\n  for (var d = local.x; d < params.groups; d += LANES) {\n// @each q QUADS\n// @each r 4\n    {\n      let at = queries.start + min(4u * quad({q}u, local) + {r}u, queries.count - 1u) * width + d;\n      parts[{q}][{r}] += dot(upstream[at], attended[at]);\n    }\n// @end\n// @end\n  }\n  show(parts, local);\n  var along: array<vec4f, QUADS>;\n  for (var lane = 0u; lane < LANES; lane++) {\n// @each q QUADS\n    along[{q}] += shown(lane, {q}u, local);\n// @end\n  }\n\n  var sums: Sums;\n  for (var start = begin; start < seen; start += COLUMNS) {\n    let keys = Rows(kv_start + start * kv_width, kv_width, seen - start, params.groups);\n    let scores = dots(0u, queries, keys, local);\n    var tile = dots(1u, queries, keys, local);\n// @each q QUADS\n// @each c 4\n    {\n// @if CAP\n      let x = capped(scores[{c}u * QUADS + {q}u] * params.scale, params.cap);\n      let bend = x / params.cap;\n      let factor = params.scale * (1.0 - bend * bend);\n// @else\n      let x = scores[{c}u * QUADS + {q}u] * params.scale;\n      let factor = params.scale;\n// @end\n      let share = exp(x - log_sums[{q}]);\n      let slope = share * (tile[{c}u * QUADS + {q}u] - along[{q}]) * factor;\n      let key = vec4u(start + local.x + {c}u * LANES);\n// @if SPAN\n      let visible = (key <= t_{q}) & (t_{q} - min(key, t_{q}) < vec4u(params.span));\n// @else\n      let visible = key <= t_{q};\n// @end\n      tile[{c}u * QUADS + {q}u] = select(vec4f(), slope, visible);\n    }\n// @end\n// @end\n    weigh(tile, local);\n    gather(0u, keys, local, &sums);\n  }\n// @each q QUADS\n// @each r 4\n  {\n    let t = 4u * quad({q}u, local) + {r}u;\n    if (t < queries.count) {\n// @each p DEPTH\n      if (local.x + {p}u * LANES < params.groups) {\n        out[queries.start + t * width + local.x + {p}u * LANES] = sums[(4u * {q}u + {r}u) * DEPTH + {p}u];\n      }\n// @end\n      if (local.x == 0u) {\n        rows[(base + first + t) * params.heads + head] = vec2f(log_sums[{q}][{r}], along[{q}][{r}]);\n      }\n    }\n  }\n// @end\n// @end\n}\n";
// shaders/attention_tile.wgsl?raw&bare
var attention_tile_default = "// Products of tiles for attention, without a T×T matrix. A workgroup keeps ROWS rows of its own (queries, or keys in\n// attention_key_gradient_tiled.wgsl) and goes through the columns, which are rows of other tensors, COLUMNS at a time. Operands\n// pass through workgroup memory. A thread computes QUADS groups of four rows by four columns of scores, then DEPTH groups of four\n// dimensions of the same rows.\n//\n// The including file gives rows by `own_at` and `other_at`, which choose a tensor by `which`.\n// @parameter LANES 4\n// @parameter SPANS 2\n// @parameter QUADS 2\n// @parameter DEPTH 1\n\nconst THREADS = LANES * SPANS;\n/// Groups of four rows, and rows.\nconst OWN = SPANS * QUADS;\nconst ROWS = 4u * OWN;\nconst COLUMNS = 4u * LANES;\n/// Groups of four dimensions that a step of `dots` holds, and columns that a step of `gather` holds.\nconst GROUPS = 4u;\nconst HELD = min(32u / DEPTH, COLUMNS);\n// One more than needed, so that threads that store together store to different banks.\nconst STRIDE = OWN + LANES + 1u;\nconst WEIGHT_STRIDE = OWN + 1u;\nconst LOWEST = -3.4e38;\n\nvar<workgroup> stage: array<vec4f, max(4u * GROUPS * STRIDE, HELD * LANES * DEPTH)>;\n/// By column, then group of four rows.\nvar<workgroup> weights: array<vec4f, COLUMNS * WEIGHT_STRIDE>;\n\n/// Equally distant rows of a tensor. Rows from `count` on count as zeros and are not read.\nstruct Rows {\n  /// Index of the first row's first group of four dimensions.\n  start: u32,\n  stride: u32,\n  count: u32,\n  /// Groups of four dimensions.\n  groups: u32,\n}\n\n/// Entry c·QUADS + q: products of the rows `4·quad(q) …` with column `lane + c·LANES`.\nalias Tile = array<vec4f, 4u * QUADS>;\n/// Entry (4·q + r)·DEPTH + p: dimensions `4·(lane + p·LANES) …` of row `4·quad(q) + r`.\nalias Sums = array<vec4f, 4u * QUADS * DEPTH>;\n\n/// Group of four rows: part `q` of a thread's.\nfn quad(q: u32, local: vec3u) -> u32 {\n  return local.y + q * SPANS;\n}\n\n/// Returns the dot products of own rows and columns. Every thread of the workgroup must call it.\nfn dots(which: u32, own: Rows, other: Rows, local: vec3u) -> Tile {\n  var tile: Tile;\n  for (var group = 0u; group < own.groups; group += GROUPS) {\n    workgroupBarrier();\n    for (var b = local.y * LANES + local.x; b < GROUPS * (OWN + LANES); b += THREADS) {\n      let d = group + b % GROUPS;\n      let four = b / GROUPS;\n      var block = mat4x4f();\n      if (d < own.groups) {\n// @each r 4\n        if (four < OWN) {\n          let row = 4u * four + {r}u;\n          if (row < own.count) {\n            block[{r}] = own_at(which, own.start + row * own.stride + d);\n          }\n        } else {\n          let row = four - OWN + {r}u * LANES;\n          if (row < other.count) {\n            block[{r}] = other_at(which, other.start + row * other.stride + d);\n          }\n        }\n// @end\n      }\n      let turned = transpose(block);\n      let at = b % GROUPS * 4u * STRIDE + four;\n// @each r 4\n      stage[at + {r}u * STRIDE] = turned[{r}];\n// @end\n    }\n    workgroupBarrier();\n    for (var d = 0u; d < 4u * GROUPS; d++) {\n      let column = stage[d * STRIDE + OWN + local.x];\n// @each q QUADS\n      let row_{q} = stage[d * STRIDE + quad({q}u, local)];\n// @each c 4\n      tile[{c}u * QUADS + {q}u] = fma(vec4f(column[{c}]), row_{q}, tile[{c}u * QUADS + {q}u]);\n// @end\n// @end\n    }\n  }\n  return tile;\n}\n\n/// Adds to `sums` the columns' rows, weighted by `weights`. Every thread of the workgroup must call it.\nfn gather(which: u32, other: Rows, local: vec3u, sums: ptr<function, Sums>) {\n  for (var first = 0u; first < COLUMNS; first += HELD) {\n    workgroupBarrier();\n    for (var b = local.y * LANES + local.x; b < HELD * LANES * DEPTH; b += THREADS) {\n      let column = first + b / (LANES * DEPTH);\n      let d = b % (LANES * DEPTH);\n      var value = vec4f();\n      if (column < other.count && d < other.groups) {\n        value = other_at(which, other.start + column * other.stride + d);\n      }\n      stage[b] = value;\n    }\n    workgroupBarrier();\n    for (var c = 0u; c < HELD; c++) {\n// @each p DEPTH\n      let value_{p} = stage[c * LANES * DEPTH + {p}u * LANES + local.x];\n// @end\n// @each q QUADS\n      let weight_{q} = weights[(first + c) * WEIGHT_STRIDE + quad({q}u, local)];\n// @each r 4\n// @each p DEPTH\n      (*sums)[(4u * {q}u + {r}u) * DEPTH + {p}u] = fma(vec4f(weight_{q}[{r}]), value_{p}, (*sums)[(4u * {q}u + {r}u) * DEPTH + {p}u]);\n// @end\n// @end\n// @end\n    }\n  }\n}\n\n/// Sets the weights of the next `gather`. Every thread of the workgroup must call it.\nfn weigh(tile: Tile, local: vec3u) {\n  workgroupBarrier();\n// @each c 4\n// @each q QUADS\n  weights[(local.x + {c}u * LANES) * WEIGHT_STRIDE + quad({q}u, local)] = tile[{c}u * QUADS + {q}u];\n// @end\n// @end\n}\n\n/// Shows one value for every row and lane. Every thread of the workgroup must call it, then read them by `shown`.\nfn show(values: array<vec4f, QUADS>, local: vec3u) {\n  workgroupBarrier();\n// @each q QUADS\n  weights[local.x * WEIGHT_STRIDE + quad({q}u, local)] = values[{q}];\n// @end\n  workgroupBarrier();\n}\n\nfn shown(lane: u32, q: u32, local: vec3u) -> vec4f {\n  return weights[lane * WEIGHT_STRIDE + quad(q, local)];\n}\n";
// shaders/attention_tiled.wgsl?raw&bare
var attention_tiled_default = "// Causal softmax attention with grouped heads (Ainslie et al. 2023), by tiles. attention.wgsl computes the same for few queries.\n//\n//   out[t, i] = Σ_s softmax_s(q_ti · k_sg / √h) · v_sg,   s ≤ past + t,   g = ⌊i · kv_heads / heads⌋\n//\n// Windows of equal length may be stacked; each attends only to itself. A workgroup computes neighbouring queries of one head,\n// with a running maximum and sum (Milakov & Gimelshein 2018; Dao et al. 2022).\n//\n// With SPAN, s > past + t − span. With CAP, a score becomes cap · tanh(score / cap).\n// @use capped.wgsl\n// @parameter SPAN 0\n// @parameter CAP 0\n// @use attention_tile.wgsl\n\nstruct Params {\n  /// Per window.\n  queries: u32,\n  heads: u32,\n  kv_heads: u32,\n  /// Groups of four dimensions in a head.\n  groups: u32,\n  past: u32,\n  scale: f32,\n// @if SPAN\n  /// Keys that a query sees: itself and those before it.\n  span: u32,\n// @end\n// @if CAP\n  cap: f32,\n// @end\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> q: array<vec4f>;\n@group(0) @binding(2) var<storage, read> k: array<vec4f>;\n@group(0) @binding(3) var<storage, read> v: array<vec4f>;\n@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;\n\nfn own_at(which: u32, i: u32) -> vec4f {\n  return q[i];\n}\n\nfn other_at(which: u32, i: u32) -> vec4f {\n  if (which == 0u) {\n    return k[i];\n  }\n  return v[i];\n}\n\n@compute @workgroup_size(LANES, SPANS)\nfn main(\n  @builtin(workgroup_id) group: vec3u,\n  @builtin(num_workgroups) groups: vec3u,\n  @builtin(local_invocation_id) local: vec3u,\n) {\n  let head = group.y % params.heads;\n  let base = group.y / params.heads * params.queries;\n  // Late queries see most keys, so they start first.\n  let first = (groups.x - 1u - group.x) * ROWS;\n  let width = params.heads * params.groups;\n  let kv_width = params.kv_heads * params.groups;\n  let kv_start = base * kv_width + head * params.kv_heads / params.heads * params.groups;\n  let queries = Rows((base + first) * width + head * params.groups, width, params.queries - first, params.groups);\n  let seen = params.past + min(first + ROWS, params.queries);\n// @if SPAN\n  let begin = params.past + first + 1u - min(params.past + first + 1u, params.span);\n// @else\n  let begin = 0u;\n// @end\n\n  var maxima: array<vec4f, QUADS>;\n  var totals: array<vec4f, QUADS>;\n// @each q QUADS\n  maxima[{q}] = vec4f(LOWEST);\n// @end\n  var sums: Sums;\n  for (var start = begin; start < seen; start += COLUMNS) {\n    let keys = Rows(kv_start + start * kv_width, kv_width, seen - start, params.groups);\n    var tile = dots(0u, queries, keys, local);\n    var highest = maxima;\n// @each q QUADS\n    let last_{q} = params.past + first + 4u * quad({q}u, local) + vec4u(0u, 1u, 2u, 3u);\n// @each c 4\n// @if CAP\n    let score_{c}_{q} = capped(tile[{c}u * QUADS + {q}u] * params.scale, params.cap);\n// @else\n    let score_{c}_{q} = tile[{c}u * QUADS + {q}u] * params.scale;\n// @end\n    let key_{c}_{q} = vec4u(start + local.x + {c}u * LANES);\n// @if SPAN\n    let visible_{c}_{q} = (key_{c}_{q} <= last_{q}) & (last_{q} - min(key_{c}_{q}, last_{q}) < vec4u(params.span));\n// @else\n    let visible_{c}_{q} = key_{c}_{q} <= last_{q};\n// @end\n    tile[{c}u * QUADS + {q}u] = select(vec4f(LOWEST), score_{c}_{q}, visible_{c}_{q});\n    highest[{q}] = max(highest[{q}], tile[{c}u * QUADS + {q}u]);\n// @end\n// @end\n    show(highest, local);\n    for (var lane = 0u; lane < LANES; lane++) {\n// @each q QUADS\n      highest[{q}] = max(highest[{q}], shown(lane, {q}u, local));\n// @end\n    }\n// @each q QUADS\n    let shrink_{q} = exp(maxima[{q}] - highest[{q}]);\n    totals[{q}] *= shrink_{q};\n// @each c 4\n    tile[{c}u * QUADS + {q}u] = exp(tile[{c}u * QUADS + {q}u] - highest[{q}]);\n    totals[{q}] += tile[{c}u * QUADS + {q}u];\n// @end\n// @each r 4\n// @each p DEPTH\n    sums[(4u * {q}u + {r}u) * DEPTH + {p}u] *= shrink_{q}[{r}];\n// @end\n// @end\n// @end\n    maxima = highest;\n    weigh(tile, local);\n    gather(1u, keys, local, &sums);\n  }\n\n  show(totals, local);\n// @each q QUADS\n  var total_{q} = vec4f();\n  for (var lane = 0u; lane < LANES; lane++) {\n    total_{q} += shown(lane, {q}u, local);\n  }\n// @each r 4\n  {\n    let t = 4u * quad({q}u, local) + {r}u;\n    if (t < queries.count) {\n// @each p DEPTH\n      if (local.x + {p}u * LANES < params.groups) {\n        out[queries.start + t * width + local.x + {p}u * LANES] = sums[(4u * {q}u + {r}u) * DEPTH + {p}u] / total_{q}[{r}];\n      }\n// @end\n    }\n  }\n// @end\n// @end\n}\n";
// shaders/capped.wgsl?raw&bare
var capped_default = "// Soft cap: cap · tanh(x / cap). Near zero tanh is its series, because 1 − e^(−2y) cancels there; the two meet where both are exact\n// to the last bit or two.\n\nfn capped(x: vec4f, cap: f32) -> vec4f {\n  let y = abs(x) / cap;\n  let square = y * y;\n  let series = y * (1.0 + square * (-1.0 / 3.0 + square * (2.0 / 15.0 - square * 17.0 / 315.0)));\n  let e = exp(-2.0 * y);\n  return sign(x) * cap * select((1.0 - e) / (1.0 + e), series, y < vec4f(0.15));\n}\n";
// shaders/clip_factor.wgsl?raw&bare
var clip_factor_default = "// The factor by which gradients are shrunk so that their norm is at most `most`.\n//\n//   out[0] = min(1, most / √(Σ squares[i]))\n\nstruct Params {\n  count: u32,\n  most: f32,\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> squares: array<f32>;\n@group(0) @binding(2) var<storage, read_write> out: array<f32>;\n\n// @use rows.wgsl\n// @parameter LANES 64\n// @parameter ROWS 1\n\nalias Value = f32;\n\n@compute @workgroup_size(THREADS)\nfn main(place: Place) {\n  var sum = 0.0;\n  for (var i = place.thread; i < params.count; i += THREADS) {\n    sum += squares[i];\n  }\n  sum = row_sum(sum, place);\n  if (place.thread == 0u) {\n    let norm = sqrt(sum);\n    // Not min(), which may return 1 for NaN.\n    out[0] = select(norm / norm, params.most / norm, norm > params.most);\n    if (norm == 0.0) {\n      out[0] = 1.0;\n    }\n  }\n}\n";
// shaders/column_log_sum.wgsl?raw&bare
var column_log_sum_default = "// First part of the column half-step of Sinkhorn: LSE_i((f_i − M_ij) / ε) for every column j, one band of rows at a time.\n//\n//   state[0, j] = max_i x_ij,   state[1, j] = Σ_i exp(x_ij − state[0, j]),   x_ij = (f_i − M_ij) / ε\n// @use column_mass.wgsl\n\nstruct Params {\n  row_start: u32,\n  rows: u32,\n  columns: u32,\n  epsilon: f32,\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> cost: array<f32>;\n@group(0) @binding(2) var<storage, read> f: array<f32>;\n@group(0) @binding(3) var<storage, read_write> state: array<f32>;\n\n@compute @workgroup_size(WIDTH, LANES)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {\n  let column = group.x * WIDTH + local.x;\n  var mass = NO_MASS;\n  if (column < params.columns) {\n    mass = lane_mass(column, local.y);\n  }\n  masses[local.y * WIDTH + local.x] = mass;\n  workgroupBarrier();\n  if (local.y == 0u && column < params.columns) {\n    _ = add_to_state(column, column_mass(local));\n  }\n}\n";
// shaders/column_mass.wgsl?raw&bare
var column_mass_default = "// Log-sum-exp of columns over the rows of a band, LSE_i((f_i − M_ij) / ε), kept as a largest exponent and a sum scaled by it.\n//\n// A workgroup computes WIDTH columns; LANES threads share the rows of a column, and neighbouring threads read neighbouring columns.\n// The including file has the bindings `cost`, `f` and `state`, and the params of the band.\n// @parameter WIDTH 32\n// @parameter LANES 4\n\nstruct Mass {\n  maximum: f32,\n  sum: f32,\n}\n\nconst NO_MASS = Mass(-3.4e38, 0.0);\n\nvar<workgroup> masses: array<Mass, WIDTH * LANES>;\n\nfn joined(a: Mass, b: Mass) -> Mass {\n  let m = max(a.maximum, b.maximum);\n  return Mass(m, a.sum * exp(a.maximum - m) + b.sum * exp(b.maximum - m));\n}\n\n/// Sums the rows of one lane.\nfn lane_mass(column: u32, lane: u32) -> Mass {\n  var mass = NO_MASS;\n  for (var i = lane; i < params.rows; i += LANES) {\n    let x = (f[params.row_start + i] - cost[i * params.columns + column]) / params.epsilon;\n    let e = exp(-abs(x - mass.maximum));\n    mass.sum = select(mass.sum + e, mass.sum * e + 1.0, x > mass.maximum);\n    mass.maximum = max(mass.maximum, x);\n  }\n  return mass;\n}\n\n/// Joins the masses that the lanes of a column have put into `masses`.\nfn column_mass(local: vec3u) -> Mass {\n  var mass = masses[local.x];\n  for (var lane = 1u; lane < LANES; lane++) {\n    mass = joined(mass, masses[lane * WIDTH + local.x]);\n  }\n  return mass;\n}\n\n/// Adds a column of this band to `state`, so that the cost matrix need not be in one buffer. Returns the mass of all bands so far.\nfn add_to_state(column: u32, mass: Mass) -> Mass {\n  var all = mass;\n  if (params.row_start > 0u) {\n    all = joined(mass, Mass(state[column], state[params.columns + column]));\n  }\n  state[column] = all.maximum;\n  state[params.columns + column] = all.sum;\n  return all;\n}\n";
// shaders/copy.wgsl?raw&bare
var copy_default = "// Copy of a buffer with the widest loads there are, which is as fast as a device reads and writes its memory: the measure that\n// the other kernels are held against.\n//\n//   out[i] = source[i],   four numbers a thread\n\nstruct Params {\n  /// Vectors of four numbers.\n  count: u32,\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> source: array<vec4f>;\n@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;\n\n@compute @workgroup_size(256)\nfn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {\n  let i = id.y * groups.x * 256u + id.x;\n  if (i < params.count) {\n    out[i] = source[i];\n  }\n}\n";
// shaders/cross_entropy.wgsl?raw&bare
var cross_entropy_default = "// Negative log-likelihood of the next token.\n//\n//   out[t] = log Σ_c exp(logits[t, c]) − logits[t, target[t]]\n// @use log_sum_exp.wgsl\n// @use rows.wgsl\n\nstruct Params {\n  rows: u32,\n  vocabulary: u32,\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> logits: array<Entries>;\n@group(0) @binding(2) var<storage, read> targets: array<u32>;\n@group(0) @binding(3) var<storage, read_write> out: array<f32>;\n\nalias Value = f32;\n\n@compute @workgroup_size(THREADS)\nfn main(place: Place) {\n  let row = row_of(place);\n  let lane = place.thread % LANES;\n  let width = params.vocabulary / WIDE;\n  let start = row * width;\n  let end = select(0u, width, row < params.rows);\n  var mass = Mass(Entries(LOWEST), Entries());\n  for (var c = lane; c < end; c += LANES) {\n    mass = with_entries(mass, logits[start + c]);\n  }\n  let total = row_mass(mass, place);\n  if (lane > 0u || row >= params.rows) {\n    return;\n  }\n  let class_at = targets[row];\n// @if VECTOR\n  let of_target = logits[start + class_at / WIDE][class_at % WIDE];\n// @else\n  let of_target = logits[start + class_at];\n// @end\n  out[row] = total.x + log(total.y) - of_target;\n}\n";
// shaders/cross_entropy_gradient.wgsl?raw&bare
var cross_entropy_gradient_default = "// Derivative of the weighted negative log-likelihood by the logits, which it overwrites.\n//\n//   logits[t, c] ← weights[t] · (exp(logits[t, c]) / Σ_d exp(logits[t, d]) − [c = target[t]])\n// @use log_sum_exp.wgsl\n// @use rows.wgsl\n\nstruct Params {\n  rows: u32,\n  vocabulary: u32,\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> targets: array<u32>;\n@group(0) @binding(2) var<storage, read> weights: array<f32>;\n@group(0) @binding(3) var<storage, read_write> logits: array<Entries>;\n\nalias Value = f32;\n\n@compute @workgroup_size(THREADS)\nfn main(place: Place) {\n  let row = row_of(place);\n  let lane = place.thread % LANES;\n  let width = params.vocabulary / WIDE;\n  let start = row * width;\n  let end = select(0u, width, row < params.rows);\n  var mass = Mass(Entries(LOWEST), Entries());\n  for (var c = lane; c < end; c += LANES) {\n    mass = with_entries(mass, logits[start + c]);\n  }\n  let total = row_mass(mass, place);\n  if (row >= params.rows) {\n    return;\n  }\n  let weight = weights[row];\n  let target_class = targets[row];\n  // If the target is outside the vocabulary, the loss and its derivative are NaN.\n  let factor = select(weight, bitcast<f32>(0x7fc00000u + (row >> 31u)), target_class >= params.vocabulary);\n  for (var c = lane; c < end; c += LANES) {\n    let is_target = OFFSETS + c * WIDE == Indices(target_class);\n    let share = exp(logits[start + c] - total.x) / total.y - select(Entries(), Entries(1.0), is_target);\n    logits[start + c] = select(factor * share, Entries(), weight == 0.0);\n  }\n}\n";
// shaders/decode.wgsl?raw&bare
var decode_default = "// Decodes numbers of a buffer that may be packed. Weights stay as in their file (bf16, f16: two per word).\nconst F32 = 0u;\nconst BF16 = 1u;\nconst F16 = 2u;\n\n/// Index of the 32-bit word that holds element `i`.\nfn word_of(i: u32, dtype: u32) -> u32 {\n  return select(i >> 1u, i, dtype == F32);\n}\n\n/// Decodes element `i` from its word. bf16 is the upper half of an f32. Unpacking f16 does not need the feature shader-f16.\nfn decode(word: u32, i: u32, dtype: u32) -> f32 {\n  if (dtype == F32) {\n    return bitcast<f32>(word);\n  }\n  if (dtype == BF16) {\n    return bitcast<f32>(select(word << 16u, word & 0xffff0000u, (i & 1u) == 1u));\n  }\n  let pair = unpack2x16float(word);\n  return select(pair.x, pair.y, (i & 1u) == 1u);\n}\n\n/// Decodes both elements of a packed word.\nfn decode_pair(word: u32, dtype: u32) -> vec2f {\n  if (dtype == BF16) {\n    return vec2f(bitcast<f32>(word << 16u), bitcast<f32>(word & 0xffff0000u));\n  }\n  return unpack2x16float(word);\n}\n";
// shaders/direct.wgsl?raw&bare
var direct_default = "// The product of two matrices straight from memory. Each thread makes ROW_FOURS times four rows by COLUMN_QUADS quads of columns,\n// and neighbouring threads share operands through the cache. For adapters where workgroup memory and barriers cost more than\n// loads, as in software. A kernel that uses it has, besides what tiles.wgsl wants,\n//\n//   left_entry(line, at), right_entry(line, at)    one entry of a stored row, where rows are not whole quads\n//\n// With DIFFERENCES it sums squared differences and wants `write_squares` in place of `write`. With ZERO_ROWS it tells it the largest\n// entries of the rows, which are 0 for rows of zeros.\n//\n// Threads at the edge repeat the last rows or columns instead of reading beyond them; `write` leaves these results out.\n// @parameter DIRECT 0\n// @parameter ZERO_ROWS 0\n\n// @if DIRECT\n@compute @workgroup_size(8, 8)\nfn main(@builtin(global_invocation_id) id: vec3u) {\n  let row = params.first_row + id.y * 4u * ROW_FOURS;\n  let column = params.first_column + id.x * 4u * COLUMN_QUADS;\n  if (row >= params.end_row || column >= params.end_column) {\n    return;\n  }\n  let last = params.inner - 1u;\n  let last_row = params.end_row - 1u;\n  let last_column = params.end_column - 1u;\n// @each g ROW_FOURS\n  let rows{g} = min(vec4u(row + 4u * {g}u) + vec4u(0u, 1u, 2u, 3u), vec4u(last_row));\n// @if ZERO_ROWS\n  var left_sizes{g} = vec4f();\n// @end\n// @each i 4\n// @each c COLUMN_QUADS\n  var sum{g}_{i}_{c} = vec4f();\n// @end\n// @end\n// @end\n// @each c COLUMN_QUADS\n  let columns{c} = min(vec4u(column + 4u * {c}u) + vec4u(0u, 1u, 2u, 3u), vec4u(last_column));\n// @if ZERO_ROWS\n  var right_sizes{c} = vec4f();\n// @end\n// @end\n// @if QUADS\n  for (var k = 0u; k < params.inner; k += 4u) {\n// @each g ROW_FOURS\n// @each i 4\n// @if LEFT_ALONG\n    let a{g}_{i} = left(rows{g}[{i}], k);\n// @if ZERO_ROWS\n    left_sizes{g}[{i}] = max(left_sizes{g}[{i}], dot(abs(a{g}_{i}), vec4f(1.0)));\n// @end\n// @else\n    let a{g}_{i} = select(vec4f(), left(min(k + {i}u, last), min(row + 4u * {g}u, last_row - 3u)), k + {i}u <= last);\n// @end\n// @end\n// @end\n// @each c COLUMN_QUADS\n// @if RIGHT_ALONG\n    let block{c} = transpose(mat4x4f(\n      right(columns{c}.x, k),\n      right(columns{c}.y, k),\n      right(columns{c}.z, k),\n      right(columns{c}.w, k),\n    ));\n// @end\n// @end\n// @each j 4\n// @each c COLUMN_QUADS\n// @if RIGHT_ALONG\n    let b{c}_{j} = block{c}[{j}];\n// @if ZERO_ROWS\n    right_sizes{c} = max(right_sizes{c}, abs(b{c}_{j}));\n// @end\n// @else\n    let b{c}_{j} = right(min(k + {j}u, last), min(column + 4u * {c}u, last_column - 3u));\n// @end\n// @each g ROW_FOURS\n// @each i 4\n// @if DIFFERENCES\n    let d{g}_{i}_{c}_{j} = vec4f(a{g}_{i}[{j}]) - b{c}_{j};\n    sum{g}_{i}_{c} = fma(d{g}_{i}_{c}_{j}, d{g}_{i}_{c}_{j}, sum{g}_{i}_{c});\n// @else\n// @if LEFT_ALONG\n    sum{g}_{i}_{c} = fma(vec4f(a{g}_{i}[{j}]), b{c}_{j}, sum{g}_{i}_{c});\n// @else\n    sum{g}_{i}_{c} = fma(vec4f(a{g}_{j}[{i}]), b{c}_{j}, sum{g}_{i}_{c});\n// @end\n// @end\n// @end\n// @end\n// @end\n// @end\n  }\n// @else\n  for (var k = 0u; k < params.inner; k++) {\n// @each c COLUMN_QUADS\n// @each j 4\n// @if RIGHT_ALONG\n    let b{c}_{j} = right_entry(columns{c}[{j}], k);\n// @else\n    let b{c}_{j} = right_entry(k, columns{c}[{j}]);\n// @end\n// @end\n    let b{c} = vec4f(b{c}_0, b{c}_1, b{c}_2, b{c}_3);\n// @if ZERO_ROWS\n    right_sizes{c} = max(right_sizes{c}, abs(b{c}));\n// @end\n// @end\n// @each g ROW_FOURS\n// @each i 4\n// @if LEFT_ALONG\n    let a{g}_{i} = vec4f(left_entry(rows{g}[{i}], k));\n// @else\n    let a{g}_{i} = vec4f(left_entry(k, rows{g}[{i}]));\n// @end\n// @if ZERO_ROWS\n    left_sizes{g}[{i}] = max(left_sizes{g}[{i}], abs(a{g}_{i}.x));\n// @end\n// @each c COLUMN_QUADS\n// @if DIFFERENCES\n    let d{g}_{i}_{c} = a{g}_{i} - b{c};\n    sum{g}_{i}_{c} = fma(d{g}_{i}_{c}, d{g}_{i}_{c}, sum{g}_{i}_{c});\n// @else\n    sum{g}_{i}_{c} = fma(a{g}_{i}, b{c}, sum{g}_{i}_{c});\n// @end\n// @end\n// @end\n// @end\n  }\n// @end\n// @each g ROW_FOURS\n// @each i 4\n// @each c COLUMN_QUADS\n// @if ZERO_ROWS\n  write_squares(row + 4u * {g}u + {i}u, column + 4u * {c}u, sum{g}_{i}_{c}, left_sizes{g}[{i}], right_sizes{c});\n// @else\n// @if DIFFERENCES\n  write_squares(row + 4u * {g}u + {i}u, column + 4u * {c}u, sum{g}_{i}_{c}, 1.0, vec4f(1.0));\n// @else\n  write(row + 4u * {g}u + {i}u, column + 4u * {c}u, sum{g}_{i}_{c});\n// @end\n// @end\n// @end\n// @end\n// @end\n}\n// @end\n";
// shaders/extent.wgsl?raw&bare
var extent_default = "// Minimum and maximum in two passes: every workgroup writes one (min, max) pair, then one workgroup reduces the pairs.\n//\n//   out[group] = (min x[i],  max x[i])     or, with PAIRS, of pairs (min, max)\n// @use rows.wgsl\n// @parameter PAIRS 0\n\nstruct Params {\n  count: u32,\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n// @if PAIRS\n@group(0) @binding(1) var<storage, read> x: array<vec2f>;\n// @else\n@group(0) @binding(1) var<storage, read> x: array<Entries>;\n// @end\n@group(0) @binding(2) var<storage, read_write> out: array<vec2f>;\n\n/// Minus the minimum, and the maximum.\nalias Value = vec2f;\n\n@compute @workgroup_size(THREADS)\nfn main(place: Place) {\n  let stride = place.groups.x * THREADS;\n  var found = vec2f(-3.4e38);\n  for (var i = place.group.x * THREADS + place.thread; i < params.count / WIDE; i += stride) {\n// @if PAIRS\n    found = max(found, vec2f(-x[i].x, x[i].y));\n// @else\n    found = max(found, vec2f(max_of(-x[i]), max_of(x[i])));\n// @end\n  }\n  let both = row_max(found, place);\n  if (place.thread == 0u) {\n    out[place.group.x] = vec2f(-both.x, both.y);\n  }\n}\n";
// shaders/few_rows.wgsl?raw&bare
var few_rows_default = "// The product of at most ROWS rows with the stored rows of a weight, with the functions that tiles.wgsl wants. It reads every\n// weight once, which takes all of the time. LANES neighbouring threads share four columns: each takes every LANES-th quad of\n// the summed entries, and their sums are added at the end, with subgroups where the device has them and they are large enough.\n// @parameter FEW_ROWS 0\n// @parameter ROWS 1\n// @parameter LANES 32\n// @parameter SUBGROUPS 0\n// @parameter SHARED 0\n\n// @if FEW_ROWS\n// @if SHARED\nvar<workgroup> partial: array<vec4f, 64>;\n// @end\n\n@compute @workgroup_size(64)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {\n  let lane = t % LANES;\n  let column = params.first_column + 4u * (group.x * (64u / LANES) + t / LANES);\n// @each r ROWS\n  var sum{r} = vec4f();\n// @end\n  for (var k = 4u * lane; k < params.inner; k += 4u * LANES) {\n    let weights = mat4x4f(right(column, k), right(column + 1u, k), right(column + 2u, k), right(column + 3u, k));\n// @each r ROWS\n    sum{r} += left(params.first_row + {r}u, k) * weights;\n// @end\n  }\n// @each r ROWS\n// @if SUBGROUPS\n  for (var h = LANES / 2u; h > 0u; h /= 2u) {\n    sum{r} += subgroupShuffleXor(sum{r}, h);\n  }\n// @end\n// @if SHARED\n  partial[t] = sum{r};\n  workgroupBarrier();\n  for (var h = LANES / 2u; h > 0u; h /= 2u) {\n    if (lane < h) {\n      partial[t] += partial[t + h];\n    }\n    workgroupBarrier();\n  }\n  sum{r} = partial[t];\n// @end\n  if (lane == 0u) {\n    write(params.first_row + {r}u, column, sum{r});\n  }\n// @end\n}\n// @end\n";
// shaders/gather.wgsl?raw&bare
var gather_default = "// Picks rows or columns by index: token embeddings, or neurons moved by a permutation.\n//\n//   axis 0: out[r, c] = x[index[r] − offset, c]        axis 1: out[r, c] = x[r, index[c] − offset]\n//\n// For an index outside this band of x, out stays as it is, so that a table in bands can be gathered band by band.\n// @use decode.wgsl\n\nstruct Params {\n  rows: u32,\n  columns: u32,\n  x_rows: u32,\n  x_columns: u32,\n  axis: u32,\n  offset: u32,\n}\n\noverride X_DTYPE: u32 = 0u;\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> x: array<u32>;\n@group(0) @binding(2) var<storage, read> index: array<u32>;\n@group(0) @binding(3) var<storage, read_write> out: array<f32>;\n\n@compute @workgroup_size(256)\nfn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {\n  let at = id.y * groups.x * 256u + id.x;\n  if (at >= params.rows * params.columns) {\n    return;\n  }\n  let r = at / params.columns;\n  let c = at % params.columns;\n  let picked = index[select(r, c, params.axis == 1u)];\n  let limit = select(params.x_rows, params.x_columns, params.axis == 1u);\n  if (picked < params.offset || picked - params.offset >= limit) {\n    return;\n  }\n  let k = picked - params.offset;\n  let i = select(k * params.x_columns + c, r * params.x_columns + k, params.axis == 1u);\n  out[at] = decode(x[word_of(i, X_DTYPE)], i, X_DTYPE);\n}\n";
// shaders/log_sum_exp.wgsl?raw&bare
var log_sum_exp_default = "// Running maximum and sum of exponentials scaled by it (Milakov & Gimelshein 2018), with one exp per entry, so that no exponent\n// overflows. Includes after it: rows.wgsl, with `Value` f32.\nconst LOWEST = -3.4e38;\n\nstruct Mass {\n  maximum: Entries,\n  sum: Entries,\n}\n\nfn with_entries(mass: Mass, x: Entries) -> Mass {\n  let e = exp(-abs(x - mass.maximum));\n  return Mass(max(mass.maximum, x), select(mass.sum + e, mass.sum * e + 1.0, x > mass.maximum));\n}\n\n/// Returns the maximum of a row, and the sum scaled by it. Every thread of the workgroup must call it.\nfn row_mass(mass: Mass, place: Place) -> vec2f {\n  let maximum = row_max(max_of(mass.maximum), place);\n  return vec2f(maximum, row_sum(sum_of(mass.sum * exp(mass.maximum - maximum)), place));\n}\n";
// shaders/matmul.wgsl?raw&bare
var matmul_default = "// C = A·B, A·Bᵀ or Aᵀ·B; optionally + bias, optionally added to the old C.\n//\n//   C[r, c] = Σ_k A[r, k] · B[k, c]    as the operands are stored, or the stored rows of Aᵀ or Bᵀ\n//\n// Operands may be packed (see decode.wgsl). C may be some columns of a wider matrix. WIDE is 1 where its rows and theirs are\n// whole quads. Which way the sums are formed, by tiles, straight from memory or with threads along the sum, is chosen by what\n// is fastest on the device.\n// @use decode.wgsl\n// @use operands.wgsl\n// @use tiles.wgsl\n// @use direct.wgsl\n// @use few_rows.wgsl\n// @parameter WIDE 1\n// @if SUBGROUPS\nenable subgroups;\n// @end\n\nstruct Params {\n  first_row: u32,\n  end_row: u32,\n  first_column: u32,\n  end_column: u32,\n  inner: u32,\n  a_lines: u32,\n  a_length: u32,\n  b_lines: u32,\n  b_length: u32,\n  out_stride: u32,\n  out_offset: u32,\n  has_bias: u32,\n  bias_dtype: u32,\n  accumulate: u32,\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(3) var<storage, read> bias: array<u32>;\n// @if WIDE\n@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;\n// @else\n@group(0) @binding(4) var<storage, read_write> out: array<f32>;\n// @end\n\nfn left(line: u32, at: u32) -> vec4f {\n  return a_at(line, at);\n}\n\nfn right(line: u32, at: u32) -> vec4f {\n  return b_at(line, at);\n}\n\n// @if QUADS\n// @else\nfn left_entry(line: u32, at: u32) -> f32 {\n  return a_entry(line, at);\n}\n\nfn right_entry(line: u32, at: u32) -> f32 {\n  return b_entry(line, at);\n}\n// @end\n\nfn write(row: u32, column: u32, sums: vec4f) {\n  if (row >= params.end_row || column >= params.end_column) {\n    return;\n  }\n  var values = sums;\n  if (params.has_bias == 1u) {\n    // In a loop, because this text is repeated for each quad of a thread's sums.\n    for (var c = 0u; c < 4u; c++) {\n      let i = column + c;\n      values[c] += decode(bias[word_of(i, params.bias_dtype)], i, params.bias_dtype);\n    }\n  }\n  let at = row * params.out_stride + params.out_offset + column;\n// @if WIDE\n  if (params.accumulate == 1u) {\n    values += out[at / 4u];\n  }\n  out[at / 4u] = values;\n// @else\n  for (var c = 0u; c < min(4u, params.end_column - column); c++) {\n    out[at + c] = values[c] + select(0.0, out[at + c], params.accumulate == 1u);\n  }\n// @end\n}\n";
// shaders/norm_matched_loss.wgsl?raw&bare
var norm_matched_loss_default = "// Squared error plus squared difference of the norms, for one mini-batch, with its gradient (LESA).\n//\n//   loss        = (1 − λ)·mean((p − t)²) + λ·(‖p‖ − ‖t‖)²          norms over all entries of the batch\n//   gradient[i] = (1 − λ)·2/N·(p[i] − t[i]) + λ·2·(‖p‖ − ‖t‖)/‖p‖·p[i]\n//\n// One workgroup, because a batch is small and the norms must be known before the gradients.\n// @use rows.wgsl\n\nstruct Params {\n  count: u32,\n  lambda: f32,\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> prediction: array<Entries>;\n@group(0) @binding(2) var<storage, read> expected: array<Entries>;\n@group(0) @binding(3) var<storage, read_write> gradient: array<Entries>;\n@group(0) @binding(4) var<storage, read_write> out: array<f32>;\n\n/// Sums of (p − t)², p², t².\nalias Value = vec3f;\n\n@compute @workgroup_size(THREADS)\nfn main(place: Place) {\n  let end = params.count / WIDE;\n  var errors = Entries();\n  var predicted = Entries();\n  var wanted = Entries();\n  for (var i = place.thread; i < end; i += THREADS) {\n    let p = prediction[i];\n    let t = expected[i];\n    errors = fma(p - t, p - t, errors);\n    predicted = fma(p, p, predicted);\n    wanted = fma(t, t, wanted);\n  }\n  let total = row_sum(vec3f(sum_of(errors), sum_of(predicted), sum_of(wanted)), place);\n  let size = sqrt(total.y);\n  let gap = size - sqrt(total.z);\n  let n = f32(params.count);\n  let error_weight = (1.0 - params.lambda) * 2.0 / n;\n  // The norm has no derivative at 0; as in PyTorch, it counts as 0.\n  let size_weight = select(0.0, params.lambda * 2.0 * gap / size, size > 0.0);\n  for (var i = place.thread; i < end; i += THREADS) {\n    let p = prediction[i];\n    gradient[i] = error_weight * (p - expected[i]) + size_weight * p;\n  }\n  if (place.thread == 0u) {\n    out[0] = (1.0 - params.lambda) * total.x / n + params.lambda * gap * gap;\n  }\n}\n";
// shaders/operands.wgsl?raw&bare
var operands_default = "// Reads the operands of a product, packed (bf16, f16) or not. With QUADS every stored row is whole quads, so that one vector\n// load gives four entries. The kernel's Params state the stored shapes: a_lines rows of a_length entries, and b_lines of b_length.\n//\n//   a_at(line, at), b_at(line, at)          four entries of a row from `at` on, zeros outside (with DIRECT, never outside)\n//   a_entry(line, at), b_entry(line, at)    one entry of a row\n// @parameter A_DTYPE 0\n// @parameter B_DTYPE 0\n// @parameter QUADS 1\n\n// @if QUADS\n// @if A_DTYPE\n@group(0) @binding(1) var<storage, read> a: array<vec2u>;\n\nfn a_quad(i: u32) -> vec4f {\n  let words = a[i / 4u];\n  return vec4f(decode_pair(words.x, A_DTYPE), decode_pair(words.y, A_DTYPE));\n}\n// @else\n@group(0) @binding(1) var<storage, read> a: array<vec4f>;\n\nfn a_quad(i: u32) -> vec4f {\n  return a[i / 4u];\n}\n// @end\n// @if B_DTYPE\n@group(0) @binding(2) var<storage, read> b: array<vec2u>;\n\nfn b_quad(i: u32) -> vec4f {\n  let words = b[i / 4u];\n  return vec4f(decode_pair(words.x, B_DTYPE), decode_pair(words.y, B_DTYPE));\n}\n// @else\n@group(0) @binding(2) var<storage, read> b: array<vec4f>;\n\nfn b_quad(i: u32) -> vec4f {\n  return b[i / 4u];\n}\n// @end\n\n// @if DIRECT\nfn a_at(line: u32, at: u32) -> vec4f {\n  return a_quad(line * params.a_length + at);\n}\n\nfn b_at(line: u32, at: u32) -> vec4f {\n  return b_quad(line * params.b_length + at);\n}\n// @else\nfn a_at(line: u32, at: u32) -> vec4f {\n  return select(vec4f(), a_quad(line * params.a_length + at), line < params.a_lines && at < params.a_length);\n}\n\nfn b_at(line: u32, at: u32) -> vec4f {\n  return select(vec4f(), b_quad(line * params.b_length + at), line < params.b_lines && at < params.b_length);\n}\n// @end\n// @else\n// @if A_DTYPE\n@group(0) @binding(1) var<storage, read> a: array<u32>;\n\nfn a_entry(line: u32, at: u32) -> f32 {\n  let i = line * params.a_length + at;\n  return decode(a[i / 2u], i, A_DTYPE);\n}\n// @else\n@group(0) @binding(1) var<storage, read> a: array<f32>;\n\nfn a_entry(line: u32, at: u32) -> f32 {\n  return a[line * params.a_length + at];\n}\n// @end\n// @if B_DTYPE\n@group(0) @binding(2) var<storage, read> b: array<u32>;\n\nfn b_entry(line: u32, at: u32) -> f32 {\n  let i = line * params.b_length + at;\n  return decode(b[i / 2u], i, B_DTYPE);\n}\n// @else\n@group(0) @binding(2) var<storage, read> b: array<f32>;\n\nfn b_entry(line: u32, at: u32) -> f32 {\n  return b[line * params.b_length + at];\n}\n// @end\n\n/// Which of four entries from `at` on are inside a row of `length` entries.\nfn inside(line: u32, lines: u32, at: u32, length: u32) -> vec4<bool> {\n  return vec4u(at) + vec4u(0u, 1u, 2u, 3u) < vec4u(select(0u, length, line < lines));\n}\n\nfn a_at(line: u32, at: u32) -> vec4f {\n  let entries = vec4f(a_entry(line, at), a_entry(line, at + 1u), a_entry(line, at + 2u), a_entry(line, at + 3u));\n  return select(vec4f(), entries, inside(line, params.a_lines, at, params.a_length));\n}\n\nfn b_at(line: u32, at: u32) -> vec4f {\n  let entries = vec4f(b_entry(line, at), b_entry(line, at + 1u), b_entry(line, at + 2u), b_entry(line, at + 3u));\n  return select(vec4f(), entries, inside(line, params.b_lines, at, params.b_length));\n}\n// @end\n";
// shaders/packed_entries.wgsl?raw&bare
var packed_entries_default = "// Reads `Entries` (rows.wgsl) of a buffer that may be packed. `Words` holds the same entries in whichever dtype.\n// @parameter PACKED 0\n// @if VECTOR\n// @if PACKED\nalias Words = vec2u;\n// @else\nalias Words = vec4u;\n// @end\n// @else\nalias Words = u32;\n// @end\n\n/// Index of the words of the entries `i`.\nfn words_of(i: u32, dtype: u32) -> u32 {\n// @if VECTOR\n  return i;\n// @else\n  return word_of(i, dtype);\n// @end\n}\n\nfn decode_entries(words: Words, i: u32, dtype: u32) -> Entries {\n// @if VECTOR\n// @if PACKED\n  return vec4f(decode_pair(words.x, dtype), decode_pair(words.y, dtype));\n// @else\n  return bitcast<vec4f>(words);\n// @end\n// @else\n  return decode(words, i, dtype);\n// @end\n}\n";
// shaders/pairwise_distance.wgsl?raw&bare
var pairwise_distance_default = "// Ground cost of the transport problem: distance between rows (neurons) of two weight matrices.\n//\n//   M[i, j] = factor · ‖A_i − B_j‖₂      metric 0, Euclidean\n//             factor · ‖A_i − B_j‖₂²     metric 1, squared\n//             factor · ½‖A_i − B_j‖₂²    metric 2, cosine: 1 − cos of rows of unit length. A row of zeros has no direction:\n//                                        its distance is 1 to other rows, and 0 to another row of zeros.\n//\n// By tiles it takes the square from a product, ‖A_i‖² + ‖B_j‖² − 2·A_i·B_j. That loses all digits where rows are nearly equal, and\n// the distance of equal rows must be exactly 0. So where less than a quarter is left the square is summed again, of differences.\n// OpT-DeUS solves with the same costs (voalmciaf/OpT-DeUS:Model/OpT-DeUS.py).\n// @use decode.wgsl\n// @use operands.wgsl\n// @use tiles.wgsl\n// @use direct.wgsl\n// @parameter DIFFERENCES 1\n// @parameter RIGHT_ALONG 1\n// @parameter RIGHT_LOADS 1\n// @parameter RIGHT_STRIDE 36\n// @parameter METRIC 0\n// @parameter WIDE 1\n\nstruct Params {\n  first_row: u32,\n  end_row: u32,\n  first_column: u32,\n  end_column: u32,\n  inner: u32,\n  a_lines: u32,\n  a_length: u32,\n  b_lines: u32,\n  b_length: u32,\n  band_start: u32,\n  columns: u32,\n  factor: f32,\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n// @if WIDE\n@group(0) @binding(3) var<storage, read_write> cost: array<vec4f>;\n// @else\n@group(0) @binding(3) var<storage, read_write> cost: array<f32>;\n// @end\n\nconst EUCLIDEAN = 0u;\nconst COSINE = 2u;\n/// The least part of the sum of squares that a square by products may be.\nconst LEAST_PART = 0.25;\n/// Stands for a distance that cancelled until it is written again.\nconst CANCELLED = -3.0e38;\n\nfn left(line: u32, at: u32) -> vec4f {\n  return a_at(params.band_start + line, at);\n}\n\nfn right(line: u32, at: u32) -> vec4f {\n  return b_at(line, at);\n}\n\n// @if QUADS\n// @else\nfn left_entry(line: u32, at: u32) -> f32 {\n  return a_entry(params.band_start + line, at);\n}\n\nfn right_entry(line: u32, at: u32) -> f32 {\n  return b_entry(line, at);\n}\n// @end\n\n/// Distances of a row to four others, from their squares and from sizes of rows, which are 0 for rows of zeros.\nfn distances(squares: vec4f, size: f32, sizes: vec4f) -> vec4f {\n  var distance = squares;\n  if (METRIC == EUCLIDEAN) {\n    distance = sqrt(squares);\n  } else if (METRIC == COSINE) {\n    let one_is_zero = vec4<bool>(size == 0.0) != (sizes == vec4f());\n    distance = select(0.5 * squares, vec4f(1.0), one_is_zero);\n  }\n  return params.factor * distance;\n}\n\n/// Writes the four distances, or with `only_cancelled` those of them that cancelled before.\nfn write_distances(row: u32, column: u32, distance: vec4f, only_cancelled: bool) {\n  if (row >= params.end_row || column >= params.end_column) {\n    return;\n  }\n  let at = row * params.columns + column;\n// @if WIDE\n  let kept = vec4<bool>(only_cancelled) & (cost[at / 4u] != vec4f(CANCELLED));\n  cost[at / 4u] = select(distance, cost[at / 4u], kept);\n// @else\n  for (var c = 0u; c < min(4u, params.end_column - column); c++) {\n    if (!only_cancelled || cost[at + c] == CANCELLED) {\n      cost[at + c] = distance[c];\n    }\n  }\n// @end\n}\n\nfn write_products(row: u32, column: u32, dots: vec4f, size: f32, sizes: vec4f) -> bool {\n  let all = vec4f(size) + sizes;\n  let squares = all - 2.0 * dots;\n  let cancels = !(squares > LEAST_PART * all);\n  write_distances(row, column, select(distances(squares, size, sizes), vec4f(CANCELLED), cancels), false);\n  return any(cancels) && row < params.end_row && column < params.end_column;\n}\n\nfn write_squares(row: u32, column: u32, squares: vec4f, size: f32, sizes: vec4f) {\n  write_distances(row, column, distances(squares, size, sizes), DIRECT == 0u);\n}\n";
// shaders/partial_sums.wgsl?raw&bare
var partial_sums_default = "// Sums of the rows of a matrix, one workgroup a row.\n//\n//   out[row] = Σ x[row][i]\n\nstruct Params {\n  width: u32,\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> x: array<f32>;\n@group(0) @binding(2) var<storage, read_write> out: array<f32>;\n\n// @use rows.wgsl\n// @parameter LANES 64\n// @parameter ROWS 1\n\nalias Value = f32;\n\n@compute @workgroup_size(THREADS)\nfn main(place: Place) {\n  var sum = 0.0;\n  for (var i = place.thread; i < params.width; i += THREADS) {\n    sum += x[place.group.x * params.width + i];\n  }\n  sum = row_sum(sum, place);\n  if (place.thread == 0u) {\n    out[place.group.x] = sum;\n  }\n}\n";
// shaders/picture.wgsl?raw&bare
var picture_default = "// A picture of a window of the cost or of the plan: a maximum and a mean for every pixel.\n//\n//   pixel (y, x) covers rows ⌊y·R/h⌋ … ⌈(y+1)·R/h⌉ and columns ⌊x·C/w⌋ … ⌈(x+1)·C/w⌉ of the R × C window\n//   out[y, x] = (max, mean) over the entries covered; entries are ≥ 0\n//\n// For a difference of two matrices, max is the entry of largest magnitude, with its sign (the first of equals).\n//\n// One thread per pixel reads the rows of one band and adds them to the bands before.\n\nstruct Params {\n  band_start: u32,\n  band_rows: u32,\n  columns: u32,\n  row_start: u32,\n  column_start: u32,\n  window_rows: u32,\n  window_columns: u32,\n  height: u32,\n  width: u32,\n  is_plan: u32,\n  epsilon: f32,\n  is_difference: u32,\n  other_is_plan: u32,\n  other_epsilon: f32,\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> cost: array<f32>;\n@group(0) @binding(2) var<storage, read> f: array<f32>;\n@group(0) @binding(3) var<storage, read> g: array<f32>;\n@group(0) @binding(4) var<storage, read> other_cost: array<f32>;\n@group(0) @binding(5) var<storage, read> other_f: array<f32>;\n@group(0) @binding(6) var<storage, read> other_g: array<f32>;\n@group(0) @binding(7) var<storage, read_write> out: array<f32>;\n\nconst LARGEST_EXPONENT = 60.0;\n\nfn ceil_div(a: u32, b: u32) -> u32 {\n  return (a + b - 1u) / b;\n}\n\n@compute @workgroup_size(8, 8)\nfn main(@builtin(global_invocation_id) id: vec3u) {\n  if (id.x >= params.width || id.y >= params.height) {\n    return;\n  }\n  let top = params.row_start + id.y * params.window_rows / params.height;\n  let bottom = params.row_start + ceil_div((id.y + 1u) * params.window_rows, params.height);\n  let left = params.column_start + id.x * params.window_columns / params.width;\n  let right = params.column_start + ceil_div((id.x + 1u) * params.window_columns, params.width);\n  var largest = 0.0;\n  var sum = 0.0;\n  for (var i = max(top, params.band_start); i < min(bottom, params.band_start + params.band_rows); i++) {\n    for (var j = left; j < right; j++) {\n      let entry = (i - params.band_start) * params.columns + j;\n      var value = cost[entry];\n      if (params.is_plan == 1u) {\n        value = exp(min((f[i] + g[j] - value) / params.epsilon, LARGEST_EXPONENT));\n      }\n      if (params.is_difference == 1u) {\n        var other = other_cost[entry];\n        if (params.other_is_plan == 1u) {\n          other = exp(min((other_f[i] + other_g[j] - other) / params.other_epsilon, LARGEST_EXPONENT));\n        }\n        value -= other;\n      }\n      largest = select(largest, value, abs(value) > abs(largest));\n      sum += value;\n    }\n  }\n  let at = 2u * (id.y * params.width + id.x);\n  out[at] = select(out[at], largest, abs(largest) > abs(out[at]));\n  out[at + 1u] += sum / f32((bottom - top) * (right - left));\n}\n";
// shaders/plan_rows.wgsl?raw&bare
var plan_rows_default = "// Measures of each row of the plan. Its entries are computed from cost and potentials and never stored.\n//\n//   T_ij = exp(x_ij),  x_ij = (f_i + g_j − M_ij) / ε,  p_j = T_ij / Σ_j T_ij\n//   out[i] = (Σ_j T_ij,  −Σ_j p_j·log p_j,  Σ_j T_ij·G_ij,  argmax_j T_ij,  max_j x_ij)\n//\n// G is M, or the original cost if the plan was solved on moved points.\n//\n// With m the running maximum, s = Σ e^(x−m) and t = Σ e^(x−m)·(x−m), the entropy is log s − t/s, which is defined even if\n// the row's mass underflows. Plan perplexity is exp of the mean of these entropies.\n// @use rows.wgsl\n\nstruct Params {\n  row_start: u32,\n  rows: u32,\n  columns: u32,\n  epsilon: f32,\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> cost: array<Entries>;\n@group(0) @binding(2) var<storage, read> ground: array<Entries>;\n@group(0) @binding(3) var<storage, read> f: array<f32>;\n@group(0) @binding(4) var<storage, read> g: array<Entries>;\n@group(0) @binding(5) var<storage, read_write> out: array<f32>;\n\nconst LOWEST = -3.4e38;\nconst LARGEST_EXPONENT = 60.0;\n\n/// s, t and Σ e^(x−m)·G.\nalias Value = vec3f;\n\n@compute @workgroup_size(THREADS)\nfn main(place: Place) {\n  let row = row_of(place);\n  let lane = place.thread % LANES;\n  let width = params.columns / WIDE;\n  let start = row * width;\n  let end = select(0u, width, row < params.rows);\n  let f_row = f[params.row_start + min(row, params.rows - 1u)];\n  var maximum = Entries(LOWEST);\n  var sum = Entries();\n  var log_sum = Entries();\n  var costs = Entries();\n  var argmax = Indices();\n  for (var j = lane; j < end; j += LANES) {\n    let x = (f_row + g[j] - cost[start + j]) / params.epsilon;\n    let rise = x - maximum;\n    let e = exp(-abs(rise));\n    let higher = rise > Entries();\n    log_sum = select(fma(e, rise, log_sum), e * (log_sum - rise * sum), higher);\n    sum = select(sum + e, fma(sum, e, Entries(1.0)), higher);\n    costs = select(fma(e, ground[start + j], costs), fma(costs, e, ground[start + j]), higher);\n    argmax = select(argmax, OFFSETS + j * WIDE, higher);\n    maximum = max(maximum, x);\n  }\n  let highest = row_max(Value(max_of(maximum)), place).x;\n  // Of equal maxima the first counts.\n  let candidates = select(Entries(LOWEST), -Entries(argmax), maximum == Entries(highest));\n  let first = -row_max(Value(max_of(candidates)), place).x;\n  // A lane without entries has the maximum −3.4e38, and its sums are 0.\n  let fall = max(maximum - highest, Entries(-200.0));\n  let e = exp(fall);\n  let own = Value(sum_of(e * sum), sum_of(e * (log_sum + fall * sum)), sum_of(e * costs));\n  let total = row_sum(own, place);\n  if (lane > 0u || row >= params.rows) {\n    return;\n  }\n  let scale = exp(min(highest, LARGEST_EXPONENT));\n  out[row * 5u] = total.x * scale;\n  out[row * 5u + 1u] = max(0.0, log(total.x) - total.y / total.x);\n  out[row * 5u + 2u] = total.z * scale;\n  out[row * 5u + 3u] = first;\n  out[row * 5u + 4u] = highest;\n}\n";
// shaders/relu.wgsl?raw&bare
var relu_default = "// ReLU and its backward pass.\n//\n//   out[i] = max(x[i], 0)                    BACKWARD false\n//   out[i] = x[i] where y[i] > 0, else 0     BACKWARD true: y is the result of ReLU, x the derivative by it\n\nstruct Params {\n  count: u32,\n}\n\noverride BACKWARD: bool = false;\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> x: array<f32>;\n@group(0) @binding(2) var<storage, read> y: array<f32>;\n@group(0) @binding(3) var<storage, read_write> out: array<f32>;\n\n@compute @workgroup_size(256)\nfn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {\n  let i = id.y * groups.x * 256u + id.x;\n  if (i >= params.count) {\n    return;\n  }\n  let value = x[i];\n  if (BACKWARD) {\n    out[i] = select(0.0, value, y[i] > 0.0);\n  } else {\n    // Not max: NaN must stay NaN, or it would look like a dead unit.\n    out[i] = select(value, 0.0, value < 0.0);\n  }\n}\n";
// shaders/rms_norm.wgsl?raw&bare
var rms_norm_default = "// Root mean square normalisation (Zhang & Sennrich 2019).\n//\n//   out[t, i] = x[t, i] / sqrt(mean_i x[t, i]² + eps) · gain[i]          with OFFSET, gain[i] + 1\n// @parameter OFFSET 0\n// @use decode.wgsl\n// @use packed_entries.wgsl\n// @use rows.wgsl\n\nstruct Params {\n  rows: u32,\n  width: u32,\n  eps: f32,\n}\n\noverride GAIN_DTYPE: u32 = 0u;\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> x: array<Entries>;\n@group(0) @binding(2) var<storage, read> gain: array<Words>;\n@group(0) @binding(3) var<storage, read_write> out: array<Entries>;\n\nalias Value = f32;\n\n@compute @workgroup_size(THREADS)\nfn main(place: Place) {\n  let row = row_of(place);\n  let width = params.width / WIDE;\n  let start = row * width;\n  let end = select(0u, width, row < params.rows);\n  var sum = Entries();\n  for (var i = place.thread % LANES; i < end; i += LANES) {\n    let value = x[start + i];\n    sum = fma(value, value, sum);\n  }\n  let total = row_sum(sum_of(sum), place);\n  let scale = 1.0 / sqrt(total / f32(params.width) + params.eps);\n  for (var i = place.thread % LANES; i < end; i += LANES) {\n    let factor = decode_entries(gain[words_of(i, GAIN_DTYPE)], i, GAIN_DTYPE);\n// @if OFFSET\n    out[start + i] = x[start + i] * scale * (factor + 1.0);\n// @else\n    out[start + i] = x[start + i] * scale * factor;\n// @end\n  }\n}\n";
// shaders/rms_norm_gain_gradient.wgsl?raw&bare
var rms_norm_gain_gradient_default = "// Derivative by the gain of root mean square normalisation: sums of columns in two passes, in a fixed order. First every part of\n// the rows gives one row of sums, then these are added.\n//\n//   out[part, i] = Σ_t u[t, i] · x[t, i] · inverse[t]     t over the rows of the part\n//   out[i] += Σ_part x[part, i]                           with SUMS; with ADDED, it adds the first to out instead\n//\n// A workgroup takes COLUMNS neighbouring columns (with VECTOR, groups of four columns); LANES threads share a column's rows.\n// @parameter COLUMNS 64\n// @parameter LANES 1\n// @parameter VECTOR 0\n\nstruct Params {\n  rows: u32,\n  width: u32,\n  /// Rows of a part.\n  height: u32,\n}\n\noverride SUMS: u32 = 0u;\noverride ADDED: u32 = 1u;\n\n// @if VECTOR\nalias Entries = vec4f;\nconst WIDE = 4u;\n// @else\nalias Entries = f32;\nconst WIDE = 1u;\n// @end\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> x: array<Entries>;\n@group(0) @binding(2) var<storage, read> upstream: array<Entries>;\n@group(0) @binding(3) var<storage, read> inverse: array<f32>;\n@group(0) @binding(4) var<storage, read_write> out: array<Entries>;\n\nvar<workgroup> partial: array<Entries, COLUMNS * LANES>;\n\n@compute @workgroup_size(COLUMNS, LANES)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {\n  let width = params.width / WIDE;\n  let i = group.x * COLUMNS + local.x;\n  let end = min(params.rows, (group.y + 1u) * params.height);\n  var sum = Entries();\n  if (i < width) {\n    for (var t = group.y * params.height + local.y; t < end; t += LANES) {\n      let at = t * width + i;\n      if (SUMS == 1u) {\n        sum += x[at];\n      } else {\n        sum = fma(upstream[at] * inverse[t], x[at], sum);\n      }\n    }\n  }\n  let slot = local.y * COLUMNS + local.x;\n  partial[slot] = sum;\n  for (var half = LANES / 2u; half > 0u; half /= 2u) {\n    workgroupBarrier();\n    if (local.y < half) {\n      partial[slot] += partial[slot + half * COLUMNS];\n    }\n  }\n  sum = partial[slot];\n  if (local.y > 0u || i >= width) {\n    return;\n  }\n  if (ADDED == 1u) {\n    out[i] += sum;\n  } else {\n    out[group.y * width + i] = sum;\n  }\n}\n";
// shaders/rms_norm_gradient.wgsl?raw&bare
var rms_norm_gradient_default = "// Backward pass of root mean square normalisation.\n//\n//   r = 1 / sqrt(mean_i x[t, i]² + eps)\n//   out[t, i]  = r · u[t, i]·gain[i] − x[t, i] · r³/width · Σ_j u[t, j]·gain[j]·x[t, j]\n//   inverse[t] = r                                             for rms_norm_gain_gradient.wgsl\n//\n// With OFFSET, gain[i] is one more than what is stored.\n// @parameter OFFSET 0\n// @use decode.wgsl\n// @use packed_entries.wgsl\n// @use rows.wgsl\n\nstruct Params {\n  rows: u32,\n  width: u32,\n  eps: f32,\n}\n\noverride GAIN_DTYPE: u32 = 0u;\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> x: array<Entries>;\n@group(0) @binding(2) var<storage, read> gain: array<Words>;\n@group(0) @binding(3) var<storage, read> upstream: array<Entries>;\n@group(0) @binding(4) var<storage, read_write> out: array<Entries>;\n@group(0) @binding(5) var<storage, read_write> inverse: array<f32>;\n\nfn factor_at(i: u32) -> Entries {\n  let stored = decode_entries(gain[words_of(i, GAIN_DTYPE)], i, GAIN_DTYPE);\n// @if OFFSET\n  return stored + 1.0;\n// @else\n  return stored;\n// @end\n}\n\n/// Σ x² and Σ u·gain·x.\nalias Value = vec2f;\n\n@compute @workgroup_size(THREADS)\nfn main(place: Place) {\n  let row = row_of(place);\n  let lane = place.thread % LANES;\n  let width = params.width / WIDE;\n  let start = row * width;\n  let end = select(0u, width, row < params.rows);\n  var squares = Entries();\n  var products = Entries();\n  for (var i = lane; i < end; i += LANES) {\n    let value = x[start + i];\n    let slope = upstream[start + i] * factor_at(i);\n    squares = fma(value, value, squares);\n    products = fma(slope, value, products);\n  }\n  let total = row_sum(vec2f(sum_of(squares), sum_of(products)), place) / f32(params.width);\n  let r = 1.0 / sqrt(total.x + params.eps);\n  let pull = total.y * r * r * r;\n  for (var i = lane; i < end; i += LANES) {\n    let slope = upstream[start + i] * factor_at(i);\n    out[start + i] = slope * r - x[start + i] * pull;\n  }\n  if (lane == 0u && row < params.rows) {\n    inverse[row] = r;\n  }\n}\n";
// shaders/rope.wgsl?raw&bare
var rope_default = "// Rotary position embedding (Su et al. 2021) in the rotate-half layout of Llama checkpoints: dimensions j and j + h/2 of a\n// head are rotated as a pair.\n//\n//   out[t, j]       = x[t, j]·cos − x[t, j + h/2]·sin\n//   out[t, j + h/2] = x[t, j + h/2]·cos + x[t, j]·sin          angles of position position_start + t, from a table\n\nstruct Params {\n  rows: u32,\n  heads: u32,\n  head_dim: u32,\n  position_start: u32,\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> x: array<f32>;\n@group(0) @binding(2) var<storage, read> table: array<f32>;\n@group(0) @binding(3) var<storage, read_write> out: array<f32>;\n\n@compute @workgroup_size(256)\nfn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {\n  let half = params.head_dim / 2u;\n  let pair = id.y * groups.x * 256u + id.x;\n  if (pair >= params.rows * params.heads * half) {\n    return;\n  }\n  let j = pair % half;\n  let head = pair / half % params.heads;\n  let t = pair / (half * params.heads);\n  let angle = (params.position_start + t) * params.head_dim + j;\n  let c = table[angle];\n  let s = table[angle + half];\n  let at = (t * params.heads + head) * params.head_dim + j;\n  let first = x[at];\n  let second = x[at + half];\n  out[at] = first * c - second * s;\n  out[at + half] = second * c + first * s;\n}\n";
// shaders/row_moments.wgsl?raw&bare
var row_moments_default = "// Mean and sum of squared deviations of every row of a cost matrix. The caller combines the rows.\n//\n//   out[i] = (μ_i,  Σ_j (M_ij − μ_i)²),  μ_i = Σ_j M_ij / m\n//\n// A second pass sums the deviations, because Σ M² − m·μ² would lose digits by cancellation.\n// @use rows.wgsl\n\nstruct Params {\n  rows: u32,\n  columns: u32,\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> cost: array<Entries>;\n@group(0) @binding(2) var<storage, read_write> out: array<vec2f>;\n\nalias Value = f32;\n\n@compute @workgroup_size(THREADS)\nfn main(place: Place) {\n  let row = row_of(place);\n  let lane = place.thread % LANES;\n  let columns = params.columns / WIDE;\n  let start = row * columns;\n  let end = select(0u, columns, row < params.rows);\n  var sum = Entries();\n  for (var j = lane; j < end; j += LANES) {\n    sum += cost[start + j];\n  }\n  let mean = row_sum(sum_of(sum), place) / f32(params.columns);\n  var squares = Entries();\n  for (var j = lane; j < end; j += LANES) {\n    let deviation = cost[start + j] - mean;\n    squares = fma(deviation, deviation, squares);\n  }\n  let total = row_sum(sum_of(squares), place);\n  if (lane == 0u && row < params.rows) {\n    out[row] = vec2f(mean, total);\n  }\n}\n";
// shaders/rows.wgsl?raw&bare
var rows_default = "// Reductions along rows. A workgroup takes ROWS rows, and LANES threads share a row. A thread reads a row by `Entries`: one\n// entry, or with VECTOR four neighbouring ones, for which the width of a row must be a multiple of 4. The including file\n// names the type `Value` that it reduces. With SUBGROUPS, a subgroup reduces its part without memory; a workgroup then\n// takes one row, and its subgroups may have any size.\n// @parameter LANES 8\n// @parameter ROWS 8\n// @parameter VECTOR 0\n// @parameter SUBGROUPS 0\n// @if SUBGROUPS\nenable subgroups;\nrequires subgroup_id;\n// @end\n// @if VECTOR\nalias Entries = vec4f;\nalias Indices = vec4u;\nconst WIDE = 4u;\nconst OFFSETS = vec4u(0u, 1u, 2u, 3u);\n\nfn sum_of(x: vec4f) -> f32 {\n  return (x.x + x.y) + (x.z + x.w);\n}\n\nfn max_of(x: vec4f) -> f32 {\n  return max(max(x.x, x.y), max(x.z, x.w));\n}\n// @else\nalias Entries = f32;\nalias Indices = u32;\nconst WIDE = 1u;\nconst OFFSETS = 0u;\n\nfn sum_of(x: f32) -> f32 {\n  return x;\n}\n\nfn max_of(x: f32) -> f32 {\n  return x;\n}\n// @end\n\nconst THREADS = LANES * ROWS;\n/// Partial results that each lane combines itself, because a few reads cost less than a barrier.\nconst LAST = min(LANES, 8u);\n\nstruct Place {\n  @builtin(workgroup_id) group: vec3u,\n  @builtin(num_workgroups) groups: vec3u,\n  @builtin(local_invocation_index) thread: u32,\n// @if SUBGROUPS\n  @builtin(subgroup_id) subgroup: u32,\n  @builtin(num_subgroups) subgroups: u32,\n// @end\n}\n\n// @if SUBGROUPS\n// A subgroup has at least four threads.\nvar<workgroup> partial: array<Value, THREADS / 4u>;\n// @else\nvar<workgroup> partial: array<Value, THREADS>;\n// @end\n\nfn row_of(place: Place) -> u32 {\n  return (place.group.y * place.groups.x + place.group.x) * ROWS + place.thread / LANES;\n}\n\n/// Returns the sum over the lanes of a row. Every thread of the workgroup must call it.\nfn row_sum(value: Value, place: Place) -> Value {\n// @if SUBGROUPS\n  let part = subgroupAdd(value);\n  // Wait until all threads have read the result of an earlier call.\n  workgroupBarrier();\n  if (subgroupElect()) {\n    partial[place.subgroup] = part;\n  }\n  workgroupBarrier();\n  var total = partial[0];\n  for (var other = 1u; other < place.subgroups; other++) {\n    total += partial[other];\n  }\n// @else\n  let first = share(value, place);\n  for (var half = LANES / 2u; half >= LAST; half /= 2u) {\n    if (place.thread - first < half) {\n      partial[place.thread] += partial[place.thread + half];\n    }\n    workgroupBarrier();\n  }\n  var total = partial[first];\n  for (var lane = 1u; lane < LAST; lane++) {\n    total += partial[first + lane];\n  }\n// @end\n  return total;\n}\n\n/// Returns the maximum over the lanes of a row. Every thread of the workgroup must call it.\nfn row_max(value: Value, place: Place) -> Value {\n// @if SUBGROUPS\n  let part = subgroupMax(value);\n  workgroupBarrier();\n  if (subgroupElect()) {\n    partial[place.subgroup] = part;\n  }\n  workgroupBarrier();\n  var largest = partial[0];\n  for (var other = 1u; other < place.subgroups; other++) {\n    largest = max(largest, partial[other]);\n  }\n// @else\n  let first = share(value, place);\n  for (var half = LANES / 2u; half >= LAST; half /= 2u) {\n    if (place.thread - first < half) {\n      partial[place.thread] = max(partial[place.thread], partial[place.thread + half]);\n    }\n    workgroupBarrier();\n  }\n  var largest = partial[first];\n  for (var lane = 1u; lane < LAST; lane++) {\n    largest = max(largest, partial[first + lane]);\n  }\n// @end\n  return largest;\n}\n\n// @if SUBGROUPS\n// @else\n/// Shows every thread's value to the others, and returns the first thread of this row.\nfn share(value: Value, place: Place) -> u32 {\n  // Wait until all threads have read the result of an earlier call.\n  workgroupBarrier();\n  partial[place.thread] = value;\n  workgroupBarrier();\n  return place.thread / LANES * LANES;\n}\n// @end\n";
// shaders/scatter_add.wgsl?raw&bare
var scatter_add_default = "// Adds rows to rows of a table, chosen by an index. One thread per column, so that rows with equal index are added in order.\n//\n//   out[index[r] − offset, c] += x[r, c]     where that row is in `out`\n\nstruct Params {\n  count: u32,\n  columns: u32,\n  out_rows: u32,\n  offset: u32,\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> x: array<f32>;\n@group(0) @binding(2) var<storage, read> index: array<u32>;\n@group(0) @binding(3) var<storage, read_write> out: array<f32>;\n\n@compute @workgroup_size(64)\nfn main(@builtin(global_invocation_id) id: vec3u) {\n  let c = id.x;\n  if (c >= params.columns) {\n    return;\n  }\n  for (var r = 0u; r < params.count; r++) {\n    // An index below the offset wraps around to a value beyond the last row.\n    let row = index[r] - params.offset;\n    if (row < params.out_rows) {\n      out[row * params.columns + c] += x[r * params.columns + c];\n    }\n  }\n}\n";
// shaders/sinkhorn_columns.wgsl?raw&bare
var sinkhorn_columns_default = "// Column half-step of Sinkhorn, and the marginal error before it, from the column sums of sinkhorn_rows.wgsl or column_log_sum.wgsl.\n//\n//   L_j = LSE_i((f_i − M_ij) / ε) = log Σ_p column_sums[p, j] − g_j / ε\n//   errors[w] = Σ_j |exp(g_j / ε + L_j) − b|          over the columns j of workgroup w\n//   next_j = g_j + ω·(δ·ε·(log b − L_j) − g_j)        δ: damping, ω: relaxation\n//\n// L is kept in `state` as column_log_sum.wgsl does, and combined with that of the bands before. A column so far from its marginal\n// that entries may have underflowed is summed again from the cost, relative to its largest exponent.\n//\n// @use sinkhorn_record.wgsl\n// @use column_mass.wgsl\n// Columns per workgroup, and threads that share one.\n// @parameter WIDTH 32\n// @parameter LANES 8\n\nstruct Params {\n  row_start: u32,\n  rows: u32,\n  columns: u32,\n  /// Rows of `column_sums`; 0: L is in `state`.\n  parts: u32,\n  epsilon: f32,\n  log_marginal: f32,\n  damping: f32,\n  relaxation: f32,\n  tolerance: f32,\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> column_sums: array<f32>;\n@group(0) @binding(2) var<storage, read> cost: array<f32>;\n@group(0) @binding(3) var<storage, read> f: array<f32>;\n@group(0) @binding(4) var<storage, read> g: array<f32>;\n@group(0) @binding(5) var<storage, read_write> state: array<f32>;\n@group(0) @binding(6) var<storage, read_write> next: array<f32>;\n@group(0) @binding(7) var<storage, read_write> errors: array<f32>;\n@group(0) @binding(8) var<storage, read_write> record: array<f32>;\n\n// Entries that underflow, below 1e-38 each, do not count beside larger sums.\nconst SMALLEST = 1e-25;\n// Column sums of a start far from any plan may exceed f32; this keeps the error huge, not infinite.\nconst LARGEST_EXPONENT = 60.0;\n\nvar<workgroup> sums: array<f32, WIDTH * LANES>;\n\n@compute @workgroup_size(WIDTH, LANES)\nfn main(\n  @builtin(workgroup_id) group: vec3u,\n  @builtin(local_invocation_id) local: vec3u,\n  @builtin(local_invocation_index) thread: u32,\n) {\n  if (thread == 0u && params.parts > 0u) {\n    let k = u32(record[1]);\n    ended = u32(record[k + 2u] <= params.tolerance && k > 0u);\n    if (group.x == 0u) {\n      record[0] = f32(k + 1u);\n    }\n  }\n  if (workgroupUniformLoad(&ended) != 0u) {\n    return;\n  }\n  let column = min(group.x * WIDTH + local.x, params.columns - 1u);\n  var sum = 0.0;\n  for (var p = local.y; p < params.parts; p += LANES) {\n    sum += column_sums[p * params.columns + column];\n  }\n  sums[thread] = sum;\n  workgroupBarrier();\n  var total = 0.0;\n  for (var lane = 0u; lane < LANES; lane++) {\n    total += sums[lane * WIDTH + local.x];\n  }\n  workgroupBarrier();\n  let lost = params.parts > 0u && !(total >= SMALLEST);\n  if (lost) {\n    masses[thread] = lane_mass(column, local.y);\n  }\n  workgroupBarrier();\n  var difference = 0.0;\n  if (local.y == 0u && group.x * WIDTH + local.x < params.columns) {\n    let g_j = g[column];\n    var mass = Mass(state[column], state[params.columns + column]);\n    if (params.parts > 0u) {\n      mass = Mass(-g_j / params.epsilon, total);\n      if (lost) {\n        mass = column_mass(local);\n      }\n      mass = add_to_state(column, mass);\n    }\n    let log_sum = mass.maximum + log(mass.sum);\n    difference = abs(exp(min(g_j / params.epsilon + log_sum, LARGEST_EXPONENT)) - exp(params.log_marginal));\n    let met = params.damping * params.epsilon * (params.log_marginal - log_sum);\n    next[column] = select(g_j + params.relaxation * (met - g_j), met, params.relaxation == 1.0);\n  }\n  workgroupBarrier();\n  sums[thread] = difference;\n  workgroupBarrier();\n  if (thread == 0u) {\n    var error = 0.0;\n    for (var c = 0u; c < WIDTH; c++) {\n      error += sums[c];\n    }\n    errors[group.x] = error;\n  }\n}\n";
// shaders/sinkhorn_record.wgsl?raw&bare
var sinkhorn_record_default = "// The record of a sequence of Sinkhorn iterations: the marginal error before the first and after each, from entry 2 on.\n//\n// It lets iterations end on the device: a row half-step writes an error, and the column half-step after it reads it. Entry 0\n// counts column half-steps, entry 1 row half-steps; each is read by the kernel that does not write it.\nvar<workgroup> ended: u32;\n\n/// Called by one thread in each row half-step. Iterations that the tolerance leaves out have the error −1.\nfn record_error(error: f32, tolerance: f32) {\n  let k = u32(record[0]);\n  let before = record[k + 1u];\n  record[k + 2u] = select(error, -1.0, k > 1u && before <= tolerance);\n  record[1] = f32(k);\n}\n";
// shaders/sinkhorn_rows.wgsl?raw&bare
var sinkhorn_rows_default = "// Row half-step of Sinkhorn and the column sums of the plan that it makes, in one pass over the cost (Cuturi 2013; in the log\n// domain as in POT:ot/bregman/_sinkhorn.py sinkhorn_log).\n//\n//   f̂_i = ε·log a − ε·LSE_j((g_j − M_ij) / ε)\n//   f_i ← f_i + ω·(δ·f̂_i − f_i)                            δ: damping, ω: relaxation\n//   column_sums[p, j] = Σ_i exp((f_i + g_j − M_ij) / ε)        over the rows i of workgroup p\n//\n// A thread keeps its columns of a row in registers: x_ij = (g_j − M_ij) / ε, and one exponential e_ij = exp(x_ij − max_j x_ij)\n// per entry. The new plan is e_ij times one factor per row, so that the column sums need no second exponential, and they cannot\n// overflow, because no row exceeds its mass. Exponents are of 2, as devices compute them.\n//\n// g is the result of the column half-step, `next`, which sinkhorn_columns.wgsl wrote with the error before it. If this error is\n// at most the tolerance, after one iteration or more, nothing changes.\n// @use sinkhorn_record.wgsl\n// @use rows.wgsl\n// All threads share a row.\n// @parameter LANES 128\n// @parameter ROWS 1\n// Rows per workgroup, and how many of them are reduced together: 1, 2 or 4, a divisor of TAKEN.\n// @parameter TAKEN 8\n// @parameter TOGETHER 4\n// Groups of columns per thread; 0: any number, each entry read and its exponential computed twice. A group is four columns, or\n// with VECTOR 0 one, for rows that are not whole vectors.\n// @parameter GROUPS 1\n// @parameter VECTOR 1\n\nstruct Params {\n  row_start: u32,\n  /// 0: only writes the error to the record.\n  rows: u32,\n  /// Groups in a row.\n  width: u32,\n  epsilon: f32,\n  /// 1 / (ε·log 2).\n  inverse: f32,\n  marginal: f32,\n  log_marginal: f32,\n  damping: f32,\n  relaxation: f32,\n  tolerance: f32,\n  /// Number of `errors`.\n  parts: u32,\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> cost: array<Entries>;\n@group(0) @binding(2) var<storage, read> next: array<Entries>;\n@group(0) @binding(3) var<storage, read> errors: array<f32>;\n@group(0) @binding(4) var<storage, read_write> f: array<f32>;\n@group(0) @binding(5) var<storage, read_write> g: array<Entries>;\n@group(0) @binding(6) var<storage, read_write> column_sums: array<Entries>;\n@group(0) @binding(7) var<storage, read_write> record: array<f32>;\n\nconst LOWEST = -3.4e38;\nconst LARGEST_EXPONENT = 60.0;\nconst LOG_2 = 0.6931471805599453;\n\n// One number for each of the rows that are reduced together.\n// @if TOGETHER 1\nalias Value = f32;\nfn of_0(x: Value) -> f32 {\n  return x;\n}\n// @end\n// @if TOGETHER 2\nalias Value = vec2f;\n// @each b 2\nfn of_{b}(x: Value) -> f32 {\n  return x[{b}];\n}\n// @end\n// @end\n// @if TOGETHER 4\nalias Value = vec4f;\n// @each b 4\nfn of_{b}(x: Value) -> f32 {\n  return x[{b}];\n}\n// @end\n// @end\n\n/// A row's new potential, and the factor that makes its mass, the sum of exp2(x − maximum), the plan's.\nstruct Row {\n  potential: f32,\n  weight: f32,\n}\n\nfn half_step(maximum: f32, mass: f32, old: f32) -> Row {\n  let met = params.epsilon * (params.log_marginal - LOG_2 * maximum - log(mass));\n  let damped = params.damping * met;\n  let potential = select(old + params.relaxation * (damped - old), damped, params.relaxation == 1.0);\n  let excess = exp(min((potential - met) / params.epsilon, LARGEST_EXPONENT));\n  return Row(potential, params.marginal / mass * excess);\n}\n\n// @if GROUPS\n// @else\nvar<workgroup> maxima: array<f32, TAKEN>;\nvar<workgroup> weights: array<f32, TAKEN>;\n// @end\n\nvar<workgroup> part: u32;\n\n@compute @workgroup_size(THREADS)\nfn main(place: Place) {\n  let thread = place.thread;\n  // Loaded as the same for all threads, because barriers depend on it.\n  if (thread == 0u) {\n    part = row_of(place);\n  }\n  let p = workgroupUniformLoad(&part);\n  var own_error = 0.0;\n  for (var i = thread; i < params.parts; i += THREADS) {\n    own_error += errors[i];\n  }\n  let error = of_0(row_sum(Value(own_error), place));\n  if (thread == 0u) {\n    ended = u32(error <= params.tolerance && record[0] > 0.0);\n    if (p == 0u) {\n      record_error(error, params.tolerance);\n    }\n  }\n  if (workgroupUniformLoad(&ended) != 0u || p * TAKEN >= params.rows) {\n    return;\n  }\n// @if GROUPS\n// @each j GROUPS\n  let c_{j} = thread + {j}u * THREADS;\n  let g_{j} = next[min(c_{j}, params.width - 1u)];\n  var sum_{j} = Entries();\n  if (p == 0u && c_{j} < params.width) {\n    g[c_{j}] = g_{j};\n  }\n// @end\n  for (var first = p * TAKEN; first < (p + 1u) * TAKEN; first += TOGETHER) {\n// @each b TOGETHER\n    // Rows past the last repeat it, without weight.\n    let row_{b} = min(first + {b}u, params.rows - 1u);\n    // Read before the barriers, because thread 0 writes it after them.\n    let old_{b} = f[params.row_start + row_{b}];\n    let at_{b} = row_{b} * params.width;\n// @each j GROUPS\n    var x_{b}_{j} = Entries(LOWEST);\n    if (c_{j} < params.width) {\n      x_{b}_{j} = (g_{j} - cost[at_{b} + c_{j}]) * params.inverse;\n    }\n// @end\n    var largest_{b} = max_of(x_{b}_0);\n// @each j GROUPS\n    largest_{b} = max(largest_{b}, max_of(x_{b}_{j}));\n// @end\n// @end\n    let maximum = row_max(\n      Value(\n// @each b TOGETHER\n        largest_{b},\n// @end\n      ),\n      place,\n    );\n// @each b TOGETHER\n    var total_{b} = 0.0;\n// @each j GROUPS\n    x_{b}_{j} = exp2(x_{b}_{j} - of_{b}(maximum));\n    total_{b} += sum_of(x_{b}_{j});\n// @end\n// @end\n    let mass = row_sum(\n      Value(\n// @each b TOGETHER\n        total_{b},\n// @end\n      ),\n      place,\n    );\n// @each b TOGETHER\n    let new_{b} = half_step(of_{b}(maximum), of_{b}(mass), old_{b});\n    let weight_{b} = select(0.0, new_{b}.weight, first + {b}u < params.rows);\n// @each j GROUPS\n    sum_{j} = fma(Entries(weight_{b}), x_{b}_{j}, sum_{j});\n// @end\n    if (thread == 0u && first + {b}u < params.rows) {\n      f[params.row_start + row_{b}] = new_{b}.potential;\n    }\n// @end\n  }\n// @each j GROUPS\n  if (c_{j} < params.width) {\n    column_sums[p * params.width + c_{j}] = sum_{j};\n  }\n// @end\n// @else\n  let rows = min(TAKEN, params.rows - p * TAKEN);\n  for (var r = 0u; r < TAKEN; r++) {\n    let row = min(p * TAKEN + r, params.rows - 1u);\n    let old = f[params.row_start + row];\n    let start = row * params.width;\n    var own_largest = LOWEST;\n    for (var c = thread; c < params.width; c += THREADS) {\n      own_largest = max(own_largest, max_of((next[c] - cost[start + c]) * params.inverse));\n    }\n    let maximum = of_0(row_max(Value(own_largest), place));\n    var own_total = 0.0;\n    for (var c = thread; c < params.width; c += THREADS) {\n      own_total += sum_of(exp2((next[c] - cost[start + c]) * params.inverse - maximum));\n    }\n    let mass = of_0(row_sum(Value(own_total), place));\n    if (thread == 0u && r < rows) {\n      let moved = half_step(maximum, mass, old);\n      f[params.row_start + row] = moved.potential;\n      maxima[r] = maximum;\n      weights[r] = moved.weight;\n    }\n  }\n  workgroupBarrier();\n  for (var c = thread; c < params.width; c += THREADS) {\n    let g_c = next[c];\n    var sum = Entries();\n    for (var r = 0u; r < rows; r++) {\n      let x = (g_c - cost[(p * TAKEN + r) * params.width + c]) * params.inverse;\n      sum = fma(Entries(weights[r]), exp2(x - maxima[r]), sum);\n    }\n    column_sums[p * params.width + c] = sum;\n    if (p == 0u) {\n      g[c] = g_c;\n    }\n  }\n// @end\n}\n";
// shaders/soft_cap.wgsl?raw&bare
var soft_cap_default = "// Soft cap of logits (Gemma 2), and its backward pass.\n//\n//   out[i] = cap · tanh(x[i] / cap)              BACKWARD false\n//   out[i] = x[i] · (1 − (y[i] / cap)²)          BACKWARD true: y is the result of the cap, x the derivative by it\n// @use capped.wgsl\n\nstruct Params {\n  count: u32,\n  cap: f32,\n}\n\noverride BACKWARD: bool = false;\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> x: array<f32>;\n@group(0) @binding(2) var<storage, read> y: array<f32>;\n@group(0) @binding(3) var<storage, read_write> out: array<f32>;\n\n@compute @workgroup_size(256)\nfn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {\n  let i = id.y * groups.x * 256u + id.x;\n  if (i >= params.count) {\n    return;\n  }\n  if (BACKWARD) {\n    let share = y[i] / params.cap;\n    out[i] = x[i] * (1.0 - share * share);\n  } else {\n    out[i] = capped(vec4f(x[i]), params.cap).x;\n  }\n}\n";
// shaders/squared_norms.wgsl?raw&bare
var squared_norms_default = "// Sums of squares of several tensors, in two passes: every workgroup writes one sum for each tensor, then `partial_sums` adds them.\n//\n//   out[row + t][group] = Σ x_t[i]²     over the entries i of the workgroup\n\n// Number of tensors.\n// @parameter TENSORS 1\n\nstruct Params {\n  // Row of the first tensor.\n  row: u32,\n  // @each t TENSORS\n  count_{t}: u32,\n  // @end\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read_write> out: array<f32>;\n// @each t TENSORS\n@group(0) @binding(1{t}) var<storage, read> x_{t}: array<f32>;\n// @end\n\n// @use rows.wgsl\n// @parameter LANES 64\n// @parameter ROWS 1\n\nalias Value = f32;\n\n@compute @workgroup_size(THREADS)\nfn main(place: Place) {\n  let first = place.group.x * THREADS + place.thread;\n  let stride = place.groups.x * THREADS;\n  // @each t TENSORS\n  var sum_{t} = 0.0;\n  for (var i = first; i < params.count_{t}; i += stride) {\n    sum_{t} = fma(x_{t}[i], x_{t}[i], sum_{t});\n  }\n  sum_{t} = row_sum(sum_{t}, place);\n  if (place.thread == 0u) {\n    out[(params.row + {t}u) * place.groups.x + place.group.x] = sum_{t};\n  }\n  // @end\n}\n";
// shaders/swiglu.wgsl?raw&bare
var swiglu_default = "// Gated activation of the MLP (Shazeer 2020).\n//\n//   out[i] = silu(gate[i]) · up[i],   silu(x) = x·σ(x)\n//   out[i] = gelu(gate[i]) · up[i],   gelu(x) = x·σ(a(x)),   a(x) = 2√(2/π)·(x + 0.044715·x³)     with GELU\n// @parameter GELU 0\n\nstruct Params {\n  count: u32,\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> gate: array<f32>;\n@group(0) @binding(2) var<storage, read> up: array<f32>;\n@group(0) @binding(3) var<storage, read_write> out: array<f32>;\n\n@compute @workgroup_size(256)\nfn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {\n  let i = id.y * groups.x * 256u + id.x;\n  if (i < params.count) {\n    let x = gate[i];\n// @if GELU\n    let a = x * (1.5957691216057308 + 0.07135481627159326 * x * x);\n// @else\n    let a = x;\n// @end\n    // e^88 is finite in f32; below −88 the result is smaller than any normal number.\n    out[i] = select(0.0, x / (1.0 + exp(-max(a, -88.0))), a > -88.0) * up[i];\n  }\n}\n";
// shaders/swiglu_gradient.wgsl?raw&bare
var swiglu_gradient_default = "// Backward pass of the gated activation of the MLP.\n//\n//   up_slope[i]   = u[i] · silu(gate[i])\n//   gate_slope[i] = u[i] · up[i] · σ(gate[i]) · (1 + gate[i]·(1 − σ(gate[i])))\n//\n// With GELU, σ(a(gate)) in place of σ(gate), and gate·a′(gate) in place of the factor gate; a as in swiglu.wgsl.\n// @parameter GELU 0\n\nstruct Params {\n  count: u32,\n}\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> gate: array<f32>;\n@group(0) @binding(2) var<storage, read> up: array<f32>;\n@group(0) @binding(3) var<storage, read> upstream: array<f32>;\n@group(0) @binding(4) var<storage, read_write> gate_slope: array<f32>;\n@group(0) @binding(5) var<storage, read_write> up_slope: array<f32>;\n\n@compute @workgroup_size(256)\nfn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {\n  let i = id.y * groups.x * 256u + id.x;\n  if (i >= params.count) {\n    return;\n  }\n  let x = gate[i];\n// @if GELU\n  let a = x * (1.5957691216057308 + 0.07135481627159326 * x * x);\n  let rise = x * (1.5957691216057308 + 0.21406444881477979 * x * x);\n// @else\n  let a = x;\n  let rise = x;\n// @end\n  // e^88 is finite in f32; below −88 the share is smaller than any normal number.\n  let share = select(0.0, 1.0 / (1.0 + exp(-max(a, -88.0))), a > -88.0);\n  up_slope[i] = upstream[i] * x * share;\n  gate_slope[i] = upstream[i] * up[i] * share * (1.0 + rise * (1.0 - share));\n}\n";
// shaders/tiles.wgsl?raw&bare
var tiles_default = "// The product of two matrices by tiles. A kernel that uses it has a uniform `params` with first_row, first_column and inner\n// (the number of summed entries), and the functions\n//\n//   left(line, at), right(line, at)    four entries of a stored row of an operand from `at` on, zeros outside\n//   write(row, column, sums)           takes four neighbouring entries of the result\n//\n// With DIFFERENCES the sums are taken twice where they must be: of products, and if one of the tile's results cancels, of squared\n// differences. In place of `write` it wants\n//\n//   write_products(row, column, dots, size, sizes)       takes products, and the sums of squares of the rows that made them;\n//                                                        returns true if one of the results cancels\n//   write_squares(row, column, squares, size, sizes)     takes sums of squared differences, for results that cancelled\n//\n// A workgroup makes BM × BN entries of the result. It stages BK columns of the left operand, transposed, and BK rows of the\n// right one in workgroup memory; each thread keeps its sums in registers: ROW_FOURS times four rows, the fours 4·TY apart,\n// by COLUMN_QUADS quads of columns that lie TX quads apart, so that neighbouring threads read neighbouring words.\n// LEFT_ALONG and RIGHT_ALONG are 1 where the operand's stored rows run along the summed entries, else 0.\n// @parameter TILED 1\n// @parameter LEFT_ALONG 1\n// @parameter RIGHT_ALONG 0\n// @parameter BM 32\n// @parameter BN 32\n// @parameter BK 16\n// A thread's rows in fours and its columns in quads; threads along the columns and the rows of a tile, and in all.\n// @parameter ROW_FOURS 1\n// @parameter COLUMN_QUADS 1\n// @parameter TX 8\n// @parameter TY 8\n// @parameter THREADS 64\n// Quads of a tile, and where a tile is transposed 4 × 4 blocks of it, that a thread stages.\n// @parameter LEFT_LOADS 2\n// @parameter RIGHT_LOADS 2\n// Words from one row of a staged tile to the next; more than its width, so that transposed writes go to different banks.\n// @parameter LEFT_STRIDE 36\n// @parameter RIGHT_STRIDE 32\n// @parameter DIFFERENCES 0\n\n// @if TILED\nvar<workgroup> left_tile: array<f32, BK * LEFT_STRIDE>;\nvar<workgroup> right_tile: array<vec4f, BK * RIGHT_STRIDE / 4u>;\n// @if DIFFERENCES\n/// Sums of squares of the tile's rows of the left operand, then of its columns of the right one.\nvar<workgroup> sizes: array<f32, BM + BN>;\nvar<workgroup> cancelled: atomic<u32>;\nvar<workgroup> repeats: u32;\n\nfn add_squares(t: u32) {\n  for (var e = t; e < BM + BN; e += THREADS) {\n    var sum = sizes[e];\n    for (var k = 0u; k < BK; k++) {\n      var entry = 0.0;\n      if (e < BM) {\n        entry = left_tile[k * LEFT_STRIDE + e];\n      } else {\n        entry = right_tile[k * (RIGHT_STRIDE / 4u) + (e - BM) / 4u][(e - BM) % 4u];\n      }\n      sum = fma(entry, entry, sum);\n    }\n    sizes[e] = sum;\n  }\n}\n\nfn right_sizes(quad: u32) -> vec4f {\n  let at = BM + 4u * quad;\n  return vec4f(sizes[at], sizes[at + 1u], sizes[at + 2u], sizes[at + 3u]);\n}\n// @end\n\nfn stage(t: u32, row: u32, column: u32, k0: u32) {\n// @each q LEFT_LOADS\n  {\n    let e = t + {q}u * THREADS;\n// @if LEFT_ALONG\n    let k = e % (BK / 4u) * 4u;\n    let r = e / (BK / 4u);\n    let quad = left(row + r, k0 + k);\n    let at = k * LEFT_STRIDE + r;\n    left_tile[at] = quad.x;\n    left_tile[at + LEFT_STRIDE] = quad.y;\n    left_tile[at + 2u * LEFT_STRIDE] = quad.z;\n    left_tile[at + 3u * LEFT_STRIDE] = quad.w;\n// @else\n    let r = e % (BM / 4u) * 4u;\n    let k = e / (BM / 4u);\n    let quad = left(k0 + k, row + r);\n    let at = k * LEFT_STRIDE + r;\n    left_tile[at] = quad.x;\n    left_tile[at + 1u] = quad.y;\n    left_tile[at + 2u] = quad.z;\n    left_tile[at + 3u] = quad.w;\n// @end\n  }\n// @end\n// @each q RIGHT_LOADS\n  {\n    let e = t + {q}u * THREADS;\n// @if RIGHT_ALONG\n    if (e < BK * BN / 16u) {\n      let k = e % (BK / 4u) * 4u;\n      let c = e / (BK / 4u);\n      let block = transpose(mat4x4f(\n        right(column + 4u * c, k0 + k),\n        right(column + 4u * c + 1u, k0 + k),\n        right(column + 4u * c + 2u, k0 + k),\n        right(column + 4u * c + 3u, k0 + k),\n      ));\n      let at = k * (RIGHT_STRIDE / 4u) + c;\n      right_tile[at] = block[0];\n      right_tile[at + RIGHT_STRIDE / 4u] = block[1];\n      right_tile[at + 2u * (RIGHT_STRIDE / 4u)] = block[2];\n      right_tile[at + 3u * (RIGHT_STRIDE / 4u)] = block[3];\n    }\n// @else\n    let c = e % (BN / 4u);\n    let k = e / (BN / 4u);\n    right_tile[k * (RIGHT_STRIDE / 4u) + c] = right(k0 + k, column + 4u * c);\n// @end\n  }\n// @end\n}\n\n@compute @workgroup_size(THREADS)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {\n  let x = t % TX;\n  let y = t / TX;\n  let row = params.first_row + group.y * BM;\n  let column = params.first_column + group.x * BN;\n// @each g ROW_FOURS\n// @each i 4\n// @each c COLUMN_QUADS\n  var sum{g}_{i}_{c} = vec4f();\n// @end\n// @end\n// @end\n  for (var k0 = 0u; k0 < params.inner; k0 += BK) {\n    stage(t, row, column, k0);\n    workgroupBarrier();\n// @if DIFFERENCES\n    add_squares(t);\n// @end\n    for (var k = 0u; k < BK; k++) {\n      let l = k * LEFT_STRIDE + 4u * y;\n      let r = k * (RIGHT_STRIDE / 4u) + x;\n// @each c COLUMN_QUADS\n      let b{c} = right_tile[r + {c}u * TX];\n// @end\n// @each g ROW_FOURS\n// @each i 4\n      let a{g}_{i} = vec4f(left_tile[l + {g}u * 4u * TY + {i}u]);\n// @each c COLUMN_QUADS\n      sum{g}_{i}_{c} = fma(a{g}_{i}, b{c}, sum{g}_{i}_{c});\n// @end\n// @end\n// @end\n    }\n    workgroupBarrier();\n  }\n// @if DIFFERENCES\n  var cancels = false;\n// @each g ROW_FOURS\n// @each i 4\n// @each c COLUMN_QUADS\n  {\n    let r = 4u * (y + {g}u * TY) + {i}u;\n    let quad = x + {c}u * TX;\n    cancels = write_products(row + r, column + 4u * quad, sum{g}_{i}_{c}, sizes[r], right_sizes(quad)) || cancels;\n    sum{g}_{i}_{c} = vec4f();\n  }\n// @end\n// @end\n// @end\n  if (cancels) {\n    atomicStore(&cancelled, 1u);\n  }\n  workgroupBarrier();\n  if (t == 0u) {\n    repeats = atomicLoad(&cancelled);\n  }\n  if (workgroupUniformLoad(&repeats) == 0u) {\n    return;\n  }\n  for (var k0 = 0u; k0 < params.inner; k0 += BK) {\n    stage(t, row, column, k0);\n    workgroupBarrier();\n    for (var k = 0u; k < BK; k++) {\n      let l = k * LEFT_STRIDE + 4u * y;\n      let r = k * (RIGHT_STRIDE / 4u) + x;\n// @each c COLUMN_QUADS\n      let b{c} = right_tile[r + {c}u * TX];\n// @end\n// @each g ROW_FOURS\n// @each i 4\n      let a{g}_{i} = vec4f(left_tile[l + {g}u * 4u * TY + {i}u]);\n// @each c COLUMN_QUADS\n      let d{g}_{i}_{c} = a{g}_{i} - b{c};\n      sum{g}_{i}_{c} = fma(d{g}_{i}_{c}, d{g}_{i}_{c}, sum{g}_{i}_{c});\n// @end\n// @end\n// @end\n    }\n    workgroupBarrier();\n  }\n// @each g ROW_FOURS\n// @each i 4\n// @each c COLUMN_QUADS\n  {\n    let r = 4u * (y + {g}u * TY) + {i}u;\n    let quad = x + {c}u * TX;\n    write_squares(row + r, column + 4u * quad, sum{g}_{i}_{c}, sizes[r], right_sizes(quad));\n  }\n// @end\n// @end\n// @end\n// @else\n// @each g ROW_FOURS\n// @each i 4\n// @each c COLUMN_QUADS\n  write(row + 4u * (y + {g}u * TY) + {i}u, column + 4u * (x + {c}u * TX), sum{g}_{i}_{c});\n// @end\n// @end\n// @end\n// @end\n}\n// @end\n";
// shaders/unit_rows.wgsl?raw&bare
var unit_rows_default = "// Divides every row by its Euclidean length. A row of zeros stays zero.\n//\n//   out[i, k] = x[i, k] / ‖x_i‖₂\n//\n// The row is divided by its largest entry first, so that no square overflows f32.\n// @use decode.wgsl\n// @use packed_entries.wgsl\n// @use rows.wgsl\n\nstruct Params {\n  rows: u32,\n  width: u32,\n}\n\noverride X_DTYPE: u32 = 0u;\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> x: array<Words>;\n@group(0) @binding(2) var<storage, read_write> out: array<Entries>;\n\nalias Value = f32;\n\nfn entries(i: u32) -> Entries {\n  return decode_entries(x[words_of(i, X_DTYPE)], i, X_DTYPE);\n}\n\n@compute @workgroup_size(THREADS)\nfn main(place: Place) {\n  let row = row_of(place);\n  let lane = place.thread % LANES;\n  let width = params.width / WIDE;\n  let start = row * width;\n  let end = select(0u, width, row < params.rows);\n  var most = Entries();\n  for (var k = lane; k < end; k += LANES) {\n    most = max(most, abs(entries(start + k)));\n  }\n  let largest = row_max(max_of(most), place);\n  let divisor = select(1.0, largest, largest > 0.0);\n  var sum = Entries();\n  for (var k = lane; k < end; k += LANES) {\n    let value = entries(start + k) / divisor;\n    sum = fma(value, value, sum);\n  }\n  let norm = select(1.0, sqrt(row_sum(sum_of(sum), place)), largest > 0.0);\n  for (var k = lane; k < end; k += LANES) {\n    out[start + k] = entries(start + k) / divisor / norm;\n  }\n}\n";
// shaders/weighted_sum.wgsl?raw&bare
var weighted_sum_default = "// Weighted sum of two tensors: makes ½·(aligned previous) + ½·(next) for every new block.\n//\n//   out[i] = α·x[i] + β·y[i]\n// @use decode.wgsl\n\nstruct Params {\n  count: u32,\n  has_y: u32,\n  alpha: f32,\n  beta: f32,\n}\n\noverride X_DTYPE: u32 = 0u;\noverride Y_DTYPE: u32 = 0u;\n\n@group(0) @binding(0) var<uniform> params: Params;\n@group(0) @binding(1) var<storage, read> x: array<u32>;\n@group(0) @binding(2) var<storage, read> y: array<u32>;\n@group(0) @binding(3) var<storage, read_write> out: array<f32>;\n\n@compute @workgroup_size(256)\nfn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {\n  let i = id.y * groups.x * 256u + id.x;\n  if (i >= params.count) {\n    return;\n  }\n  var value = params.alpha * decode(x[word_of(i, X_DTYPE)], i, X_DTYPE);\n  if (params.has_y == 1u) {\n    value += params.beta * decode(y[word_of(i, Y_DTYPE)], i, Y_DTYPE);\n  }\n  out[i] = value;\n}\n";
// src/wgsl.ts
/**
* Names of the files that a kernel includes by lines `// @use NAME.wgsl`. Both the compiled text and the one that the page
* shows are the kernel's own file followed by these.
*/
var includedFiles = (source) => [...source.matchAll(/^\/\/ @use (\w+)\.wgsl$/gm)].map(([, name = ""]) => name);
var PARAMETER = /^\s*\/\/ @parameter (\w+) (\d+)$/;
var NEEDS = /^(enable|requires) \w+;$/;
var DIRECTIVE = /^\s*\/\/ @(each|if|else|end)\b *(\w*) *(\w*)$/;
/**
* Writes out a kernel for given values of its parameters. Directives are comments, so that the file itself stays readable WGSL:
*
*     // @parameter ROWS 4      a parameter and its default; the result declares it as `const ROWS = 4u;`. The first default counts,
*                               so that a kernel may set those of files that it includes
*     // @each r ROWS           repeats the lines up to its `// @end` with `{r}` replaced by 0, 1, … ROWS − 1
*     // @if ROWS               keeps the lines up to `// @else` or `// @end` if the value is not 0
*     // @if ROWS 2             keeps them if the value is 2
*
* Lines `enable …;` and `requires …;` go first, where WGSL demands them, so that included files may have them.
*
* Loops are written out because arrays that a loop indexes may be kept in memory instead of registers. Text without directives
* comes back as it is.
* @throws Error for a value of an unknown parameter, an unknown count, or a block without its end.
*/
function writtenOut(source, values = {}) {
	const parameters = /* @__PURE__ */ new Map();
	const root = {
		kind: "if",
		subject: "",
		count: "",
		body: [],
		otherwise: []
	};
	const open = [{
		block: root,
		into: root.body
	}];
	for (const line of source.split("\n")) {
		const top = open.at(-1);
		if (!top) throw new Error(`kernel text: expected a block before // @end, got none before "${line}"`);
		const [, name, value] = PARAMETER.exec(line) ?? [];
		const [, directive, subject = "", count = ""] = DIRECTIVE.exec(line) ?? [];
		if (name !== void 0) {
			if (!parameters.has(name)) parameters.set(name, values[name] ?? Number(value));
		} else if (directive === "each" || directive === "if") {
			const block = {
				kind: directive,
				subject,
				count,
				body: [],
				otherwise: []
			};
			top.into.push(block);
			open.push({
				block,
				into: block.body
			});
		} else if (directive === "else") top.into = top.block.otherwise;
		else if (directive === "end") open.pop();
		else top.into.push(line);
	}
	if (open.length !== 1) throw new Error("kernel text: expected one // @end for each block");
	for (const name of Object.keys(values)) if (!parameters.has(name)) throw new Error(`kernel text: expected a line // @parameter ${name}, found none`);
	const number = (name) => {
		const value = parameters.get(name) ?? Number(name);
		if (Number.isInteger(value)) return value;
		throw new Error(`kernel text: expected a parameter or a number, got "${name}"`);
	};
	const lines = [];
	const write = (items, indices) => {
		for (const item of items) if (typeof item === "string") lines.push(item.replaceAll(/\{(\w+)\}/g, (text, name) => String(indices.get(name) ?? text)));
		else if (item.kind === "if") {
			const value = number(item.subject);
			const holds = item.count === "" ? value !== 0 : value === Number(item.count);
			write(holds ? item.body : item.otherwise, indices);
		} else for (let i = 0; i < number(item.count); i++) write(item.body, new Map(indices).set(item.subject, i));
	};
	write(root.body, /* @__PURE__ */ new Map());
	for (const [name, value] of parameters) lines.push(`const ${name} = ${value}u;`);
	const needs = lines.filter((line) => NEEDS.test(line));
	return needs.length === 0 ? lines.join("\n") : [...needs, ...lines.filter((line) => !NEEDS.test(line))].join("\n");
}
// src/backend/webgpu/layout.ts
var BINDING = /@group\(0\)\s*@binding\((\d+)\)\s*var<(uniform|storage)(?:,\s*(read|read_write))?>\s*(\w+)\s*:/g;
var PARAMS = /struct Params \{([^}]*)\}/;
var FIELD = /^\s*(\w+)\s*:\s*(\w+)\s*,?\s*$/;
/** Parses bindings and uniform fields of WGSL source. @throws BackendError if a field is not a 4-byte scalar. */
function parseLayout(kernel, source) {
	return {
		bindings: [...source.matchAll(BINDING)].map(([, index, space, access, name]) => ({
			name: name ?? "",
			index: Number(index),
			type: space === "uniform" ? "uniform" : access === "read_write" ? "storage" : "read-only-storage"
		})),
		params: (PARAMS.exec(source)?.[1] ?? "").split("\n").filter((line) => line.trim() !== "" && !line.trim().startsWith("//")).map((line, i) => {
			const [, name, type] = FIELD.exec(line) ?? [];
			if (!name || type !== "u32" && type !== "i32" && type !== "f32") throw new BackendError(`${kernel}.wgsl: expected "name: u32 | i32 | f32" in Params, got "${line.trim()}"`);
			return {
				name,
				type,
				offset: 4 * i
			};
		})
	};
}
/** Writes named values into `view` at `start` in the layout of the struct. @throws BackendError for a missing or unknown name. */
function packParams(kernel, fields, values, view, start) {
	if (Object.keys(values).length !== fields.length) throw new BackendError(`${kernel}: expected params ${fields.map((f) => f.name).join(", ")}, got ${Object.keys(values).join(", ")}`);
	for (const { name, type, offset } of fields) {
		const value = values[name];
		if (value === void 0) throw new BackendError(`${kernel}: param ${name} is missing`);
		if (type === "f32") view.setFloat32(start + offset, value, true);
		else if (type === "u32") view.setUint32(start + offset, value, true);
		else view.setInt32(start + offset, value, true);
	}
}
// src/backend/webgpu/kernels.ts
var sources = new Map(Object.entries(/* @__PURE__ */ Object.assign({
	"../../../shaders/absolute_difference.wgsl": absolute_difference_default,
	"../../../shaders/adamw.wgsl": adamw_default,
	"../../../shaders/anderson.wgsl": anderson_default,
	"../../../shaders/apply_plan.wgsl": apply_plan_default,
	"../../../shaders/attention.wgsl": attention_default,
	"../../../shaders/attention_key_gradient.wgsl": attention_key_gradient_default,
	"../../../shaders/attention_key_gradient_tiled.wgsl": attention_key_gradient_tiled_default,
	"../../../shaders/attention_query_gradient.wgsl": attention_query_gradient_default,
	"../../../shaders/attention_query_gradient_tiled.wgsl": attention_query_gradient_tiled_default,
	"../../../shaders/attention_tile.wgsl": attention_tile_default,
	"../../../shaders/attention_tiled.wgsl": attention_tiled_default,
	"../../../shaders/capped.wgsl": capped_default,
	"../../../shaders/clip_factor.wgsl": clip_factor_default,
	"../../../shaders/column_log_sum.wgsl": column_log_sum_default,
	"../../../shaders/column_mass.wgsl": column_mass_default,
	"../../../shaders/copy.wgsl": copy_default,
	"../../../shaders/cross_entropy.wgsl": cross_entropy_default,
	"../../../shaders/cross_entropy_gradient.wgsl": cross_entropy_gradient_default,
	"../../../shaders/decode.wgsl": decode_default,
	"../../../shaders/direct.wgsl": direct_default,
	"../../../shaders/extent.wgsl": extent_default,
	"../../../shaders/few_rows.wgsl": few_rows_default,
	"../../../shaders/gather.wgsl": gather_default,
	"../../../shaders/log_sum_exp.wgsl": log_sum_exp_default,
	"../../../shaders/matmul.wgsl": matmul_default,
	"../../../shaders/norm_matched_loss.wgsl": norm_matched_loss_default,
	"../../../shaders/operands.wgsl": operands_default,
	"../../../shaders/packed_entries.wgsl": packed_entries_default,
	"../../../shaders/pairwise_distance.wgsl": pairwise_distance_default,
	"../../../shaders/partial_sums.wgsl": partial_sums_default,
	"../../../shaders/picture.wgsl": picture_default,
	"../../../shaders/plan_rows.wgsl": plan_rows_default,
	"../../../shaders/relu.wgsl": relu_default,
	"../../../shaders/rms_norm.wgsl": rms_norm_default,
	"../../../shaders/rms_norm_gain_gradient.wgsl": rms_norm_gain_gradient_default,
	"../../../shaders/rms_norm_gradient.wgsl": rms_norm_gradient_default,
	"../../../shaders/rope.wgsl": rope_default,
	"../../../shaders/row_moments.wgsl": row_moments_default,
	"../../../shaders/rows.wgsl": rows_default,
	"../../../shaders/scatter_add.wgsl": scatter_add_default,
	"../../../shaders/sinkhorn_columns.wgsl": sinkhorn_columns_default,
	"../../../shaders/sinkhorn_record.wgsl": sinkhorn_record_default,
	"../../../shaders/sinkhorn_rows.wgsl": sinkhorn_rows_default,
	"../../../shaders/soft_cap.wgsl": soft_cap_default,
	"../../../shaders/squared_norms.wgsl": squared_norms_default,
	"../../../shaders/swiglu.wgsl": swiglu_default,
	"../../../shaders/swiglu_gradient.wgsl": swiglu_gradient_default,
	"../../../shaders/tiles.wgsl": tiles_default,
	"../../../shaders/unit_rows.wgsl": unit_rows_default,
	"../../../shaders/weighted_sum.wgsl": weighted_sum_default
})).map(([path, text]) => [path.slice(path.lastIndexOf("/") + 1, -5), text]));
var kernels = /* @__PURE__ */ new Map();
/**
* Returns the kernel of `shaders/<name>.wgsl`, written out for these values of its parameters.
* @throws BackendError if there is no such file.
*/
function kernel(name, parameters = {}) {
	const key = `${name} ${JSON.stringify(parameters)}`;
	const known = kernels.get(key);
	if (known) return known;
	const own = file(name);
	const source = writtenOut([own, ...includedFiles(own).map(file)].join("\n"), parameters);
	const made = {
		name,
		source,
		layout: parseLayout(name, source)
	};
	kernels.set(key, made);
	return made;
}
function file(name) {
	const text = sources.get(name);
	if (text === void 0) throw new BackendError(`no kernel file shaders/${name}.wgsl`);
	return text;
}
// src/backend/webgpu/pipeline-cache.ts
/** Compiles pipelines in the background and caches them by source text and constants. */
var PipelineCache = class {
	#device;
	#made = /* @__PURE__ */ new Map();
	#layouts = /* @__PURE__ */ new Map();
	#modules = /* @__PURE__ */ new Map();
	constructor(device) {
		this.#device = device;
	}
	/** Returns the compiled kernel. Calls during its compilation share it. */
	get(kernel, constants = {}) {
		const key = `${JSON.stringify(constants)}\n${kernel.source}`;
		let promise = this.#made.get(key);
		if (!promise) {
			promise = this.#compile(kernel, constants);
			promise.catch(() => {});
			this.#made.set(key, promise);
		}
		return promise;
	}
	async #compile(kernel, constants) {
		const { name, source } = kernel;
		const layout = this.#layout(kernel);
		let module = this.#modules.get(source);
		if (!module) {
			module = this.#device.createShaderModule({
				label: name,
				code: source
			});
			this.#modules.set(source, module);
		}
		try {
			return {
				pipeline: await this.#device.createComputePipelineAsync({
					label: name,
					layout: layout.pipeline,
					compute: {
						module,
						constants: { ...constants }
					}
				}),
				bindings: layout.bindings
			};
		} catch (error) {
			const { messages } = await module.getCompilationInfo();
			const lines = source.split("\n");
			const details = messages.filter((message) => message.type === "error").map((m) => `\n  ${name}.wgsl:${m.lineNum}:${m.linePos} ${m.message}\n    ${lines[m.lineNum - 1]?.trim() ?? ""}`);
			throw new BackendError(`kernel ${name} did not compile: ${String(error)}${details.join("")}`);
		}
	}
	#layout(kernel) {
		const { name, layout } = kernel;
		let made = this.#layouts.get(kernel);
		if (!made) {
			const bindings = this.#device.createBindGroupLayout({
				label: name,
				entries: layout.bindings.map(({ index, type }) => ({
					binding: index,
					visibility: GPUShaderStage.COMPUTE,
					buffer: {
						type,
						hasDynamicOffset: type === "uniform"
					}
				}))
			});
			made = {
				bindings,
				pipeline: this.#device.createPipelineLayout({
					label: name,
					bindGroupLayouts: [bindings]
				})
			};
			this.#layouts.set(kernel, made);
		}
		return made;
	}
};
// package.json
var version = "0.1.0";
// src/backend/webgpu/products/choice.ts
/** One key for each adapter and version of this project, since another version may have other kernels. */
var memoryKey = ({ description }) => `kernels ${version} ${description}`;
/** Reads what `Chooser` wrote. Anything else counts as nothing. */
function parseChoices(text) {
	const parsed = text === void 0 ? [] : JSON.parse(text);
	return Array.isArray(parsed) ? parsed.filter(isChoice) : [];
}
var isChoice = (value) => typeof value === "object" && value !== null && "shapeClass" in value && typeof value.shapeClass === "string" && "variant" in value && typeof value.variant === "string" && (!("rate" in value) || typeof value.rate === "number");
// src/backend/webgpu/products/product.ts
/**
* Rows, columns and summed entries that stand for a size when variants are measured. Tiny products are not, because they take
* less time than the submission that they are in.
*/
var TYPICAL = {
	few: [
		8,
		4096,
		2048
	],
	thin: [
		32,
		2048,
		1024
	],
	small: [
		512,
		512,
		512
	],
	medium: [
		1024,
		1024,
		1024
	],
	large: [
		2048,
		2048,
		512
	]
};
/** True if few_rows.wgsl can form the product: both operands run along the sums, as in a linear layer, and sums are of products. */
var takesFewRows = ({ rows, parameters }) => rows <= 8 && parameters["LEFT_ALONG"] === 1 && parameters["RIGHT_ALONG"] === 1 && parameters["DIFFERENCES"] !== 1;
function sizeOf(product) {
	const { rows, columns } = product;
	if (takesFewRows(product)) return "few";
	if (Math.min(rows, columns) <= 32) return "thin";
	const entries = rows * columns;
	if (entries <= 640 ** 2) return entries <= 192 ** 2 ? "tiny" : "small";
	return entries <= 1536 ** 2 ? "medium" : "large";
}
// src/backend/webgpu/products/variant.ts
/** Threads of a workgroup of `few_rows.wgsl`, and columns that each group of lanes makes. */
var FEW_ROWS = {
	threads: 64,
	columns: 4
};
function nameOf(variant) {
	if (variant.machine === "few rows") return `few rows, ${variant.lanes} threads a sum${variant.subgroups ? ", subgroups" : ""}`;
	const block = variant.block.join("×");
	if (variant.machine === "direct") return `direct ${block}`;
	return `tiles ${variant.tile.join("×")}, ${block}${variant.pad > 0 ? ", padded" : ""}`;
}
/** Rows and columns of the result that one workgroup makes. */
function tileOf(variant) {
	if (variant.machine === "tiles") return [variant.tile[0], variant.tile[1]];
	if (variant.machine === "direct") return [8 * variant.block[0], 8 * variant.block[1]];
	return [8, FEW_ROWS.columns * FEW_ROWS.threads / variant.lanes];
}
/** Values of the kernel's parameters that the variant decides. */
function parametersOf(variant, product) {
	if (variant.machine === "few rows") {
		const { lanes, subgroups } = variant;
		return {
			TILED: 0,
			FEW_ROWS: 1,
			ROWS: fewRows$1(product.rows),
			LANES: lanes,
			SUBGROUPS: subgroups ? 1 : 0,
			SHARED: lanes > 1 && !subgroups ? 1 : 0
		};
	}
	const [blockRows, blockColumns] = variant.block;
	const block = {
		ROW_FOURS: blockRows / 4,
		COLUMN_QUADS: blockColumns / 4
	};
	if (variant.machine === "direct") return {
		TILED: 0,
		DIRECT: 1,
		...block
	};
	const [rows, columns, inner] = variant.tile;
	const { threads, leftStride, rightStride } = tilesLayout(variant, product);
	return {
		BM: rows,
		BN: columns,
		BK: inner,
		...block,
		TX: columns / blockColumns,
		TY: rows / blockRows,
		THREADS: threads,
		LEFT_LOADS: rows * inner / 4 / threads,
		RIGHT_LOADS: product.parameters["RIGHT_ALONG"] ? Math.ceil(columns * inner / 16 / threads) : columns * inner / 4 / threads,
		LEFT_STRIDE: leftStride,
		RIGHT_STRIDE: rightStride
	};
}
/** True if a device with these limits and features can run the variant for the product. */
function fits(variant, product, { limits }) {
	const limit = (name) => limits[name] ?? 0;
	if (variant.machine === "direct") return true;
	if (variant.machine === "few rows") {
		const enough = !variant.subgroups || limit("subgroupMinSize") >= variant.lanes;
		return takesFewRows(product) && product.parameters["QUADS"] === 1 && enough;
	}
	const { threads, bytes } = tilesLayout(variant, product);
	return threads <= limit("maxComputeInvocationsPerWorkgroup") && threads <= limit("maxComputeWorkgroupSizeX") && bytes <= limit("maxComputeWorkgroupStorageSize");
}
/** The number of rows that `few_rows.wgsl` is written out for. */
var fewRows$1 = (rows) => 2 ** Math.ceil(Math.log2(rows));
function tilesLayout({ tile, block, pad }, product) {
	const [rows, columns, inner] = tile;
	const leftStride = rows + pad;
	const rightStride = columns + (product.parameters["RIGHT_ALONG"] ? 4 : 0);
	return {
		threads: rows / block[0] * (columns / block[1]),
		leftStride,
		rightStride,
		bytes: 4 * (inner * (leftStride + rightStride) + (product.parameters["DIFFERENCES"] ? rows + columns + 2 : 0))
	};
}
// src/backend/webgpu/products/product-kernel.ts
/** The kernel of a product, written out for a variant. */
var productKernel = (product, variant) => kernel(product.kernel, {
	...product.parameters,
	...parametersOf(variant, product)
});
// src/backend/webgpu/products/table.ts
var tiles = (tile, block, pad) => ({
	machine: "tiles",
	tile,
	block,
	pad
});
var direct = (rows, columns) => ({
	machine: "direct",
	block: [rows, columns]
});
var fewRows = (lanes, subgroups) => ({
	machine: "few rows",
	lanes,
	subgroups
});
/**
* The variants of products. For each size the first that a device can run is best where no measurement has chosen another. The
* order of tiles is what an NVIDIA H200 measured: 64×64×16 with 4×4 led at 1024³, 128×128×16 with 8×8 from 2048³ on.
*/
var TABLE = [
	{
		variant: fewRows(32, true),
		sizes: ["few"]
	},
	{
		variant: fewRows(32, false),
		sizes: ["few"]
	},
	{
		variant: fewRows(8, true),
		sizes: ["few"]
	},
	{
		variant: fewRows(8, false),
		sizes: ["few"]
	},
	{
		variant: fewRows(1, false),
		sizes: ["few"],
		software: true
	},
	{
		variant: tiles([
			128,
			128,
			16
		], [8, 8], 4),
		sizes: ["large"]
	},
	{
		variant: tiles([
			64,
			128,
			16
		], [8, 8], 0),
		sizes: ["large"]
	},
	{
		variant: tiles([
			16,
			64,
			16
		], [4, 4], 4),
		sizes: [
			"few",
			"thin",
			"tiny"
		]
	},
	{
		variant: tiles([
			64,
			16,
			16
		], [4, 4], 4),
		sizes: ["thin"]
	},
	{
		variant: tiles([
			32,
			32,
			16
		], [4, 4], 4),
		sizes: [
			"tiny",
			"small",
			"thin",
			"medium"
		]
	},
	{
		variant: tiles([
			64,
			64,
			16
		], [4, 4], 4),
		sizes: [
			"small",
			"medium",
			"large"
		]
	},
	{
		variant: tiles([
			64,
			64,
			16
		], [8, 4], 4),
		sizes: [
			"small",
			"medium",
			"large"
		]
	},
	{
		variant: tiles([
			64,
			64,
			16
		], [8, 8], 4),
		sizes: ["medium", "large"]
	},
	{
		variant: direct(8, 8),
		sizes: [
			"small",
			"medium",
			"large"
		],
		software: true
	},
	{
		variant: direct(4, 4),
		sizes: [
			"few",
			"thin",
			"tiny",
			"small",
			"medium",
			"large"
		],
		software: true
	}
];
// src/backend/webgpu/products/trials.ts
/** Runs of this many milliseconds are long enough to compare variants by. */
var RUN_MS = 5;
var MOST_REPEATS = 64;
/** Tries variants on the device, apart from its queue. */
var Trials = class {
	#device;
	#pipelines;
	constructor(device, pipelines) {
		this.#device = device;
		this.#pipelines = pipelines;
	}
	/** Resolves to false if the variant does not compile. */
	async compiles(product, variant) {
		this.#device.pushErrorScope("validation");
		const compiled = this.#pipelines.get(productKernel(product, variant)).then(() => true, () => false);
		await this.#device.popErrorScope();
		return compiled;
	}
	/**
	* Returns true if the variant compiles and gives the right numbers for a small problem with a whole tile, and a ragged one in
	* every dimension.
	*/
	async isRight(product, variant) {
		if (!await this.compiles(product, variant)) return false;
		const [tileRows, tileColumns] = tileOf(variant);
		const few = variant.machine === "few rows";
		const trial = product.trial(few ? product.rows : tileRows + 5, tileColumns + 9, few ? 149 : 21);
		const { values, errors } = trial.expected();
		const bench = new Bench(this.#device, this.#pipelines, product, trial);
		try {
			this.#device.pushErrorScope("validation");
			await bench.run(variant, 1);
			const invalid = await this.#device.popErrorScope();
			const actual = await bench.read(4 * values.length);
			return !invalid && values.every((value, i) => Math.abs((actual[i] ?? NaN) - value) <= (errors[i] ?? 0));
		} finally {
			bench.destroy();
		}
	}
	/** Measures rates of right variants in multiply-adds per millisecond, one after the other, until the deadline. */
	async *rates(product, variants, [rows, columns, inner], deadline) {
		const trial = product.trial(rows, columns, inner);
		const bench = new Bench(this.#device, this.#pipelines, product, trial);
		const time = async (variant, repeats) => {
			const start = performance.now();
			await bench.run(variant, repeats);
			await this.#device.queue.onSubmittedWorkDone();
			return (performance.now() - start) / repeats;
		};
		try {
			await this.#device.queue.onSubmittedWorkDone();
			for (const variant of variants) {
				let best = await time(variant, 1);
				const repeats = Math.max(1, Math.min(MOST_REPEATS, Math.round(RUN_MS / best)));
				for (const end = performance.now() + 10;;) {
					best = Math.min(best, await time(variant, repeats));
					if (performance.now() > end) break;
				}
				yield {
					variant,
					rate: trial.rows * trial.columns * inner / best
				};
				if (performance.now() > deadline) return;
			}
		} finally {
			bench.destroy();
		}
	}
};
/** The buffers of a trial, and what runs variants on them. */
var Bench = class {
	#device;
	#pipelines;
	#product;
	#trial;
	#buffers;
	#uniform;
	constructor(device, pipelines, product, trial) {
		this.#device = device;
		this.#pipelines = pipelines;
		this.#product = product;
		this.#trial = trial;
		const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
		this.#buffers = new Map(Object.entries(trial.data).map(([name, bytes]) => [name, this.#buffer(`trial ${name}`, usage, bytes)]));
	}
	/** Submits the variant's dispatch a number of times. */
	async run(variant, repeats) {
		const kernel = productKernel(this.#product, variant);
		const { pipeline, bindings } = await this.#pipelines.get(kernel);
		const uniform = this.#params(kernel);
		const entries = kernel.layout.bindings.map(({ name, index, type }) => {
			const buffer = type === "uniform" ? uniform : this.#buffers.get(name);
			if (!buffer) throw new Error(`${kernel.name}: nothing to try with at ${name}`);
			return {
				binding: index,
				resource: {
					buffer,
					size: buffer.size
				}
			};
		});
		const group = this.#device.createBindGroup({
			layout: bindings,
			entries
		});
		const [tileRows, tileColumns] = tileOf(variant);
		const encoder = this.#device.createCommandEncoder();
		const pass = encoder.beginComputePass();
		pass.setPipeline(pipeline);
		pass.setBindGroup(0, group, [0]);
		for (let i = 0; i < repeats; i++) {
			const across = Math.ceil(this.#trial.columns / tileColumns);
			pass.dispatchWorkgroups(across, Math.ceil(this.#trial.rows / tileRows));
		}
		pass.end();
		this.#device.queue.submit([encoder.finish()]);
	}
	/** Reads the first bytes of the result. */
	async read(size) {
		const out = this.#buffers.get(this.#trial.out);
		if (!out) throw new Error(`nothing to read at ${this.#trial.out}`);
		const staging = this.#device.createBuffer({
			label: "trial result",
			size,
			usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST
		});
		try {
			const encoder = this.#device.createCommandEncoder();
			encoder.copyBufferToBuffer(out, 0, staging, 0, size);
			this.#device.queue.submit([encoder.finish()]);
			await staging.mapAsync(GPUMapMode.READ);
			return new Float32Array(staging.getMappedRange().slice(0));
		} finally {
			staging.destroy();
		}
	}
	destroy() {
		this.#uniform?.destroy();
		for (const buffer of this.#buffers.values()) buffer.destroy();
	}
	/** All variants of a kernel have the same params. */
	#params({ name, layout }) {
		if (this.#uniform) return this.#uniform;
		const { rows, columns, params } = this.#trial;
		const range = {
			first_row: 0,
			end_row: rows,
			first_column: 0,
			end_column: columns
		};
		const view = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(16 * Math.ceil(layout.params.length / 4)));
		packParams(name, layout.params, {
			...params,
			...range
		}, view, 0);
		this.#uniform = this.#buffer("trial parameters", GPUBufferUsage.UNIFORM, new Uint8Array(view.buffer));
		return this.#uniform;
	}
	#buffer(label, usage, bytes) {
		const size = 16 * Math.ceil(bytes.byteLength / 16);
		const buffer = this.#device.createBuffer({
			label,
			size,
			usage: usage | GPUBufferUsage.COPY_DST
		});
		this.#device.queue.writeBuffer(buffer, 0, bytes);
		return buffer;
	}
};
// src/backend/webgpu/products/chooser.ts
/** Most milliseconds for trying the variants of a class that have compiled, and for waiting until they have. */
var BUDGET_MS = 200;
var COMPILE_MS = 400;
/**
* Chooses the variant for each class of products when it is first used, and keeps it as long as the backend lives, because
* variants may round differently. On a GPU it measures the variants that the device can run, unless `memory` knows the winner; for
* tiny products, and on a software adapter, where each measurement would take long, it takes the first of the table. A variant
* that does not compile or gives wrong numbers on this device is never taken.
*/
var Chooser = class {
	#info;
	#table;
	#memory;
	#trials;
	#classes = /* @__PURE__ */ new Map();
	#choices = [];
	/** Choices are made one after the other, so that measurements do not disturb each other. */
	#tail = Promise.resolve();
	#remembered;
	constructor(device, info, pipelines, memory, table = TABLE) {
		this.#info = info;
		this.#table = table;
		this.#memory = memory;
		this.#trials = new Trials(device, pipelines);
	}
	/** What has been chosen so far. */
	get choices() {
		return [...this.#choices];
	}
	/** Rows and columns of a result that are whole tiles of any variant that may be chosen for it. */
	tile(product) {
		return this.#classOf(product).tile;
	}
	/**
	* Returns the variant for the product's class. No other work should be submitted until it is known.
	* @throws BackendError if no variant is right on this device.
	*/
	choose(product) {
		const products = this.#classOf(product);
		if (!products.chosen) {
			products.chosen = this.#tail.then(async () => {
				const variant = await this.#make(products, product);
				return {
					variant,
					kernel: productKernel(product, variant)
				};
			});
			this.#tail = products.chosen.catch(() => {});
		}
		return products.chosen;
	}
	#classOf(product) {
		const name = className(product);
		let found = this.#classes.get(name);
		if (!found) {
			const size = sizeOf(product);
			const candidates = this.#table.filter((row) => row.sizes.includes(size) && (row.software === true || !this.#info.software)).map(({ variant }) => variant).filter((variant) => fits(variant, product, this.#info));
			const tiles = candidates.map(tileOf);
			const [rows, columns] = [tiles.map((tile) => tile[0]), tiles.map((tile) => tile[1])];
			found = {
				name,
				candidates,
				tile: [Math.max(1, ...rows), Math.max(1, ...columns)]
			};
			this.#classes.set(name, found);
		}
		return found;
	}
	async #make({ name: shapeClass, candidates }, product) {
		const known = (await this.#recall()).find((choice) => choice.shapeClass === shapeClass);
		const winner = candidates.find((variant) => nameOf(variant) === known?.variant);
		if (winner && await this.#trials.isRight(product, winner)) return this.#keep(shapeClass, winner, known?.rate);
		const typical = TYPICAL[sizeOf(product)];
		if (!this.#info.software && typical) {
			const { variant, rate, complete } = await this.#fastest(product, candidates, typical);
			if (variant) {
				this.#keep(shapeClass, variant, rate);
				if (complete) await this.#remember({
					shapeClass,
					variant: nameOf(variant),
					rate
				});
				return variant;
			}
		}
		for (const variant of candidates) if (await this.#trials.isRight(product, variant)) return this.#keep(shapeClass, variant);
		throw new BackendError(`expected a kernel that multiplies ${shapeClass} right on this adapter, got wrong numbers from each: update the browser or driver, or use the CPU backend`);
	}
	#keep(shapeClass, variant, rate) {
		this.#choices.push({
			shapeClass,
			variant: nameOf(variant),
			...rate === void 0 ? {} : { rate }
		});
		return variant;
	}
	/** Measures the right ones of the candidates. Incomplete if some had not compiled in time and may be faster. */
	async #fastest(product, candidates, [rows, columns, inner]) {
		const patience = new Promise((resolve) => {
			setTimeout(() => resolve("late"), COMPILE_MS);
		});
		const states = await Promise.all(candidates.map((variant) => Promise.race([this.#trials.compiles(product, variant), patience])));
		const deadline = performance.now() + BUDGET_MS;
		const right = [];
		for (const [i, variant] of candidates.entries()) if (states[i] === true && await this.#trials.isRight(product, variant)) right.push(variant);
		const typical = [
			sizeOf(product) === "few" ? product.rows : rows,
			columns,
			inner
		];
		let best = { rate: 0 };
		for await (const { variant, rate } of this.#trials.rates(product, right, typical, deadline)) {
			const gigaflops = 2 * rate / 1e6;
			if (gigaflops > best.rate) best = {
				variant,
				rate: gigaflops
			};
		}
		return {
			...best,
			complete: !states.includes("late")
		};
	}
	#recall() {
		this.#remembered ??= (async () => {
			try {
				return parseChoices(await this.#memory?.read(memoryKey(this.#info)));
			} catch {
				return [];
			}
		})();
		return this.#remembered;
	}
	/** Adds a measured choice to the memory. A memory that fails only costs the next visit some time. */
	async #remember(choice) {
		const all = [...(await this.#recall()).filter(({ shapeClass }) => shapeClass !== choice.shapeClass), choice];
		this.#remembered = Promise.resolve(all);
		try {
			await this.#memory?.write(memoryKey(this.#info), JSON.stringify(all));
		} catch {}
	}
};
function className(product) {
	const size = sizeOf(product);
	const rows = fewRows$1(product.rows);
	const words = size === "few" ? rows === 1 ? "1 row" : `${rows} rows` : size;
	const { QUADS: quads, WIDE: wide } = product.parameters;
	const ragged = `${quads === 0 ? ", ragged operands" : ""}${wide === 0 ? ", ragged result" : ""}`;
	return `${product.kernel} ${product.form}, ${words}${ragged}`;
}
// src/backend/webgpu/products/ranges.ts
/** Columns of one dispatch: devices may allow no more than 65,535 workgroups across, and those of few rows have 8 columns each. */
var MOST_COLUMNS = 2 ** 18;
/** Cuts a result into ranges of whole tiles with at most `most` entries each, unless one tile has more. */
function rangesOf({ rows, columns }, [tileRows, tileColumns], most) {
	const width = wholeTiles(Math.min(MOST_COLUMNS, most / tileRows), tileColumns, columns);
	const height = wholeTiles(most / width, tileRows, rows);
	const ranges = [];
	for (let row = 0; row < rows; row += height) for (let column = 0; column < columns; column += width) ranges.push({
		first_row: row,
		end_row: Math.min(rows, row + height),
		first_column: column,
		end_column: Math.min(columns, column + width)
	});
	return ranges;
}
/** The most whole tiles that are no longer than `most`, at least one; `size` if that is all. */
var wholeTiles = (most, tile, size) => Math.min(size, Math.max(1, Math.floor(most / tile)) * tile);
// src/backend/webgpu/bind-groups.ts
/** More than the different calls of a training step of a small model. */
var MOST = 2048;
/** Caches bind groups, because creating one costs as much as the rest of a dispatch and buffers recur from step to step. */
var BindGroups = class {
	#device;
	#uniforms;
	#made = /* @__PURE__ */ new Map();
	#ids = /* @__PURE__ */ new WeakMap();
	#nextId = 0;
	/** @param uniforms buffer of kernel parameters; a dispatch passes its offset when it sets the group. */
	constructor(device, uniforms) {
		this.#device = device;
		this.#uniforms = uniforms;
	}
	/** Returns the group that binds a dispatch's buffers. @throws Error if a binding has no buffer. */
	of({ kernel, buffers }, { bindings }) {
		const bound = kernel.layout.bindings.map(({ name, index, type }) => {
			const buffer = type === "uniform" ? this.#uniforms : buffers[name];
			if (!buffer) throw new Error(`${kernel.name}: nothing bound to ${name}`);
			return {
				index,
				buffer,
				isUniform: type === "uniform"
			};
		});
		const key = [bindings, ...bound.map(({ buffer }) => buffer)].map((each) => this.#id(each)).join(" ");
		const known = this.#made.get(key);
		if (known) return known;
		if (this.#made.size >= MOST) this.#made.clear();
		const size = Math.max(16, 4 * Math.ceil(kernel.layout.params.length / 4) * 4);
		const entries = bound.map(({ index, buffer, isUniform }) => ({
			binding: index,
			resource: isUniform ? {
				buffer,
				size
			} : { buffer }
		}));
		const made = this.#device.createBindGroup({
			layout: bindings,
			entries
		});
		this.#made.set(key, made);
		return made;
	}
	#id(object) {
		let id = this.#ids.get(object);
		if (id === void 0) this.#ids.set(object, id = this.#nextId++);
		return id;
	}
};
// src/backend/webgpu/queue.ts
/** Target GPU time of one submission, because browsers reset devices that seem to hang. */
var TARGET_MS = 60;
var MAX_DISPATCHES = 256;
/** Commands held before they are submitted, including copies and released buffers, which keep their memory until then. */
var MAX_COMMANDS = 1024;
var MAX_IN_FLIGHT = 2;
/**
* Collects commands and submits them to the device in order, in submissions of limited GPU time. Until then commands are plain data,
* so that operations need not wait for a pipeline to compile.
*/
var CommandQueue = class {
	#device;
	#pipelines;
	#buffers;
	#uniforms;
	#bindGroups;
	#alignment;
	#profile;
	#commands = [];
	#pendingWork = 0;
	#pendingDispatches = 0;
	#tail = Promise.resolve();
	#inFlight = [];
	#failure;
	/** Estimated multiply-adds per millisecond: a default until the first submissions have been timed. */
	#rate;
	constructor(device, pipelines, buffers, software) {
		this.#device = device;
		this.#pipelines = pipelines;
		this.#buffers = buffers;
		this.#alignment = Math.max(256, device.limits.minUniformBufferOffsetAlignment);
		this.#uniforms = device.createBuffer({
			label: "kernel parameters",
			size: this.#alignment * MAX_DISPATCHES,
			usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST
		});
		this.#bindGroups = new BindGroups(device, this.#uniforms);
		this.#rate = software ? 3e5 : 5e7;
	}
	/** Most multiply-adds for one dispatch; larger operations must be split. */
	get workLimit() {
		return this.#rate * TARGET_MS;
	}
	/** Bytes of the queue's buffers. */
	get overheadBytes() {
		return this.#uniforms.size;
	}
	/** Enqueues dispatches in turn, `times` times over. They are submitted together, so that their work must be limited. */
	run(dispatches, times = 1) {
		const pipelines = Promise.all(dispatches.map((each) => this.#pipelines.get(each.kernel, each.constants)));
		pipelines.catch(() => {});
		const work = times * dispatches.reduce((sum, dispatch) => sum + dispatch.work, 0);
		this.#pushRun(dispatches.length, times, work, async () => {
			const ready = await pipelines;
			return dispatches.flatMap((dispatch, i) => {
				const pipeline = ready[i];
				return pipeline ? [{
					dispatch,
					pipeline
				}] : [];
			});
		});
	}
	/** Enqueues a dispatch whose kernel is chosen when it is about to be submitted, as `choose` may try kernels on the idle device. */
	runChosen(work, choose) {
		this.#pushRun(1, 1, work, async () => {
			const dispatch = await choose();
			return [{
				dispatch,
				pipeline: await this.#pipelines.get(dispatch.kernel, dispatch.constants)
			}];
		});
	}
	#pushRun(dispatches, times, work, ready) {
		this.#push({
			kind: "run",
			ready,
			dispatches,
			times,
			work
		});
		this.#pendingWork += work;
		this.#pendingDispatches += dispatches;
		const many = this.#pendingDispatches >= MAX_DISPATCHES || this.#commands.length >= MAX_COMMANDS;
		if (this.#pendingWork >= this.workLimit || many) this.flush();
	}
	copy(source, sourceOffset, target, targetOffset, bytes) {
		this.#push({
			kind: "copy",
			source,
			sourceOffset,
			target,
			targetOffset,
			bytes
		});
	}
	clear(buffer) {
		this.#push({
			kind: "clear",
			buffer
		});
	}
	write(buffer, data) {
		this.#push({
			kind: "write",
			buffer,
			data
		});
	}
	/** Recycles a buffer when all commands enqueued before have been submitted. */
	release(buffer) {
		this.#push({
			kind: "release",
			buffer
		});
	}
	/** Submits all commands. @throws the first failure since the last `check`. */
	async flush() {
		const commands = this.#commands;
		this.#commands = [];
		this.#pendingWork = 0;
		this.#pendingDispatches = 0;
		if (commands.length > 0) this.#tail = this.#tail.then(() => this.#submitAll(commands)).catch((error) => {
			this.fail(error instanceof Error ? error : new Error(String(error)));
		});
		await this.#tail;
		this.check();
	}
	/** Submits all commands and waits until at most one submission is unfinished. @throws as `flush`. */
	async settle() {
		await this.flush();
		while (this.#inFlight.length > 1) await this.#inFlight[0];
		this.check();
	}
	/** Stores a failure for the next `check`, unless there is one already. */
	fail(error) {
		this.#failure ??= error;
	}
	/** @throws the stored failure, once. (The runner throws DeviceLostError in every call.) */
	check() {
		const failure = this.#failure;
		this.#failure = void 0;
		if (failure) throw failure;
	}
	/** True if every dispatch is timed. */
	get profiling() {
		return this.#profile !== void 0;
	}
	set profile(profile) {
		this.#profile = profile;
	}
	destroy() {
		this.#commands = [];
		this.#uniforms.destroy();
	}
	#push(command) {
		this.#commands.push(command);
	}
	async #submitAll(commands) {
		let start = 0;
		while (start < commands.length) {
			let end = start;
			let work = 0;
			let dispatches = 0;
			for (; end < commands.length; end++) {
				const command = commands[end];
				if (command?.kind === "write" && end > start) break;
				if (command?.kind === "run") {
					if (work > 0 && work + command.work > this.workLimit || dispatches + command.dispatches > MAX_DISPATCHES) break;
					work += command.work;
					dispatches += command.dispatches;
				}
			}
			await this.#submit(commands.slice(start, end), work);
			start = end;
		}
	}
	async #submit(commands, work) {
		const ready = await Promise.all(commands.map((command) => command.kind === "run" ? command.ready() : void 0));
		while (this.#inFlight.length >= MAX_IN_FLIGHT) await this.#inFlight[0];
		const slots = commands.reduce((sum, each) => sum + (each.kind === "run" ? each.dispatches : 0), 0);
		const params = new DataView(new ArrayBuffer(this.#alignment * slots));
		const encoder = this.#device.createCommandEncoder();
		const released = [];
		let slot = 0;
		let pass;
		const endPass = () => {
			pass?.end();
			pass = void 0;
		};
		for (const [i, command] of commands.entries()) {
			if (command.kind === "run") {
				const calls = (ready[i] ?? []).map(({ dispatch, pipeline }) => {
					const { name, layout } = dispatch.kernel;
					const offset = slot++ * this.#alignment;
					packParams(name, layout.params, dispatch.params, params, offset);
					const group = this.#bindGroups.of(dispatch, pipeline);
					return {
						dispatch,
						pipeline: pipeline.pipeline,
						group,
						offset
					};
				});
				for (let time = 0; time < command.times; time++) for (const { dispatch, pipeline, group, offset } of calls) {
					if (this.#profile) endPass();
					pass ??= encoder.beginComputePass(this.#profile?.pass(dispatch) ?? {});
					pass.setPipeline(pipeline);
					pass.setBindGroup(0, group, [offset]);
					pass.dispatchWorkgroups(dispatch.groups[0], dispatch.groups[1]);
				}
				continue;
			}
			endPass();
			if (command.kind === "copy") encoder.copyBufferToBuffer(command.source, command.sourceOffset, command.target, command.targetOffset, command.bytes);
			else if (command.kind === "clear") encoder.clearBuffer(command.buffer);
			else if (command.kind === "write") this.#device.queue.writeBuffer(command.buffer, 0, command.data);
			else released.push(command.buffer);
		}
		endPass();
		this.#profile?.resolve(encoder);
		if (slot > 0) this.#device.queue.writeBuffer(this.#uniforms, 0, params.buffer, 0, slot * this.#alignment);
		this.#device.queue.submit([encoder.finish()]);
		for (const buffer of released) this.#buffers.recycle(buffer);
		this.#watch(work);
		await this.#profile?.collect();
	}
	#watch(work) {
		const idle = this.#inFlight.length === 0;
		const start = performance.now();
		const done = this.#device.queue.onSubmittedWorkDone().then(() => this.#finished(done, idle ? work / (performance.now() - start) : 0), () => this.#finished(done, 0));
		this.#inFlight.push(done);
	}
	#finished(done, rate) {
		this.#inFlight = this.#inFlight.filter((other) => other !== done);
		if (rate > 0) this.#rate = Math.max(1e5, Math.min(this.#rate * 1.25, this.#rate * .7 + rate * .3));
	}
};
// src/backend/webgpu/runner.ts
/** Owns the tensors of one device and runs kernels on them in order. It is the first argument of every operation. */
var Runner = class {
	info;
	#device;
	#buffers;
	#pipelines;
	#queue;
	#profiler;
	#chooser;
	#forms;
	#lost;
	#disposed = false;
	constructor(device, info, { memory, table, forms = {} } = {}) {
		this.info = info;
		this.#forms = forms;
		this.#device = device;
		this.#buffers = new BufferPool(device, (error) => this.#queue.fail(error));
		this.#pipelines = new PipelineCache(device);
		this.#queue = new CommandQueue(device, this.#pipelines, this.#buffers, info.software);
		this.#chooser = new Chooser(device, info, this.#pipelines, memory, table);
		device.addEventListener("uncapturederror", (event) => this.#queue.fail(new BackendError(event.error.message)));
		device.lost.then(({ reason, message }) => {
			if (this.#disposed) return;
			this.#lost = new DeviceLostError(`the GPU device was lost (${message || reason}): its tensors are gone and must be read from the files again`);
		});
	}
	memory() {
		const { pooledBytes, ...rest } = this.#buffers.memory;
		return {
			...rest,
			pooledBytes: pooledBytes + this.#queue.overheadBytes
		};
	}
	precompile(names) {
		for (const name of names) this.#pipelines.get(kernel(name)).catch(() => {});
	}
	upload(data, shape, dtype, label) {
		const { bytes } = uploadSizes(data, shape, dtype, label, this.info.maxTensorBytes);
		this.#check();
		const tensor = this.#buffers.make(shape, dtype, bytes, label);
		this.#device.queue.writeBuffer(this.#buffers.of(tensor), 0, paddedBytes(data));
		return tensor;
	}
	/** Creates an f32 tensor with undefined contents; the caller must write all of it. */
	empty(shape, label) {
		const { bytes } = newTensorSizes(shape, "f32", label, this.info.maxTensorBytes);
		this.#check();
		return this.#buffers.make(shape, "f32", bytes, label);
	}
	zeros(shape, label) {
		const tensor = this.empty(shape, label);
		this.#queue.clear(this.#buffers.of(tensor));
		return tensor;
	}
	write(tensor, data) {
		writeSizes(tensor, data);
		this.#queue.write(this.#buffers.of(tensor), data.slice());
	}
	/** Enqueues a copy. Offsets are in bytes. */
	copy(source, sourceOffset, target, targetOffset, bytes) {
		this.#queue.copy(this.#buffers.of(source), sourceOffset, this.#buffers.of(target), targetOffset, bytes);
	}
	async read(tensor) {
		const size = Math.ceil(tensor.bytes / 4) * 4;
		const buffer = this.#buffers.of(tensor);
		this.#check();
		const staging = this.#device.createBuffer({
			label: `read ${tensor.label}`,
			size,
			usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST
		});
		try {
			this.#queue.copy(buffer, 0, staging, 0, size);
			await this.#queue.flush();
			await staging.mapAsync(GPUMapMode.READ);
			this.#check();
			const bytes = new Uint8Array(staging.getMappedRange(), 0, tensor.bytes);
			return Float32Array.from(decode(bytes, tensor.dtype, elements(tensor.shape)));
		} catch (error) {
			throw this.#lost ?? error;
		} finally {
			staging.destroy();
		}
	}
	countAs(kind, tensor) {
		return this.#buffers.countAs(kind, tensor);
	}
	free(...tensors) {
		for (const tensor of tensors) this.#queue.release(this.#buffers.free(tensor));
	}
	async settle() {
		this.#check();
		await this.#queue.settle();
		this.#check();
	}
	dispose() {
		this.#disposed = true;
		this.#queue.destroy();
		this.#buffers.destroy();
		this.#device.destroy();
	}
	get canTimeKernels() {
		return this.#device.features.has("timestamp-query");
	}
	async timeKernels(on) {
		if (!this.canTimeKernels || on === (this.#profiler !== void 0)) return;
		const { Profiler } = await import("./profiler-CHEo4VZn.mjs");
		const ended = this.#profiler;
		this.#profiler = on ? new Profiler(this.#device) : void 0;
		this.#queue.profile = this.#profiler;
		if (!ended) return;
		await this.#queue.flush().finally(() => ended.destroy());
	}
	kernelTimes() {
		return this.#profiler?.times ?? /* @__PURE__ */ new Map();
	}
	async profile(work) {
		if (!this.canTimeKernels) {
			await work();
			return;
		}
		await this.settle();
		const timed = this.#profiler !== void 0;
		await this.timeKernels(true);
		const before = new Map(this.kernelTimes());
		try {
			await work();
			await this.settle();
			return timesSince(before, this.kernelTimes());
		} finally {
			if (!timed) await this.timeKernels(false);
		}
	}
	/** Enqueues the kernel of `shaders/<name>.wgsl`. */
	run(name, call) {
		this.#check();
		this.#queue.run([this.#dispatch(name, call)]);
	}
	/** Enqueues several kernels in turn, `times` times over, as one submission if that is not too much work. */
	repeat(times, calls) {
		this.#check();
		const dispatches = calls.map(([name, call]) => this.#dispatch(name, call));
		const work = dispatches.reduce((sum, dispatch) => sum + dispatch.work, 0);
		const most = this.#queue.profiling ? 1 : Math.max(1, Math.floor(this.#queue.workLimit / work));
		for (let done = 0; done < times; done += most) this.#queue.run(dispatches, Math.min(most, times - done));
	}
	#dispatch(name, call) {
		const { tensors, params, groups, work, packed = [], constants: own = {}, parameters } = call;
		const dtypes = Object.fromEntries(packed.map((binding) => [`${binding.toUpperCase()}_DTYPE`, DTYPE_CODES[tensors[binding]?.dtype ?? "f32"]]));
		const buffers = this.#buffersOf(tensors);
		const constants = {
			...dtypes,
			...own
		};
		return {
			kernel: kernel(name, parameters),
			constants,
			buffers,
			params,
			groups,
			work
		};
	}
	/** Enqueues a product, cut into ranges of rows and columns with little enough work for one dispatch. */
	runProduct({ product, tensors, params, work }) {
		this.#check();
		const buffers = this.#buffersOf(tensors);
		for (const range of rangesOf(product, this.#chooser.tile(product), this.#queue.workLimit / work)) {
			const [height, width] = [range.end_row - range.first_row, range.end_column - range.first_column];
			this.#queue.runChosen(height * width * work, async () => {
				const { variant, kernel: chosen } = await this.#chooser.choose(product);
				const [tileRows, tileColumns] = tileOf(variant);
				return {
					kernel: chosen,
					constants: {},
					buffers,
					params: {
						...params,
						...range
					},
					groups: [Math.ceil(width / tileColumns), Math.ceil(height / tileRows)],
					work: height * width * work
				};
			});
		}
	}
	/** The variants of products that were chosen so far. */
	get choices() {
		return this.#chooser.choices;
	}
	/** Returns the form of a reduction of rows of this width, or of a whole tensor. */
	rowForm(width, whole = false) {
		const { rows } = this.#forms;
		return rows && (rows.rows === 1 || !whole) ? rows : rowForm(this.info, width, whole);
	}
	/** Form of sums of columns. */
	get columnForm() {
		return this.#forms.columns ?? COLUMN_FORMS[this.info.software ? 0 : 1];
	}
	/** Returns the form of attention and its gradients, or undefined for the kernels without tiles. */
	attentionForm(headDim, queries) {
		return this.#forms.attention ?? attentionForm(this.info, headDim, queries);
	}
	#buffersOf(tensors) {
		return Object.fromEntries(Object.entries(tensors).map(([binding, tensor]) => [binding, this.#buffers.of(tensor)]));
	}
	#check() {
		if (this.#disposed) throw new BackendError("the backend was used after it was disposed of");
		if (this.#lost) throw this.#lost;
	}
};
/** Returns the bytes, padded to a multiple of 4 for `writeBuffer`. */
function paddedBytes(data) {
	const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
	if (bytes.byteLength % 4 === 0) return bytes;
	const padded = new Uint8Array(Math.ceil(bytes.byteLength / 4) * 4);
	padded.set(bytes);
	return padded;
}
// src/backend/webgpu/sinkhorn-form.ts
/** Threads to choose from, and most groups of columns that a thread keeps in registers. Least first. */
var HARDWARE = {
	threads: [
		128,
		256,
		512
	],
	groups: 4,
	most: 16
};
var SOFTWARE = {
	threads: [
		8,
		16,
		32
	],
	groups: 24,
	most: 24
};
/** Most groups of a thread's rows that are reduced together. */
var MAX_TOGETHER = 16;
/**
* Returns the form for rows of `columns` entries. Sizes on hardware are those that were fastest on an NVIDIA H200 among 74 at
* 1024 to 8192 columns. A software adapter runs the threads of a workgroup in turn, so that few threads, each with many columns,
* wait for one another less.
*/
function sinkhornRowForm(columns, info) {
	const { limits, software } = info;
	const VECTOR = columns % 4 === 0 ? 1 : 0;
	const width = VECTOR === 1 ? columns / 4 : columns;
	const SUBGROUPS = numbersSubgroups(info) ? 1 : 0;
	const { threads, groups, most } = software ? SOFTWARE : HARDWARE;
	const allowed = limits["maxComputeInvocationsPerWorkgroup"] ?? 256;
	const fitting = threads.filter((count) => count <= allowed);
	const LANES = fitting.find((count) => width <= count * groups) ?? fitting.at(-1) ?? threads[0];
	const perThread = Math.ceil(width / LANES);
	const GROUPS = perThread <= most ? perThread : 0;
	const wanted = software || GROUPS === 0 ? 1 : MAX_TOGETHER / GROUPS;
	const TOGETHER = [
		4,
		2,
		1
	].find((rows) => rows <= wanted) ?? 1;
	return {
		LANES,
		TAKEN: software || columns > 2048 ? columns > 6144 ? 32 : 16 : 8,
		TOGETHER,
		GROUPS,
		VECTOR,
		SUBGROUPS
	};
}
var sinkhornColumnForm = ({ software }) => software ? {
	WIDTH: 16,
	LANES: 1
} : {
	WIDTH: 32,
	LANES: 8
};
// src/backend/webgpu/sinkhorn.ts
var sinkhorn_exports = /* @__PURE__ */ __exportAll({
	columnPotential: () => columnPotential,
	rowPotential: () => rowPotential,
	sinkhorn: () => sinkhorn
});
/** No error is below this tolerance. */
var NEVER = -2;
/** Entries of the record before the errors. */
var HEADER = 2;
/** Temporary tensors of half-steps over `rows` rows that write `errors` errors. */
var Buffers = class {
	rowForm;
	columnForm;
	mixThreads;
	/** Column sums of each workgroup of rows. */
	columnSums;
	parts;
	/** g after the column half-step. */
	next;
	/** Part of the error of each workgroup of columns. */
	errors;
	record;
	#runner;
	constructor(runner, columns, rows, errors) {
		this.#runner = runner;
		this.rowForm = sinkhornRowForm(columns, runner.info);
		this.columnForm = sinkhornColumnForm(runner.info);
		this.mixThreads = runner.info.software ? 16 : 256;
		this.parts = Math.ceil(rows / this.rowForm.TAKEN);
		this.columnSums = runner.empty([Math.max(1, this.parts), columns], "column sums of workgroups");
		this.next = runner.empty([columns], "next column potentials");
		this.errors = runner.empty([Math.ceil(columns / this.columnForm.WIDTH)], "parts of the marginal error");
		this.record = runner.zeros([HEADER + errors], "record of iterations");
	}
	free() {
		this.#runner.free(this.columnSums, this.next, this.errors, this.record);
	}
	/** Returns the errors of the record and frees everything else. */
	errorsAndFree(count) {
		const errors = this.#runner.empty([count], "marginal errors");
		this.#runner.copy(this.record, 8, errors, 0, 4 * count);
		this.free();
		return errors;
	}
};
/** Row half-step over a band; without rows it only adds the error to the record. */
function rowCall({ rowForm: form, parts, columnSums, next, errors, record }, { cost, rowStart, rows }, { f, g, epsilon }, { logMarginal, damping = 1, relaxation = 1 }, { tolerance, measured }) {
	const columns = next.shape[0] ?? 1;
	return {
		tensors: {
			cost,
			next,
			errors,
			f,
			g,
			column_sums: columnSums,
			record
		},
		parameters: { ...form },
		params: {
			row_start: rowStart,
			rows,
			width: form.VECTOR === 1 ? columns / 4 : columns,
			epsilon,
			inverse: 1 / (epsilon * Math.LN2),
			marginal: Math.exp(logMarginal),
			log_marginal: logMarginal,
			damping,
			relaxation,
			tolerance,
			parts: measured ? errors.shape[0] ?? 1 : 0
		},
		groups: rows === 0 ? [1, 1] : workgroupGrid(parts),
		work: rows * columns * 10
	};
}
/** Column half-step after a band's row half-step, or with `parts` 0 from the state alone. */
function columnCall({ columnForm: form, columnSums, next, errors, record }, { cost, rowStart, rows }, { f, g, epsilon }, { logMarginal, damping = 1, relaxation = 1 }, state, parts, tolerance) {
	const [, columns = 1] = state.shape;
	return {
		tensors: {
			column_sums: columnSums,
			cost,
			f,
			g,
			state,
			next,
			errors,
			record
		},
		parameters: { ...form },
		params: {
			row_start: rowStart,
			rows,
			columns,
			parts,
			epsilon,
			log_marginal: logMarginal,
			damping,
			relaxation,
			tolerance
		},
		groups: [Math.ceil(columns / form.WIDTH), 1],
		work: (parts + 20) * columns
	};
}
/** Mixes the column half-step that was computed last with those before. */
function mixCall({ mixThreads, next, errors, record }, { g, epsilon }, { logMarginal }, state, history, tolerance, first) {
	const [, columns = 1] = state.shape;
	return {
		tensors: {
			state,
			g,
			errors,
			history,
			next,
			record
		},
		parameters: { LANES: mixThreads },
		params: {
			columns,
			width: history.shape[1] ?? 1,
			parts: errors.shape[0] ?? 1,
			first: first ? 1 : 0,
			epsilon,
			log_marginal: logMarginal,
			tolerance
		},
		groups: [1, 1],
		work: 2 * columns * 13
	};
}
function rowPotential(runner, band, potentials, step, state) {
	const { rows, columns } = rowPotentialSizes(band, potentials, step, state);
	const work = new Buffers(runner, columns, rows, 1);
	runner.copy(potentials.g, 0, work.next, 0, 4 * columns);
	runner.run("sinkhorn_rows", rowCall(work, band, potentials, step, {
		tolerance: NEVER,
		measured: false
	}));
	runner.run("sinkhorn_columns", columnCall(work, band, potentials, step, state, work.parts, NEVER));
	work.free();
}
function columnPotential(runner, state, potentials, step, update) {
	const { columns } = columnPotentialSizes(state, potentials, step);
	const work = new Buffers(runner, columns, 0, 1);
	const none = (cost) => ({
		cost,
		rowStart: 0,
		rows: 0
	});
	runner.run("sinkhorn_columns", columnCall(work, none(work.columnSums), potentials, step, state, 0, NEVER));
	runner.run("sinkhorn_rows", rowCall(work, none(work.next), potentials, step, {
		tolerance: NEVER,
		measured: true
	}));
	if (update) runner.copy(work.next, 0, potentials.g, 0, 4 * columns);
	return work.errorsAndFree(1);
}
function sinkhorn(runner, band, potentials, state, iterations) {
	const sizes = sinkhornSizes(band, potentials, state, iterations);
	const { rows, columns, count, tolerance, history } = iterations;
	const work = new Buffers(runner, sizes.columns, sizes.rows, count + 1);
	const ending = {
		tolerance,
		measured: true
	};
	const call = (parts) => columnCall(work, band, potentials, columns, state, parts, tolerance);
	const mix = (first) => history ? [["anderson", mixCall(work, potentials, columns, state, history, tolerance, first)]] : [];
	for (const [name, start] of [["sinkhorn_columns", call(0)], ...mix(true)]) runner.run(name, start);
	runner.repeat(count, [
		["sinkhorn_rows", rowCall(work, band, potentials, rows, ending)],
		["sinkhorn_columns", call(work.parts)],
		...mix(false)
	]);
	runner.run("sinkhorn_rows", rowCall(work, {
		...band,
		rows: 0
	}, potentials, rows, ending));
	return work.errorsAndFree(count + 1);
}
// src/backend/webgpu/training.ts
var training_exports = /* @__PURE__ */ __exportAll({
	adamW: () => adamW,
	normMatchedLoss: () => normMatchedLoss,
	relu: () => relu,
	reluGradient: () => reluGradient
});
function relu(runner, x) {
	const { count } = reluSizes(x);
	return rectify(runner, x, x, count, false);
}
function reluGradient(runner, activation, upstream) {
	const { count } = reluGradientSizes(activation, upstream);
	return rectify(runner, upstream, activation, count, true);
}
function rectify(runner, x, y, count, backward) {
	return withF32(runner, [x, y], ([values, gates]) => {
		const out = runner.empty(x.shape, "rectified");
		runner.run("relu", {
			tensors: {
				x: values,
				y: gates,
				out
			},
			constants: { BACKWARD: backward ? 1 : 0 },
			params: { count },
			groups: workgroupGrid(count / 256),
			work: count
		});
		return out;
	});
}
function normMatchedLoss(runner, prediction, target, lambda, gradient) {
	const { count } = normMatchedLossSizes(prediction, target, lambda, gradient);
	return withF32(runner, [prediction, target], ([values, expected]) => {
		const out = runner.empty([1], "loss");
		runner.run("norm_matched_loss", {
			...byParts(runner, count, 1),
			tensors: {
				prediction: values,
				expected,
				gradient,
				out
			},
			params: {
				count,
				lambda
			},
			work: 64 * count
		});
		return out;
	});
}
function adamW(runner, parameters, options) {
	const { betas, eps, gradientFactor = 1 } = options;
	const { counts, factors } = adamWFactors(parameters, options);
	const [beta1, beta2] = betas;
	const clip = typeof gradientFactor === "number" ? void 0 : gradientFactor;
	const shared = {
		decay: factors.decay,
		beta1,
		beta1_rest: 1 - beta1,
		beta2,
		beta2_rest: 1 - beta2,
		step_size: factors.stepSize,
		root_scale: factors.rootScale,
		eps,
		gradient_factor: typeof gradientFactor === "number" ? gradientFactor : 1
	};
	forEachGroup(parameters, Math.floor((storageBuffers(runner) - 1) / 3), (group, first) => {
		const sizes = counts.slice(first, first + group.length);
		runner.run("adamw", {
			tensors: {
				...clip ? { clip } : {},
				...numbered("gradient", group.map(({ gradient }) => gradient)),
				...numbered("value", group.map(({ value }) => value)),
				...numbered("moments", group.map(({ moments }) => moments))
			},
			params: {
				...shared,
				...numbered("count", sizes)
			},
			parameters: {
				TENSORS: group.length,
				CLIPPED: clip ? 1 : 0
			},
			groups: workgroupGrid(Math.max(...sizes) / 256),
			work: 6 * sizes.reduce((sum, size) => sum + size, 0)
		});
	});
}
// src/backend/webgpu/transformer.ts
var transformer_exports = /* @__PURE__ */ __exportAll({
	attention: () => attention,
	crossEntropy: () => crossEntropy,
	rmsNorm: () => rmsNorm,
	rope: () => rope,
	softCap: () => softCap,
	swiglu: () => swiglu
});
function rmsNorm(runner, x, gain, eps, offset = 0) {
	const { rows, columns } = rmsNormSizes(x, gain, eps);
	return withF32(runner, [x], ([values]) => {
		const out = runner.empty(x.shape, "normalised");
		const form = byRows(runner, rows, columns, gain);
		runner.run("rms_norm", {
			...form,
			parameters: {
				...form.parameters,
				OFFSET: offset
			},
			tensors: {
				x: values,
				gain,
				out
			},
			packed: ["gain"],
			params: {
				rows,
				width: columns,
				eps
			},
			work: 2 * rows * columns
		});
		return out;
	});
}
function rope(runner, x, table, headDim, positionStart) {
	const { rows, heads } = ropeSizes(x, table, headDim, positionStart);
	return withF32(runner, [x, table], ([values, angles]) => {
		const out = runner.empty(x.shape, "rotated");
		runner.run("rope", {
			tensors: {
				x: values,
				table: angles,
				out
			},
			params: {
				rows,
				heads,
				head_dim: headDim,
				position_start: positionStart
			},
			groups: workgroupGrid(rows * heads * headDim / 512),
			work: 2 * rows * heads * headDim
		});
		return out;
	});
}
function attention(runner, q, k, v, shape) {
	const sizes = attentionSizes(q, k, v, shape);
	const { queries, keys, windows, scale } = sizes;
	const { heads, kvHeads, headDim, past } = shape;
	const options = attentionOptions(sizes);
	return withF32(runner, [
		q,
		k,
		v
	], ([queryValues, keyValues, values]) => {
		const out = runner.empty(q.shape, "attended");
		const { name, parameters, rows } = attentionKernel("attention", runner.attentionForm(headDim, queries));
		runner.run(name, {
			parameters: {
				...parameters,
				...options.parameters
			},
			tensors: {
				q: queryValues,
				k: keyValues,
				v: values,
				out
			},
			params: {
				queries,
				heads,
				kv_heads: kvHeads,
				groups: headDim / 4,
				past,
				scale,
				...options.params
			},
			groups: [Math.ceil(queries / rows), heads * windows],
			work: windows * queries * heads * headDim * keys
		});
		return out;
	});
}
function softCap(runner, x, cap) {
	const { count } = softCapSizes(x, cap);
	return softCapped(runner, x, x, {
		count,
		cap,
		backward: false
	});
}
function swiglu(runner, gate, up, activation = "silu") {
	const { count } = swigluSizes(gate, up);
	return withF32(runner, [gate, up], ([gates, values]) => {
		const out = runner.empty(gate.shape, "gated");
		runner.run("swiglu", {
			parameters: { GELU: activation === "gelu" ? 1 : 0 },
			tensors: {
				gate: gates,
				up: values,
				out
			},
			params: { count },
			groups: workgroupGrid(count / 256),
			work: count * 10
		});
		return out;
	});
}
function crossEntropy(runner, logits, targets) {
	const { rows, columns } = crossEntropySizes(logits, targets);
	return withF32(runner, [logits], ([values]) => {
		const out = runner.empty([rows], "negative log-likelihood");
		runner.run("cross_entropy", {
			...byRows(runner, rows, columns),
			tensors: {
				logits: values,
				targets,
				out
			},
			params: {
				rows,
				vocabulary: columns
			},
			work: rows * columns * 10
		});
		return out;
	});
}
// src/backend/webgpu/products/plan.ts
/** Describes a product with a plan of apply_plan.wgsl for the choice of its variant. The summed entries are the band's rows. */
function planProduct(sizes, axis, xType) {
	const { rowStart, rows: inner, columns: targets, total, width } = sizes;
	const [rows, columns] = axis === 0 ? [targets, width] : [width, targets];
	const along = axis === 0 ? [targets, width] : [
		targets,
		total,
		rowStart,
		inner
	];
	const product = {
		kernel: "apply_plan",
		form: `axis ${axis} ${xType}`,
		parameters: {
			A_DTYPE: 0,
			B_DTYPE: DTYPE_CODES[xType],
			QUADS: along.every((length) => length % 4 === 0) ? 1 : 0,
			WIDE: columns % 4 === 0 ? 1 : 0,
			LEFT_ALONG: axis,
			RIGHT_ALONG: 0,
			AXIS: axis
		},
		rows,
		columns,
		inner,
		trial: (...size) => trial(product, xType, wholeQuads(product, ...size))
	};
	return product;
}
/** Params of apply_plan.wgsl that are sizes; `total` is the number of rows of the whole plan. */
function planParams({ parameters, rows, columns, inner }, total) {
	const ofX = parameters["AXIS"] ? {
		b_lines: rows,
		b_length: total
	} : {
		b_lines: total,
		b_length: columns
	};
	return {
		inner,
		a_lines: inner,
		a_length: parameters["AXIS"] ? columns : rows,
		...ofX,
		out_stride: columns
	};
}
/** Adds a product with a band of a plan, not its first, to what is there. */
function trial({ parameters, ...product }, xType, sizes) {
	const { rows, columns, inner } = sizes;
	const start = 4;
	const total = inner + 8;
	const targets = parameters["AXIS"] ? columns : rows;
	const [epsilon, scale] = [.5, -.75];
	const params = planParams({
		...product,
		parameters,
		...sizes
	}, total);
	const cost = madeUp(inner * targets, "f32", 1);
	const x = madeUp(params.b_lines * params.b_length, xType, 2);
	const f = madeUp(total, "f32", 3);
	const g = madeUp(targets, "f32", 4);
	const before = madeUp(rows * columns, "f32", 5);
	const planAt = (i, j) => {
		const [ofRow, ofColumn] = [f.values[start + i] ?? NaN, g.values[j] ?? NaN];
		return Math.exp((ofRow + ofColumn - (cost.values[i * targets + j] ?? NaN)) / epsilon);
	};
	const xAt = entryOf(x.values, params.b_length, parameters["AXIS"] === 1);
	const term = (row, column, i) => parameters["AXIS"] ? xAt(row, start + i) * planAt(i, column) : planAt(i, row) * xAt(column, start + i);
	return {
		rows,
		columns,
		data: {
			a: cost.bytes,
			b: x.bytes,
			f: f.bytes,
			g: g.bytes,
			out: bytesOf(before.values.slice())
		},
		out: "out",
		params: {
			...params,
			row_start: start,
			epsilon,
			scale
		},
		expected() {
			const values = Float64Array.from(before.values);
			const errors = new Float64Array(values.length);
			for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) {
				const at = row * columns + column;
				let [sum, size] = [0, 1];
				for (let i = 0; i < inner; i++) {
					const product = term(row, column, i);
					sum += product;
					size += Math.abs(product);
				}
				values[at] = (values[at] ?? NaN) + scale * sum;
				errors[at] = 1e-5 * size;
			}
			return {
				values,
				errors
			};
		}
	};
}
// src/backend/webgpu/transport.ts
var transport_exports = /* @__PURE__ */ __exportAll({
	applyPlan: () => applyPlan,
	columnLogSum: () => columnLogSum,
	picture: () => picture,
	planRows: () => planRows,
	rowMoments: () => rowMoments
});
function rowMoments(runner, band) {
	const { rows, columns } = bandSizes("rowMoments", band);
	const out = runner.empty([rows, 2], "row moments");
	runner.run("row_moments", {
		...byRows(runner, rows, columns),
		tensors: {
			cost: band.cost,
			out
		},
		params: {
			rows,
			columns
		},
		work: 2 * rows * columns
	});
	return out;
}
function columnLogSum(runner, band, potentials, state) {
	const { rowStart, rows, columns } = columnLogSumSizes(band, potentials, state);
	runner.run("column_log_sum", {
		tensors: {
			cost: band.cost,
			f: potentials.f,
			state
		},
		params: {
			row_start: rowStart,
			rows,
			columns,
			epsilon: potentials.epsilon
		},
		groups: [Math.ceil(columns / 32), 1],
		work: rows * columns * 10
	});
}
function planRows(runner, band, potentials, ground) {
	const { rowStart, rows, columns } = planRowsSizes(band, potentials, ground);
	const out = runner.empty([rows, 5], "plan rows");
	const { f, g, epsilon } = potentials;
	runner.run("plan_rows", {
		...byRows(runner, rows, columns),
		tensors: {
			cost: band.cost,
			ground: ground ?? band.cost,
			f,
			g,
			out
		},
		params: {
			row_start: rowStart,
			rows,
			columns,
			epsilon
		},
		work: 2 * rows * columns * 10
	});
	return out;
}
function applyPlan(runner, band, potentials, x, axis, scale, into) {
	const sizes = applyPlanSizes(band, potentials, x, axis, scale, into);
	const { f, g, epsilon } = potentials;
	const product = planProduct(sizes, axis, x.dtype);
	runner.runProduct({
		product,
		tensors: {
			a: band.cost,
			b: x,
			f,
			g,
			out: into
		},
		params: {
			...planParams(product, sizes.total),
			row_start: sizes.rowStart,
			epsilon,
			scale
		},
		work: sizes.rows * 2.25
	});
}
function picture(runner, band, potentials, window, into, minus) {
	const s = pictureSizes(band, potentials, window, into, minus);
	if (s.from >= s.to) return;
	const other = minus ?? { cost: band.cost };
	runner.run("picture", {
		tensors: {
			cost: band.cost,
			f: potentials?.f ?? band.cost,
			g: potentials?.g ?? band.cost,
			other_cost: other.cost,
			other_f: other.potentials?.f ?? other.cost,
			other_g: other.potentials?.g ?? other.cost,
			out: into
		},
		params: {
			band_start: s.rowStart,
			band_rows: s.rows,
			columns: s.columns,
			row_start: window.rowStart,
			column_start: window.columnStart,
			window_rows: s.windowRows,
			window_columns: s.windowColumns,
			height: s.height,
			width: s.width,
			is_plan: potentials ? 1 : 0,
			epsilon: potentials?.epsilon ?? 1,
			is_difference: minus ? 1 : 0,
			other_is_plan: other.potentials ? 1 : 0,
			other_epsilon: other.potentials?.epsilon ?? 1
		},
		groups: [Math.ceil(s.width / 8), Math.ceil(s.height / 8)],
		work: (s.to - s.from) * s.windowColumns * (potentials ? 10 : 1) * (minus ? 2 : 1)
	});
}
// src/backend/webgpu/backend.ts
/**
* This folder is the WebGPU backend. The files of operations choose the kernel of `shaders/` and its arguments; runner, queue and
* buffers own the device. It does no arithmetic itself, and exposes no GPU objects. Only `node.ts` is for Node.
*/
var operations = {
	...matrix_exports,
	...extent_exports,
	...transport_exports,
	...sinkhorn_exports,
	...transformer_exports,
	...training_exports,
	...gradients_exports
};
/** The operations in WGSL, one kernel per file in `shaders/`. */
var WebGpuBackend = class WebGpuBackend extends backendClass(operations) {
	info;
	constructor(runner) {
		super(runner);
		this.info = runner.info;
	}
	/**
	* @throws NoAdapterError if there is no WebGPU adapter.
	*/
	static async open(gpu, options = {}) {
		const { device, info } = await acquireDevice(gpu);
		return new WebGpuBackend(new Runner(device, info, options));
	}
	/** The variant of its kernel that each class of products used so far runs with. */
	choices() {
		return this.store.choices;
	}
	/** Starts compiling kernels before their first use, so that the first picture does not wait for each in turn. */
	precompile(names) {
		this.store.precompile(names);
	}
	/** Runs `work` and times every dispatch with timestamp queries. Resolves to undefined if the device has none. */
	profile(work) {
		return this.store.profile(work);
	}
	get canTimeKernels() {
		return this.store.canTimeKernels;
	}
	/** Gives every dispatch a pass of its own with timestamp queries while it is on, and waits for each submission. */
	timeKernels(on) {
		return this.store.timeKernels(on);
	}
	kernelTimes() {
		return this.store.kernelTimes();
	}
	copy(source, target) {
		copy(this.store, source, target);
	}
	read(tensor) {
		return this.store.read(tensor);
	}
	settle() {
		return this.store.settle();
	}
};
export { WebGpuBackend };

//# sourceMappingURL=backend-BKf5CRSB.mjs.map