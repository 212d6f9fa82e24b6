import { n as NEXT, r as againstText } from "./alignment-B2qDjTlo.mjs";
import { B as alignmentOf, V as progress, p as entries } from "./cycles.mjs";
import { i as expectFinite, n as RequestError } from "./errors-DcHXxH-r.mjs";
// src/engine/saving/npy.ts
var MAGIC = [
	147,
	78,
	85,
	77,
	80,
	89
];
/** The data starts at a multiple of this, in bytes. */
var ALIGNMENT = 64;
/**
* Returns the header of a NumPy file, version 1.0, for little-endian float32 in C order
* (numpy.org/doc/stable/reference/generated/numpy.lib.format.html). The values follow it.
*/
function npyHeader(shape) {
	const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.length === 1 ? `${shape[0]},` : shape.join(", ")}), }`;
	const fixed = MAGIC.length + 4;
	const length = Math.ceil((fixed + text.length + 1) / ALIGNMENT) * ALIGNMENT;
	const bytes = new Uint8Array(length).fill(32);
	bytes.set(MAGIC);
	bytes[MAGIC.length] = 1;
	bytes[MAGIC.length + 1] = 0;
	new DataView(bytes.buffer).setUint16(MAGIC.length + 2, length - fixed, true);
	bytes.set(new TextEncoder().encode(text), fixed);
	bytes[length - 1] = 10;
	return bytes;
}
/** Returns values as little-endian bytes on any machine. */
function littleEndian(values) {
	const view = new DataView(new ArrayBuffer(values.byteLength));
	for (const [i, value] of values.entries()) view.setFloat32(4 * i, value, true);
	return new Uint8Array(view.buffer);
}
// src/engine/saving/save.ts
/** Saves a cost, the plan T after a half-step, or its potentials as a NumPy file, band by band. */
var save = async (workspace, { key, what, halfStep }, context) => {
	const { signal } = context;
	const alignment = await alignmentOf(workspace, key, signal);
	const { rows, columns, inputs, plan } = alignment;
	if (what !== "cost" && plan === "none") throw new RequestError("save: expected a method with a transport plan, got one without. Save its cost instead.");
	if (what === "potentials" && plan !== "entropic") throw new RequestError("save: expected a plan with potentials, got an exact permutation. Save the plan instead.");
	return alignment.pinned(async () => {
		const report = progress(context, `Saving the ${what}`);
		const snapshot = what === "cost" || plan !== "entropic" ? void 0 : await alignment.snapshotAt(halfStep, signal);
		const { gap, tensor, against = NEXT } = inputs.spec;
		const name = `gap-${gap}-${tensor}${against.kind === "next" ? "" : `-${againstText(against).replace(":", "-")}`}-${what}${snapshot ? `-half-step-${snapshot.halfStep}` : ""}.npy`;
		if (what === "potentials" && snapshot) {
			const { f, g } = snapshot;
			expectFinite("row potentials", f);
			expectFinite("column potentials", g);
			const shape = f.length === g.length ? [2, f.length] : [f.length + g.length];
			return {
				blob: npy(npyHeader(shape), littleEndian(f), littleEndian(g)),
				name,
				shape
			};
		}
		const bands = what === "plan" && !snapshot ? planBands(alignment, signal) : entries(alignment, snapshot, void 0, signal);
		const shape = [rows, columns];
		let blob = npy(npyHeader(shape));
		for await (const band of bands) {
			expectFinite(`the ${what} from row ${band.rowStart} on`, band.values);
			blob = npy(blob, littleEndian(band.values));
			report((band.rowStart + band.rows) / rows);
		}
		return {
			blob,
			name,
			shape
		};
	});
};
var npy = (...parts) => new Blob(parts, { type: "application/octet-stream" });
async function* planBands(alignment, signal) {
	const { rows, columns } = alignment;
	const { assignment } = await alignment.solveExactly(signal);
	const step = Math.max(1, Math.min(rows, Math.floor(2 ** 22 / columns)));
	for (let rowStart = 0; rowStart < rows; rowStart += step) {
		signal?.throwIfAborted();
		const count = Math.min(step, rows - rowStart);
		const values = new Float32Array(count * columns);
		for (let row = 0; row < count; row++) values[row * columns + (assignment[rowStart + row] ?? 0)] = 1 / rows;
		yield {
			rowStart,
			rows: count,
			values
		};
	}
}
export { save };

//# sourceMappingURL=save-O_ws8OAp.mjs.map