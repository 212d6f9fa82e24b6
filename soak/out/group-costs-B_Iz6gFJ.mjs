import { t as assign } from "./assignment-Dn5wpphp.mjs";
// src/transport/group-costs.ts
/**
* Computes the costs between `groups` equal groups of consecutive rows of a square cost, such as attention heads.
* @throws TransportError if costs are not finite; AbortError.
*/
async function groupCosts(backend, cost, groups, { signal, onProgress } = {}) {
	const { columns } = cost;
	const size = cost.rows / groups;
	const distances = new Float64Array(groups * groups);
	const means = new Float64Array(groups * groups);
	const rows = new Float32Array(size * columns);
	let filled = 0;
	let group = 0;
	await cost.forEach(async (band) => {
		const values = await backend.read(band.cost);
		for (let row = 0; row < band.rows; row++) {
			rows.set(values.subarray(row * columns, (row + 1) * columns), filled * columns);
			if (++filled < size) continue;
			for (let other = 0; other < groups; other++) {
				const part = columnsOf(rows, columns, other * size, size);
				const at = group * groups + other;
				distances[at] = (await assign(part, size, size, { signal })).cost;
				means[at] = part.reduce((sum, entry) => sum + entry, 0) / part.length;
			}
			group++;
			onProgress?.(group / groups);
			filled = 0;
		}
	}, signal);
	return {
		distances,
		means
	};
}
function columnsOf(values, width, start, count) {
	const rows = values.length / width;
	const part = new Float64Array(rows * count);
	for (let row = 0; row < rows; row++) part.set(values.subarray(row * width + start, row * width + start + count), row * count);
	return part;
}
export { groupCosts as t };

//# sourceMappingURL=group-costs-B_Iz6gFJ.mjs.map