// src/digest.ts
/** Short key for a long text: a 64-bit hash in hexadecimal (two FNV-1a halves). Not for secrets. */
function digest(text) {
	let a = 2166136261;
	let b = 2654435761;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		a = Math.imul(a ^ code, 16777619);
		b = Math.imul(b ^ code + i, 2246822507);
	}
	return (a >>> 0).toString(16) + (b >>> 0).toString(16);
}
export { digest as t };

//# sourceMappingURL=digest-DNkrmK8N.mjs.map