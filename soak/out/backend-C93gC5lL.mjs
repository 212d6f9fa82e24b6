import { t as __exportAll } from "./rolldown-runtime-D8jQpDG7.mjs";
import { A as rmsNormGradientSizes, B as swigluSizes, C as pairwiseDistanceSizes, D as clipFactorOf, E as attentionGradientSizes, F as attentionSizes, I as crossEntropySizes, L as rmsNormSizes, M as softCapGradientSizes, N as squaredNormsSizes, O as clipFactorSizes, P as swigluGradientSizes, R as ropeSizes, S as maxAbsDifferenceSizes, T as weightedSumSizes, V as backendClass, _ as uploadSizes, a as decode, b as gatherSizes, c as bandSizes, d as pictureSizes, f as planRowsSizes, g as newTensorSizes, h as copyRowsSizes, i as reluSizes, j as scatterAddSizes, k as crossEntropyGradientSizes, l as columnLogSumSizes, m as sinkhornSizes, n as normMatchedLossSizes, o as MemoryLedger, p as rowPotentialSizes, r as reluGradientSizes, s as applyPlanSizes, t as adamWFactors, u as columnPotentialSizes, v as writeSizes, w as unitRowsSizes, x as matmulSizes, y as extentSizes, z as softCapSizes } from "./training-DRMQzRt8.mjs";
import { t as KernelLedger } from "./kernel-ledger-BUMNXBWT.mjs";
import { a as GELU_SLOPE, i as GELU_CUBE, o as EventLoopYielder, r as moved$1, t as CpuBackend } from "./backend-9ksOfKwU.mjs";
import { a as Module, c as I32, i as hasRelaxedSimd, l as V128, o as F32, r as canUseThreads, s as F64, u as valueFromCode } from "./cycles.mjs";
import { a as BackendError, c as OutOfMemoryError, n as elements, t as BYTES } from "./shape-DKf2iP5J.mjs";
import { n as ROW_MOMENT, t as PLAN_ROW } from "./operations-Bd7Yv5Ui.mjs";
import { t as mixColumns } from "./anderson-DkqzwyzQ.mjs";
// src/backend/wasm/kernels/kernel.ts
var kernel = (params, body) => ({
	params,
	body
});
/** Adds the kernel to the module, as a function (address of its arguments, start, end, scratch). */
function addKernel(module, { params, body }) {
	return module.func([
		"i32",
		"i32",
		"i32",
		"i32"
	], void 0, (f, at, start, end, scratch) => {
		const args = Object.entries(params).map(([name, valueType], slot) => {
			const value = {
				i32: at.i32(8 * slot),
				f32: at.f32(8 * slot),
				f64: at.f64(8 * slot)
			}[valueType];
			return [name, f.local(valueFromCode(valueType, value.code))];
		});
		body(f, Object.fromEntries(args), {
			start,
			end,
			scratch
		});
	});
}
var TILE_BYTES$1 = 128;
/** Scratch bytes for a block of rows. */
var blockScratch = (rows) => 4 * rows * 512 + TILE_BYTES$1;
/** (row panel, column panel, depth, out, its stride in bytes, rows, columns, 1 to add to it, factor, scratch for a partial tile). */
var TILE = [
	"i32",
	"i32",
	"i32",
	"i32",
	"i32",
	"i32",
	"i32",
	"i32",
	"f32",
	"i32"
];
/** Adds a function that computes one tile of a product of packed panels; with `squares`, sums of squared differences. */
function addTile(module, squares) {
	return module.func(TILE, void 0, (f, a, b, depth, out, stride, rows, columns, add, scale, tile) => {
		const vectors = 2;
		const sums = Array.from({ length: 4 }, () => Array.from({ length: vectors }, () => f.v128(0)));
		const right = f.i32(b);
		f.for(a, f.i32(a.add(depth.mul(16))), 16, (left) => {
			const others = Array.from({ length: vectors }, (_, v) => f.v128(right.v128(16 * v)));
			for (const [r, row] of sums.entries()) {
				const value = f.v128(left.splatF32(4 * r));
				for (const [v, other] of others.entries()) {
					const term = squares ? f.v128(value.sub(other)) : value;
					row[v]?.set(f.multiplyAdd(term, squares ? term : other, row[v]));
				}
			}
			right.set(right.add(32));
		});
		const factor = f.v128(scale.splat());
		const full = rows.atLeast(4).and(columns.atLeast(8));
		const write = (to, added, width) => {
			for (const [r, row] of sums.entries()) {
				for (const [v, sum] of row.entries()) {
					const value = sum.mul(factor);
					f.storeV128(to, added ? to.v128(16 * v).add(value) : value, 16 * v);
				}
				if (r + 1 < sums.length) to.set(to.add(width));
			}
		};
		f.if(full, () => f.if(add, () => write(out, true, stride), () => write(out, false, stride)), () => {
			const kept = f.i32(tile);
			write(kept, false, 32);
			f.for(0, rows.min(4), 1, (r) => {
				const to = f.i32(out.add(r.mul(stride)));
				const from = f.i32(tile.add(r.mul(32)));
				f.for(0, columns.min(8).shl(2), 4, (c) => {
					const old = f.f32(0);
					f.if(add, () => old.set(to.add(c).f32()));
					f.storeF32(to.add(c), old.add(from.add(c).f32()));
				});
			});
		});
	});
}
/** Packs the columns of the right factor into panels. Items are panels. `packer` is an index in the function table. */
var packColumns = (type) => kernel(PACK_COLUMNS, (f, { source, step, stride, packer, columns, depth, target }, { start, end }) => {
	const count = f.i32(columns.min(end.mul(8)).sub(start.mul(8)));
	const to = target.add(start.mul(depth).mul(32));
	f.callIndirect(type, packer, to, source.add(start.mul(step)), stride, count, depth);
});
var PACK_COLUMNS = {
	source: "i32",
	/** Bytes from one panel to the next. */
	step: "i32",
	/** Bytes between rows, or between entries of a row (see `addPacker`). */
	stride: "i32",
	packer: "i32",
	columns: "i32",
	depth: "i32",
	target: "i32"
};
var MULTIPLY = {
	a: "i32",
	step: "i32",
	stride: "i32",
	/** Bytes from one entry of a row to the next. */
	entry: "i32",
	packer: "i32",
	/** Packed columns of the right factor. */
	b: "i32",
	out: "i32",
	outStride: "i32",
	rows: "i32",
	columns: "i32",
	depth: "i32",
	add: "i32",
	scale: "f32",
	/** Rows and columns of a block, multiples of a tile's. */
	blockRows: "i32",
	blockColumns: "i32",
	/** Blocks per row of blocks. */
	blocksAcross: "i32"
};
/** Multiplies rows by packed columns. Items are blocks of the result in row-major order. */
var multiply = (type, tile) => kernel(MULTIPLY, (f, p, { start, end, scratch }) => {
	f.for(start, end, 1, (item) => {
		const row = f.i32(item.div(p.blocksAcross));
		const column = f.i32(item.sub(row.mul(p.blocksAcross)).mul(p.blockColumns));
		row.set(row.mul(p.blockRows));
		const rowEnd = f.i32(row.add(p.blockRows).min(p.rows));
		const columnEnd = f.i32(column.add(p.blockColumns).min(p.columns));
		const temporary = f.i32(scratch.add(p.blockRows.mul(2048)));
		f.for(0, p.depth, 512, (k) => {
			const depth = f.i32(p.depth.sub(k).min(512));
			const add = f.i32(p.add.or(k));
			const panelBytes = f.i32(depth.mul(16));
			const panel = f.i32(scratch);
			const source = p.a.add(row.div(4).mul(p.step)).add(k.mul(p.entry));
			f.callIndirect(type, p.packer, scratch, source, p.stride, rowEnd.sub(row), depth);
			f.for(column, columnEnd, 8, (j) => {
				const right = f.i32(p.b.add(j.mul(p.depth).add(k.mul(8)).shl(2)));
				const out = f.i32(p.out.add(row.mul(p.outStride)).add(j.shl(2)));
				panel.set(scratch);
				f.for(row, rowEnd, 4, (i) => {
					f.call(tile, panel, right, depth, out, p.outStride, rowEnd.sub(i), columnEnd.sub(j), add, p.scale, temporary);
					panel.set(panel.add(panelBytes));
					out.set(out.add(p.outStride.mul(4)));
				});
			});
		});
	});
});
// src/backend/wasm/kernels/load.ts
/** Converts four bf16 numbers, as bits in i32 lanes, to f32. */
var fromBf16 = (bits) => bits.shl(16);
/** Converts four f16 numbers likewise. A multiplication rebiases the exponent; it is exact, also for subnormals. */
function fromF16(f, patterns) {
	const mask = (word) => f.constant(V128.ofI32(word));
	const bits = f.v128(patterns);
	const body = f.v128(bits.and(mask(32767)).shl(13));
	const special = body.aboveI32(mask(260038656)).and(mask(2139095040));
	return body.mul(f.constant(2 ** 112)).or(special).or(bits.and(mask(32768)).shl(16));
}
/** Loads four adjacent numbers as f32. */
function load4(f, dtype, at) {
	if (dtype === "f32") return at.v128();
	return dtype === "bf16" ? fromBf16(at.u16x4()) : fromF16(f, at.u16x4());
}
/** Loads one number as f32. */
function load1(f, dtype, at) {
	if (dtype === "f32") return at.f32();
	return dtype === "bf16" ? at.u16().shl(16).asF32() : fromF16(f, at.u16().splat()).lane(0);
}
/** Loops over `count` adjacent f32 numbers, four at a time. It emits the body twice: for whole vectors and for the rest. */
function forEachVector(f, count, body) {
	const offset = f.i32(0);
	const whole = f.i32(count.and(-4).shl(2));
	const loadF64 = (row) => {
		const from = row.add(offset.shl(1));
		return [from.v128(), from.v128(16)];
	};
	f.while(offset.below(whole), () => {
		body({
			offset,
			load: (row) => row.add(offset).v128(),
			store: (row, value) => f.storeV128(row.add(offset), value),
			maskTail: (value) => value,
			loadF64
		});
		offset.set(offset.add(16));
	});
	const rest = f.i32(count.and(3));
	f.if(rest, () => {
		body({
			offset,
			load(row, fill = 0) {
				const from = f.i32(row.add(offset));
				const lanes = f.v128(fill);
				lanes.set(lanes.withLane(0, from.f32()));
				for (const lane of [1, 2]) f.if(rest.atLeast(lane + 1), () => lanes.set(lanes.withLane(lane, from.f32(4 * lane))));
				return lanes;
			},
			store(row, value) {
				const to = f.i32(row.add(offset));
				const lanes = f.v128(value);
				f.storeF32(to, lanes.lane(0));
				for (const lane of [1, 2]) f.if(rest.atLeast(lane + 1), () => f.storeF32(to, lanes.lane(lane), 4 * lane));
			},
			loadF64,
			maskTail: (value) => value.and(rest.splat().aboveI32(V128.ofI32(0, 1, 2, 3)))
		});
	});
}
/** Methods of `V128` that convert its first two and its last two f32 lanes to f64. */
var F64_HALVES = ["lowToF64", "highToF64"];
/** Converts four f64 numbers, two in each vector, to f32. */
var toF32x4 = (f, low, high) => f.v128(low.f64ToF32().shuffle(high.f64ToF32(), [
	0,
	1,
	4,
	5
]));
// src/backend/wasm/kernels/math.ts
var polynomial = (f, x, [first, ...rest]) => rest.reduce((sum, c) => f.multiplyAdd(sum, x, c), f.constant(first));
/** Added to a number below 2²², it rounds it to an integer, which is then in the last bits of the sum. */
var ROUNDER = 1.5 * 2 ** 23;
/** ln 2 as a sum. The first part has few bits, so that its products with small integers are exact. */
var LN2$1 = [.693359375, -.00021219444];
/**
* eˣ in four lanes, with an error below 1.5 units in the last place. It is 0 below −87.33 (where results would be subnormal) and
* infinite above 88.72; NaN stays NaN. Range reduction and polynomial as in Cephes' expf (Moshier).
*/
function exp(f, value) {
	const x = f.v128(value);
	const shifted = f.v128(f.multiplyAdd(x, Math.LOG2E, ROUNDER));
	const n = f.v128(shifted.sub(f.constant(ROUNDER)));
	const r = f.v128(f.multiplyAdd(n, -LN2$1[1], f.multiplyAdd(n, -LN2$1[0], x)));
	const tail = polynomial(f, r, [
		.000198756915,
		.0013981999507,
		.0083334519073,
		.041665795894,
		.16666665459,
		.50000001201
	]);
	const power = f.multiplyAdd(tail.mul(r), r, r).add(f.constant(1)).addI32(shifted.shl(23)).andNot(x.below(f.constant(-87.33)));
	return f.v128(power.bitselect(x.below(f.constant(88.7225)), x.add(f.constant(Infinity))));
}
/** Natural logarithm of positive numbers in four lanes, error below 2 units in the last place, as Cephes' logf. Infinity and NaN stay. */
function log(f, value) {
	const x = f.v128(value);
	const half = f.v128(x.and(V128.ofI32(8388607)).or(V128.ofI32(1056964608)));
	const low = f.v128(half.below(Math.SQRT1_2));
	const exponent = f.v128(x.shr(23).subI32(V128.ofI32(126)).i32ToF32().sub(V128.of(1).and(low)));
	const m = f.v128(half.add(half.and(low)).sub(1));
	const z = f.v128(m.mul(m));
	const y = polynomial(f, m, [
		.070376836292,
		-.1151461031,
		.1167699874,
		-.12420140846,
		.14249322787,
		-.16668057665,
		.20000714765,
		-.24999993993,
		.33333331174
	]);
	const tail = f.multiplyAdd(z, -.5, f.multiplyAdd(y.mul(m), z, exponent.mul(LN2$1[1])));
	return f.v128(f.multiplyAdd(exponent, LN2$1[0], m.add(tail)).bitselect(x.below(Infinity), x));
}
/** Below this, tanh is its series: 1 − e^(−2x) would cancel. */
var TANH_SERIES = .15;
/** Hyperbolic tangent in four lanes, with an error of some units in the last place. NaN stays NaN. */
function tanh(f, value) {
	const x = f.v128(value);
	const size = f.v128(x.abs());
	const square = f.v128(x.mul(x));
	const series = f.v128(x.mul(polynomial(f, square, [
		-17 / 315,
		2 / 15,
		-1 / 3,
		1
	])));
	const e = f.v128(exp(f, size.mul(-2)));
	const one = f.constant(1);
	const whole = f.v128(one.sub(e).div(one.add(e)).or(x.and(V128.ofI32(-2147483648))));
	return f.v128(series.bitselect(size.below(f.constant(TANH_SERIES)), whole));
}
// src/backend/wasm/kernels/product.ts
/** Rows of the left factor packed at a time. */
var ROWS = 64;
/** Scratch bytes for a product of any size. */
var PRODUCT_SCRATCH = 4 * (ROWS * 512 + 4096 + 32);
/** (left, its stride, right, its stride, rows, columns, depth, out, its stride, 1 to add to it, factor, scratch); strides in bytes. */
var PRODUCT = [
	"i32",
	"i32",
	"i32",
	"i32",
	"i32",
	"i32",
	"i32",
	"i32",
	"i32",
	"i32",
	"f32",
	"i32"
];
function addProduct(module, tile, rowPackers, columnPackers, leftOrder, rightOrder) {
	/** Offset of entry `k` of row `i` in bytes. */
	const place = (order, stride, i, k) => order === "rowMajor" ? i.mul(stride).add(k.shl(2)) : k.mul(stride).add(i.shl(2));
	return module.func(PRODUCT, void 0, (f, left, leftStride, right, rightStride, rows, columns, depth, out, outStride, add, scale, scratch) => {
		const panel = f.i32(scratch.add(131072));
		const tileAt = f.i32(panel.add(16384));
		f.for(0, rows, ROWS, (first) => {
			const rowsHere = f.i32(rows.sub(first).min(ROWS));
			f.for(0, depth, 512, (k) => {
				const depthHere = f.i32(depth.sub(k).min(512));
				const added = f.i32(add.or(k));
				const eachPanel = (body) => {
					const at = f.i32(scratch);
					f.for(0, rowsHere, 4, (i) => {
						body(i, at);
						at.set(at.add(depthHere.mul(16)));
					});
				};
				const from = left.add(place(leftOrder, leftStride, first, k));
				f.call(rowPackers[leftOrder], scratch, from, leftStride, rowsHere, depthHere);
				f.for(0, columns, 8, (j) => {
					const count = f.i32(columns.sub(j));
					const from = right.add(place(rightOrder, rightStride, j, k));
					f.call(columnPackers[rightOrder], panel, from, rightStride, count.min(8), depthHere);
					const to = f.i32(out.add(first.mul(outStride)).add(j.shl(2)));
					eachPanel((i, at) => {
						f.call(tile, at, panel, depthHere, to, outStride, rowsHere.sub(i), count, added, scale, tileAt);
						to.set(to.add(outStride.mul(4)));
					});
				});
			});
		});
	});
}
/** Adds functions that multiply f32 matrices on one thread, for use in other kernels. Orientations as in `MatmulOptions`. */
var addProducts = (module, tile, rows, columns) => ({
	nn: addProduct(module, tile, rows, columns, "rowMajor", "columnMajor"),
	nt: addProduct(module, tile, rows, columns, "rowMajor", "rowMajor"),
	tn: addProduct(module, tile, rows, columns, "columnMajor", "columnMajor")
});
/** Bytes per row of scores for `keys` keys. */
var scoreStride = (keys) => keys.add(7).and(-8).shl(2);
/** Bytes of the scores of one block of queries. */
var scoreBytes = (keys) => 256 * Math.ceil(keys / 8) * 8;
/** Scratch bytes for attention over `keys` keys with this many matrices of scores. */
var attentionScratch = (keys, matrices) => PRODUCT_SCRATCH + matrices * scoreBytes(keys);
/** Adds a function (row, start, end, all): softmax over the scores from `start` to `end` (exclusive), in place; the others become 0. */
var addSoftmax = (module) => module.func([
	"i32",
	"i32",
	"i32",
	"i32"
], void 0, (f, row, start, end, all) => {
	const scores = f.i32(row.add(start.shl(2)));
	const visible = f.i32(end.sub(start));
	const maximum = f.v128(-Infinity);
	forEachVector(f, visible, ({ load }) => maximum.set(maximum.pmax(load(scores, -Infinity))));
	maximum.set(f.f32(maximum.reduceMax()).splat());
	const sum = f.v128(0);
	forEachVector(f, visible, ({ load, store }) => {
		const weights = exp(f, load(scores, -Infinity).sub(maximum));
		store(scores, weights);
		sum.set(sum.add(weights));
	});
	const total = f.v128(f.f32(sum.reduceSum()).splat());
	forEachVector(f, visible, ({ load, store }) => store(scores, load(scores).div(total)));
	f.for(0, start, 1, (s) => f.storeF32(row.add(s.shl(2)), F32.of(0)));
	f.for(end, all, 1, (s) => f.storeF32(row.add(s.shl(2)), F32.of(0)));
});
/** Adds a function (scores, count, cap): soft cap of the scores, in place. */
var addCapScores = (module) => module.func([
	"i32",
	"i32",
	"f32"
], void 0, (f, scores, count, cap) => {
	const bound = f.v128(cap.splat());
	forEachVector(f, count, ({ load, store }) => store(scores, tanh(f, load(scores).div(bound)).mul(bound)));
});
/** a − b, or 0 if b is larger. */
var lessDown = (a, b) => a.sub(a.min(b));
/** Items are blocks of queries, in the order window, head, block. */
var attention$1 = (products, softmax, capScores) => kernel({
	q: "i32",
	k: "i32",
	v: "i32",
	out: "i32",
	heads: "i32",
	kvHeads: "i32",
	headDim: "i32",
	/** Per window. */
	queries: "i32",
	past: "i32",
	/** Per head and window. */
	blocks: "i32",
	scale: "f32",
	/** Keys that a query sees: itself and those before it. */
	span: "i32",
	/** 0: none. */
	cap: "f32"
}, (f, p, { start, end, scratch }) => {
	const width = f.i32(p.heads.mul(p.headDim).shl(2));
	const kvWidth = f.i32(p.kvHeads.mul(p.headDim).shl(2));
	const scores = f.i32(scratch.add(PRODUCT_SCRATCH));
	f.for(start, end, 1, (item) => {
		const part = f.i32(item.div(p.blocks));
		const first = f.i32(item.sub(part.mul(p.blocks)).mul(64));
		const base = f.i32(part.div(p.heads));
		const head = f.i32(part.sub(base.mul(p.heads)));
		base.set(base.mul(p.queries));
		const rows = f.i32(p.queries.sub(first).min(64));
		const before = f.i32(p.past.add(first));
		const lowest = f.i32(lessDown(before.add(1), p.span));
		const seen = f.i32(before.add(rows).sub(lowest));
		const stride = f.i32(scoreStride(seen));
		const kvOffset = f.i32(base.add(lowest).mul(kvWidth).add(head.mul(p.kvHeads).div(p.heads).mul(p.headDim).shl(2)));
		const qOffset = f.i32(base.add(first).mul(width).add(head.mul(p.headDim).shl(2)));
		const [add, one] = [I32.of(0), F32.of(1)];
		const query = p.q.add(qOffset);
		const key = p.k.add(kvOffset);
		f.call(products.nt, query, width, key, kvWidth, rows, seen, p.headDim, scores, stride, add, p.scale, scratch);
		f.for(0, rows, 1, (t) => {
			const row = f.i32(scores.add(t.mul(stride)));
			const end = f.i32(before.add(t).add(1));
			f.if(p.cap.differs(0), () => f.call(capScores, row, seen, p.cap));
			f.call(softmax, row, lessDown(end, p.span).sub(lowest), end.sub(lowest), seen);
		});
		const value = p.v.add(kvOffset);
		const to = p.out.add(qOffset);
		f.call(products.nn, scores, stride, value, kvWidth, rows, p.headDim, seen, to, width, add, one, scratch);
	});
});
// src/backend/wasm/work-split.ts
/** Entries per range of a reduction. Fixed, because its result must not depend on the number of threads. */
var REDUCTION_GRAIN = 16384;
/** Time to read or write one number of a stream. */
var STREAM_NS = .3;
// src/backend/wasm/attention-gradient.ts
var attention_gradient_exports = /* @__PURE__ */ __exportAll({ attentionGradient: () => attentionGradient$1 });
/** Does not read `out`; the kernel explains why. */
function attentionGradient$1(runner, pass, shape) {
	const { q, k, v, out, upstream } = pass;
	runner.check(q, k, v, out, upstream);
	const { queries, windows, scale, span, cap } = attentionGradientSizes(pass, shape);
	const { heads, kvHeads, headDim } = shape;
	const group = heads / kvHeads;
	return runner.makeEach({
		q: q.shape,
		k: k.shape,
		v: v.shape
	}, "gradient", (of) => {
		const sharedBytes = 4 * windows * queries * kvHeads * headDim;
		for (const at of [of.k, of.v]) runner.heap.bytes(at, sharedBytes).fill(0);
		runner.withF32([
			q,
			k,
			v,
			upstream
		], (qAt, kAt, vAt, slopes) => runner.run("attentionGradient", {
			q: qAt,
			k: kAt,
			v: vAt,
			upstream: slopes,
			dQ: of.q,
			dK: of.k,
			dV: of.v,
			kvHeads,
			group,
			headDim,
			queries,
			scale,
			span,
			cap
		}, {
			items: windows * kvHeads,
			nanoseconds: group * queries * queries * (3 + headDim / 3) / 2,
			scratch: () => attentionScratch(queries, cap > 0 ? 3 : 2)
		}));
	});
}
// src/backend/wasm/copy.ts
/** Copies on all threads, where `copyRows` copies on this one. */
function copy(runner, source, target) {
	const { rows, columns } = copyRowsSizes(source, target, 0);
	const split = {
		items: rows * columns,
		nanoseconds: STREAM_NS,
		multiple: 4
	};
	runner.run("scale", {
		x: runner.at(source),
		alpha: 1,
		out: runner.target(target)
	}, split);
}
// src/backend/wasm/kernels/pack.ts
/** Bytes per number. */
var ELEMENT_BYTES = {
	f32: 4,
	bf16: 2,
	f16: 2
};
/** Parameters of a packer: target, source, stride, rows, depth. */
var PACKER = [
	"i32",
	"i32",
	"i32",
	"i32",
	"i32"
];
/**
* Adds a function that copies rows of `depth` numbers as f32, in panels of `width` rows. A panel is transposed: entry k of all its rows
* side by side. Rows missing in the last panel have undefined numbers. `stride` is in bytes: from row to row if the source is
* row-major, else from column to column.
*/
function addPacker(module, dtype, width, rowMajor) {
	const size = ELEMENT_BYTES[dtype];
	return module.func(PACKER, void 0, (f, target, source, stride, rows, depth) => {
		const packing = {
			dtype,
			size,
			width,
			target,
			source,
			stride,
			rows,
			depth
		};
		if (rowMajor) packRowMajor(f, packing);
		else packColumnMajor(f, packing);
	});
}
function packRowMajor(f, { dtype, size, width, target, source, stride, rows, depth }) {
	const whole = f.i32(depth.and(-4));
	f.for(0, rows, width, (start) => {
		const last = f.i32(rows.sub(1));
		const panel = f.i32(target.add(start.mul(depth).shl(2)));
		for (let first = 0; first < width; first += 4) {
			const from = [
				0,
				1,
				2,
				3
			].map((r) => {
				const row = start.add(first + r).min(last);
				return f.i32(source.add(row.mul(stride)));
			});
			const to = f.i32(panel.add(4 * first));
			f.for(0, whole, 4, () => {
				const [a, b, c, d] = from.map((row) => f.v128(load4(f, dtype, row)));
				if (!a || !b || !c || !d) return;
				const ab = f.v128(a.shuffle(b, [
					0,
					4,
					1,
					5
				]));
				const cd = f.v128(c.shuffle(d, [
					0,
					4,
					1,
					5
				]));
				f.storeV128(to, ab.shuffle(cd, [
					0,
					1,
					4,
					5
				]));
				f.storeV128(to, ab.shuffle(cd, [
					2,
					3,
					6,
					7
				]), 4 * width);
				ab.set(a.shuffle(b, [
					2,
					6,
					3,
					7
				]));
				cd.set(c.shuffle(d, [
					2,
					6,
					3,
					7
				]));
				f.storeV128(to, ab.shuffle(cd, [
					0,
					1,
					4,
					5
				]), 8 * width);
				f.storeV128(to, ab.shuffle(cd, [
					2,
					3,
					6,
					7
				]), 12 * width);
				for (const row of from) row.set(row.add(4 * size));
				to.set(to.add(16 * width));
			});
			f.for(whole, depth, 1, () => {
				for (const [r, row] of from.entries()) {
					f.storeF32(to, load1(f, dtype, row), 4 * r);
					row.set(row.add(size));
				}
				to.set(to.add(4 * width));
			});
		}
	});
}
/**
* Entries that all panels copy before their next ones. Few, because columns that lie a power of two apart share few places in a cache;
* enough to write whole lines of it.
*/
var STEP$1 = 4;
function packColumnMajor(f, { dtype, size, width, target, source, stride, rows, depth }) {
	const panelBytes = f.i32(depth.mul(4 * width));
	const whole = f.i32(rows.sub(rows.and(width - 1)));
	const from = f.i32(source);
	const to = f.i32(0);
	const column = f.i32(0);
	/** Copies `count` entries of all whole panels, and moves to the next. */
	const copy = (k, count) => {
		to.set(target.add(k.mul(4 * width)));
		f.for(0, whole, width, (first) => {
			column.set(from.add(first.mul(size)));
			for (let i = 0; i < count; i++) {
				for (let r = 0; r < width; r += 4) f.storeV128(to, load4(f, dtype, column.add(r * size)), 4 * (r + i * width));
				if (i + 1 < count) column.set(column.add(stride));
			}
			to.set(to.add(panelBytes));
		});
		from.set(from.add(stride.mul(count)));
	};
	const steps = f.i32(depth.sub(depth.and(3)));
	f.for(0, steps, STEP$1, (k) => copy(k, STEP$1));
	f.for(steps, depth, 1, (k) => copy(k, 1));
	f.if(whole.below(rows), () => {
		from.set(source);
		to.set(target.add(whole.mul(depth).shl(2)));
		f.for(0, depth, 1, () => {
			f.for(whole, rows, 1, (r) => f.storeF32(to.add(r.sub(whole).shl(2)), load1(f, dtype, from.add(r.mul(size)))));
			from.set(from.add(stride));
			to.set(to.add(4 * width));
		});
	});
}
// src/backend/wasm/kernels/few-rows.ts
/**
* Multiplies a few f32 rows by columns with adjacent numbers. It reads every number of the right factor once, unpacked while
* loading. Items are columns.
*/
var multiplyFew$1 = (dtype) => kernel({
	a: "i32",
	b: "i32",
	rows: "i32",
	depth: "i32",
	out: "i32",
	/** Bytes between rows of the result. */
	outStride: "i32",
	add: "i32",
	scale: "f32"
}, (f, { a, b, rows, depth, out, outStride, add, scale }, { start, end }) => {
	const size = ELEMENT_BYTES[dtype];
	const whole = f.i32(depth.and(-16));
	f.for(start, end, 1, (j) => {
		const column = f.i32(b.add(j.mul(depth).mul(size)));
		const row = f.i32(a);
		const to = f.i32(out.add(j.shl(2)));
		f.for(0, rows, 1, () => {
			const from = f.i32(column);
			const sums = [
				f.v128(0),
				f.v128(0),
				f.v128(0),
				f.v128(0)
			];
			f.for(0, whole, 16, () => {
				for (const [i, sum] of sums.entries()) sum.set(f.multiplyAdd(row.v128(16 * i), load4(f, dtype, from.add(4 * i * size)), sum));
				row.set(row.add(64));
				from.set(from.add(16 * size));
			});
			const total = f.f32(f.v128(sums[0].add(sums[1]).add(sums[2].add(sums[3]))).reduceSum());
			f.for(whole, depth, 1, () => {
				total.set(total.add(row.f32().mul(load1(f, dtype, from))));
				row.set(row.add(4));
				from.set(from.add(size));
			});
			const old = f.f32(0);
			f.if(add, () => old.set(to.f32()));
			f.storeF32(to, old.add(total.mul(scale)));
			to.set(to.add(outStride));
		});
	});
});
/**
* Multiplies a few f32 rows by an f32 matrix whose rows, one for each summed number, are adjacent. It reads the matrix once for each
* row, in memory order. Items are columns, in ranges that start and end at multiples of 4.
*/
var multiplyFewRows$1 = kernel({
	a: "i32",
	aStride: "i32",
	b: "i32",
	/** Bytes between rows of the matrix. */
	bStride: "i32",
	rows: "i32",
	depth: "i32",
	out: "i32",
	outStride: "i32",
	add: "i32",
	scale: "f32"
}, (f, { a, aStride, b, bStride, rows, depth, out, outStride, add, scale }, { start, end }) => {
	const bytes = f.i32(end.sub(start).shl(2));
	const whole = f.i32(depth.and(-4));
	const [left, to] = [f.i32(a), f.i32(out.add(start.shl(2)))];
	f.for(0, rows, 1, () => {
		f.if(add.equals(0), () => f.for(0, bytes, 16, (c) => f.storeV128(to.add(c), f.v128(0))));
		const from = f.i32(b.add(start.shl(2)));
		const x = f.i32(left);
		f.for(0, whole, 4, () => {
			const values = [
				0,
				1,
				2,
				3
			].map((i) => f.v128(x.f32(4 * i).mul(scale).splat()));
			const lines = [f.i32(from)];
			for (let i = 1; i < 4; i++) lines.push(f.i32((lines[i - 1] ?? from).add(bStride)));
			f.for(0, bytes, 16, (c) => {
				const sum = f.v128(0);
				for (const [i, line] of lines.entries()) {
					const value = values[i];
					if (value) sum.set(f.multiplyAdd(value, line.add(c).v128(), sum));
				}
				f.storeV128(to.add(c), to.add(c).v128().add(sum));
			});
			x.set(x.add(16));
			from.set(from.add(bStride.shl(2)));
		});
		f.for(whole, depth, 1, () => {
			const value = f.v128(x.f32().mul(scale).splat());
			f.for(0, bytes, 16, (c) => f.storeV128(to.add(c), f.multiplyAdd(value, from.add(c).v128(), to.add(c).v128())));
			x.set(x.add(4));
			from.set(from.add(bStride));
		});
		left.set(left.add(aStride));
		to.set(to.add(outStride));
	});
});
// src/backend/wasm/layout.ts
/**
* Byte addresses below the heap: synchronisation of the threads, the current launch (one run of a kernel, split into ranges) and
* its arguments. Each word that threads wait on has its own cache line.
*/
var LAYOUT = {
	/** Number of launches so far; idle threads wait on it. */
	launches: 64,
	/** Number of threads that wait on `launches`, or are about to. */
	asleep: 68,
	/** Number of unclaimed ranges; a thread claims one by decrementing it. */
	unclaimed: 128,
	/** Number of finished ranges; the thread that called `run` waits on it. */
	done: 192,
	/** 1: the thread that called `run` waits on `done`, or is about to. */
	waiting: 196,
	/** Not 0: threads return. */
	stop: 256,
	/** Index of the kernel in the function table. */
	kernel: 260,
	/** Number of ranges. */
	ranges: 264,
	/** Number of items of the launch, and per range. */
	items: 268,
	grain: 272,
	/** Address of the first thread's scratch memory, and bytes from one thread's to the next. */
	scratch: 276,
	scratchStep: 280,
	arguments: 320,
	/** First address of the heap. */
	heap: 1024
};
var PAGE = 65536;
/** 2 GiB. */
var MAX_PAGES = 32768;
// src/backend/wasm/heap.ts
/** Bytes of a cache line. Blocks start at multiples of it, which also aligns vectors. */
var LINE = 64;
var roundUp$1 = (bytes) => Math.max(LINE, Math.ceil(bytes / LINE) * LINE);
/** First-fit allocator of blocks in a WebAssembly memory, which grows as needed and never shrinks. */
var Heap = class {
	memory;
	/** Unused blocks, sorted by address; adjacent ones are merged. */
	#free = [];
	#sizes = /* @__PURE__ */ new Map();
	#end;
	#used = 0;
	#bytes = /* @__PURE__ */ new Uint8Array();
	#floats = /* @__PURE__ */ new Float32Array();
	#words = /* @__PURE__ */ new Int32Array();
	#doubles = /* @__PURE__ */ new Float64Array();
	constructor(memory) {
		this.memory = memory;
		this.#end = LAYOUT.heap;
	}
	/** Bytes of the memory outside allocated blocks. */
	get idleBytes() {
		return this.memory.buffer.byteLength - this.#used;
	}
	/** Returns the address of a new block. @throws OutOfMemoryError if the memory cannot grow that far. */
	allocate(bytes, label) {
		const size = roundUp$1(bytes);
		const index = this.#free.findIndex((block) => block.size >= size);
		const block = this.#free[index];
		let at;
		if (block) {
			at = block.at;
			if (block.size === size) this.#free.splice(index, 1);
			else this.#free[index] = {
				at: at + size,
				size: block.size - size
			};
		} else at = this.#extend(size, label);
		this.#sizes.set(at, size);
		this.#used += size;
		return at;
	}
	free(at) {
		const size = this.#sizes.get(at);
		if (size === void 0) throw new RangeError(`expected the address of a block, got ${at}`);
		this.#sizes.delete(at);
		this.#used -= size;
		let index = this.#free.findIndex((block) => block.at > at);
		if (index < 0) index = this.#free.length;
		const before = this.#free[index - 1];
		const after = this.#free[index];
		const joinsBefore = before !== void 0 && before.at + before.size === at;
		const joinsAfter = after !== void 0 && at + size === after.at;
		const start = joinsBefore ? before.at : at;
		const end = joinsAfter ? after.at + after.size : at + size;
		const first = joinsBefore ? index - 1 : index;
		const merged = Number(joinsBefore) + Number(joinsAfter);
		if (end === this.#end) {
			this.#free.splice(first, merged);
			this.#end = start;
		} else this.#free.splice(first, merged, {
			at: start,
			size: end - start
		});
	}
	bytes(at, length) {
		this.#refresh();
		return this.#bytes.subarray(at, at + length);
	}
	/** `at` must be a multiple of 4. */
	floats(at, length) {
		this.#refresh();
		return this.#floats.subarray(at / 4, at / 4 + length);
	}
	/** The whole memory. Growing the memory detaches this view and the next two. */
	get words() {
		this.#refresh();
		return this.#words;
	}
	get doubles() {
		this.#refresh();
		return this.#doubles;
	}
	get allFloats() {
		this.#refresh();
		return this.#floats;
	}
	#extend(size, label) {
		const at = this.#end;
		const held = this.memory.buffer.byteLength;
		const end = at + size;
		if (end > held) {
			const pages = Math.ceil((end - held) / PAGE);
			const ample = Math.min(MAX_PAGES - held / PAGE, Math.max(pages, Math.ceil(held / PAGE / 4)));
			if (pages > ample || !(this.#grow(ample) || this.#grow(pages))) throw new OutOfMemoryError(`${label}: the CPU backend has no room for ${size} bytes (${this.#used} in use, at most ${MAX_PAGES * PAGE} in all); free tensors, use smaller bands, or choose a smaller model`);
		}
		this.#end = end;
		return at;
	}
	#grow(pages) {
		try {
			this.memory.grow(pages);
			return true;
		} catch {
			return false;
		}
	}
	#refresh() {
		const { buffer } = this.memory;
		if (this.#bytes.buffer === buffer) return;
		this.#bytes = new Uint8Array(buffer);
		this.#floats = new Float32Array(buffer);
		this.#words = new Int32Array(buffer);
		this.#doubles = new Float64Array(buffer);
	}
};
// src/backend/wasm/kernels/gate.ts
/** Both gate functions are x·σ(a(x)): returns a(x) as `argument` and x·a′(x) as `rise`. */
function gateArgument(f, activation, x) {
	if (activation === "silu") return {
		argument: x,
		rise: x
	};
	const square = f.v128(x.mul(x));
	const slope = f.constant(GELU_SLOPE);
	return {
		argument: x.mul(f.multiplyAdd(square, GELU_CUBE, slope)),
		rise: x.mul(f.multiplyAdd(square, 3 * GELU_CUBE, slope))
	};
}
// src/backend/wasm/kernels/elementwise.ts
/** Moves the pointers to the first entry of the range and returns the number of its entries. */
function seekToRange(f, { start, end }, ...pointers) {
	for (const pointer of pointers) pointer.set(pointer.add(start.shl(2)));
	return f.i32(end.sub(start));
}
var unpack = (dtype) => kernel({
	x: "i32",
	out: "i32"
}, (f, { x, out }, range) => {
	x.set(x.add(range.start.shl(1)));
	const count = seekToRange(f, range, out);
	const whole = f.i32(count.and(-4));
	f.for(0, whole, 4, (i) => f.storeV128(out.add(i.shl(2)), load4(f, dtype, x.add(i.shl(1)))));
	f.for(whole, count, 1, (i) => f.storeF32(out.add(i.shl(2)), load1(f, dtype, x.add(i.shl(1)))));
});
var gated = (activation) => kernel({
	gate: "i32",
	up: "i32",
	out: "i32"
}, (f, { gate, up, out }, range) => {
	forEachVector(f, seekToRange(f, range, gate, up, out), ({ load, store }) => {
		const x = f.v128(load(gate));
		const { argument } = gateArgument(f, activation, x);
		store(out, x.div(exp(f, argument.negate()).add(f.constant(1))).mul(load(up)));
	});
});
/** Items are entries. Ranges start at multiples of 4, so that results do not depend on the split. */
var ELEMENTWISE = {
	unpackBf16: unpack("bf16"),
	unpackF16: unpack("f16"),
	scale: kernel({
		x: "i32",
		alpha: "f32",
		out: "i32"
	}, (f, { x, alpha, out }, range) => {
		const count = seekToRange(f, range, x, out);
		const a = f.v128(alpha.splat());
		forEachVector(f, count, ({ load, store }) => store(out, load(x).mul(a)));
	}),
	weightedSum: kernel({
		x: "i32",
		alpha: "f32",
		y: "i32",
		beta: "f32",
		out: "i32"
	}, (f, { x, alpha, y, beta, out }, range) => {
		const count = seekToRange(f, range, x, y, out);
		const a = f.v128(alpha.splat());
		const b = f.v128(beta.splat());
		forEachVector(f, count, ({ load, store }) => store(out, load(x).mul(a).add(load(y).mul(b))));
	}),
	/** Writes minimum and maximum of every range of `grain` entries to `out`, as two f32. */
	extent: kernel({
		x: "i32",
		grain: "i32",
		out: "i32"
	}, (f, { x, grain, out }, range) => {
		out.set(out.add(range.start.div(grain).shl(3)));
		const count = seekToRange(f, range, x);
		const minimum = f.v128(Infinity);
		const maximum = f.v128(-Infinity);
		forEachVector(f, count, ({ load }) => {
			minimum.set(minimum.min(load(x, Infinity)));
			maximum.set(maximum.max(load(x, -Infinity)));
		});
		f.storeF32(out, minimum.reduceMin());
		f.storeF32(out, maximum.reduceMax(), 4);
	}),
	/** Writes the largest |x − y| of every range of `grain` entries to `out`, as f32. */
	maxDifference: kernel({
		x: "i32",
		y: "i32",
		grain: "i32",
		out: "i32"
	}, (f, { x, y, grain, out }, range) => {
		out.set(out.add(range.start.div(grain).shl(2)));
		const count = seekToRange(f, range, x, y);
		const maximum = f.v128(0);
		forEachVector(f, count, ({ load }) => maximum.set(maximum.max(load(x).sub(load(y)).abs())));
		f.storeF32(out, maximum.reduceMax());
	}),
	swiglu: gated("silu"),
	geglu: gated("gelu"),
	softCap: kernel({
		x: "i32",
		cap: "f32",
		out: "i32"
	}, (f, { x, cap, out }, range) => {
		const count = seekToRange(f, range, x, out);
		const bound = f.v128(cap.splat());
		forEachVector(f, count, ({ load, store }) => store(out, tanh(f, load(x).div(bound)).mul(bound)));
	}),
	relu: kernel({
		x: "i32",
		out: "i32"
	}, (f, { x, out }, range) => {
		forEachVector(f, seekToRange(f, range, x, out), ({ load, store }) => {
			const value = f.v128(load(x));
			store(out, value.andNot(value.below(0)));
		});
	}),
	reluGradient: kernel({
		gate: "i32",
		upstream: "i32",
		out: "i32"
	}, (f, { gate, upstream, out }, range) => {
		forEachVector(f, seekToRange(f, range, gate, upstream, out), ({ load, store }) => store(out, load(upstream).and(load(gate).above(0))));
	}),
	/** Writes Σ(p − t)², Σp² and Σt² of every range of `grain` entries to `out`, as three f64. */
	lossSums: kernel({
		p: "i32",
		t: "i32",
		grain: "i32",
		out: "i32"
	}, (f, { p, t, grain, out }, range) => {
		out.set(out.add(range.start.div(grain).mul(24)));
		const count = seekToRange(f, range, p, t);
		const sums = [
			f.v128(0),
			f.v128(0),
			f.v128(0)
		];
		forEachVector(f, count, ({ load }) => {
			const prediction = f.v128(load(p));
			const target = f.v128(load(t));
			for (const half of ["lowToF64", "highToF64"]) {
				const a = f.v128(prediction[half]());
				const b = f.v128(target[half]());
				const error = f.v128(a.subF64(b));
				for (const [i, term] of [
					error,
					a,
					b
				].entries()) sums[i]?.set(sums[i].addF64(term.mulF64(term)));
			}
		});
		for (const [i, sum] of sums.entries()) f.storeF64(out, sumF64(sum), 8 * i);
	}),
	lossGradient: kernel({
		p: "i32",
		t: "i32",
		errorWeight: "f32",
		sizeWeight: "f32",
		out: "i32"
	}, (f, { p, t, errorWeight, sizeWeight, out }, range) => {
		const count = seekToRange(f, range, p, t, out);
		const error = f.v128(errorWeight.splat());
		const size = f.v128(sizeWeight.splat());
		forEachVector(f, count, ({ load, store }) => {
			const prediction = f.v128(load(p));
			store(out, prediction.sub(load(t)).mul(error).add(prediction.mul(size)));
		});
	}),
	adamW: kernel({
		parameter: "i32",
		gradient: "i32",
		first: "i32",
		second: "i32",
		beta1: "f32",
		rest1: "f32",
		beta2: "f32",
		rest2: "f32",
		decay: "f32",
		stepSize: "f32",
		rootScale: "f32",
		eps: "f32",
		gradientFactor: "f32"
	}, (f, p, range) => {
		const count = seekToRange(f, range, p.parameter, p.gradient, p.first, p.second);
		const splat = (name) => f.v128(p[name].splat());
		const [beta1, rest1, beta2, rest2] = [
			splat("beta1"),
			splat("rest1"),
			splat("beta2"),
			splat("rest2")
		];
		const [decay, stepSize] = [splat("decay"), splat("stepSize")];
		const [rootScale, eps] = [splat("rootScale"), splat("eps")];
		const factor = splat("gradientFactor");
		forEachVector(f, count, ({ load, store }) => {
			const slope = f.v128(load(p.gradient).mul(factor));
			const first = f.v128(load(p.first).mul(beta1).add(slope.mul(rest1)));
			const second = f.v128(load(p.second).mul(beta2).add(slope.mul(slope).mul(rest2)));
			store(p.first, first);
			store(p.second, second);
			const step = first.mul(stepSize).div(second.sqrt().mul(rootScale).add(eps));
			store(p.parameter, load(p.parameter).mul(decay).sub(step));
		});
	})
};
/** Sum of two f64 lanes. */
var sumF64 = (v) => v.laneF64(0).add(v.laneF64(1));
// src/backend/wasm/kernels/gather.ts
/** Items are the picked rows. */
var gatherRows = (dtype) => kernel({
	x: "i32",
	index: "i32",
	offset: "i32",
	rows: "i32",
	columns: "i32",
	out: "i32"
}, (f, { x, index, offset, rows, columns, out }, { start, end }) => {
	const size = ELEMENT_BYTES[dtype];
	const whole = f.i32(columns.and(-4));
	f.for(start, end, 1, (r) => {
		const pick = f.i32(index.add(r.shl(2)).i32().sub(offset));
		f.if(pick.below(rows), () => {
			const from = f.i32(x.add(pick.mul(columns).mul(size)));
			const to = f.i32(out.add(r.mul(columns).shl(2)));
			f.for(0, whole, 4, (j) => f.storeV128(to.add(j.shl(2)), load4(f, dtype, from.add(j.mul(size)))));
			f.for(whole, columns, 1, (j) => f.storeF32(to.add(j.shl(2)), load1(f, dtype, from.add(j.mul(size)))));
		});
	});
});
/** Where an index is out of range, the output stays as it is. */
var GATHER = {
	gatherRowsF32: gatherRows("f32"),
	gatherRowsBf16: gatherRows("bf16"),
	gatherRowsF16: gatherRows("f16"),
	gatherColumns: kernel({
		x: "i32",
		columns: "i32",
		index: "i32",
		offset: "i32",
		count: "i32",
		out: "i32"
	}, (f, { x, columns, index, offset, count, out }, { start, end }) => {
		f.for(start, end, 1, (i) => {
			const row = f.i32(x.add(i.mul(columns).shl(2)));
			const to = f.i32(out.add(i.mul(count).shl(2)));
			f.for(0, count, 1, (r) => {
				const pick = f.i32(index.add(r.shl(2)).i32().sub(offset));
				f.if(pick.below(columns), () => f.storeF32(to.add(r.shl(2)), row.add(pick.shl(2)).f32()));
			});
		});
	})
};
// src/backend/wasm/kernels/gradients.ts
/** Items are entries, in ranges that start at multiples of 4. */
var gateGradient = (activation) => kernel({
	gate: "i32",
	up: "i32",
	upstream: "i32",
	dGate: "i32",
	dUp: "i32"
}, (f, { gate, up, upstream, dGate, dUp }, range) => {
	const count = seekToRange(f, range, gate, up, upstream, dGate, dUp);
	const one = f.constant(1);
	forEachVector(f, count, ({ load, store }) => {
		const x = f.v128(load(gate));
		const slope = f.v128(load(upstream));
		const { argument, rise } = gateArgument(f, activation, x);
		const share = f.v128(one.div(exp(f, argument.negate()).add(one)));
		store(dUp, slope.mul(x.mul(share)));
		const rest = one.sub(share);
		store(dGate, slope.mul(load(up)).mul(share.mul(f.multiplyAdd(rise, rest, one))));
	});
});
var GRADIENTS = {
	/** Items are rows. Writes the root mean square of each to `roots`, as f64. */
	rmsNormGradient: kernel({
		x: "i32",
		gain: "i32",
		upstream: "i32",
		columns: "i32",
		eps: "f64",
		offset: "f32",
		roots: "i32",
		out: "i32"
	}, (f, { x, gain, upstream, columns, eps, offset, roots, out }, { start, end }) => {
		const added = f.v128(offset.splat());
		f.for(start, end, 1, (i) => {
			const offset = f.i32(i.mul(columns).shl(2));
			const row = f.i32(x.add(offset));
			const slope = f.i32(upstream.add(offset));
			const to = f.i32(out.add(offset));
			const [squares, dot] = [f.v128(0), f.v128(0)];
			forEachVector(f, columns, ({ load }) => {
				const values = f.v128(load(row));
				const slopes = f.v128(load(slope));
				const gains = f.v128(load(gain).add(added));
				for (const half of F64_HALVES) {
					const part = f.v128(values[half]());
					squares.set(squares.addF64(part.mulF64(part)));
					dot.set(dot.addF64(part.mulF64(slopes[half]()).mulF64(gains[half]())));
				}
			});
			const mean = f.f64(sumF64(squares).div(columns.toF64()).add(eps));
			const root = f.f64(mean.sqrt());
			f.storeF64(roots.add(i.shl(3)), root);
			const length = f.v128(root.toF32().splat());
			const share = f.v128(sumF64(dot).div(mean.mul(columns.toF64())).toF32().splat());
			forEachVector(f, columns, ({ load, store }) => store(to, load(slope).mul(load(gain).add(added)).sub(load(row).mul(share)).div(length)));
		});
	}),
	/** Items are columns, in ranges that start at multiples of 4. Adds Σ upstream·x/root, summed over the rows in f64. */
	rmsNormGainGradient: kernel({
		x: "i32",
		upstream: "i32",
		roots: "i32",
		rows: "i32",
		columns: "i32",
		out: "i32"
	}, (f, { x, upstream, roots, rows, columns, out }, range) => {
		const count = seekToRange(f, range, x, upstream, out);
		const stride = f.i32(columns.shl(2));
		forEachVector(f, count, ({ load, store }) => {
			const sums = [f.v128(0), f.v128(0)];
			const offset = f.i32(0);
			f.for(0, rows, 1, (i) => {
				const root = f.v128(roots.add(i.shl(3)).f64().splat());
				const values = f.v128(load(x.add(offset)));
				const slopes = f.v128(load(upstream.add(offset)));
				for (const [h, half] of F64_HALVES.entries()) sums[h]?.set(sums[h].addF64(values[half]().mulF64(slopes[half]()).divF64(root)));
				offset.set(offset.add(stride));
			});
			store(out, load(out).add(toF32x4(f, ...sums)));
		});
	}),
	swigluGradient: gateGradient("silu"),
	gegluGradient: gateGradient("gelu"),
	/** Items are entries, in ranges that start at multiples of 4. */
	softCapGradient: kernel({
		capped: "i32",
		upstream: "i32",
		cap: "f32",
		out: "i32"
	}, (f, { capped, upstream, cap, out }, range) => {
		const count = seekToRange(f, range, capped, upstream, out);
		const bound = f.v128(cap.splat());
		const one = f.constant(1);
		forEachVector(f, count, ({ load, store }) => {
			const share = f.v128(load(capped).div(bound));
			store(out, load(upstream).mul(one.sub(share.mul(share))));
		});
	}),
	/** Items are rows. If the target is outside the vocabulary, the row becomes NaN, or 0 if its weight is 0. */
	crossEntropyGradient: kernel({
		logits: "i32",
		targets: "i32",
		weights: "i32",
		columns: "i32"
	}, (f, { logits, targets, weights, columns }, { start, end }) => {
		f.for(start, end, 1, (i) => {
			const row = f.i32(logits.add(i.mul(columns).shl(2)));
			const weight = f.f32(weights.add(i.shl(2)).f32());
			const target = f.i32(targets.add(i.shl(2)).i32());
			const fill = (value) => forEachVector(f, columns, ({ store }) => store(row, V128.of(value)));
			const differentiate = () => {
				const maximum = f.v128(-Infinity);
				forEachVector(f, columns, ({ load }) => maximum.set(maximum.pmax(load(row, -Infinity))));
				maximum.set(f.f32(maximum.reduceMax()).splat());
				const sum = f.v128(0);
				forEachVector(f, columns, ({ load, store }) => {
					const shares = exp(f, load(row, -Infinity).sub(maximum));
					store(row, shares);
					for (const half of F64_HALVES) sum.set(sum.addF64(shares[half]()));
				});
				const factor = f.v128(weight.toF64().div(sumF64(sum)).toF32().splat());
				forEachVector(f, columns, ({ load, store }) => store(row, load(row).mul(factor)));
				const at = f.i32(row.add(target.shl(2)));
				f.storeF32(at, at.f32().sub(weight));
			};
			f.if(weight.differs(0), () => f.if(target.below(columns), differentiate, () => fill(NaN)), () => fill(0));
		});
	}),
	/** Items are columns, in ranges that start at multiples of 4, so that rows are added in order. Skips indices out of range. */
	scatterAdd: kernel({
		x: "i32",
		index: "i32",
		offset: "i32",
		count: "i32",
		columns: "i32",
		rows: "i32",
		out: "i32"
	}, (f, { x, index, offset, count, columns, rows, out }, range) => {
		const width = seekToRange(f, range, x, out);
		f.for(0, count, 1, (r) => {
			const pick = f.i32(index.add(r.shl(2)).i32().sub(offset));
			f.if(pick.below(rows), () => {
				const from = f.i32(x.add(r.mul(columns).shl(2)));
				const to = f.i32(out.add(pick.mul(columns).shl(2)));
				forEachVector(f, width, ({ load, store }) => store(to, load(to).add(load(from))));
			});
		});
	}),
	/** Writes Σx² of every range of `grain` entries to `out`, as f64. */
	squares: kernel({
		x: "i32",
		grain: "i32",
		out: "i32"
	}, (f, { x, grain, out }, range) => {
		out.set(out.add(range.start.div(grain).shl(3)));
		const count = seekToRange(f, range, x);
		const sum = f.v128(0);
		forEachVector(f, count, ({ load }) => {
			const values = f.v128(load(x));
			for (const half of F64_HALVES) {
				const part = f.v128(values[half]());
				sum.set(sum.addF64(part.mulF64(part)));
			}
		});
		f.storeF64(out, sumF64(sum));
	})
};
// src/backend/wasm/kernels/plan.ts
/** Items are rows, of `columns` numbers each. */
var PLAN = {
	planRows: kernel({
		cost: "i32",
		ground: "i32",
		columns: "i32",
		f: "i32",
		g: "i32",
		potentialF32: "i32",
		inverse: "f64",
		out: "i32"
	}, (f, p, { start, end }) => {
		const { columns, g, potentialF32 } = p;
		const scale = f.v128(p.inverse.splat());
		f.for(start, end, 1, (i) => {
			const offset = f.i32(i.mul(columns).shl(2));
			const row = f.i32(p.cost.add(offset));
			const groundRow = f.i32(p.ground.add(offset));
			const maximum = f.v128(-Infinity);
			forEachVector(f, columns, ({ load }) => maximum.set(maximum.pmax(load(potentialF32, -Infinity).sub(load(row)))));
			const largest = f.f32(maximum.reduceMax());
			const argmax = f.i32(0);
			f.while(argmax.below(columns).and(potentialF32.add(argmax.shl(2)).f32().sub(row.add(argmax.shl(2)).f32()).differs(largest)), () => argmax.set(argmax.add(1)));
			const shift = f.v128(largest.toF64().splat());
			const [sum, entropySum, costSum] = [
				f.v128(0),
				f.v128(0),
				f.v128(0)
			];
			forEachVector(f, columns, ({ load, loadF64 }) => {
				const values = f.v128(load(row, Infinity));
				const [low, high] = loadF64(g);
				const exponents = toF32x4(f, low.subF64(values.lowToF64()).subF64(shift).mulF64(scale), high.subF64(values.highToF64()).subF64(shift).mulF64(scale));
				const weights = exp(f, exponents);
				const entropies = f.v128(weights.mul(exponents).and(weights.differs(0)));
				const costs = f.v128(weights.mul(load(groundRow)));
				for (const half of F64_HALVES) {
					sum.set(sum.addF64(weights[half]()));
					entropySum.set(entropySum.addF64(entropies[half]()));
					costSum.set(costSum.addF64(costs[half]()));
				}
			});
			const total = f.f64(sumF64(sum));
			const exponent = f.f64(p.f.add(i.shl(3)).f64().add(largest.toF64()).mul(p.inverse));
			const mass = f.f64(exp(f, exponent.toF32().splat()).lane(0).toF64());
			const to = f.i32(p.out.add(i.mul(20)));
			f.storeF32(to, mass.mul(total).toF32(), 4 * PLAN_ROW.mass);
			const logSum = log(f, total.toF32().splat()).lane(0);
			f.storeF32(to, logSum.sub(sumF64(entropySum).div(total).toF32()), 4 * PLAN_ROW.entropy);
			f.storeF32(to, mass.mul(sumF64(costSum)).toF32(), 4 * PLAN_ROW.cost);
			f.storeF32(to, argmax.toF32(), 4 * PLAN_ROW.argmax);
			f.storeF32(to, exponent.toF32(), 4 * PLAN_ROW.peak);
		});
	}),
	/** Writes the entries T_ij of whole rows of the plan. */
	plan: kernel({
		cost: "i32",
		columns: "i32",
		f: "i32",
		g: "i32",
		inverse: "f64",
		out: "i32"
	}, (f, p, { start, end }) => {
		const scale = f.v128(p.inverse.splat());
		f.for(start, end, 1, (i) => {
			const offset = f.i32(i.mul(p.columns).shl(2));
			const row = f.i32(p.cost.add(offset));
			const to = f.i32(p.out.add(offset));
			const value = f.v128(p.f.add(i.shl(3)).f64().splat());
			forEachVector(f, p.columns, ({ load, store, loadF64 }) => {
				const values = f.v128(load(row));
				const [low, high] = loadF64(p.g);
				const exponents = toF32x4(f, value.addF64(low).subF64(values.lowToF64()).mulF64(scale), value.addF64(high).subF64(values.highToF64()).mulF64(scale));
				store(to, exp(f, exponents));
			});
		});
	})
};
// src/backend/wasm/kernels/distance.ts
/** Items are rows, of `columns` numbers each. */
var DISTANCE = {
	unitRows: kernel({
		x: "i32",
		columns: "i32",
		out: "i32"
	}, (f, { x, columns, out }, { start, end }) => {
		f.for(start, end, 1, (i) => {
			const offset = f.i32(i.mul(columns).shl(2));
			const row = f.i32(x.add(offset));
			const to = f.i32(out.add(offset));
			const squares = f.v128(0);
			forEachVector(f, columns, ({ load }) => {
				const values = f.v128(load(row));
				for (const half of F64_HALVES) {
					const part = f.v128(values[half]());
					squares.set(squares.addF64(part.mulF64(part)));
				}
			});
			const total = f.f64(sumF64(squares));
			const scale = f.f64(0);
			f.if(total.above(0), () => scale.set(total.sqrt()));
			const inverse = f.v128(scale.splat());
			f.if(scale.above(0), () => forEachVector(f, columns, ({ load, store }) => {
				const values = f.v128(load(row));
				store(to, toF32x4(f, values.lowToF64().divF64(inverse), values.highToF64().divF64(inverse)));
			}), () => forEachVector(f, columns, ({ store }) => store(to, V128.of(0))));
		});
	}),
	/** Writes 0 for a row of zeros, else a number other than 0. */
	rowFlags: kernel({
		x: "i32",
		columns: "i32",
		out: "i32"
	}, (f, { x, columns, out }, { start, end }) => {
		f.for(start, end, 1, (i) => {
			const row = f.i32(x.add(i.mul(columns).shl(2)));
			const nonZero = f.v128(0);
			forEachVector(f, columns, ({ load }) => nonZero.set(nonZero.or(load(row).differs(0))));
			f.storeI32(out.add(i.shl(2)), nonZero.anyTrue());
		});
	}),
	/** Writes `factor` where one of the two rows is all zeros and the other is not. */
	separateZeroRows: kernel({
		x: "i32",
		columns: "i32",
		factor: "f32",
		rowFlags: "i32",
		columnFlags: "i32"
	}, (f, { x, columns, factor, rowFlags, columnFlags }, { start, end }) => {
		f.for(start, end, 1, (i) => {
			const row = f.i32(x.add(i.mul(columns).shl(2)));
			const flag = f.i32(rowFlags.add(i.shl(2)).i32());
			f.for(0, columns, 1, (j) => f.if(columnFlags.add(j.shl(2)).i32().differs(flag), () => f.storeF32(row.add(j.shl(2)), factor)));
		});
	})
};
// src/backend/wasm/kernels/attention-gradient.ts
/**
* With scores S = scale·QKᵀ, probabilities P, and U the derivative by the output O = PV: dV = PᵀU, D = UVᵀ, dS = P∘(D − rowsum(P∘D)),
* dQ = scale·dS·K, dK = scale·dSᵀ·Q (Dao et al. 2022, section 3.2 and appendix B.2). A soft cap c of the scores multiplies dS by
* 1 − (capped/c)². The paper has rowsum(U∘O); the equal rowsum(P∘D) has
* the same rounding as D, so that dS of a query that sees one key is exactly 0. Items are key-value heads, window after window; one
* item sums dK and dV of its head, in a fixed order. The caller sets dK and dV to zero first.
*/
var attentionGradient = (module, products, softmax, capScores) => {
	/** (probabilities, slopes, start, end, all): turns a row of D (`slopes`) into a row of dS, in place. */
	const scoreGradient = module.func([
		"i32",
		"i32",
		"i32",
		"i32",
		"i32"
	], void 0, (f, shares, row, start, end, all) => {
		const probabilities = f.i32(shares.add(start.shl(2)));
		const slopes = f.i32(row.add(start.shl(2)));
		const visible = f.i32(end.sub(start));
		const sum = f.v128(0);
		forEachVector(f, visible, ({ load }) => sum.set(sum.add(load(probabilities).mul(load(slopes)))));
		const dot = f.v128(f.f32(sum.reduceSum()).splat());
		forEachVector(f, visible, ({ load, store }) => store(slopes, load(slopes).sub(dot).mul(load(probabilities))));
		f.for(0, start, 1, (s) => f.storeF32(row.add(s.shl(2)), F32.of(0)));
		f.for(end, all, 1, (s) => f.storeF32(row.add(s.shl(2)), F32.of(0)));
	});
	/** (slopes, capped, count, cap): multiplies dS by 1 − (capped/cap)², in place. */
	const bend = module.func([
		"i32",
		"i32",
		"i32",
		"f32"
	], void 0, (f, slopes, capped, count, cap) => {
		const bound = f.v128(cap.splat());
		const one = f.constant(1);
		forEachVector(f, count, ({ load, store }) => {
			const share = f.v128(load(capped).div(bound));
			store(slopes, load(slopes).mul(one.sub(share.mul(share))));
		});
	});
	return kernel({
		q: "i32",
		k: "i32",
		v: "i32",
		upstream: "i32",
		dQ: "i32",
		dK: "i32",
		dV: "i32",
		kvHeads: "i32",
		/** Query heads per key-value head. */
		group: "i32",
		headDim: "i32",
		/** Per window. */
		queries: "i32",
		scale: "f32",
		/** Keys that a query sees: itself and those before it. */
		span: "i32",
		/** 0: none. */
		cap: "f32"
	}, (f, p, { start, end, scratch }) => {
		const { group, headDim, queries, scale } = p;
		const kvWidth = f.i32(p.kvHeads.mul(headDim).shl(2));
		const width = f.i32(kvWidth.mul(group));
		const weights = f.i32(scratch.add(PRODUCT_SCRATCH));
		const slopes = f.i32(weights.add(scoreStride(queries).mul(64)));
		/** Capped scores of one row. */
		const kept = f.i32(slopes.add(scoreStride(queries).mul(64)));
		const [overwrite, accumulate, one] = [
			I32.of(0),
			I32.of(1),
			F32.of(1)
		];
		f.for(start, end, 1, (item) => {
			const window = f.i32(item.div(p.kvHeads));
			const kvHead = f.i32(item.sub(window.mul(p.kvHeads)));
			const base = f.i32(window.mul(queries));
			const kvOffset = f.i32(base.mul(kvWidth).add(kvHead.mul(headDim).shl(2)));
			const key = f.i32(p.k.add(kvOffset));
			const value = f.i32(p.v.add(kvOffset));
			const dKey = f.i32(p.dK.add(kvOffset));
			const dValue = f.i32(p.dV.add(kvOffset));
			f.for(0, group, 1, (member) => {
				const column = f.i32(kvHead.mul(group).add(member).mul(headDim).shl(2));
				f.for(0, queries, 64, (first) => {
					const rows = f.i32(queries.sub(first).min(64));
					const lowest = f.i32(lessDown(first.add(1), p.span));
					const seen = f.i32(first.add(rows).sub(lowest));
					const skipped = f.i32(lowest.mul(kvWidth));
					const stride = f.i32(scoreStride(seen));
					const qOffset = f.i32(base.add(first).mul(width).add(column));
					const query = f.i32(p.q.add(qOffset));
					const upstream = f.i32(p.upstream.add(qOffset));
					const score = (left, right, to, factor) => f.call(products.nt, left, width, right, kvWidth, rows, seen, headDim, to, stride, overwrite, factor, scratch);
					const accumulateInto = (of, right, to, factor) => f.call(products.tn, of, stride, right, width, seen, headDim, rows, to, kvWidth, accumulate, factor, scratch);
					score(query, key.add(skipped), weights, scale);
					score(upstream, value.add(skipped), slopes, one);
					f.for(0, rows, 1, (t) => {
						const row = f.i32(t.mul(stride));
						const end = f.i32(first.add(t).add(1));
						const start = f.i32(lessDown(end, p.span).sub(lowest));
						end.set(end.sub(lowest));
						const capping = p.cap.differs(0);
						f.if(capping, () => {
							f.call(capScores, weights.add(row), seen, p.cap);
							forEachVector(f, seen, ({ load, store }) => store(kept, load(weights.add(row))));
						});
						f.call(softmax, weights.add(row), start, end, seen);
						f.call(scoreGradient, weights.add(row), slopes.add(row), start, end, seen);
						f.if(capping, () => f.call(bend, slopes.add(row), kept, seen, p.cap));
					});
					accumulateInto(weights, upstream, dValue.add(skipped), one);
					accumulateInto(slopes, query, dKey.add(skipped), scale);
					f.call(products.nn, slopes, stride, key.add(skipped), kvWidth, rows, headDim, seen, p.dQ.add(qOffset), width, overwrite, scale, scratch);
				});
			});
		});
	});
};
// src/backend/wasm/kernels/pairwise.ts
/**
* ‖a‖² + ‖b‖² − 2ab is taken for a squared distance where it exceeds this share of ‖a‖² + ‖b‖², so that its error is at most four times
* that of its terms. Elsewhere the terms cancel, and the distance is computed from differences.
*/
var CANCELS_BELOW = .25;
/** Rows and columns of the result that a thread computes in scratch memory at a time. */
var DISTANCE_BLOCK = {
	rows: 64,
	columns: 256
};
/** Bytes from row to row of a block; not a power of two, because such rows share few places in a cache. */
var STRIDE = 4 * DISTANCE_BLOCK.columns + 64;
var TILE_BYTES = 128;
/** Scratch bytes: a block, a tile of distances by differences, the squared norms of the rows, and the packed rows. */
var distanceScratch = (depth) => DISTANCE_BLOCK.rows * STRIDE + TILE_BYTES + 4 * DISTANCE_BLOCK.rows * (1 + depth);
/** Adds a function for panels of `width` rows. It sums in f64. */
function addPanelNorms(module, width) {
	return module.func([
		"i32",
		"i32",
		"i32"
	], void 0, (f, panel, depth, out) => {
		const sums = Array.from({ length: width / 4 }, () => [f.v128(0), f.v128(0)]);
		f.for(panel, f.i32(panel.add(depth.mul(4 * width))), 4 * width, (at) => {
			for (const [v, halves] of sums.entries()) {
				const values = f.v128(at.v128(16 * v));
				for (const [h, half] of F64_HALVES.entries()) {
					const part = f.v128(values[half]());
					halves[h]?.set(halves[h].addF64(part.mulF64(part)));
				}
			}
		});
		for (const [v, [low, high]] of sums.entries()) f.storeV128(out, toF32x4(f, low, high), 16 * v);
	});
}
/** Items are packed panels of columns. */
var columnNorms = (norms) => kernel({
	b: "i32",
	depth: "i32",
	out: "i32"
}, (f, { b, depth, out }, { start, end }) => {
	f.for(start, end, 1, (panel) => f.call(norms, b.add(panel.mul(depth).mul(32)), depth, out.add(panel.mul(32))));
});
/** (products, row norms, column norms, row panel, column panel, depth, scratch for a tile) */
var FINISH = [
	"i32",
	"i32",
	"i32",
	"i32",
	"i32",
	"i32",
	"i32"
];
/** Adds a function that turns a tile of products in a block into squared distances. */
function addFinish(module, differences) {
	return module.func(FINISH, void 0, (f, at, rowNorms, columnNorms, left, right, depth, tile) => {
		const eachVector = (body) => {
			for (let r = 0; r < 4; r++) for (let c = 0; c < 8; c += 4) {
				const norms = f.v128(rowNorms.splatF32(4 * r).add(columnNorms.v128(4 * c)));
				body(r * STRIDE + 4 * c, 4 * (r * 8 + c), norms);
			}
		};
		const isSound = (squares, norms) => squares.above(norms.mul(f.constant(CANCELS_BELOW)));
		const cancelled = f.v128(0);
		eachVector((offset, _, norms) => {
			const squares = f.v128(f.multiplyAdd(at.v128(offset), -2, norms));
			f.storeV128(at, squares, offset);
			cancelled.set(cancelled.or(isSound(squares, norms).not()));
		});
		f.if(cancelled.anyTrue(), () => {
			const [rows, columns, stride] = [
				I32.of(4),
				I32.of(8),
				I32.of(32)
			];
			f.for(0, depth, 512, (k) => {
				const from = left.add(k.mul(16));
				const to = right.add(k.mul(32));
				const count = f.i32(depth.sub(k).min(512));
				f.call(differences, from, to, count, tile, stride, rows, columns, k, F32.of(1), I32.of(0));
			});
			eachVector((offset, tileOffset, norms) => {
				const squares = f.v128(at.v128(offset));
				f.storeV128(at, squares.bitselect(isSound(squares, norms), tile.v128(tileOffset)), offset);
			});
		});
	});
}
var DISTANCES = {
	a: "i32",
	/** Bytes from row to row. */
	stride: "i32",
	packer: "i32",
	/** Packed columns, and their squared norms. */
	b: "i32",
	norms: "i32",
	out: "i32",
	outStride: "i32",
	rows: "i32",
	columns: "i32",
	depth: "i32",
	/** Blocks per row of blocks. */
	blocksAcross: "i32",
	factor: "f32",
	/** 1: distances, 0: their squares. */
	root: "i32"
};
/** Writes factor · distance of rows to packed columns. Items are blocks of the result in row-major order. */
function pairwise(module, type, products, differences) {
	const panelNorms = addPanelNorms(module, 4);
	const finish = addFinish(module, differences);
	return kernel(DISTANCES, (f, p, { start, end, scratch }) => {
		const block = f.i32(scratch);
		const tile = f.i32(block.add(DISTANCE_BLOCK.rows * STRIDE));
		const rowNorms = f.i32(tile.add(TILE_BYTES));
		const packed = f.i32(rowNorms.add(4 * DISTANCE_BLOCK.rows));
		const panelBytes = f.i32(p.depth.mul(16));
		const factor = f.v128(p.factor.splat());
		f.for(start, end, 1, (item) => {
			const row = f.i32(item.div(p.blocksAcross));
			const column = f.i32(item.sub(row.mul(p.blocksAcross)).mul(DISTANCE_BLOCK.columns));
			row.set(row.mul(DISTANCE_BLOCK.rows));
			const rows = f.i32(p.rows.sub(row).min(DISTANCE_BLOCK.rows));
			const columns = f.i32(p.columns.sub(column).min(DISTANCE_BLOCK.columns));
			f.callIndirect(type, p.packer, packed, p.a.add(row.mul(p.stride)), p.stride, rows, p.depth);
			f.for(0, rows, 4, (i) => f.call(panelNorms, packed.add(i.mul(p.depth).shl(2)), p.depth, rowNorms.add(i.shl(2))));
			f.for(0, p.depth, 512, (k) => {
				const depth = f.i32(p.depth.sub(k).min(512));
				const isLast = f.i32(k.add(depth).equals(p.depth));
				f.for(0, columns, 8, (j) => {
					const right = f.i32(p.b.add(column.add(j).mul(p.depth).shl(2)));
					const left = f.i32(packed);
					const at = f.i32(block.add(j.shl(2)));
					f.for(0, rows, 4, (i) => {
						f.call(products, left.add(k.mul(16)), right.add(k.mul(32)), depth, at, I32.of(STRIDE), I32.of(4), I32.of(8), k, F32.of(1), I32.of(0));
						f.if(isLast, () => {
							const norms = p.norms.add(column.add(j).shl(2));
							f.call(finish, at, rowNorms.add(i.shl(2)), norms, left, right, p.depth, tile);
						});
						left.set(left.add(panelBytes));
						at.set(at.add(STRIDE * 4));
					});
				});
			});
			f.for(0, rows, 1, (i) => {
				const from = f.i32(block.add(i.mul(STRIDE)));
				const to = f.i32(p.out.add(row.add(i).mul(p.outStride)).add(column.shl(2)));
				f.if(p.root, () => forEachVector(f, columns, ({ load, store }) => store(to, load(from).sqrt().mul(factor))), () => forEachVector(f, columns, ({ load, store }) => store(to, load(from).mul(factor))));
			});
		});
	});
}
// src/backend/wasm/kernels/picture.ts
/** Items are rows of pixels. Scratch memory has one row of the window. */
var picture$1 = kernel({
	cost: "i32",
	columns: "i32",
	/** Rows of the window that are in the band, and the row at address `cost`. */
	from: "i32",
	to: "i32",
	shift: "i32",
	/** Addresses for the window's first row and column; 0 for a picture of the cost. */
	f: "i32",
	g: "i32",
	epsilon: "f32",
	windowRows: "i32",
	windowColumns: "i32",
	height: "i32",
	width: "i32",
	out: "i32"
}, (f, p, { start, end, scratch }) => {
	f.for(start, end, 1, (y) => {
		const top = f.i32(y.mul(p.windowRows).div(p.height));
		const bottom = f.i32(y.add(1).mul(p.windowRows).add(p.height).sub(1).div(p.height));
		const last = f.i32(bottom.min(p.to));
		f.for(p.from.max(top), last, 1, (r) => {
			const row = f.i32(p.cost.add(r.sub(p.shift).mul(p.columns).shl(2)));
			const entries = f.i32(row);
			f.if(p.f, () => {
				entries.set(scratch);
				const value = f.v128(p.f.add(r.shl(2)).splatF32());
				forEachVector(f, p.windowColumns, ({ load, store }) => store(scratch, exp(f, value.add(load(p.g)).sub(load(row)).div(p.epsilon.splat()))));
			});
			const pixel = f.i32(p.out.add(y.mul(p.width).shl(3)));
			f.for(0, p.width, 1, (x) => {
				const left = f.i32(x.mul(p.windowColumns).div(p.width));
				const right = f.i32(x.add(1).mul(p.windowColumns).add(p.width).sub(1).div(p.width));
				const maximum = f.f32(0);
				const sum = f.f32(0);
				f.for(left, right, 1, (j) => {
					const entry = f.f32(entries.add(j.shl(2)).f32());
					maximum.set(maximum.max(entry));
					sum.set(sum.add(entry));
				});
				const area = bottom.sub(top).mul(right.sub(left)).toF32();
				f.storeF32(pixel, pixel.f32().max(maximum));
				f.storeF32(pixel, pixel.f32(4).add(sum.div(area)), 4);
				pixel.set(pixel.add(8));
			});
		});
	});
});
// src/backend/wasm/kernels/math-f64.ts
/** Σ cₖ·xᵏ in f64 lanes; the coefficient of the largest power comes first. */
var polynomialF64 = (x, [first, ...rest]) => rest.reduce((sum, c) => sum.mulF64(x).addF64(c), V128.ofF64(first));
/** ln 2 as a sum. The first part has 32 bits, so that its products with small integers are exact. */
var LN2 = [.6931471803691238, 19082149292705877e-26];
/** Powers of e beyond this and its negative are far outside float32. */
var LARGEST_POWER = 700;
var factorial = (n) => n <= 1 ? 1 : n * factorial(n - 1);
/** Taylor series: the remainder is below 2e-16 where |x| ≤ ln 2 / 2. */
var EXP = Array.from({ length: 13 }, (_, k) => 1 / factorial(12 - k));
/** log m = 2·artanh s = s·Σ 2·s²ᵏ/(2k + 1) with s = (m − 1)/(m + 1), |s| < 0.172: the remainder is below 1e-15. */
var ARTANH = Array.from({ length: 10 }, (_, k) => 2 / (2 * (9 - k) + 1));
/** eˣ in two f64 lanes, with a relative error below 1e-15. It ends in e^±700; NaN stays NaN. */
function expF64(f, value) {
	const x = f.v128(value.minF64(LARGEST_POWER).maxF64(-700));
	const n = f.v128(x.mulF64(Math.LOG2E).nearestF64());
	const r = f.v128(x.subF64(n.mulF64(LN2[0])).subF64(n.mulF64(LN2[1])));
	const power = n.f64ToI32();
	const exponent = f.v128(power).shuffle(V128.ofI32(0), [
		0,
		4,
		1,
		4
	]).shlI64(52);
	return f.v128(polynomialF64(r, EXP).addI64(exponent));
}
/** Natural logarithm of numbers ≥ 0 in two f64 lanes, not subnormal, with an error below 1e-15·max(1, |log x|). Infinity and NaN stay. */
function logF64(f, value) {
	const x = f.v128(value);
	const half = f.v128(x.and(V128.ofI64(4503599627370495n)).or(V128.ofF64(.5)));
	const low = f.v128(half.belowF64(Math.SQRT1_2));
	const power = f.v128(x.shrI64(52)).shuffle(V128.ofI32(0), [
		0,
		2,
		4,
		4
	]).i32ToF64();
	const n = f.v128(power.subF64(1022).subF64(V128.ofF64(1).and(low)));
	const m = f.v128(half.addF64(half.and(low)));
	const s = f.v128(m.subF64(1).divF64(m.addF64(1)));
	const square = f.v128(s.mulF64(s));
	const tail = n.mulF64(LN2[1]).addF64(s.mulF64(polynomialF64(square, ARTANH)));
	const finite = f.v128(n.mulF64(LN2[0]).addF64(tail)).bitselect(x.belowF64(Infinity), x);
	return f.v128(V128.ofF64(-Infinity).bitselect(x.equalsF64(0), finite));
}
/**
* 2ˣ in four f32 lanes for four f64 exponents below 127, two in each vector. The error is below 1.5 units in the last place for
* exponents of any size, because their fractions are taken in f64. It is 0 below `least` − ½; NaN stays NaN. Polynomial as in Cephes'
* exp2f (Moshier).
*/
function exp2(f, low, high, least) {
	const [x, y] = [f.v128(low), f.v128(high)];
	const [lowPower, highPower] = [f.v128(x.nearestF64()), f.v128(y.nearestF64())];
	const fraction = f.v128(x.subF64(lowPower).f64ToF32().shuffle(y.subF64(highPower).f64ToF32(), [
		0,
		1,
		4,
		5
	]));
	const power = f.v128(lowPower.f64ToI32().shuffle(highPower.f64ToI32(), [
		0,
		1,
		4,
		5
	]));
	const mantissa = [
		.001339887440266574,
		.00961843735767464,
		.05550332471162809,
		.2402264791363012,
		.693147202855042,
		1
	].reduce((sum, c) => sum.mul(fraction).add(c), V128.of(.00015353361883195));
	return f.v128(mantissa.addI32(power.shl(23)).and(power.aboveI32(V128.ofI32(least - 1))));
}
// src/backend/wasm/kernels/half-step.ts
/** Limit for exponents of column sums: those of a start far from any plan may exceed f32, and the error must be huge, not infinite. */
var LARGEST_EXPONENT = 60;
/** The next values of two potentials from the log-sum-exp of their rows or columns. */
function moved(f, step, old, logSum) {
	const next = f.v128(step.logMarginal.splat().subF64(logSum).mulF64(step.scale.splat()));
	f.if(step.relaxed, () => next.set(old.addF64(next.subF64(old).mulF64(step.relaxation.splat()))));
	return next;
}
var STEP = {
	logMarginal: "f64",
	scale: "f64",
	relaxed: "i32",
	relaxation: "f64"
};
var COLUMN_STEP = { 
/**
* Items are columns. From `state`, writes the next g to `next` and the sum of |Σ_i T_ij − b| over each range of `grain` columns to
* `errors`, both in f64.
*/
columnStep: kernel({
	state: "i32",
	columns: "i32",
	g: "i32",
	inverse: "f64",
	marginal: "f64",
	...STEP,
	grain: "i32",
	next: "i32",
	errors: "i32"
}, (f, p, { start, end }) => {
	const scale = f.v128(p.inverse.splat());
	const marginal = f.v128(p.marginal.splat());
	const maxima = f.i32(p.state.add(start.shl(2)));
	const sums = f.i32(maxima.add(p.columns.shl(2)));
	for (const at of [p.g, p.next]) at.set(at.add(start.shl(3)));
	const error = f.v128(0);
	forEachVector(f, f.i32(end.sub(start)), ({ load, loadF64, maskTail, offset }) => {
		const references = f.v128(load(maxima));
		const values = f.v128(load(sums, 1));
		const inside = f.v128(maskTail(V128.ofI32(-1)));
		const to = f.i32(p.next.add(offset.shl(1)));
		for (const [half, name] of F64_HALVES.entries()) {
			const old = f.v128(loadF64(p.g)[half] ?? V128.of(0));
			const logSum = f.v128(references[name]().addF64(logF64(f, values[name]())));
			const mass = expF64(f, old.mulF64(scale).addF64(logSum).minF64(LARGEST_EXPONENT));
			const mask = inside.shuffle(inside, half === 0 ? [
				0,
				0,
				1,
				1
			] : [
				2,
				2,
				3,
				3
			]);
			error.set(error.addF64(mass.subF64(marginal).absF64().and(mask)));
			f.storeV128(to, moved(f, p, old, logSum), 16 * half);
		}
	});
	f.storeF64(p.errors.add(start.div(p.grain).shl(3)), sumF64(error));
}) };
/** Bytes of the columns whose products with row scalings are added in f32, before the sum goes on in f64. */
var CHUNK_BYTES = 1024;
var eachRow = (of) => [
	of(0),
	of(1),
	of(2),
	of(3)
];
/** The two lanes of a and of b, each added: [Σa, Σb]. */
var pairSums = (a, b) => a.shuffle(b, [
	0,
	1,
	4,
	5
]).addF64(a.shuffle(b, [
	2,
	3,
	6,
	7
]));
/** Sinkhorn by scaling, K_ij = exp(p_i − r_j − M_ij/ε). See `GibbsKernel` for the names and the layout. */
var SCALING = {
	/**
	* Items are rows. Writes p_i, which makes the largest entry of the row 1 up to rounding, and the row of K. `exponents` has −r_j/ln 2
	* in f64, `potentialF32` is g.
	*/
	gibbsRows: kernel({
		cost: "i32",
		columns: "i32",
		potentialF32: "i32",
		exponents: "i32",
		inverse: "f64",
		rowReferences: "i32",
		gibbs: "i32",
		stride: "i32"
	}, (f, p, { start, end }) => {
		const scale = f.v128(p.inverse.mul(Math.LOG2E).splat());
		f.for(start, end, 1, (i) => {
			const row = f.i32(p.cost.add(i.mul(p.columns).shl(2)));
			const to = f.i32(p.gibbs.add(i.mul(p.stride)));
			f.storeV128(to.add(p.stride).sub(16), V128.of(0));
			const maximum = f.v128(-Infinity);
			forEachVector(f, p.columns, ({ load }) => maximum.set(maximum.pmax(load(p.potentialF32, -Infinity).sub(load(row)))));
			const reference = f.f32(F64.of(0).sub(f.f32(maximum.reduceMax()).toF64().mul(p.inverse)).toF32());
			f.storeF32(p.rowReferences.add(i.shl(2)), reference);
			const shift = f.v128(reference.toF64().mul(Math.LOG2E).splat());
			forEachVector(f, p.columns, ({ load, loadF64, maskTail, offset }) => {
				const values = f.v128(load(row));
				const [low, high] = loadF64(p.exponents);
				const entries = exp2(f, low.addF64(shift).subF64(values.lowToF64().mulF64(scale)), high.addF64(shift).subF64(values.highToF64().mulF64(scale)), -96);
				f.storeV128(to.add(offset), maskTail(entries));
			});
		});
	}),
	/** Items are columns, in ranges that start at multiples of 4. Writes v_j = exp(g_j/ε + r_j). */
	columnScalings: kernel({
		g: "i32",
		references: "i32",
		inverse: "f64",
		out: "i32"
	}, (f, p, { start, end }) => {
		const scale = f.v128(p.inverse.splat());
		p.g.set(p.g.add(start.shl(3)));
		for (const at of [p.references, p.out]) at.set(at.add(start.shl(2)));
		forEachVector(f, f.i32(end.sub(start)), ({ load, loadF64, maskTail, offset }) => {
			const references = f.v128(load(p.references));
			const [low, high] = loadF64(p.g);
			const scalings = toF32x4(f, expF64(f, low.mulF64(scale).addF64(references.lowToF64())), expF64(f, high.mulF64(scale).addF64(references.highToF64())));
			f.storeV128(p.out.add(offset), maskTail(scalings));
		});
	}),
	/**
	* Items are blocks of `blockRows` rows. Per row it moves f_i, from Σ_j K_ij·v_j, to the new scaling u_i = exp(f_i/ε − p_i); per block
	* it writes Σ_i u_i·K_ij of all columns to `sums`.
	*/
	scaleRows: kernel({
		gibbs: "i32",
		stride: "i32",
		rows: "i32",
		blockRows: "i32",
		scalings: "i32",
		rowReferences: "i32",
		f: "i32",
		potentialF32: "i32",
		inverse: "f64",
		...STEP,
		sums: "i32"
	}, (f, p, { start, end }) => {
		const scale = f.v128(p.inverse.splat());
		f.for(start, end, 1, (block) => {
			const sums = f.i32(p.sums.add(block.mul(p.stride)));
			f.for(0, p.stride, 16, (offset) => f.storeV128(sums.add(offset), V128.of(0)));
			const first = f.i32(block.mul(p.blockRows));
			const last = f.i32(first.add(p.blockRows).min(p.rows));
			f.for(first, last, 4, (i) => {
				const rows = eachRow((row) => f.i32(p.gibbs.add(i.add(row).min(last.sub(1)).mul(p.stride))));
				const totals = eachRow(() => f.v128(0));
				f.for(0, p.stride, CHUNK_BYTES, (from) => {
					const parts = eachRow(() => [f.v128(0), f.v128(0)]);
					f.for(from, f.i32(from.add(CHUNK_BYTES).min(p.stride)), 32, (offset) => {
						for (const half of [0, 1]) {
							const scalings = f.v128(p.scalings.add(offset).v128(16 * half));
							eachRow((row) => {
								const part = parts[row][half];
								part.set(part.add(rows[row].add(offset).v128(16 * half).mul(scalings)));
							});
						}
					});
					eachRow((row) => {
						const part = f.v128(parts[row][0].add(parts[row][1]));
						for (const half of F64_HALVES) totals[row].set(totals[row].addF64(part[half]()));
					});
				});
				const references = f.v128(p.rowReferences.add(i.shl(2)).v128());
				const at = f.i32(p.f.add(i.shl(3)));
				const move = (half, sums) => {
					const reference = f.v128(references[F64_HALVES[half]]());
					const next = moved(f, p, at.v128(16 * half), logF64(f, sums).subF64(reference));
					f.storeV128(at, next, 16 * half);
					return {
						next,
						scaling: expF64(f, next.mulF64(scale).subF64(reference))
					};
				};
				const [low, high] = [move(0, pairSums(totals[0], totals[1])), move(1, pairSums(totals[2], totals[3]))];
				f.storeV128(p.potentialF32.add(i.shl(2)), toF32x4(f, low.next, high.next));
				const inside = last.sub(i).splat().aboveI32(V128.ofI32(0, 1, 2, 3));
				const all = f.v128(toF32x4(f, low.scaling, high.scaling).and(inside));
				const scalings = eachRow((row) => f.v128(all.shuffle(all, [
					row,
					row,
					row,
					row
				])));
				f.for(0, p.stride, 32, (offset) => {
					const to = f.i32(sums.add(offset));
					const from = eachRow((row) => f.i32(rows[row].add(offset)));
					for (const half of [0, 16]) {
						const [a, b, c, d] = eachRow((row) => from[row].v128(half).mul(scalings[row]));
						f.storeV128(to, to.v128(half).add(a.add(b).add(c.add(d))), half);
					}
				});
			});
		});
	}),
	/** Items are columns, in ranges that start at multiples of 4. Adds the sums of all blocks and writes `state`, with r_j as reference. */
	columnSums: kernel({
		sums: "i32",
		stride: "i32",
		blocks: "i32",
		references: "i32",
		state: "i32",
		columns: "i32"
	}, (f, p, { start, end }) => {
		const from = f.i32(start.shl(2));
		for (const at of [
			p.sums,
			p.references,
			p.state
		]) at.set(at.add(from));
		const out = f.i32(p.state.add(p.columns.shl(2)));
		forEachVector(f, f.i32(end.sub(start)), ({ load, store, offset }) => {
			const [low, high] = [f.v128(0), f.v128(0)];
			const at = f.i32(p.sums.add(offset));
			f.for(0, p.blocks, 1, () => {
				const part = f.v128(at.v128());
				low.set(low.addF64(part.lowToF64()));
				high.set(high.addF64(part.highToF64()));
				at.set(at.add(p.stride));
			});
			store(out, toF32x4(f, low, high));
			store(p.state, load(p.references));
		});
	})
};
// src/backend/wasm/kernels/transformer.ts
/** Items are rows of `columns` numbers. */
var TRANSFORMER = {
	/** Adds the bias to rows that lie `stride` bytes apart. */
	addBias: kernel({
		out: "i32",
		stride: "i32",
		columns: "i32",
		bias: "i32"
	}, (f, { out, stride, columns, bias }, { start, end }) => {
		f.for(start, end, 1, (i) => {
			const row = f.i32(out.add(i.mul(stride)));
			forEachVector(f, columns, ({ load, store }) => store(row, load(row).add(load(bias))));
		});
	}),
	rmsNorm: kernel({
		x: "i32",
		gain: "i32",
		columns: "i32",
		eps: "f64",
		offset: "f32",
		out: "i32"
	}, (f, { x, gain, columns, eps, offset, out }, { start, end }) => {
		const added = f.v128(offset.splat());
		f.for(start, end, 1, (i) => {
			const offset = f.i32(i.mul(columns).shl(2));
			const row = f.i32(x.add(offset));
			const to = f.i32(out.add(offset));
			const squares = f.v128(0);
			forEachVector(f, columns, ({ load }) => {
				const values = f.v128(load(row));
				for (const half of F64_HALVES) {
					const part = f.v128(values[half]());
					squares.set(squares.addF64(part.mulF64(part)));
				}
			});
			const root = sumF64(squares).div(columns.toF64()).add(eps).sqrt();
			const length = f.v128(root.toF32().splat());
			forEachVector(f, columns, ({ load, store }) => store(to, load(row).div(length).mul(load(gain).add(added))));
		});
	}),
	rope: kernel({
		x: "i32",
		table: "i32",
		heads: "i32",
		headDim: "i32",
		positionStart: "i32",
		out: "i32"
	}, (f, { x, table, heads, headDim, positionStart, out }, { start, end }) => {
		const half = f.i32(headDim.div(2));
		const halfBytes = f.i32(half.shl(2));
		f.for(start, end, 1, (t) => {
			const cosines = f.i32(table.add(positionStart.add(t).mul(headDim).shl(2)));
			const sines = f.i32(cosines.add(halfBytes));
			f.for(0, heads, 1, (head) => {
				const offset = f.i32(t.mul(heads).add(head).mul(headDim).shl(2));
				const first = f.i32(x.add(offset));
				const second = f.i32(first.add(halfBytes));
				const firstOut = f.i32(out.add(offset));
				const secondOut = f.i32(firstOut.add(halfBytes));
				forEachVector(f, half, ({ load, store }) => {
					const [a, b] = [f.v128(load(first)), f.v128(load(second))];
					const [cosine, sine] = [f.v128(load(cosines)), f.v128(load(sines))];
					store(firstOut, a.mul(cosine).sub(b.mul(sine)));
					store(secondOut, b.mul(cosine).add(a.mul(sine)));
				});
			});
		});
	}),
	/** The loss of a target outside the vocabulary is NaN. */
	crossEntropy: kernel({
		logits: "i32",
		targets: "i32",
		columns: "i32",
		out: "i32"
	}, (f, { logits, targets, columns, out }, { start, end }) => {
		f.for(start, end, 1, (i) => {
			const row = f.i32(logits.add(i.mul(columns).shl(2)));
			const maximum = f.v128(-Infinity);
			forEachVector(f, columns, ({ load }) => maximum.set(maximum.pmax(load(row, -Infinity))));
			const largest = f.f32(maximum.reduceMax());
			maximum.set(largest.splat());
			const sum = f.v128(0);
			forEachVector(f, columns, ({ load }) => {
				const weights = exp(f, load(row, -Infinity).sub(maximum));
				for (const half of F64_HALVES) sum.set(sum.addF64(weights[half]()));
			});
			const target = f.i32(targets.add(i.shl(2)).i32());
			const loss = f.f32(NaN);
			f.if(target.below(columns), () => {
				const logSum = log(f, sumF64(sum).toF32().splat()).lane(0);
				loss.set(logSum.add(largest.sub(row.add(target.shl(2)).f32())));
			});
			f.storeF32(out.add(i.shl(2)), loss);
		});
	})
};
// src/backend/wasm/kernels/transport.ts
/**
* Exponents are computed in f64, because costs and potentials are large compared with ε and their difference is not. Items are rows of
* `columns` numbers unless noted.
*/
var TRANSPORT = {
	rowMoments: kernel({
		cost: "i32",
		columns: "i32",
		out: "i32"
	}, (f, { cost, columns, out }, { start, end }) => {
		f.for(start, end, 1, (i) => {
			const row = f.i32(cost.add(i.mul(columns).shl(2)));
			const sum = f.v128(0);
			forEachVector(f, columns, ({ load }) => {
				const values = f.v128(load(row));
				for (const half of F64_HALVES) sum.set(sum.addF64(values[half]()));
			});
			const mean = f.f64(sumF64(sum).div(columns.toF64()));
			const centre = f.v128(mean.splat());
			const fill = f.v128(mean.toF32().splat());
			const squares = f.v128(0);
			forEachVector(f, columns, ({ load }) => {
				const values = f.v128(load(row, fill));
				for (const half of F64_HALVES) {
					const deviation = f.v128(values[half]().subF64(centre));
					squares.set(squares.addF64(deviation.mulF64(deviation)));
				}
			});
			const to = f.i32(out.add(i.shl(3)));
			f.storeF32(to, mean.toF32(), 4 * ROW_MOMENT.mean);
			f.storeF32(to, sumF64(squares).toF32(), 4 * ROW_MOMENT.squares);
		});
	}),
	/**
	* Writes per row, as two f64, the largest g_j − M_ij and Σ_j exp((g_j − M_ij − largest)/ε). `potentialF32` is g in f32.
	*/
	rowLogSum: kernel({
		cost: "i32",
		columns: "i32",
		g: "i32",
		potentialF32: "i32",
		inverse: "f64",
		out: "i32"
	}, (f, { cost, columns, g, potentialF32, inverse, out }, { start, end }) => {
		const scale = f.v128(inverse.splat());
		f.for(start, end, 1, (i) => {
			const row = f.i32(cost.add(i.mul(columns).shl(2)));
			const maximum = f.v128(-Infinity);
			forEachVector(f, columns, ({ load }) => maximum.set(maximum.pmax(load(potentialF32, -Infinity).sub(load(row)))));
			const largest = f.f64(f.f32(maximum.reduceMax()).toF64());
			const shift = f.v128(largest.splat());
			const sum = f.v128(0);
			forEachVector(f, columns, ({ load, loadF64 }) => {
				const values = f.v128(load(row, Infinity));
				const [low, high] = loadF64(g);
				const weights = exp(f, toF32x4(f, low.subF64(values.lowToF64()).subF64(shift).mulF64(scale), high.subF64(values.highToF64()).subF64(shift).mulF64(scale)));
				for (const half of F64_HALVES) sum.set(sum.addF64(weights[half]()));
			});
			const to = f.i32(out.add(i.shl(4)));
			f.storeF64(to, largest);
			f.storeF64(to, sumF64(sum), 8);
		});
	}),
	/**
	* Items are columns, in ranges that start at multiples of 4. `state` has `columns` maxima, then as many sums. `potentialF32` is f in
	* f32. It sums `ROWS_SUMMED` rows at a time, then adds these sums.
	*/
	columnLogSum: kernel({
		cost: "i32",
		rows: "i32",
		columns: "i32",
		f: "i32",
		potentialF32: "i32",
		inverse: "f64",
		state: "i32",
		first: "i32"
	}, (f, p, { start, end, scratch }) => {
		const scale = f.v128(p.inverse.splat());
		const maximum = f.i32(p.state.add(start.shl(2)));
		const sums = f.i32(maximum.add(p.columns.shl(2)));
		const count = f.i32(end.sub(start));
		const cost = f.i32(p.cost.add(start.shl(2)));
		const stride = f.i32(p.columns.shl(2));
		f.if(p.first, () => forEachVector(f, count, ({ store }) => {
			store(maximum, V128.of(-Infinity));
			store(sums, V128.of(0));
		}));
		const before = f.i32(scratch);
		forEachVector(f, count, ({ load, store }) => store(before, load(maximum)));
		const row = f.i32(cost);
		f.for(0, p.rows, 1, (i) => {
			const value = f.v128(p.potentialF32.add(i.shl(2)).splatF32());
			const factor = f.v128(p.inverse.toF32().splat());
			forEachVector(f, count, ({ load, store }) => store(maximum, f.v128(load(maximum)).pmax(value.sub(load(row)).mul(factor))));
			row.set(row.add(stride));
		});
		forEachVector(f, count, ({ load, store }) => store(sums, load(sums).mul(exp(f, load(before).sub(load(maximum))))));
		row.set(cost);
		const part = f.i32(scratch);
		f.for(0, p.rows, ROWS_SUMMED, (block) => {
			forEachVector(f, count, ({ store }) => store(part, V128.of(0)));
			f.for(block, f.i32(block.add(ROWS_SUMMED).min(p.rows)), 1, (i) => {
				const value = f.v128(p.f.add(i.shl(3)).f64().splat());
				forEachVector(f, count, ({ load, store }) => {
					const values = f.v128(load(row));
					const largest = f.v128(load(maximum));
					const exponents = toF32x4(f, value.subF64(values.lowToF64()).mulF64(scale).subF64(largest.lowToF64()), value.subF64(values.highToF64()).mulF64(scale).subF64(largest.highToF64()));
					store(part, load(part).add(exp(f, exponents)));
				});
				row.set(row.add(stride));
			});
			forEachVector(f, count, ({ load, store }) => store(sums, load(sums).add(load(part))));
		});
	})
};
var ROWS_SUMMED = 64;
// src/backend/wasm/kernel-module.ts
function packersOf(module, width) {
	const both = (dtype) => ({
		rowMajor: addPacker(module, dtype, width, true),
		columnMajor: addPacker(module, dtype, width, false)
	});
	return {
		f32: both("f32"),
		bf16: both("bf16"),
		f16: both("f16")
	};
}
var entriesOf = (module, packers) => {
	const both = ({ rowMajor, columnMajor }) => ({
		rowMajor: module.addToTable(rowMajor),
		columnMajor: module.addToTable(columnMajor)
	});
	return {
		f32: both(packers.f32),
		bf16: both(packers.bf16),
		f16: both(packers.f16)
	};
};
function kernels(module) {
	const packer = module.typeIndex(PACKER, void 0);
	const rows = packersOf(module, 4);
	const columns = packersOf(module, 8);
	const tile = addTile(module, false);
	const products = addProducts(module, tile, rows.f32, columns.f32);
	const softmax = addSoftmax(module);
	const capScores = addCapScores(module);
	const panelNorms = addPanelNorms(module, 8);
	return {
		packers: {
			rows: entriesOf(module, rows),
			columns: entriesOf(module, columns)
		},
		kernels: {
			...ELEMENTWISE,
			...DISTANCE,
			...TRANSPORT,
			...SCALING,
			...COLUMN_STEP,
			...PLAN,
			...GATHER,
			...TRANSFORMER,
			...GRADIENTS,
			picture: picture$1,
			packColumns: packColumns(packer),
			multiply: multiply(packer, tile),
			columnNorms: columnNorms(panelNorms),
			pairwise: pairwise(module, packer, tile, addTile(module, true)),
			multiplyFewF32: multiplyFew$1("f32"),
			multiplyFewBf16: multiplyFew$1("bf16"),
			multiplyFewF16: multiplyFew$1("f16"),
			multiplyFewRows: multiplyFewRows$1,
			attention: attention$1(products, softmax, capScores),
			attentionGradient: attentionGradient(module, products, softmax, capScores)
		}
	};
}
/** Number of checks for work before a thread sleeps: some tens of microseconds, about as long as waking a thread takes. */
var SPINS = 3e4;
var KERNEL = [
	"i32",
	"i32",
	"i32",
	"i32"
];
/**
* Assembles the module of all kernels. Its export `run` executes the launch described in memory (see `LAYOUT`) together with the
* other threads and returns when it is done. `serve` is the main loop of another thread, which does its part of every launch.
* @param shared true if threads share the memory.
* @param relaxed true if kernels may use relaxed SIMD.
*/
function assemble(minPages, shared, relaxed) {
	const module = new Module(relaxed);
	const { kernels: all, packers } = kernels(module);
	const tableIndices = Object.fromEntries(Object.entries(all).map(([name, kernel]) => [name, module.addToTable(addKernel(module, kernel))]));
	const work = addWork(module);
	module.export("run", addRun(module, work, shared));
	if (shared) module.export("serve", addServe(module, work));
	return {
		relaxed,
		bytes: module.encode(minPages, MAX_PAGES, shared),
		kernels: all,
		tableIndices,
		packers
	};
}
var word = (address) => I32.of(address);
/** (thread): claims and computes ranges of the launch until none is left. */
function addWork(module) {
	return module.func(["i32"], void 0, (f, thread) => {
		const unclaimed = f.i32(word(LAYOUT.unclaimed).atomic());
		f.while(unclaimed, () => {
			const found = f.i32(word(LAYOUT.unclaimed).atomicCompareExchange(unclaimed, unclaimed.sub(1)));
			f.if(found.equals(unclaimed), () => {
				const ranges = f.i32(word(LAYOUT.ranges).i32());
				const start = f.i32(ranges.sub(found).mul(word(LAYOUT.grain).i32()));
				const end = f.i32(start.add(word(LAYOUT.grain).i32()).min(word(LAYOUT.items).i32()));
				const scratch = word(LAYOUT.scratch).i32().add(thread.mul(word(LAYOUT.scratchStep).i32()));
				const entry = word(LAYOUT.kernel).i32();
				f.callIndirect(module.typeIndex(KERNEL, void 0), entry, word(LAYOUT.arguments), start, end, scratch);
				const done = word(LAYOUT.done).atomicAdd(1).add(1);
				f.if(f.i32(done).equals(ranges), () => f.if(word(LAYOUT.waiting).atomic(), () => f.drop(word(LAYOUT.done).atomicNotify())));
				unclaimed.set(word(LAYOUT.unclaimed).atomic());
			}, () => unclaimed.set(found));
		});
	});
}
/** (ranges): executes the launch together with the other threads. */
function addRun(module, work, shared) {
	return module.func(["i32"], void 0, (f, ranges) => {
		f.call(work, I32.of(0));
		if (!shared) return;
		const spins = f.i32(0);
		const done = f.i32(word(LAYOUT.done).atomic());
		f.while(done.differs(ranges), () => {
			spins.set(spins.add(1));
			f.if(spins.atLeast(SPINS), () => {
				f.drop(word(LAYOUT.waiting).atomicAdd(1));
				f.drop(word(LAYOUT.done).atomicWait(done));
				f.drop(word(LAYOUT.waiting).atomicAdd(-1));
			});
			done.set(word(LAYOUT.done).atomic());
		});
	});
}
/** (thread): does its part of every launch until `LAYOUT.stop` is set. */
function addServe(module, work) {
	return module.func(["i32"], void 0, (f, thread) => {
		const last = f.i32(0);
		const spins = f.i32(0);
		f.while(word(LAYOUT.stop).atomic().isZero(), () => {
			const launches = f.i32(word(LAYOUT.launches).atomic());
			f.if(launches.equals(last), () => {
				spins.set(spins.add(1));
				f.if(spins.atLeast(SPINS), () => {
					f.drop(word(LAYOUT.asleep).atomicAdd(1));
					f.drop(word(LAYOUT.launches).atomicWait(last));
					f.drop(word(LAYOUT.asleep).atomicAdd(-1));
				});
			}, () => {
				last.set(launches);
				spins.set(I32.of(0));
				f.call(work, thread);
			});
		});
	});
}
// src/backend/wasm/gibbs-kernel.ts
/** An eighth of the largest memory, because a solve must leave room for its cost and for what uses its plan. */
var MAX_BYTES = 2 ** 28;
/** At most this many blocks of rows, each with column sums of its own, unless that makes blocks too long for sums in f32. */
var BLOCKS = 16;
var MAX_BLOCK_ROWS = 128;
/** Bits to which what an entry that is 0 for being too small would have added must not matter. */
var PRECISION_BITS = 24;
var roundUp = (value, step) => Math.ceil(value / step) * step;
/**
* Memory for Sinkhorn by scaling: the Gibbs kernel K_ij = exp(p_i − r_j − M_ij/ε) in f32 at reference potentials −r_j for columns and
* p_i for rows, in units of ε. Those are f32 numbers, so that f64 arithmetic takes exact differences from them, and −r_j is also the
* reference of the column sums that an iteration leaves in `state`. The plan is T_ij = u_i·K_ij·v_j with the scalings
* u_i = exp(f_i/ε − p_i) and v_j = exp(g_j/ε + r_j). p_i is chosen so that the largest entry of each row is 1.
*
* Entries below t = 2^`LEAST_POWER` are 0: products with scalings would become subnormal, which is slow. They may have been lost for
* what the plan is later, so both sides are held to the same condition, that what they would have added is below 2^−24 of a sum.
* A sum over a row of m entries lacks at most m·t·max v, and is at least min v: `maxDrift` bounds |log v| so that this is enough for
* every row, and with v between e^±22 no row sum overflows. A sum over a column lacks at most n·t·max u: `leastColumnSum`.
*/
var GibbsKernel = class GibbsKernel {
	rows;
	columns;
	blockRows;
	blocks;
	/** Bytes from one row of K to the next. */
	stride;
	bytes;
	/** Largest |g_j/ε + r_j| at which K may be used. */
	maxDrift;
	/** −r_j/ln 2 in f64. The start of the block. */
	at;
	gibbs;
	/** Column sums of each block of rows. */
	sums;
	/** r_j. */
	columnReferences;
	/** v_j. */
	scalings;
	/** p_i. */
	rowReferences;
	#source;
	constructor(rows, columns, allocate) {
		this.rows = rows;
		this.columns = columns;
		const width = roundUp(columns, 8);
		this.stride = 4 * width;
		this.blockRows = Math.min(MAX_BLOCK_ROWS, roundUp(rows / BLOCKS, 4));
		this.blocks = Math.ceil(rows / this.blockRows);
		this.maxDrift = (-(-96 + PRECISION_BITS) * Math.LN2 - Math.log(columns)) / 2;
		const sizes = [
			8 * width,
			rows * this.stride,
			this.blocks * this.stride,
			this.stride,
			this.stride,
			4 * roundUp(rows, 4)
		];
		this.bytes = sizes.reduce((sum, size) => sum + size, 0);
		this.at = allocate(this.bytes);
		this.gibbs = this.at + sizes[0];
		this.sums = this.gibbs + sizes[1];
		this.columnReferences = this.sums + sizes[2];
		this.scalings = this.columnReferences + sizes[3];
		this.rowReferences = this.scalings + sizes[4];
	}
	/** Undefined if it would be too large. */
	static allocate(rows, columns, allocate) {
		return 4 * rows * columns > MAX_BYTES ? void 0 : new GibbsKernel(rows, columns, allocate);
	}
	isOf(rows, columns) {
		return this.rows === rows && this.columns === columns;
	}
	/** True if K was formed from this cost, as it is now, and this ε. */
	isFrom(cost, epsilon) {
		const source = this.#source;
		return source?.cost === cost && source.writes === cost.writes && source.epsilon === epsilon;
	}
	formedFrom(cost, epsilon) {
		this.#source = {
			cost,
			writes: cost.writes,
			epsilon
		};
	}
	/**
	* Least sum of a column that is right to f32 precision, for the largest u. Products with very small u are subnormal or 0, which
	* must not matter either.
	*/
	leastColumnSum(largestScaling) {
		const lost = Math.max(largestScaling * 2 ** -96, 2 ** -150);
		return this.rows * lost * 2 ** PRECISION_BITS;
	}
};
// src/backend/wasm/tensor.ts
/** A tensor in the heap. */
var WasmTensor = class {
	shape;
	dtype;
	label;
	bytes;
	at;
	kind = "other";
	/** Address of the f64 copy, if there is one; see `Store.f64Copy`. */
	f64Copy;
	/** Of the transport problem whose column sums this tensor holds, if there is one; see `Store.gibbsKernel`. */
	gibbsKernel;
	/** How often it was written to, so that what was computed from it can be known to be out of date. */
	writes = 0;
	constructor(shape, dtype, label, allocate) {
		this.shape = shape;
		this.dtype = dtype;
		this.label = label;
		this.bytes = elements(shape) * BYTES[dtype];
		this.at = allocate(this.bytes);
	}
};
// src/backend/wasm/store.ts
/** Half of the largest memory, because an operation needs more memory than its largest operand. */
var MAX_TENSOR_BYTES = 2 ** 30;
/** Bytes of two vectors (four f64 numbers) after an f64 copy, so that whole vectors can be read at its last numbers. */
var F64_PADDING = 32;
/** Owns the tensors in one heap. */
var Store = class {
	heap;
	#tensors = /* @__PURE__ */ new Set();
	#ledger = new MemoryLedger();
	#disposed = false;
	constructor(heap) {
		this.heap = heap;
	}
	memory() {
		this.check();
		return {
			bytes: this.#ledger.bytes,
			peakBytes: this.#ledger.peakBytes,
			tensors: this.#tensors.size,
			pooledBytes: Math.max(0, this.heap.memory.buffer.byteLength - this.#ledger.bytes),
			byKind: this.#ledger.byKind,
			peakByKind: this.#ledger.peakByKind
		};
	}
	upload(data, shape, dtype, label) {
		this.check();
		uploadSizes(data, shape, dtype, label, MAX_TENSOR_BYTES);
		const tensor = this.#register(shape, dtype, label);
		this.heap.bytes(tensor.at, tensor.bytes).set(bytesOf(data));
		return tensor;
	}
	/** Creates an f32 tensor with undefined contents; the caller must write all of it. */
	empty(shape, label) {
		this.check();
		newTensorSizes(shape, "f32", label, MAX_TENSOR_BYTES);
		return this.#register(shape, "f32", label);
	}
	/** Creates an f32 tensor. `work` gets its address and fills it; if `work` throws, the tensor is freed. */
	make(shape, label, work) {
		const tensor = this.empty(shape, label);
		try {
			work(tensor.at);
			return tensor;
		} catch (error) {
			this.free(tensor);
			throw error;
		}
	}
	/** Like `make`, for several tensors by name. */
	makeEach(shapes, label, work) {
		const made = /* @__PURE__ */ new Map();
		try {
			for (const name of Object.keys(shapes)) made.set(name, this.empty(shapes[name], `${name} ${label}`));
			const places = Array.from(made, ([name, { at }]) => [name, at]);
			work(Object.fromEntries(places));
			return Object.fromEntries(made);
		} catch (error) {
			this.free(...made.values());
			throw error;
		}
	}
	/** Returns `into`, or a new tensor, after `work` has filled it at its address. */
	output(into, shape, label, work) {
		if (!into) return this.make(shape, label, work);
		work(this.target(into));
		return into;
	}
	zeros(shape, label) {
		const tensor = this.empty(shape, label);
		this.heap.bytes(tensor.at, tensor.bytes).fill(0);
		return tensor;
	}
	write(tensor, data) {
		const { bytes } = this.own(tensor);
		writeSizes(tensor, data);
		this.heap.bytes(this.target(tensor), bytes).set(bytesOf(data));
	}
	read(tensor) {
		const { at, bytes, dtype, shape } = this.own(tensor);
		const copy = this.heap.bytes(at, bytes).slice();
		const values = decode(copy, dtype, elements(shape));
		return values instanceof Float32Array ? values : Float32Array.from(values);
	}
	countAs(kind, tensor) {
		const own = this.own(tensor);
		this.#ledger.move(own.bytes * (own.f64Copy === void 0 ? 1 : 3), own.kind, kind);
		own.kind = kind;
		return tensor;
	}
	free(...tensors) {
		for (const tensor of tensors) {
			const own = this.own(tensor);
			this.#dropF64Copy(own);
			this.#dropGibbsKernel(own);
			this.#tensors.delete(own);
			this.#ledger.add(own.kind, -own.bytes);
			this.heap.free(own.at);
		}
	}
	/** Forgets all tensors. Any later call throws. */
	dispose() {
		this.#disposed = true;
		this.#tensors.clear();
		this.#ledger.clear();
	}
	/** @throws BackendError that names the first tensor that was freed or belongs to another backend. */
	check(...tensors) {
		if (this.#disposed) throw new BackendError("the CPU backend was disposed: open a new one");
		for (const tensor of tensors) if (tensor) this.own(tensor);
	}
	own(tensor) {
		this.check();
		if (!(tensor instanceof WasmTensor)) throw new BackendError(`${tensor.label} belongs to another backend: upload it to this one`);
		if (!this.#tensors.has(tensor)) throw new BackendError(`${tensor.label} [${tensor.shape.join(", ")}] was freed or is of another backend: keep it until its last use`);
		return tensor;
	}
	/** Address of a tensor's numbers in its dtype, for reading. */
	at(tensor) {
		return this.own(tensor).at;
	}
	/** Address of a tensor's numbers, for writing. Drops the f64 copy. */
	target(tensor) {
		const own = this.own(tensor);
		own.writes++;
		this.#dropF64Copy(own);
		return own.at;
	}
	/** The f64 copy of a tensor, for writing. The caller must also write the rounded numbers to the tensor. */
	f64Target(tensor) {
		this.own(tensor).writes++;
		return this.f64Copy(tensor);
	}
	/**
	* Address of an f64 copy of an f32 tensor, for reading, kept until the tensor is freed or `target` is called. Whole vectors can be
	* read, and written, at any number, because there is room behind the last.
	*/
	f64Copy(tensor) {
		const own = this.own(tensor);
		if (own.f64Copy !== void 0) return own.f64Copy;
		const count = own.bytes / 4;
		const at = this.heap.allocate(8 * count + F64_PADDING, `${own.label} in f64`);
		own.f64Copy = at;
		this.#ledger.add(own.kind, 2 * own.bytes);
		const { doubles } = this.heap;
		doubles.set(this.heap.floats(own.at, count), at / 8);
		doubles.fill(0, at / 8 + count, (at + F64_PADDING) / 8 + count);
		return at;
	}
	/**
	* Room for the Gibbs kernel of a problem of this size, kept with the tensor of its column sums until that is freed or has to do
	* with a problem of another size. Undefined if there is no memory for it.
	*/
	gibbsKernel(state, rows, columns) {
		const own = this.own(state);
		if (own.gibbsKernel?.isOf(rows, columns)) return own.gibbsKernel;
		this.#dropGibbsKernel(own);
		try {
			own.gibbsKernel = GibbsKernel.allocate(rows, columns, (bytes) => this.heap.allocate(bytes, `Gibbs kernel of ${rows} × ${columns}`));
		} catch (error) {
			if (!(error instanceof OutOfMemoryError)) throw error;
		}
		this.#ledger.add("plans", own.gibbsKernel?.bytes ?? 0);
		return own.gibbsKernel;
	}
	/** Calls `work` with the address of a temporary block, then frees the block. */
	temporary(bytes, label, work) {
		const at = this.heap.allocate(bytes, label);
		try {
			return work(at);
		} finally {
			this.heap.free(at);
		}
	}
	#register(shape, dtype, label) {
		const tensor = new WasmTensor([...shape], dtype, label, (bytes) => this.heap.allocate(bytes, label));
		this.#tensors.add(tensor);
		this.#ledger.add(tensor.kind, tensor.bytes);
		return tensor;
	}
	#dropF64Copy(tensor) {
		if (tensor.f64Copy === void 0) return;
		this.heap.free(tensor.f64Copy);
		tensor.f64Copy = void 0;
		this.#ledger.add(tensor.kind, -2 * tensor.bytes);
	}
	#dropGibbsKernel(tensor) {
		if (!tensor.gibbsKernel) return;
		this.heap.free(tensor.gibbsKernel.at);
		this.#ledger.add("plans", -tensor.gibbsKernel.bytes);
		tensor.gibbsKernel = void 0;
	}
};
var bytesOf = (data) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
// src/backend/wasm/runner.ts
var INITIAL_PAGES = 64;
/** 256 MiB: the smallest maximum to try, because few models fit into less. */
var MIN_RESERVED_PAGES = 4096;
/** Least nanoseconds of work in a range: several times the cost of claiming one. */
var MIN_RANGE_NS = 2e4;
var START_TIMEOUT_MS = 5e3;
/** Owns the tensors of one WebAssembly memory and runs kernels on them. It is the first argument of every operation. */
var Runner = class Runner extends Store {
	kernelModule;
	/** Number of computing threads, including this one. */
	threads;
	#otherThreads;
	/** Number of threads that need scratch memory, including those that did not start in time and may still start. */
	#scratchSlots;
	#run;
	/** Adds up the times of kernels while they are timed. */
	ledger;
	constructor(kernelModule, heap, instance, otherThreads, scratchSlots) {
		super(heap);
		this.kernelModule = kernelModule;
		this.threads = otherThreads.length + 1;
		this.#otherThreads = otherThreads;
		this.#scratchSlots = scratchSlots;
		this.#run = instance.exports["run"];
	}
	/** @throws WebAssembly.CompileError without SIMD support, or with `relaxedSimd` where there is none. */
	static async open(threading, relaxedSimd = hasRelaxedSimd()) {
		const wanted = threading && threading.count > 1 && canUseThreads() ? threading : void 0;
		const shared = wanted !== void 0;
		const kernelModule = assemble(INITIAL_PAGES, shared, relaxedSimd);
		const module = await WebAssembly.compile(kernelModule.bytes);
		const memory = createMemory(shared);
		const instance = await WebAssembly.instantiate(module, { env: { memory } });
		const scratchSlots = wanted?.count ?? 1;
		const otherThreads = (await Promise.all(Array.from({ length: scratchSlots - 1 }, (_, i) => withStartTimeout(wanted?.spawn(module, memory, i + 1))))).filter((thread) => thread !== void 0);
		return new Runner(kernelModule, new Heap(memory), instance, otherThreads, scratchSlots);
	}
	/** Number of threads that have slept since they found no work for some tens of microseconds. */
	get sleepingThreads() {
		return Atomics.load(this.heap.words, LAYOUT.asleep / 4);
	}
	dispose() {
		super.dispose();
		const { words } = this.heap;
		words[LAYOUT.stop / 4] = 1;
		if (this.#otherThreads.length > 0) Atomics.notify(words, LAYOUT.launches / 4);
		for (const thread of this.#otherThreads) thread.terminate();
	}
	/** Calls `work` with the addresses of the tensors' numbers as f32. Packed tensors are unpacked into temporary copies. */
	withF32(tensors, work) {
		const made = [];
		try {
			return work(...tensors.map((tensor) => {
				const { at, dtype, shape, label } = this.own(tensor);
				if (dtype === "f32" || dtype === "u32") return at;
				const items = elements(shape);
				const out = this.heap.allocate(4 * items, `${label} as f32`);
				made.push(out);
				const split = {
					items,
					nanoseconds: .3,
					multiple: 4
				};
				this.run(dtype === "bf16" ? "unpackBf16" : "unpackF16", {
					x: at,
					out
				}, split);
				return out;
			}));
		} finally {
			for (const at of made) this.heap.free(at);
		}
	}
	/** Runs a kernel on all threads and blocks until it is done. */
	run(name, values, split) {
		this.check();
		const { items } = split;
		const grain = split.grain ?? this.#grain(split);
		const ranges = Math.ceil(items / grain);
		const step = Math.ceil((split.scratch?.(grain) ?? 0) / 64) * 64;
		const start = (scratch) => {
			this.#writeArguments(name, values);
			const { words } = this.heap;
			words[LAYOUT.kernel / 4] = this.kernelModule.tableIndices[name];
			words[LAYOUT.ranges / 4] = ranges;
			words[LAYOUT.items / 4] = items;
			words[LAYOUT.grain / 4] = grain;
			words[LAYOUT.scratch / 4] = scratch;
			words[LAYOUT.scratchStep / 4] = step;
			Atomics.store(words, LAYOUT.done / 4, 0);
			Atomics.store(words, LAYOUT.unclaimed / 4, ranges);
			if (ranges > 1 && this.threads > 1) {
				Atomics.add(words, LAYOUT.launches / 4, 1);
				if (this.sleepingThreads > 0) Atomics.notify(words, LAYOUT.launches / 4);
			}
			if (!this.ledger) return this.#run(ranges);
			const started = performance.now();
			this.#run(ranges);
			this.ledger.add(name, performance.now() - started);
		};
		if (step === 0) start(0);
		else this.temporary(step * this.#scratchSlots, `${name} scratch`, start);
	}
	#grain({ items, nanoseconds, multiple = 1 }) {
		const worthwhile = MIN_RANGE_NS / nanoseconds;
		const even = items / (this.threads * 4);
		const grain = this.threads === 1 ? items : Math.max(worthwhile, even);
		return Math.max(multiple, Math.ceil(grain / multiple) * multiple);
	}
	#writeArguments(name, values) {
		const { params } = this.kernelModule.kernels[name];
		const { words, allFloats, doubles } = this.heap;
		let at = LAYOUT.arguments;
		for (const [param, kind] of Object.entries(params)) {
			const value = values[param] ?? 0;
			if (kind === "f64") doubles[at / 8] = value;
			else if (kind === "f32") allFloats[at / 4] = value;
			else words[at / 4] = value;
			at += 8;
		}
	}
};
/** Creates a memory with the maximum `MAX_PAGES`, or half of it, a quarter …, whichever the browser allows first. */
function createMemory(shared) {
	for (let maximum = MAX_PAGES;; maximum /= 2) try {
		return new WebAssembly.Memory({
			initial: INITIAL_PAGES,
			maximum,
			shared
		});
	} catch (error) {
		if (maximum / 2 < MIN_RESERVED_PAGES) throw error;
	}
}
/** Resolves to the started thread, or to undefined if it fails or takes too long; the backend then works without it. */
async function withStartTimeout(thread) {
	let timer;
	const late = new Promise((resolve) => {
		timer = setTimeout(() => resolve(void 0), START_TIMEOUT_MS);
	});
	try {
		return await Promise.race([thread, late]);
	} catch {
		return;
	} finally {
		clearTimeout(timer);
	}
}
// src/backend/wasm/gemm.ts
/** Bytes of packed columns in memory at a time; at least one tile of columns. */
var SLAB_BYTES = 2 ** 23;
var BLOCK = {
	rows: 64,
	columns: 256
};
/** Narrower blocks, made where all threads would not have some, cost more for packing their rows than they save. */
var MIN_BLOCK_COLUMNS = 64;
var [FEW_ROWS_MULTIPLY_ADDS_PER_NS, PACKED_PER_NS] = [4, .6];
/**
* out(i, j) = scale · Σ_k left(i, k) right(j, k). It sums `DEPTH` terms at a time, then adds these sums: the same order for any number
* of threads.
*/
function gemm(runner, product) {
	const { columns, inner, left, right } = product;
	if (product.rows <= 3 && left.dtype === "f32" && left.storageOrder === "rowMajor") {
		const adjacent = left.stride === 4 * inner && right.stride === BYTES[right.dtype] * inner;
		if (right.storageOrder === "rowMajor" && adjacent) return multiplyFew(runner, product);
		if (right.storageOrder === "columnMajor" && right.dtype === "f32" && columns % 4 === 0) return multiplyFewRows(runner, product);
	}
	inSlabs(runner, right, columns, inner, (first, count, packed) => multiplySlab(runner, product, first, count, packed));
}
/** Packs slabs of columns of the right factor, one after the other, and calls `work` with each. */
function inSlabs(runner, right, columns, inner, work) {
	const widest = Math.max(1, Math.floor(SLAB_BYTES / (4 * inner * 8))) * 8;
	const width = Math.min(columns, widest);
	const padded = Math.ceil(width / 8) * 8;
	runner.temporary(4 * padded * inner, "packed columns", (packed) => {
		for (let first = 0; first < columns; first += width) {
			const count = Math.min(width, columns - first);
			pack(runner, right, first, count, inner, packed);
			work(first, count, packed);
		}
	});
}
function multiplyFewRows(runner, product) {
	const { left, right, rows, columns, inner: depth, out, outStride, add = false, scale = 1 } = product;
	runner.run("multiplyFewRows", {
		a: left.at,
		aStride: left.stride,
		b: right.at,
		bStride: right.stride,
		rows,
		depth,
		out,
		outStride,
		add: Number(add),
		scale
	}, {
		items: columns,
		nanoseconds: rows * depth / FEW_ROWS_MULTIPLY_ADDS_PER_NS,
		multiple: 16
	});
}
var FEW = {
	f32: "multiplyFewF32",
	bf16: "multiplyFewBf16",
	f16: "multiplyFewF16"
};
function multiplyFew(runner, product) {
	const { left, right, rows, columns, inner: depth, out, outStride, add = false, scale = 1 } = product;
	runner.run(FEW[right.dtype], {
		a: left.at,
		b: right.at,
		rows,
		depth,
		out,
		outStride,
		add: Number(add),
		scale
	}, {
		items: columns,
		nanoseconds: rows * depth / FEW_ROWS_MULTIPLY_ADDS_PER_NS
	});
}
var step = ({ storageOrder, stride, dtype }, rows) => rows * (storageOrder === "rowMajor" ? stride : BYTES[dtype]);
function pack(runner, view, first, columns, depth, target) {
	runner.run("packColumns", {
		source: view.at + step(view, first),
		step: step(view, 8),
		stride: view.stride,
		packer: runner.kernelModule.packers.columns[view.dtype][view.storageOrder],
		columns,
		depth,
		target
	}, {
		items: Math.ceil(columns / 8),
		nanoseconds: 8 * depth / PACKED_PER_NS
	});
}
function multiplySlab(runner, { left, rows, inner, out, outStride, add = false, scale = 1 }, first, columns, packed) {
	const blockRows = Math.min(BLOCK.rows, Math.ceil(rows / 4) * 4);
	const down = Math.ceil(rows / blockRows);
	const wanted = Math.ceil(runner.threads * 4 / down);
	const parts = Math.max(columns / BLOCK.columns, Math.min(wanted, columns / MIN_BLOCK_COLUMNS), 1);
	const blockColumns = Math.ceil(columns / Math.ceil(parts) / 8) * 8;
	const across = Math.ceil(columns / blockColumns);
	runner.run("multiply", {
		a: left.at,
		step: step(left, 4),
		stride: left.stride,
		entry: left.storageOrder === "rowMajor" ? BYTES[left.dtype] : left.stride,
		packer: runner.kernelModule.packers.rows[left.dtype][left.storageOrder],
		b: packed,
		out: out + 4 * first,
		outStride,
		rows,
		columns,
		depth: inner,
		add: Number(add),
		scale,
		blockRows,
		blockColumns,
		blocksAcross: across
	}, {
		items: down * across,
		nanoseconds: blockRows * blockColumns * Math.min(inner, 32768) / 16,
		scratch: () => blockScratch(blockRows)
	});
}
// src/backend/wasm/distance.ts
var distance_exports = /* @__PURE__ */ __exportAll({
	pairwiseDistance: () => pairwiseDistance,
	unitRows: () => unitRows
});
function unitRows(runner, x) {
	runner.check(x);
	const { rows, width } = unitRowsSizes(x);
	const split = {
		items: rows,
		nanoseconds: 4 * STREAM_NS * width
	};
	return runner.make(x.shape, "unitRows", (out) => runner.withF32([x], (at) => runner.run("unitRows", {
		x: at,
		columns: width,
		out
	}, split)));
}
function pairwiseDistance(runner, a, b, rowStart, rows, into, options) {
	runner.check(a, b, into);
	const { columns, inner, metric, factor } = pairwiseDistanceSizes(a, b, rowStart, rows, into, options);
	return runner.output(into, [rows, columns], "pairwiseDistance", (out) => {
		const stride = inner * BYTES[a.dtype];
		const right = {
			at: runner.at(b),
			dtype: b.dtype,
			storageOrder: "rowMajor",
			stride: inner * BYTES[b.dtype]
		};
		const blocksDown = Math.ceil(rows / DISTANCE_BLOCK.rows);
		inSlabs(runner, right, columns, inner, (first, count, packed) => {
			const panels = Math.ceil(count / 8);
			const blocksAcross = Math.ceil(count / DISTANCE_BLOCK.columns);
			runner.temporary(4 * panels * 8, "norms of columns", (norms) => {
				runner.run("columnNorms", {
					b: packed,
					depth: inner,
					out: norms
				}, {
					items: panels,
					nanoseconds: STREAM_NS * 8 * inner
				});
				runner.run("pairwise", {
					a: runner.at(a) + rowStart * stride,
					stride,
					packer: runner.kernelModule.packers.rows[a.dtype].rowMajor,
					b: packed,
					norms,
					out: out + 4 * first,
					outStride: 4 * columns,
					rows,
					columns: count,
					depth: inner,
					blocksAcross,
					factor: metric === "cosine" ? factor / 2 : factor,
					root: Number(metric === "euclidean")
				}, {
					items: blocksDown * blocksAcross,
					nanoseconds: DISTANCE_BLOCK.rows * DISTANCE_BLOCK.columns * inner / 16,
					scratch: () => distanceScratch(inner)
				});
			});
		});
		if (metric === "cosine") separateZeroRows(runner, a, b, rowStart, rows, columns, inner, factor, out);
	});
}
/** Sets the distance of a row of zeros to any other row to `factor`: it has no direction, so its cosine is 0. */
function separateZeroRows(runner, a, b, rowStart, rows, columns, inner, factor, out) {
	runner.temporary(4 * (rows + columns), "rows of zeros", (rowFlags) => {
		const columnFlags = rowFlags + 4 * rows;
		const nanoseconds = STREAM_NS * inner;
		runner.withF32([a, b], (aAt, bAt) => {
			const first = aAt + 4 * rowStart * inner;
			runner.run("rowFlags", {
				x: first,
				columns: inner,
				out: rowFlags
			}, {
				items: rows,
				nanoseconds
			});
			runner.run("rowFlags", {
				x: bAt,
				columns: inner,
				out: columnFlags
			}, {
				items: columns,
				nanoseconds
			});
		});
		runner.run("separateZeroRows", {
			x: out,
			columns,
			factor,
			rowFlags,
			columnFlags
		}, {
			items: rows,
			nanoseconds: columns
		});
	});
}
// src/backend/wasm/gradients.ts
var gradients_exports = /* @__PURE__ */ __exportAll({
	clipFactor: () => clipFactor,
	crossEntropyGradient: () => crossEntropyGradient,
	rmsNormGradient: () => rmsNormGradient,
	scatterAdd: () => scatterAdd,
	softCapGradient: () => softCapGradient,
	squaredNorms: () => squaredNorms,
	swigluGradient: () => swigluGradient
});
function rmsNormGradient(runner, x, gain, upstream, eps, gainGradient, offset = 0) {
	runner.check(x, gain, upstream, gainGradient);
	const { rows, columns } = rmsNormGradientSizes(x, gain, upstream, eps, gainGradient);
	return runner.make(x.shape, "rmsNormGradient", (out) => {
		runner.withF32([
			x,
			gain,
			upstream
		], (xAt, gainAt, slopes) => runner.temporary(8 * rows, "root mean squares", (roots) => {
			const given = {
				x: xAt,
				upstream: slopes,
				roots,
				columns
			};
			const split = {
				items: rows,
				nanoseconds: 6 * STREAM_NS * columns
			};
			runner.run("rmsNormGradient", {
				...given,
				gain: gainAt,
				eps,
				offset,
				out
			}, split);
			if (!gainGradient) return;
			runner.run("rmsNormGainGradient", {
				...given,
				rows,
				out: runner.target(gainGradient)
			}, {
				items: columns,
				nanoseconds: 4 * STREAM_NS * rows,
				multiple: 4
			});
		}));
	});
}
function swigluGradient(runner, gate, up, upstream, activation = "silu") {
	runner.check(gate, up, upstream);
	const { count } = swigluGradientSizes(gate, up, upstream);
	return runner.makeEach({
		gate: gate.shape,
		up: up.shape
	}, "gradient", (of) => {
		runner.withF32([
			gate,
			up,
			upstream
		], (gateAt, upAt, slopes) => runner.run(activation === "gelu" ? "gegluGradient" : "swigluGradient", {
			gate: gateAt,
			up: upAt,
			upstream: slopes,
			dGate: of.gate,
			dUp: of.up
		}, {
			items: count,
			nanoseconds: 3,
			multiple: 4
		}));
	});
}
function softCapGradient(runner, capped, upstream, cap) {
	runner.check(capped, upstream);
	const { count } = softCapGradientSizes(capped, upstream, cap);
	return runner.make(capped.shape, "softCapGradient", (out) => {
		runner.withF32([capped, upstream], (at, slopes) => runner.run("softCapGradient", {
			capped: at,
			upstream: slopes,
			cap,
			out
		}, {
			items: count,
			nanoseconds: 3 * STREAM_NS,
			multiple: 4
		}));
	});
}
function crossEntropyGradient(runner, logits, targets, weights) {
	runner.check(logits, targets, weights);
	const { rows, columns } = crossEntropyGradientSizes(logits, targets, weights);
	runner.run("crossEntropyGradient", {
		logits: runner.target(logits),
		targets: runner.at(targets),
		weights: runner.at(weights),
		columns
	}, {
		items: rows,
		nanoseconds: 3 * columns
	});
}
function scatterAdd(runner, rows, index, into, offset = 0) {
	runner.check(rows, index, into);
	const { count, columns, intoRows } = scatterAddSizes(rows, index, into, offset);
	runner.withF32([rows], (x) => runner.run("scatterAdd", {
		x,
		index: runner.at(index),
		offset,
		count,
		columns,
		rows: intoRows,
		out: runner.target(into)
	}, {
		items: columns,
		nanoseconds: 3 * STREAM_NS * count,
		multiple: 4
	}));
}
function squaredNorms(runner, tensors) {
	runner.check(...tensors);
	const { counts } = squaredNormsSizes(tensors);
	const sums = tensors.map((tensor, i) => sumOfSquares(runner, tensor, counts[i] ?? 0));
	return runner.make([tensors.length], "squared norms", (at) => runner.heap.floats(at, tensors.length).set(sums));
}
function sumOfSquares(runner, x, count) {
	const ranges = Math.ceil(count / REDUCTION_GRAIN);
	return runner.temporary(8 * ranges, "sums of squares", (out) => {
		runner.withF32([x], (at) => runner.run("squares", {
			x: at,
			grain: REDUCTION_GRAIN,
			out
		}, {
			items: count,
			nanoseconds: STREAM_NS,
			grain: REDUCTION_GRAIN
		}));
		return runner.heap.doubles.slice(out / 8, out / 8 + ranges);
	}).reduce((total, part) => total + part, 0);
}
function clipFactor(runner, squares, most) {
	runner.check(squares);
	clipFactorSizes(squares, most);
	const factor = clipFactorOf(Float64Array.from(runner.read(squares)), most);
	return runner.make([1], "clip factor", (at) => runner.heap.floats(at, 1).set([factor]));
}
// src/backend/wasm/matrix.ts
var matrix_exports = /* @__PURE__ */ __exportAll({
	copyRows: () => copyRows,
	extent: () => extent,
	gather: () => gather,
	matmul: () => matmul,
	maxAbsDifference: () => maxAbsDifference,
	weightedSum: () => weightedSum
});
var floatDType = (tensor) => tensor.dtype;
function copyRows(runner, source, target, rowOffset) {
	runner.check(source, target);
	const { columns } = copyRowsSizes(source, target, rowOffset);
	const first = rowOffset * columns;
	const { f64Copy } = runner.own(source);
	const f64Target = f64Copy === void 0 ? void 0 : runner.f64Target(target);
	const copy = (from, bytes, to) => {
		runner.heap.bytes(0, runner.heap.memory.buffer.byteLength).copyWithin(to, from, from + bytes);
	};
	if (f64Copy !== void 0 && f64Target !== void 0) {
		copy(f64Copy, 2 * source.bytes, f64Target + 8 * first);
		copy(runner.at(source), source.bytes, runner.at(target) + 4 * first);
	} else copy(runner.at(source), source.bytes, runner.target(target) + 4 * first);
}
function matmul(runner, a, b, options = {}) {
	const { bias, into } = options;
	runner.check(a, b, bias, into);
	const { orientation, rows, columns, inner, stride, columnOffset, accumulate } = matmulSizes(a, b, options);
	const multiply = (target) => {
		const out = target + 4 * columnOffset;
		const left = {
			at: runner.at(a),
			dtype: floatDType(a)
		};
		const right = {
			at: runner.at(b),
			dtype: floatDType(b)
		};
		gemm(runner, {
			rows,
			columns,
			inner,
			out,
			outStride: 4 * stride,
			add: accumulate,
			left: orientation === "tn" ? {
				...left,
				storageOrder: "columnMajor",
				stride: rows * BYTES[a.dtype]
			} : {
				...left,
				storageOrder: "rowMajor",
				stride: inner * BYTES[a.dtype]
			},
			right: orientation === "nt" ? {
				...right,
				storageOrder: "rowMajor",
				stride: inner * BYTES[b.dtype]
			} : {
				...right,
				storageOrder: "columnMajor",
				stride: columns * BYTES[b.dtype]
			}
		});
		if (bias) runner.withF32([bias], (at) => runner.run("addBias", {
			out,
			stride: 4 * stride,
			columns,
			bias: at
		}, {
			items: rows,
			nanoseconds: STREAM_NS * columns
		}));
	};
	return runner.output(into, [rows, columns], "matmul", multiply);
}
function weightedSum(runner, x, alpha, y, beta = 1) {
	runner.check(x, y);
	const { count } = weightedSumSizes(x, alpha, y, beta);
	const split = {
		items: count,
		nanoseconds: STREAM_NS,
		multiple: 4
	};
	return runner.make(x.shape, "weightedSum", (out) => {
		if (y) runner.withF32([x, y], (xAt, yAt) => runner.run("weightedSum", {
			x: xAt,
			alpha,
			y: yAt,
			beta,
			out
		}, split));
		else runner.withF32([x], (xAt) => runner.run("scale", {
			x: xAt,
			alpha,
			out
		}, split));
	});
}
var GATHER_ROWS = {
	f32: "gatherRowsF32",
	bf16: "gatherRowsBf16",
	f16: "gatherRowsF16"
};
function gather(runner, x, index, options = {}) {
	runner.check(x, index, options.into);
	const { axis, offset, rows, columns, count, shape } = gatherSizes(x, index, options);
	return runner.output(options.into, shape, "gather", (out) => {
		if (!options.into) runner.heap.bytes(out, 4 * elements(shape)).fill(0);
		const picks = {
			index: runner.at(index),
			offset,
			columns,
			out
		};
		if (axis === 0) {
			const split = {
				items: count,
				nanoseconds: STREAM_NS * columns
			};
			runner.run(GATHER_ROWS[floatDType(x)], {
				...picks,
				x: runner.at(x),
				rows
			}, split);
		} else runner.withF32([x], (at) => runner.run("gatherColumns", {
			...picks,
			x: at,
			count
		}, {
			items: rows,
			nanoseconds: 2 * count
		}));
	});
}
function extent(runner, x) {
	runner.check(x);
	const { count } = extentSizes(x);
	const ranges = Math.ceil(count / REDUCTION_GRAIN);
	const parts = runner.temporary(8 * ranges, "extents", (out) => {
		runner.withF32([x], (at) => runner.run("extent", {
			x: at,
			grain: REDUCTION_GRAIN,
			out
		}, {
			items: count,
			nanoseconds: STREAM_NS,
			grain: REDUCTION_GRAIN
		}));
		return runner.heap.floats(out, 2 * ranges).slice();
	});
	let least = Infinity;
	let most = -Infinity;
	for (let i = 0; i < parts.length; i += 2) {
		least = Math.min(least, parts[i] ?? NaN);
		most = Math.max(most, parts[i + 1] ?? NaN);
	}
	return runner.make([2], "extent", (at) => runner.heap.floats(at, 2).set([least, most]));
}
function maxAbsDifference(runner, x, y) {
	runner.check(x, y);
	const { count } = maxAbsDifferenceSizes(x, y);
	const ranges = Math.ceil(count / REDUCTION_GRAIN);
	const most = runner.temporary(4 * ranges, "differences", (out) => {
		runner.withF32([x, y], (xAt, yAt) => runner.run("maxDifference", {
			x: xAt,
			y: yAt,
			grain: REDUCTION_GRAIN,
			out
		}, {
			items: count,
			nanoseconds: STREAM_NS,
			grain: REDUCTION_GRAIN
		}));
		return runner.heap.floats(out, ranges).slice();
	}).reduce((greatest, part) => Math.max(greatest, part), 0);
	return runner.make([1], "maxAbsDifference", (at) => runner.heap.floats(at, 1).set([most]));
}
// src/backend/wasm/fallback.ts
/**
* For operations without a WebAssembly kernel: runs the operation on the plain TypeScript backend with copies of its operands, then
* copies back the result and all changed tensors.
*/
function fallBack(runner, operation, args) {
	const reference = new CpuBackend();
	const copies = /* @__PURE__ */ new Map();
	const originals = /* @__PURE__ */ new Map();
	const copy = (tensor) => {
		const known = copies.get(tensor);
		if (known) return known;
		const own = runner.own(tensor);
		const bytes = runner.heap.bytes(own.at, own.bytes).slice();
		const made = reference.upload(bytes, own.shape, own.dtype, own.label);
		copies.set(own, made);
		originals.set(made, own);
		return made;
	};
	const adopt = (tensor) => originals.get(tensor) ?? runner.upload(reference.values(tensor), tensor.shape, "f32", tensor.label);
	try {
		const result = reference[operation].apply(reference, args.map((arg) => replace(arg, copy)));
		for (const [made, own] of originals) {
			if (own.dtype !== "f32") continue;
			const values = reference.values(made);
			if (runner.heap.floats(own.at, own.bytes / 4).some((value, k) => !Object.is(value, values[k]))) runner.heap.floats(runner.target(own), own.bytes / 4).set(values);
		}
		return replace(result, adopt);
	} finally {
		reference.dispose();
	}
}
/** Returns a copy of `value` with every tensor inside, at any depth, replaced. */
function replace(value, by) {
	if (Array.isArray(value)) return value.map((part) => replace(part, by));
	if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
	if ("dtype" in value && "label" in value) return by(value);
	return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, replace(part, by)]));
}
// src/backend/wasm/plan.ts
var plan_exports = /* @__PURE__ */ __exportAll({
	applyPlan: () => applyPlan,
	picture: () => picture,
	planRows: () => planRows
});
function planRows(runner, band, potentials, ground) {
	const { f, g, epsilon } = potentials;
	runner.check(band.cost, f, g, ground);
	const { rowStart, rows, columns } = planRowsSizes(band, potentials, ground);
	return runner.make([rows, 5], "planRows", (out) => {
		runner.run("planRows", {
			cost: runner.at(band.cost),
			ground: runner.at(ground ?? band.cost),
			columns,
			f: runner.f64Copy(f) + 8 * rowStart,
			g: runner.f64Copy(g),
			potentialF32: runner.at(g),
			inverse: 1 / epsilon,
			out
		}, {
			items: rows,
			nanoseconds: 3 * columns
		});
	});
}
/** Bytes of the plan that are computed at a time; at least one row. */
var PLAN_BYTES = 2 ** 22;
function applyPlan(runner, band, potentials, x, axis, scale, into) {
	const { f, g, epsilon } = potentials;
	runner.check(band.cost, f, g, x, into);
	const { rowStart, rows, columns, total, width } = applyPlanSizes(band, potentials, x, axis, scale, into);
	const chunkRows = Math.min(rows, Math.max(1, Math.floor(PLAN_BYTES / (4 * columns))));
	const bytes = BYTES[x.dtype];
	runner.temporary(4 * chunkRows * columns, "rows of a plan", (plan) => {
		for (let first = 0; first < rows; first += chunkRows) {
			const depth = Math.min(chunkRows, rows - first);
			const from = rowStart + first;
			runner.run("plan", {
				cost: runner.at(band.cost) + 4 * first * columns,
				columns,
				f: runner.f64Copy(f) + 8 * from,
				g: runner.f64Copy(g),
				inverse: 1 / epsilon,
				out: plan
			}, {
				items: depth,
				nanoseconds: 3 * columns
			});
			const across = {
				at: plan,
				dtype: "f32",
				storageOrder: "columnMajor",
				stride: 4 * columns
			};
			const { dtype, ...product } = {
				dtype: x.dtype,
				out: runner.target(into),
				inner: depth,
				add: true,
				scale
			};
			if (axis === 0) {
				const right = {
					at: runner.at(x) + from * width * bytes,
					dtype,
					storageOrder: "columnMajor",
					stride: width * bytes
				};
				gemm(runner, {
					...product,
					left: across,
					right,
					rows: columns,
					columns: width,
					outStride: 4 * width
				});
			} else {
				const left = {
					at: runner.at(x) + from * bytes,
					dtype,
					storageOrder: "rowMajor",
					stride: total * bytes
				};
				gemm(runner, {
					...product,
					left,
					right: across,
					rows: width,
					columns,
					outStride: 4 * columns
				});
			}
		}
	});
}
function picture(runner, band, potentials, window, into, minus) {
	if (minus) return void fallBack(runner, "picture", [
		band,
		potentials,
		window,
		into,
		minus
	]);
	runner.check(band.cost, potentials?.f, potentials?.g, into);
	const { height, width, windowRows, windowColumns, rowStart, columns, from, to } = pictureSizes(band, potentials, window, into);
	if (to <= from) return;
	runner.run("picture", {
		cost: runner.at(band.cost) + 4 * ((from - rowStart) * columns + window.columnStart),
		columns,
		from: from - window.rowStart,
		to: to - window.rowStart,
		shift: from - window.rowStart,
		f: potentials ? runner.at(potentials.f) + 4 * window.rowStart : 0,
		g: potentials ? runner.at(potentials.g) + 4 * window.columnStart : 0,
		epsilon: potentials?.epsilon ?? 1,
		windowRows,
		windowColumns,
		height,
		width,
		out: runner.target(into)
	}, {
		items: height,
		nanoseconds: (Math.ceil((to - from) / height) + 1) * (3 * windowColumns + 4 * width),
		scratch: () => 4 * windowColumns
	});
}
// src/backend/wasm/training.ts
var training_exports = /* @__PURE__ */ __exportAll({
	adamW: () => adamW,
	normMatchedLoss: () => normMatchedLoss,
	relu: () => relu,
	reluGradient: () => reluGradient
});
function relu(runner, x) {
	runner.check(x);
	const { count } = reluSizes(x);
	return runner.make(x.shape, "relu", (out) => {
		runner.withF32([x], (at) => runner.run("relu", {
			x: at,
			out
		}, {
			items: count,
			nanoseconds: STREAM_NS,
			multiple: 4
		}));
	});
}
function reluGradient(runner, activation, upstream) {
	runner.check(activation, upstream);
	const { count } = reluGradientSizes(activation, upstream);
	return runner.make(upstream.shape, "reluGradient", (out) => {
		runner.withF32([activation, upstream], (gate, at) => runner.run("reluGradient", {
			gate,
			upstream: at,
			out
		}, {
			items: count,
			nanoseconds: STREAM_NS,
			multiple: 4
		}));
	});
}
function normMatchedLoss(runner, prediction, target, lambda, gradient) {
	runner.check(prediction, target, gradient);
	const { count } = normMatchedLossSizes(prediction, target, lambda, gradient);
	return runner.make([1], "normMatchedLoss", (out) => {
		const ranges = Math.ceil(count / REDUCTION_GRAIN);
		runner.withF32([prediction, target], (p, t) => {
			const sums = runner.temporary(24 * ranges, "sums of a loss", (out) => {
				const split = {
					items: count,
					nanoseconds: 2 * STREAM_NS,
					grain: REDUCTION_GRAIN
				};
				runner.run("lossSums", {
					p,
					t,
					grain: REDUCTION_GRAIN,
					out
				}, split);
				return runner.heap.doubles.slice(out / 8, out / 8 + 3 * ranges);
			});
			const [errors = NaN, squares = NaN, targetSquares = NaN] = [
				0,
				1,
				2
			].map((which) => sums.reduce((sum, part, i) => i % 3 === which ? sum + part : sum, 0));
			const size = Math.sqrt(squares);
			const gap = size - Math.sqrt(targetSquares);
			const errorWeight = (1 - lambda) * 2 / count;
			const sizeWeight = size > 0 ? lambda * 2 * gap / size : 0;
			runner.run("lossGradient", {
				p,
				t,
				errorWeight,
				sizeWeight,
				out: runner.target(gradient)
			}, {
				items: count,
				nanoseconds: STREAM_NS,
				multiple: 4
			});
			runner.heap.floats(out, 1)[0] = (1 - lambda) * errors / count + lambda * gap * gap;
		});
	});
}
function adamW(runner, parameters, options) {
	const { betas, eps, gradientFactor = 1 } = options;
	for (const { value, gradient, moments } of parameters) runner.check(value, gradient, moments);
	const { counts, factors } = adamWFactors(parameters, options);
	const [factor = NaN] = typeof gradientFactor === "number" ? [gradientFactor] : runner.read(gradientFactor);
	const [beta1, beta2] = betas;
	const shared = {
		...factors,
		beta1,
		rest1: 1 - beta1,
		beta2,
		rest2: 1 - beta2,
		eps,
		gradientFactor: factor
	};
	for (const [i, { value, gradient, moments }] of parameters.entries()) {
		const count = counts[i] ?? 0;
		const first = runner.target(moments);
		const places = {
			parameter: runner.target(value),
			gradient: runner.at(gradient)
		};
		runner.run("adamW", {
			...shared,
			...places,
			first,
			second: first + 4 * count
		}, {
			items: count,
			nanoseconds: 2 * STREAM_NS,
			multiple: 4
		});
	}
}
// src/backend/wasm/transformer.ts
var transformer_exports = /* @__PURE__ */ __exportAll({
	attention: () => attention,
	crossEntropy: () => crossEntropy,
	rmsNorm: () => rmsNorm,
	rope: () => rope,
	softCap: () => softCap,
	swiglu: () => swiglu
});
function rmsNorm(runner, x, gain, eps, offset = 0) {
	runner.check(x, gain);
	const { rows, columns } = rmsNormSizes(x, gain, eps);
	return runner.make(x.shape, "rmsNorm", (out) => {
		runner.withF32([x, gain], (xAt, gainAt) => runner.run("rmsNorm", {
			x: xAt,
			gain: gainAt,
			columns,
			eps,
			offset,
			out
		}, {
			items: rows,
			nanoseconds: 4 * STREAM_NS * columns
		}));
	});
}
function rope(runner, x, table, headDim, positionStart) {
	runner.check(x, table);
	const { rows, heads } = ropeSizes(x, table, headDim, positionStart);
	return runner.make(x.shape, "rope", (out) => {
		runner.withF32([x, table], (xAt, tableAt) => runner.run("rope", {
			x: xAt,
			table: tableAt,
			heads,
			headDim,
			positionStart,
			out
		}, {
			items: rows,
			nanoseconds: 2 * STREAM_NS * heads * headDim
		}));
	});
}
function attention(runner, q, k, v, shape) {
	runner.check(q, k, v);
	const { heads, kvHeads, headDim, past } = shape;
	const { queries, keys, windows, scale, span, cap } = attentionSizes(q, k, v, shape);
	return runner.make(q.shape, "attention", (out) => {
		const blocks = Math.ceil(queries / 64);
		const each = Math.min(queries, 64);
		runner.withF32([
			q,
			k,
			v
		], (qAt, kAt, vAt) => runner.run("attention", {
			q: qAt,
			k: kAt,
			v: vAt,
			out,
			heads,
			kvHeads,
			headDim,
			queries,
			past,
			blocks,
			scale,
			span,
			cap
		}, {
			items: windows * heads * blocks,
			nanoseconds: keys * (each * (3 + headDim / 8) + 4 * headDim),
			scratch: () => attentionScratch(keys, 1)
		}));
	});
}
function softCap(runner, x, cap) {
	runner.check(x);
	const { count } = softCapSizes(x, cap);
	return runner.make(x.shape, "softCap", (out) => {
		runner.withF32([x], (at) => runner.run("softCap", {
			x: at,
			cap,
			out
		}, {
			items: count,
			nanoseconds: 3,
			multiple: 4
		}));
	});
}
function swiglu(runner, gate, up, activation = "silu") {
	runner.check(gate, up);
	const { count } = swigluSizes(gate, up);
	return runner.make(gate.shape, "swiglu", (out) => {
		runner.withF32([gate, up], (gateAt, upAt) => runner.run(activation === "gelu" ? "geglu" : "swiglu", {
			gate: gateAt,
			up: upAt,
			out
		}, {
			items: count,
			nanoseconds: 3,
			multiple: 4
		}));
	});
}
function crossEntropy(runner, logits, targets) {
	runner.check(logits, targets);
	const { rows, columns } = crossEntropySizes(logits, targets);
	return runner.make([rows], "crossEntropy", (out) => {
		runner.withF32([logits], (at) => runner.run("crossEntropy", {
			logits: at,
			targets: runner.at(targets),
			columns,
			out
		}, {
			items: rows,
			nanoseconds: 3 * columns
		}));
	});
}
// src/backend/wasm/scaling.ts
/** Columns of a cache line: sums of columns that are too small are computed again by whole lines. */
var LINE_COLUMNS = 16;
var LARGEST_FLOAT = 34028234663852886e22;
/** Cells of a problem that is too small to be worth waking threads. */
var FEW_CELLS = 2 ** 14;
/** A half-step as kernels take it. */
var stepValues = ({ logMarginal, damping = 1, relaxation = 1 }, epsilon) => ({
	logMarginal,
	scale: damping * epsilon,
	relaxed: Number(relaxation !== 1),
	relaxation
});
/** Forms K at the present g, unless it is there and g is near its reference. */
function prepare(runner, cost, { g, epsilon }, kernel) {
	const { columns, rows, columnReferences } = kernel;
	const inverse = 1 / epsilon;
	const at = runner.f64Copy(g);
	const { doubles, allFloats } = runner.heap;
	const values = doubles.subarray(at / 8, at / 8 + columns);
	const references = allFloats.subarray(columnReferences / 4, columnReferences / 4 + columns);
	const own = runner.own(cost);
	if (kernel.isFrom(own, epsilon)) {
		let drift = 0;
		for (let j = 0; j < columns; j++) drift = Math.max(drift, Math.abs(values[j] * inverse + references[j]));
		if (drift <= kernel.maxDrift) return;
	}
	const exponents = doubles.subarray(kernel.at / 8, kernel.at / 8 + columns);
	for (let j = 0; j < columns; j++) {
		references[j] = -values[j] * inverse;
		exponents[j] = -references[j] * Math.LOG2E;
	}
	runner.heap.bytes(kernel.scalings, kernel.stride).fill(0);
	runner.run("gibbsRows", {
		cost: own.at,
		columns,
		potentialF32: runner.at(g),
		exponents: kernel.at,
		inverse,
		rowReferences: kernel.rowReferences,
		gibbs: kernel.gibbs,
		stride: kernel.stride
	}, {
		items: rows,
		nanoseconds: 3 * columns
	});
	kernel.formedFrom(own, epsilon);
}
/** Largest u_i. */
function largestScaling(runner, { f, epsilon }, kernel) {
	const inverse = 1 / epsilon;
	const at = runner.f64Copy(f) / 8;
	const { doubles, allFloats } = runner.heap;
	const reference = kernel.rowReferences / 4;
	let largest = -Infinity;
	for (let i = 0; i < kernel.rows; i++) largest = Math.max(largest, doubles[at + i] * inverse - allFloats[reference + i]);
	return Math.exp(largest);
}
/**
* Row half-step over a cost in one band, in one pass over its Gibbs kernel, and the sums of the new plan's columns, which it writes to
* `state`. Calls `sumAgain` for ranges of columns whose sums are not safe from under- or overflow.
*/
function scaleRows(runner, cost, potentials, step, state, kernel, sumAgain) {
	const { f, g, epsilon } = potentials;
	const { rows, columns, stride, blocks, blockRows, columnReferences } = kernel;
	const inverse = 1 / epsilon;
	prepare(runner, cost, potentials, kernel);
	runner.run("columnScalings", {
		g: runner.f64Copy(g),
		references: columnReferences,
		inverse,
		out: kernel.scalings
	}, {
		items: columns,
		nanoseconds: 3,
		multiple: LINE_COLUMNS
	});
	runner.run("scaleRows", {
		gibbs: kernel.gibbs,
		stride,
		rows,
		blockRows,
		scalings: kernel.scalings,
		rowReferences: kernel.rowReferences,
		f: runner.f64Target(f),
		potentialF32: runner.at(f),
		inverse,
		...stepValues(step, epsilon),
		sums: kernel.sums
	}, {
		items: blocks,
		nanoseconds: 1,
		grain: rows * columns < FEW_CELLS ? blocks : 1
	});
	const at = runner.target(state);
	runner.run("columnSums", {
		sums: kernel.sums,
		stride,
		blocks,
		references: columnReferences,
		state: at,
		columns
	}, {
		items: columns,
		nanoseconds: blocks / 2,
		multiple: LINE_COLUMNS
	});
	const least = kernel.leastColumnSum(largestScaling(runner, potentials, kernel));
	const sums = runner.heap.floats(at + 4 * columns, columns);
	let start = -1;
	for (let line = 0; line < columns; line += LINE_COLUMNS) {
		const end = Math.min(columns, line + LINE_COLUMNS);
		let safe = true;
		for (let j = line; j < end; j++) safe &&= sums[j] >= least && sums[j] <= LARGEST_FLOAT;
		if (!safe && start < 0) start = line;
		if (start < 0) continue;
		if (safe) sumAgain(start, line);
		else if (end === columns) sumAgain(start, end);
		if (safe) start = -1;
	}
}
// src/backend/wasm/transport.ts
var transport_exports = /* @__PURE__ */ __exportAll({
	columnLogSum: () => columnLogSum,
	columnPotential: () => columnPotential,
	rowMoments: () => rowMoments,
	rowPotential: () => rowPotential,
	sinkhorn: () => sinkhorn
});
function rowMoments(runner, band) {
	runner.check(band.cost);
	const { rows, columns } = bandSizes("rowMoments", band);
	return runner.make([rows, 2], "rowMoments", (out) => {
		const split = {
			items: rows,
			nanoseconds: 4 * STREAM_NS * columns
		};
		runner.run("rowMoments", {
			cost: runner.at(band.cost),
			columns,
			out
		}, split);
	});
}
function rowPotential(runner, band, potentials, step, state) {
	runner.check(band.cost, potentials.f, potentials.g, state);
	const sizes = rowPotentialSizes(band, potentials, step, state);
	const { rows, columns } = sizes;
	for (const potential of [potentials.f, potentials.g]) runner.f64Copy(potential);
	const kernel = rows === elements(potentials.f.shape) ? runner.gibbsKernel(state, rows, columns) : void 0;
	if (kernel) scaleRows(runner, band.cost, potentials, step, state, kernel, (start, end) => sumColumns(runner, band.cost, sizes, potentials, state, start, end));
	else {
		moveRows(runner, band.cost, sizes, potentials, step);
		sumColumns(runner, band.cost, sizes, potentials, state, 0, columns);
	}
}
/** The row half-step in the log domain. */
function moveRows(runner, cost, { rowStart, rows, columns }, { f, g, epsilon }, { logMarginal, damping = 1, relaxation = 1 }) {
	const f64Copy = {
		f: runner.f64Target(f),
		g: runner.f64Copy(g)
	};
	runner.temporary(16 * rows, "sums of rows", (out) => {
		runner.run("rowLogSum", {
			cost: runner.at(cost),
			columns,
			g: f64Copy.g,
			potentialF32: runner.at(g),
			inverse: 1 / epsilon,
			out
		}, {
			items: rows,
			nanoseconds: 3 * columns
		});
		const { doubles } = runner.heap;
		const values = doubles.subarray(f64Copy.f / 8 + rowStart, f64Copy.f / 8 + rowStart + rows);
		for (let i = 0; i < rows; i++) {
			const [maximum, sum] = [doubles[out / 8 + 2 * i], doubles[out / 8 + 2 * i + 1]];
			const met = damping * (epsilon * (logMarginal - Math.log(sum)) - maximum);
			values[i] = moved$1(values[i], met, relaxation);
		}
		runner.heap.floats(runner.at(f) + 4 * rowStart, rows).set(values);
	});
}
function columnLogSum(runner, band, potentials, state) {
	runner.check(band.cost, potentials.f, potentials.g, state);
	const sizes = columnLogSumSizes(band, potentials, state);
	sumColumns(runner, band.cost, sizes, potentials, state, 0, sizes.columns);
}
/** Adds a band to the running log-sum-exp of columns `start … end`; `start` is a multiple of 4. */
function sumColumns(runner, cost, { rowStart, rows, columns }, { f, epsilon }, state, start, end) {
	runner.run("columnLogSum", {
		cost: runner.at(cost) + 4 * start,
		rows,
		columns,
		f: runner.f64Copy(f) + 8 * rowStart,
		potentialF32: runner.at(f) + 4 * rowStart,
		inverse: 1 / epsilon,
		state: runner.target(state) + 4 * start,
		first: Number(rowStart === 0)
	}, {
		items: end - start,
		nanoseconds: 3 * rows,
		multiple: 16,
		scratch: (grain) => 4 * grain
	});
}
/** Columns per sum of errors. Fixed, because the error must not depend on the number of threads. */
var ERROR_COLUMNS = 512;
/**
* Returns the marginal error, rounded to f32, of the plan whose sums are in `state`. If `update` returns true for it, moves g to meet
* the marginal.
*/
function moveColumns(runner, state, { g, epsilon }, step, update) {
	const columns = elements(g.shape);
	const at = runner.f64Copy(g);
	const ranges = Math.ceil(columns / ERROR_COLUMNS);
	const nextBytes = 32 * Math.ceil(columns / 4);
	return runner.temporary(nextBytes + 8 * ranges, "next column potentials", (next) => {
		const errors = next + nextBytes;
		runner.run("columnStep", {
			state: runner.at(state),
			columns,
			g: at,
			inverse: 1 / epsilon,
			marginal: Math.exp(step.logMarginal),
			...stepValues(step, epsilon),
			grain: ERROR_COLUMNS,
			next,
			errors
		}, {
			items: columns,
			nanoseconds: 3,
			grain: ERROR_COLUMNS
		});
		const { doubles } = runner.heap;
		let sum = 0;
		for (let range = 0; range < ranges; range++) sum += doubles[errors / 8 + range];
		const error = Math.fround(sum);
		if (update(error)) {
			const values = doubles.subarray(next / 8, next / 8 + columns);
			doubles.set(values, runner.f64Target(g) / 8);
			runner.heap.floats(runner.at(g), columns).set(values);
		}
		return error;
	});
}
function columnPotential(runner, state, potentials, step, update) {
	runner.check(state, potentials.f, potentials.g);
	columnPotentialSizes(state, potentials, step);
	const error = moveColumns(runner, state, potentials, step, () => update);
	return runner.make([1], "columnPotential", (out) => runner.heap.floats(out, 1).set([error]));
}
function potentialsInFloat64(runner, potential) {
	const at = runner.f64Copy(potential) / 8;
	return runner.heap.doubles.subarray(at, at + potential.bytes / 4);
}
function sinkhorn(runner, band, potentials, state, iterations) {
	runner.check(band.cost, potentials.f, potentials.g, state);
	sinkhornSizes(band, potentials, state, iterations);
	const { rows, columns, count, tolerance, history } = iterations;
	const errors = new Float32Array(count + 1).fill(-1);
	for (let done = 0; done <= count; done++) {
		const goesOn = (error) => !(done > 0 && error <= tolerance || done === count);
		const before = history ? potentialsInFloat64(runner, potentials.g).slice() : void 0;
		const error = moveColumns(runner, state, potentials, columns, goesOn);
		errors[done] = error;
		if (!goesOn(error)) break;
		if (history && before) {
			const g = potentialsInFloat64(runner, potentials.g);
			const numbers = runner.heap.floats(runner.target(history), history.bytes / 4);
			mixColumns(g, before, {
				numbers,
				width: history.shape[1] ?? 0
			}, error);
			runner.heap.floats(runner.at(potentials.g), g.length).set(g);
		}
		rowPotential(runner, band, potentials, rows, state);
	}
	return runner.make([count + 1], "marginal errors", (at) => runner.heap.floats(at, count + 1).set(errors));
}
// src/backend/wasm/backend.ts
/**
* This folder is the fast CPU backend: WebAssembly that is assembled when the backend is opened. `kernels/` has the code that runs in
* WebAssembly, written with `assembler/`. `runner.ts` splits work among threads. The other files are the operations, which run
* kernels. Operations without a kernel fall back to `../cpu`.
*/
var operations = {
	...matrix_exports,
	...distance_exports,
	...transport_exports,
	...plan_exports,
	...transformer_exports,
	...training_exports,
	...gradients_exports,
	...attention_gradient_exports
};
/**
* The operations in WebAssembly with 128-bit SIMD, in f32, on one or more threads with shared memory. Results do not depend on the
* number of threads. Operations block this thread; `settle` lets it handle messages.
*/
var WasmBackend = class WasmBackend extends backendClass(operations) {
	canTimeKernels = true;
	info;
	#yielder = new EventLoopYielder();
	constructor(runner) {
		super(runner);
		const { threads } = runner;
		this.info = {
			kind: "cpu",
			description: `CPU, WebAssembly SIMD, ${threads} ${threads === 1 ? "thread" : "threads"}`,
			software: false,
			maxTensorBytes: MAX_TENSOR_BYTES,
			limits: {
				threads,
				maxMemoryBytes: MAX_PAGES * PAGE
			},
			features: [
				"simd",
				...runner.kernelModule.relaxed ? ["relaxed-simd"] : [],
				...threads > 1 ? ["threads"] : []
			]
		};
	}
	/**
	* Opens a backend, on one thread if `threading` is missing or this thread must not block. It uses relaxed SIMD where the engine has
	* it, unless `relaxedSimd` says otherwise; its results are then rounded differently.
	* @throws WebAssembly.CompileError without SIMD support, or with `relaxedSimd` where there is none.
	*/
	static async open(threading, relaxedSimd) {
		return new WasmBackend(await Runner.open(threading, relaxedSimd));
	}
	/** Times only kernels in WebAssembly, with the wait for the other threads. */
	async timeKernels(on) {
		if (on !== (this.store.ledger !== void 0)) this.store.ledger = on ? new KernelLedger() : void 0;
	}
	kernelTimes() {
		return this.store.ledger?.times ?? /* @__PURE__ */ new Map();
	}
	copy(source, target) {
		copy(this.store, source, target);
	}
	async read(tensor) {
		const values = this.store.read(tensor);
		await this.#yielder.yieldIfDue();
		return values;
	}
	async settle() {
		this.store.check();
		await this.#yielder.yieldIfDue();
	}
};
export { WasmBackend };

//# sourceMappingURL=backend-C93gC5lL.mjs.map