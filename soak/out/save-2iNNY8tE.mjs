import { i as CheckpointError, r as encode } from "./dtype-B4pdtvg3.mjs";
import { v as firstNonFinite } from "./cycles.mjs";
import { n as blockTensorName } from "./block-SzSOAUuq.mjs";
import { t as architectureOf } from "./config-CXJ0uD7x.mjs";
// src/upscale/saving/save.ts
/**
* Lists the tensors of the deeper checkpoint: first those outside the blocks, then block by block. Tensors of base blocks and of
* their copies are renumbered and copied byte for byte; so are exact copies in new blocks.
*/
function savedTensors(backend, expansion, checkpoint, config, { dtype, trained }) {
	const { outer, blocks } = byBlock(checkpoint, config);
	const saved = (name, like, key = "", made) => {
		const { shape } = like;
		const origin = made?.tensors.get(key)?.origin;
		const values = trained?.get(name)?.map((band) => () => backend.read(band)) ?? (origin === "computed" ? made?.pieces(key) : void 0);
		if (values) return {
			name,
			dtype: dtype === "f32" ? "F32" : like.dtype,
			shape,
			values
		};
		return {
			name,
			dtype: like.dtype,
			shape,
			...origin === "zero" ? {} : { copyOf: like }
		};
	};
	const tensors = outer.map((info) => saved(info.name, info));
	for (const [index, place] of expansion.places.entries()) {
		const made = place.kind === "new" ? place.block : void 0;
		const like = blocks[place.kind === "new" ? place.block.gap : place.index] ?? /* @__PURE__ */ new Map();
		for (const [key, info] of like) {
			const tensor = made?.tensors.get(key);
			const source = tensor?.origin === "copy" ? blocks[tensor.of]?.get(key) : void 0;
			tensors.push(saved(blockTensorName(config, index, key), source ?? info, key, made));
		}
	}
	return tensors;
}
/** True if saving changes values: they are not stored as float32. */
var isRounded = ({ values, dtype }) => values !== void 0 && dtype !== "F32";
/** Prepares tensors for writing. Nothing may be freed before it is written. */
var tensorsToWrite = (tensors) => tensors.map((tensor) => {
	const { name, dtype, shape, copyOf } = tensor;
	return {
		name,
		dtype,
		shape,
		...copyOf ? { copyOf } : { data: () => bytesOf(tensor) }
	};
});
async function bytesOf(tensor) {
	const { dtype, shape, values = [] } = tensor;
	const size = encode(/* @__PURE__ */ new Float32Array(1), dtype).byteLength;
	const file = new Uint8Array(shape.reduce((product, n) => product * n, size));
	let offset = 0;
	for (const read of values) {
		const bytes = roundedBytes(tensor, await read());
		file.set(bytes, offset);
		offset += bytes.byteLength;
	}
	return file;
}
/**
* Encodes exact values in the tensor's dtype.
* @throws CheckpointError if a value is too large for it, so that no infinity gets into a file.
*/
function roundedBytes({ name, dtype }, exact) {
	const bytes = encode(exact, dtype);
	const index = firstNonFinite(bytes, dtype);
	if (index < 0) return bytes;
	throw new CheckpointError(`tensor ${name}: expected values that ${dtype} can hold, got ${exact[index]}. Save computed tensors in exact float32 instead.`);
}
/** Splits the checkpoint's tensors into those outside the blocks and those of every block, by name within the block. */
function byBlock(checkpoint, config) {
	const prefix = architectureOf(config).layers;
	const outer = [];
	const blocks = Array.from({ length: config.layers }, () => /* @__PURE__ */ new Map());
	for (const [name, info] of checkpoint.tensors) {
		const [, index, key] = name.startsWith(prefix) ? /^(\d+)\.(.+)$/.exec(name.slice(prefix.length)) ?? [] : [];
		const block = index === void 0 ? void 0 : blocks[Number(index)];
		if (block && key !== void 0) block.set(key, info);
		else outer.push(info);
	}
	return {
		outer,
		blocks
	};
}
export { tensorsToWrite as i, roundedBytes as n, savedTensors as r, isRounded as t };

//# sourceMappingURL=save-2iNNY8tE.mjs.map