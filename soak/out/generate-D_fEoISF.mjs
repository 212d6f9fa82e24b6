import { n as wholeCharacters, t as continuationText } from "./continuation-DtiOrow4.mjs";
import { t as generate } from "./generate-D1n1kdUD.mjs";
import { t as parseRecipe } from "./recipe-Ccn9VQCU.mjs";
import { C as requestedModel, b as idsOf } from "./cycles.mjs";
// src/engine/models/generate.ts
/** Continues a prompt with the requested model. After every token an event has the text so far, up to its last whole character. */
var generateText = async (workspace, request, { signal, emit }) => {
	const recipe = request.recipe && parseRecipe(request.recipe);
	const { model } = workspace;
	const { prompt, ids: given, maxTokens, temperature, topP, seed } = request;
	const ids = await idsOf(model, {
		...prompt === void 0 ? {} : { text: prompt },
		...given ? { ids: given } : {}
	});
	const tokenizer = model.info.hasTokenizer ? await model.tokenizer() : void 0;
	const textOf = (made) => tokenizer ? continuationText(tokenizer, ids, made) : "";
	const { model: asked } = await requestedModel(workspace, {
		...request,
		recipe
	}, {
		signal,
		onProgress: (progress) => emit({
			type: "progress",
			progress
		})
	});
	const made = await generate(asked, ids, {
		maxTokens,
		temperature,
		topP,
		seed,
		signal,
		onToken: (_, made) => emit({
			type: "text",
			text: wholeCharacters(textOf(made))
		})
	});
	return {
		ids: made,
		text: textOf(made)
	};
};
export { generateText };

//# sourceMappingURL=generate-D_fEoISF.mjs.map