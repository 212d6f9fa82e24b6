import { u as EvaluationError } from "./config-CXJ0uD7x.mjs";
// src/llama/windows.ts
/**
* Checks token ids and returns a copy.
* @throws EvaluationError naming the first that is not a whole number from 0 to `vocabSize` − 1.
*/
function checkTokenIds(ids, vocabSize) {
	const checked = new Uint32Array(ids.length);
	for (let i = 0; i < ids.length; i++) {
		const id = ids[i] ?? -1;
		if (!Number.isInteger(id) || id < 0 || id >= vocabSize) throw new EvaluationError(`Token ${i + 1} of ${ids.length}: expected a whole number from 0 to ${vocabSize - 1}, got ${ids[i]}. Use this model's own tokenizer, or ids from its vocabulary.`);
		checked[i] = id;
	}
	return checked;
}
var U32_VALUES = 2 ** 32;
/**
* Cuts a text into windows of at most `context` tokens. Neighbouring windows share one token, so every token except the first is
* predicted exactly once. A text that fits is one window.
*/
function cutWindows(ids, context) {
	if (!Number.isInteger(context) || context < 2) throw new EvaluationError(`Expected windows of at least 2 tokens, got ${context}. Choose a longer window.`);
	const all = checkTokenIds(ids, U32_VALUES);
	const windows = [all.slice(0, context)];
	for (let start = context - 1; start < all.length - 1; start += context - 1) windows.push(all.slice(start, start + context));
	return windows;
}
export { cutWindows as n, checkTokenIds as t };

//# sourceMappingURL=windows-D37K7Awu.mjs.map