import { t as Scope } from "./scope-DlTOqcLJ.mjs";
import { n as NEXT } from "./alignment-B2qDjTlo.mjs";
import { n as blockTensor } from "./block-tensor-C1KV4ddh.mjs";
import { t as leaseBlocks } from "./lease-C0jpZ91p.mjs";
import { t as parentsOf } from "./parents-DhyobVmO.mjs";
import { o as transposed } from "./move-Bcg3-9Em.mjs";
import { B as alignmentOf, H as alignments, R as checkIndex, z as costLines } from "./cycles.mjs";
import { t as derivedTensors } from "./derived-DcvlblTM.mjs";
import { i as expectFinite } from "./errors-DcHXxH-r.mjs";
// src/engine/neurons/related.ts
/** Tensors that share neurons: MLP units, key-value dimensions, dimensions of the residual stream. */
var SAME_NEURONS = [
	[
		{
			tensor: "mlp.gate_proj",
			axis: "rows"
		},
		{
			tensor: "mlp.up_proj",
			axis: "rows"
		},
		{
			tensor: "mlp.down_proj",
			axis: "columns"
		}
	],
	[{
		tensor: "self_attn.k_proj",
		axis: "rows"
	}, {
		tensor: "self_attn.v_proj",
		axis: "rows"
	}],
	[{
		tensor: "self_attn.o_proj",
		axis: "rows"
	}, {
		tensor: "mlp.down_proj",
		axis: "rows"
	}]
];
/** Finds a pair of neurons in the gap's other tensors that have the same neurons. */
var related = async (workspace, { key, row, column }, { signal }) => {
	const alignment = await alignmentOf(workspace, key, signal);
	checkIndex("related", "row", row, alignment.rows);
	checkIndex("related", "column", column, alignment.columns);
	const { tensor, against = NEXT } = alignment.inputs.spec;
	if (against.kind !== "next") return [];
	const isOwn = (place) => place.tensor === tensor && place.axis === "rows";
	const others = (SAME_NEURONS.find((places) => places.some(isOwn)) ?? []).filter((place) => !isOwn(place));
	const found = [];
	for (const place of others) {
		const other = place.axis === "rows" ? findAligned(workspace, alignment, place.tensor) : void 0;
		found.push(other ? await other.pinned(() => relatedInAlignment(other, place, {
			row,
			column
		}, signal)) : await relatedInWeights(workspace, alignment, place, {
			row,
			column
		}, signal));
	}
	return found;
};
/** Returns a finished alignment of another tensor in the same gap by the same recipe, if one is held. */
function findAligned(workspace, { inputs }, tensor) {
	const name = (spec) => JSON.stringify([spec.recipe, spec.gap]);
	const wanted = name(inputs.spec);
	return workspace.get(alignments).find(({ inputs: { spec }, result }) => result !== void 0 && spec.tensor === tensor && (spec.against ?? NEXT).kind === "next" && name(spec) === wanted);
}
async function relatedInAlignment(other, place, { row, column }, signal) {
	const lines = await costLines(other.cost, row, column);
	const placed = {
		...place,
		aligned: true,
		...ranks(lines, {
			row,
			column
		})
	};
	if (other.plan === "permutation") return {
		...placed,
		mass: other.exact?.assignment[row] === column ? 1 : 0
	};
	if (other.plan === "none") return placed;
	const { f, g, epsilon } = await other.snapshotAt(void 0, signal);
	const cost = (other.planCost === other.cost ? lines : await costLines(other.planCost, row, column)).row[column] ?? NaN;
	const mass = other.rows * Math.exp(((f[row] ?? NaN) + (g[column] ?? NaN) - cost) / epsilon);
	expectFinite(`mass of ${place.tensor}`, [mass]);
	return {
		...placed,
		mass
	};
}
/** Compares the blocks' raw weights, without input maps, with the alignment's metric, unscaled. */
async function relatedInWeights(workspace, { inputs, cost: { settings } }, place, pair, signal) {
	const { backend, weights } = workspace;
	const { gap, recipe } = inputs.spec;
	const { previous, next } = parentsOf(gap, weights.config.layers, recipe.parents);
	return withNeuronRows(workspace, previous, place, signal, (a) => withNeuronRows(workspace, next, place, signal, async (b) => {
		const scope = new Scope(backend);
		try {
			const unit = settings.rows === "unit" || settings.metric === "cosine";
			const line = async (from, to, index) => {
				const at = scope.own(backend.upload(Uint32Array.of(index), [1], "u32", "neuron"));
				const one = scope.own(backend.gather(from, at));
				const [x, y] = unit ? [scope.own(backend.unitRows(one)), scope.own(backend.unitRows(to))] : [one, to];
				const { metric } = settings;
				return backend.read(scope.own(backend.pairwiseDistance(x, y, 0, 1, void 0, { metric })));
			};
			const lines = {
				row: await line(a, b, pair.row),
				column: await line(b, a, pair.column)
			};
			expectFinite(`distances of ${place.tensor}`, lines.row);
			expectFinite(`distances of ${place.tensor}`, lines.column);
			return {
				...place,
				aligned: false,
				...ranks(lines, pair)
			};
		} finally {
			scope.free();
		}
	}));
}
/** Calls `work` with a tensor's neurons as rows: the tensor, or its transpose, which is cached. */
async function withNeuronRows(workspace, block, { tensor, axis }, signal, work) {
	const { weights, backend } = workspace;
	const read = `${tensor}.weight`;
	const { blocks, release } = await leaseBlocks(weights, [block], signal, [read]);
	try {
		const [own] = blocks;
		if (!own) throw new Error("a borrowed block is there");
		const weight = blockTensor(own, read);
		if (axis === "rows") return await work(weight);
		const key = `columns ${tensor} ${block}`;
		const turn = async () => /* @__PURE__ */ new Map([[key, await transposed(backend, weight, signal)]]);
		const derived = derivedTensors(workspace);
		const turned = await derived.acquire(key, 4 * weight.shape.reduce((x, y) => x * y, 1), turn, signal);
		try {
			const columns = turned.get(key);
			if (!columns) throw new Error("a turned tensor is there");
			return await work(columns);
		} finally {
			derived.release(key);
		}
	} finally {
		release();
	}
}
/** Returns cost and ranks of a pair; rank 1 means that none is nearer. */
function ranks({ row: costs, column: others }, { row, column }) {
	const cost = costs[column] ?? NaN;
	const own = others[row] ?? NaN;
	const nearer = (values, than) => values.reduce((count, value) => count + (value < than ? 1 : 0), 0);
	return {
		cost,
		rankOfColumn: 1 + nearer(costs, cost),
		rankOfRow: 1 + nearer(others, own)
	};
}
export { related };

//# sourceMappingURL=related-6BrHe60g.mjs.map