// src/llama/continuation.ts
/** What stands for the bytes of an unfinished character. */
var UNFINISHED = /\uFFFD+$/;
/**
* Returns the text that the tokens `made` add to `prompt`: what both decode to together less what the prompt decodes to. Alone,
* they would be decoded as the start of a text, where SentencePiece's decoders strip a space. If the prompt ends within a
* character, the text begins with that character.
*/
function continuationText(tokenizer, prompt, made) {
	const before = tokenizer.decode(prompt);
	const together = tokenizer.decode([...prompt, ...made]);
	if (together.startsWith(before)) return together.slice(before.length);
	let shared = 0;
	while (shared < before.length && before[shared] === together[shared]) shared++;
	return together.slice(shared);
}
/** Leaves off the end of a text that is not yet a whole character, because the next tokens may complete it. */
var wholeCharacters = (text) => text.replace(UNFINISHED, "");
export { wholeCharacters as n, continuationText as t };

//# sourceMappingURL=continuation-DtiOrow4.mjs.map