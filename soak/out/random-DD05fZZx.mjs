import { t as randomSource } from "./random-Ctrb54fu.mjs";
// src/transport/random.ts
/**
* Returns `count` standard normal numbers: Box–Muller with the mulberry32 generator. The same seed gives the same numbers on
* every machine.
*/
function normals(count, seed) {
	const uniform = randomSource(seed);
	return Float32Array.from({ length: count }, () => {
		return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
	});
}
export { normals as t };

//# sourceMappingURL=random-DD05fZZx.mjs.map