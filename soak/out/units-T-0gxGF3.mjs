import { i as matrix } from "./shape-DKf2iP5J.mjs";
import { n as CostMatrix } from "./cost-DHFzz3-1.mjs";
import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { n as blockTensor, r as headColumns } from "./block-tensor-C1KV4ddh.mjs";
import { t as assign } from "./assignment-Dn5wpphp.mjs";
import { c as groupSize, d as range, i as moveRows, l as headRows, n as gatherRows, o as transposed, u as headsOf } from "./move-Bcg3-9Em.mjs";
import { r as readRowNorms, t as mean } from "./norms-9Z8XIvoo.mjs";
// src/upscale/structured/rotary.ts
/**
* Computes the products of all heads of `a` with all heads of `b`, both `[heads · h, d]`, in float64.
* @param rotate Compute the sines too.
* @param pause Awaited between heads of `a`; it may throw to stop the work.
*/
async function rotaryProducts({ a, b }, heads, headDim, rotate, pause) {
	const pairs = headDim / 2;
	const width = a.length / (heads * headDim);
	const row = (values, head, dimension) => {
		const start = (head * headDim + dimension) * width;
		return values.subarray(start, start + width);
	};
	const squares = (values) => Float64Array.from({ length: heads }, (_, head) => {
		const part = values.subarray(head * headDim * width, (head + 1) * headDim * width);
		return dot(part, part);
	});
	const cosines = new Float64Array(heads * heads * pairs);
	const sines = new Float64Array(heads * heads * pairs);
	for (let s = 0; s < heads; s++) {
		await pause();
		for (let t = 0; t < heads; t++) for (let p = 0; p < pairs; p++) {
			const at = (s * heads + t) * pairs + p;
			const [x, y] = [row(a, s, p), row(a, s, p + pairs)];
			const [z, w] = [row(b, t, p), row(b, t, p + pairs)];
			cosines[at] = dot(x, z) + dot(y, w);
			if (rotate) sines[at] = dot(x, w) - dot(y, z);
		}
	}
	return {
		heads,
		squaresA: squares(a),
		squaresB: squares(b),
		cosines,
		sines
	};
}
function dot(x, y) {
	let sum = 0;
	for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
	return sum;
}
/** Fits one rotation per pair (in radians) for all matched heads (Procrustes). `cost` is the remaining squared distance. */
function fitRotation(placed, headDim, rotate) {
	const pairs = headDim / 2;
	const angles = new Float64Array(pairs);
	let cost = 0;
	for (const { products, source, target } of placed) cost += (products.squaresA[source] ?? 0) + (products.squaresB[target] ?? 0);
	for (let p = 0; p < pairs; p++) {
		let [c, s] = [0, 0];
		for (const { products, source, target } of placed) {
			const at = (source * products.heads + target) * pairs + p;
			c += products.cosines[at] ?? 0;
			s += products.sines[at] ?? 0;
		}
		if (rotate) angles[p] = Math.atan2(s, c);
		cost -= 2 * (rotate ? Math.hypot(c, s) : c);
	}
	return {
		angles,
		cost: Math.max(0, cost)
	};
}
/** Uploads the matrix `[h, h]` that rotates every pair by its angle. The caller owns it. */
function uploadRotation(backend, angles) {
	const pairs = angles.length;
	const size = 2 * pairs;
	const entries = new Float32Array(size * size);
	for (const [p, angle] of angles.entries()) {
		const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
		entries[p * size + p] = cos;
		entries[p * size + p + pairs] = -sin;
		entries[(p + pairs) * size + p] = sin;
		entries[(p + pairs) * size + p + pairs] = cos;
	}
	return backend.upload(entries, [size, size], "f32", "rotation");
}
// src/upscale/structured/output-slices.ts
/**
* Squared distances ‖O_s π − O_t‖² between the head slices (h columns each) of two output projections `[d, heads · h]`.
* `dimensions` gives π for two key-value groups: entry j is the new index of column j.
* @returns `[heads, heads]` in float64.
*/
async function sliceDistances({ a, b }, layout, dimensions, pause) {
	const { heads, headDim } = layout;
	const size = groupSize(layout);
	const width = heads * headDim;
	const distances = new Float64Array(heads * heads);
	for (const s of range(heads)) {
		await pause();
		for (const t of range(heads)) {
			const places = dimensions(Math.floor(s / size), Math.floor(t / size));
			let sum = 0;
			for (let row = 0; row < a.length; row += width) {
				const [from, to] = [row + s * headDim, row + t * headDim];
				for (let j = 0; j < headDim; j++) {
					const difference = a[from + j] - b[to + places[j]];
					sum += difference * difference;
				}
			}
			distances[s * heads + t] = sum;
		}
	}
	return distances;
}
// src/upscale/structured/match.ts
/**
* Matches whole key-value groups by exact assignment (method.md 5.1). The cost of two groups is the squared Euclidean
* distance that remains after their best inner match: of k, row by row; of v, with its dimensions assigned; of the query
* heads, assigned by the rows of q and the columns of o, whose order follows v's dimensions. Rows of q and k are not
* permuted within a head; with `rotate` their distance is taken after the best rotation. q, k and o are read to the host;
* distances of v are computed on the device. If the blocks hold features, `HEAD_OUTPUTS` replaces the columns of o.
* @throws TransportError for weights that are not finite; AbortError.
*/
async function matchHeads(backend, { previous, next }, layout, { rotate, signal }) {
	const pause = async () => {
		signal?.throwIfAborted();
		await backend.settle();
	};
	const read = async (of) => ({
		a: await backend.read(of(previous)),
		b: await backend.read(of(next))
	});
	const projection = (name) => (block) => blockTensor(block, `self_attn.${name}.weight`);
	const { heads, kvHeads, headDim } = layout;
	const values = await valueMatches(backend, {
		previous,
		next
	}, layout, signal);
	const outputs = await sliceDistances(await read(headColumns), layout, (s, t) => values(s, t).assignment, pause);
	const keys = await rotaryProducts(await read(projection("k_proj")), kvHeads, headDim, rotate, pause);
	const queries = await rotaryProducts(await read(projection("q_proj")), heads, headDim, rotate, pause);
	const groups = range(kvHeads);
	const costs = new Float64Array(kvHeads ** 2);
	const inner = [];
	for (const a of groups) {
		await pause();
		for (const b of groups) {
			const match = await matchGroup({
				keys,
				queries,
				outputs
			}, layout, a, b, rotate);
			inner.push(match);
			costs[a * kvHeads + b] = match.cost + values(a, b).cost;
		}
	}
	const { assignment } = await assign(costs, kvHeads, kvHeads, { signal });
	const match = {
		groups: new Uint32Array(kvHeads),
		heads: new Uint32Array(heads)
	};
	const angles = [];
	for (const [a, b] of assignment.entries()) {
		const found = inner[a * kvHeads + b];
		if (!found) throw new RangeError(`expected a match of groups ${a} and ${b}, got none`);
		match.groups[b] = a;
		angles[b] = found.angles;
		const from = headsOf(layout, a);
		for (const [slot, head] of headsOf(layout, b).entries()) match.heads[head] = from[found.slots[slot] ?? 0] ?? 0;
	}
	return {
		...match,
		angles: rotate ? angles : void 0
	};
}
async function matchGroup(parts, layout, a, b, rotate) {
	const { keys, queries, outputs } = parts;
	const { heads, headDim } = layout;
	const size = groupSize(layout);
	const [from, to] = [headsOf(layout, a), headsOf(layout, b)];
	const costs = Float64Array.from(from.flatMap((source) => to.map((target) => {
		const { cost } = fitRotation([{
			products: queries,
			source,
			target
		}], headDim, rotate);
		return cost + (outputs[source * heads + target] ?? 0);
	})));
	const { assignment } = await assign(costs, size, size);
	const slots = new Uint32Array(size);
	const placed = [{
		products: keys,
		source: a,
		target: b
	}];
	let cost = 0;
	for (const [slot, column] of assignment.entries()) {
		slots[column] = slot;
		const [source, target] = [from[slot] ?? 0, to[column] ?? 0];
		placed.push({
			products: queries,
			source,
			target
		});
		cost += outputs[source * heads + target] ?? 0;
	}
	const fit = fitRotation(placed, headDim, rotate);
	return {
		cost: cost + fit.cost,
		slots,
		angles: fit.angles
	};
}
/** Exact assignment of v's rows for every pair of groups. */
async function valueMatches(backend, { previous, next }, { kvHeads, headDim }, signal) {
	const key = "self_attn.v_proj.weight";
	const cost = await CostMatrix.build(backend, blockTensor(previous, key), blockTensor(next, key), { signal });
	const matches = [];
	try {
		const distances = await cost.readAll(signal);
		const width = kvHeads * headDim;
		for (const a of range(kvHeads)) for (const b of range(kvHeads)) {
			const squares = Float64Array.from({ length: headDim ** 2 }, (_, k) => {
				const row = a * headDim + Math.floor(k / headDim);
				return (distances[row * width + b * headDim + k % headDim] ?? NaN) ** 2;
			});
			const match = await assign(squares, headDim, headDim, { signal });
			matches.push({
				assignment: match.assignment,
				cost: match.cost * headDim
			});
		}
	} finally {
		cost.free();
	}
	return (a, b) => {
		const match = matches[a * kvHeads + b];
		if (match) return match;
		throw new RangeError(`expected key-value groups below ${kvHeads}, got ${a} and ${b}`);
	};
}
// src/upscale/structured/features.ts
/**
* Joins several features of the same units side by side. Divides each part by the mean row norm over both blocks, so that
* all parts have similar weight and size differences between the blocks remain. The caller owns both results and the parts.
*/
async function joinFeatures(backend, parts) {
	const scope = new Scope(backend);
	try {
		const scaled = [];
		for (const { a, b } of parts) {
			const size = (mean(await readRowNorms(backend, a)) + mean(await readRowNorms(backend, b))) / 2;
			const factor = size > 0 ? 1 / size : 1;
			scaled.push({
				a: scope.own(backend.weightedSum(a, factor)),
				b: scope.own(backend.weightedSum(b, factor))
			});
		}
		const a = scope.own(concatColumns(backend, scaled.map((part) => part.a)));
		const b = scope.own(concatColumns(backend, scaled.map((part) => part.b)));
		return {
			a: scope.release(a),
			b: scope.release(b)
		};
	} finally {
		scope.free();
	}
}
/** Puts matrices with equal numbers of rows side by side. The caller owns the result. */
function concatColumns(backend, parts) {
	const rows = Math.max(...parts.map((part) => matrix(part)[0]));
	const width = parts.reduce((sum, part) => sum + matrix(part)[1], 0);
	const scope = new Scope(backend);
	try {
		const into = scope.own(backend.zeros([rows, width], "features"));
		const columns = Uint32Array.from({ length: width }, (_, column) => column);
		const index = scope.own(backend.upload(columns, [width], "u32", "columns"));
		let offset = 0;
		for (const part of parts) {
			backend.gather(part, index, {
				axis: 1,
				offset,
				into
			});
			offset += matrix(part)[1];
		}
		return scope.release(into);
	} finally {
		scope.free();
	}
}
// src/upscale/structured/units.ts
var pairOf = ({ previous, next }, key) => ({
	a: blockTensor(previous, key),
	b: blockTensor(next, key)
});
/**
* Features of the MLP's hidden units: rows of gate and up `[m, 2d]`, with `outputs` also columns of down `[m, 3d]`. If
* activations are compared, which gate and up share: `[m, tokens]`. The caller owns both results.
*/
async function hiddenUnits(backend, parents, outputs, signal) {
	const scope = new Scope(backend);
	try {
		const [gate, up] = [pairOf(parents, "mlp.gate_proj.weight"), pairOf(parents, "mlp.up_proj.weight")];
		const parts = gate.a === up.a ? [gate] : [gate, up];
		if (outputs) {
			const { a, b } = pairOf(parents, "mlp.down_proj.weight");
			parts.push({
				a: scope.own(await transposed(backend, a, signal)),
				b: scope.own(await transposed(backend, b, signal))
			});
		}
		return await joinFeatures(backend, parts);
	} finally {
		scope.free();
	}
}
/**
* Features of the value dimensions: rows of v `[kvHeads · h, d]`; with `outputs` also the columns of o that read the
* dimension, one per query head of the group, `[kvHeads · h, d + groupSize · d]`. The previous block's groups are put in
* the order of the next block's groups that they are matched with. The caller owns both results.
*/
async function valueDimensions(backend, parents, layout, { groups, heads }, outputs, signal) {
	const scope = new Scope(backend);
	try {
		const { headDim } = layout;
		const { a, b } = pairOf(parents, "self_attn.v_proj.weight");
		const parts = [{
			a: scope.own(await moveRows(backend, a, {
				headDim,
				source: groups
			})),
			b
		}];
		if (outputs) {
			const o = pairOf(parents, "self_attn.o_proj.weight");
			const inPlace = Uint32Array.from(range(layout.heads));
			parts.push({
				a: scope.own(await outputColumns(backend, o.a, layout, heads, signal)),
				b: scope.own(await outputColumns(backend, o.b, layout, inPlace, signal))
			});
		}
		return await joinFeatures(backend, parts);
	} finally {
		scope.free();
	}
}
/** Per value dimension the columns of o that read it, side by side: `[kvHeads · h, groupSize · d]`, in the order of `heads`. */
async function outputColumns(backend, o, layout, heads, signal) {
	const { kvHeads, headDim } = layout;
	const size = groupSize(layout);
	const scope = new Scope(backend);
	try {
		const columns = scope.own(await transposed(backend, o, signal));
		return concatColumns(backend, range(size).map((slot) => {
			const slotHeads = range(kvHeads).map((group) => heads[group * size + slot] ?? 0);
			return scope.own(gatherRows(backend, columns, headRows(slotHeads, headDim), 0));
		}));
	} finally {
		scope.free();
	}
}
export { uploadRotation as i, valueDimensions as n, matchHeads as r, hiddenUnits as t };

//# sourceMappingURL=units-T-0gxGF3.mjs.map