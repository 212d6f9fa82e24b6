// src/recipe/hub.ts
var HUB_ENDPOINT = "https://huggingface.co";
var HUB_EXPECTED = "owner/name, owner/name@revision or owner/name@revision:file.gguf";
/** Letters, digits, `_`, `-` and `.`; neither `--` nor `..`, no `-` or `.` at an end, as the Hub demands. */
var PART = String.raw`(?![-.])(?![\w.-]*(?:--|\.\.))[\w.-]{1,96}(?<![-.])`;
var REPO = new RegExp(`^${PART}/${PART}$`);
/** Git forbids these in names of branches and tags; `:` begins the file. */
var REVISION = /^(?!.*(?:\.\.|\/\/|@\{))[^\s~^:?*[\]\\]{1,200}$/;
var FILE = /^(?!.*\.\.)[^\s:\\/][^:\\/]{0,199}$/;
var isHubRepo = (text) => REPO.test(text);
var isHubRevision = (text) => REVISION.test(text);
var isHubFile = (text) => FILE.test(text);
/** Returns the address of a Hub without query, fragment and final slash; undefined for anything but http and https. */
function hubEndpoint(text) {
	const url = URL.canParse(text) ? new URL(text) : void 0;
	if (url === void 0 || !/^https?:$/.test(url.protocol) || url.username || url.password) return void 0;
	return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}
export { isHubRepo as a, isHubFile as i, HUB_EXPECTED as n, isHubRevision as o, hubEndpoint as r, HUB_ENDPOINT as t };

//# sourceMappingURL=hub-Co1oPVYG.mjs.map