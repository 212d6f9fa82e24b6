// src/upscale/block/lease.ts
/**
* Loads base blocks, or `only` some of their tensors, and keeps them on the device until `release`. On failure none stays leased.
*/
async function leaseBlocks(weights, indices, signal, only) {
	const blocks = [];
	const release = () => {
		for (const index of indices.slice(0, blocks.length)) weights.release(index, only);
		blocks.length = 0;
	};
	try {
		for (const index of indices) blocks.push(await weights.block(index, signal, only));
		return {
			blocks: [...blocks],
			release
		};
	} catch (error) {
		release();
		throw error;
	}
}
export { leaseBlocks as t };

//# sourceMappingURL=lease-C0jpZ91p.mjs.map