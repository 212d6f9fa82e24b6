import { a as isHubRepo, i as isHubFile, n as HUB_EXPECTED, o as isHubRevision, r as hubEndpoint } from "./hub-Co1oPVYG.mjs";
import { t as METHOD_IDS } from "./methods-QHAmL5_U.mjs";
var DEFAULT_CONFIG = {
	lang: void 0,
	message: void 0,
	abortEarly: void 0,
	abortPipeEarly: void 0
};
/**
* Returns the global configuration.
*
* @param config The config to merge.
*
* @returns The configuration.
*/
/* @__NO_SIDE_EFFECTS__ */
function getGlobalConfig(config$1) {
	if (!config$1 && true) return DEFAULT_CONFIG;
	return {
		lang: config$1?.lang ?? void 0,
		message: config$1?.message,
		abortEarly: config$1?.abortEarly ?? void 0,
		abortPipeEarly: config$1?.abortPipeEarly ?? void 0
	};
}
/**
* Stringifies an unknown input to a literal or type string.
*
* @param input The unknown input.
*
* @returns A literal or type string.
*
* @internal
*/
/* @__NO_SIDE_EFFECTS__ */
function _stringify(input) {
	const type = typeof input;
	if (type === "string") return `"${input}"`;
	if (type === "number" || type === "bigint" || type === "boolean") return `${input}`;
	if (type === "object" || type === "function") return (input && Object.getPrototypeOf(input)?.constructor?.name) ?? "null";
	return type;
}
/**
* Adds an issue to the dataset.
*
* @param context The issue context.
* @param label The issue label.
* @param dataset The input dataset.
* @param config The configuration.
* @param other The optional props.
*
* @internal
*/
function _addIssue(context, label, dataset, config$1, other) {
	const input = other && "input" in other ? other.input : dataset.value;
	const expected = other?.expected ?? context.expects ?? null;
	const received = other?.received ?? /* @__PURE__ */ _stringify(input);
	const issue = {
		kind: context.kind,
		type: context.type,
		input,
		expected,
		received,
		message: `Invalid ${label}: ${expected ? `Expected ${expected} but r` : "R"}eceived ${received}`,
		requirement: context.requirement,
		path: other?.path,
		issues: other?.issues,
		lang: config$1.lang,
		abortEarly: config$1.abortEarly,
		abortPipeEarly: config$1.abortPipeEarly
	};
	const isSchema = context.kind === "schema";
	const message$1 = other?.message ?? context.message ?? (context.reference, issue.lang, void 0) ?? (isSchema ? (issue.lang, void 0) : null) ?? config$1.message ?? (issue.lang, void 0);
	if (message$1 !== void 0) issue.message = typeof message$1 === "function" ? message$1(issue) : message$1;
	if (isSchema) dataset.typed = false;
	if (dataset.issues) dataset.issues.push(issue);
	else dataset.issues = [issue];
}
/**
* Compares two values using the SameValueZero algorithm, which treats `NaN`
* as equal to itself unlike `===`.
*
* @param value1 The first value.
* @param value2 The second value.
*
* @returns Whether the values are equal.
*
* @internal
*/
/* @__NO_SIDE_EFFECTS__ */
function _isSameValueZero(value1, value2) {
	return value1 === value2 || Number.isNaN(value1) && Number.isNaN(value2);
}
/**
* Disallows inherited object properties and prevents object prototype
* pollution by disallowing certain keys.
*
* @param object The object to check.
* @param key The key to check.
*
* @returns Whether the key is allowed.
*
* @internal
*/
/* @__NO_SIDE_EFFECTS__ */
function _isValidObjectKey(object$1, key) {
	return Object.prototype.hasOwnProperty.call(object$1, key) && key !== "__proto__" && key !== "prototype" && key !== "constructor";
}
/**
* Joins multiple `expects` values with the given separator.
*
* @param values The `expects` values.
* @param separator The separator.
*
* @returns The joined `expects` property.
*
* @internal
*/
/* @__NO_SIDE_EFFECTS__ */
function _joinExpects(values$1, separator) {
	const list = [...new Set(values$1)];
	if (list.length > 1) return `(${list.join(` ${separator} `)})`;
	return list[0] ?? "never";
}
/**
* Eagerly creates and attaches the Standard Schema properties of a schema.
*
* Hint: The contextual `this` type includes the standard properties that are
* attached before the schema is returned.
*
* @param schema The schema to attach standard properties to.
*
* @returns The schema with standard properties attached.
*
* @internal
*/
function _standardSchema(schema) {
	schema["~standard"] = {
		version: 1,
		vendor: "valibot",
		validate: (value$1) => schema["~run"]({ value: value$1 }, /* @__PURE__ */ getGlobalConfig())
	};
	return schema;
}
/* @__NO_SIDE_EFFECTS__ */
function getDotPath(issue) {
	if (issue.path) {
		let key = "";
		for (const item of issue.path) if (typeof item.key === "string" || typeof item.key === "number") if (key) key += `.${item.key}`;
		else key += item.key;
		else return null;
		return key;
	}
	return null;
}
/**
* A Valibot error with useful information.
*/
var ValiError = class extends Error {
	/**
	* Creates a Valibot error with useful information.
	*
	* @param issues The error issues.
	*/
	constructor(issues) {
		super(issues[0].message);
		this.name = "ValiError";
		this.issues = issues;
	}
};
/* @__NO_SIDE_EFFECTS__ */
function check(requirement, message$1) {
	return {
		kind: "validation",
		type: "check",
		reference: check,
		async: false,
		expects: null,
		requirement,
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && !this.requirement(dataset.value)) _addIssue(this, "input", dataset, config$1);
			return dataset;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function finite(message$1) {
	return {
		kind: "validation",
		type: "finite",
		reference: finite,
		async: false,
		expects: null,
		requirement: Number.isFinite,
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && !this.requirement(dataset.value)) _addIssue(this, "finite", dataset, config$1);
			return dataset;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function integer(message$1) {
	return {
		kind: "validation",
		type: "integer",
		reference: integer,
		async: false,
		expects: null,
		requirement: Number.isInteger,
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && !this.requirement(dataset.value)) _addIssue(this, "integer", dataset, config$1);
			return dataset;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function length(requirement, message$1) {
	return {
		kind: "validation",
		type: "length",
		reference: length,
		async: false,
		expects: `${requirement}`,
		requirement,
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && dataset.value.length !== this.requirement) _addIssue(this, "length", dataset, config$1, { received: `${dataset.value.length}` });
			return dataset;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function maxValue(requirement, message$1) {
	return {
		kind: "validation",
		type: "max_value",
		reference: maxValue,
		async: false,
		expects: `<=${requirement instanceof Date ? requirement.toJSON() : /* @__PURE__ */ _stringify(requirement)}`,
		requirement,
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && !(dataset.value <= this.requirement)) _addIssue(this, "value", dataset, config$1, { received: dataset.value instanceof Date ? dataset.value.toJSON() : /* @__PURE__ */ _stringify(dataset.value) });
			return dataset;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function minLength(requirement, message$1) {
	return {
		kind: "validation",
		type: "min_length",
		reference: minLength,
		async: false,
		expects: `>=${requirement}`,
		requirement,
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && dataset.value.length < this.requirement) _addIssue(this, "length", dataset, config$1, { received: `${dataset.value.length}` });
			return dataset;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function minValue(requirement, message$1) {
	return {
		kind: "validation",
		type: "min_value",
		reference: minValue,
		async: false,
		expects: `>=${requirement instanceof Date ? requirement.toJSON() : /* @__PURE__ */ _stringify(requirement)}`,
		requirement,
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && !(dataset.value >= this.requirement)) _addIssue(this, "value", dataset, config$1, { received: dataset.value instanceof Date ? dataset.value.toJSON() : /* @__PURE__ */ _stringify(dataset.value) });
			return dataset;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function regex(requirement, message$1) {
	return {
		kind: "validation",
		type: "regex",
		reference: regex,
		async: false,
		expects: `${requirement}`,
		requirement,
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && !this.requirement.test(dataset.value)) _addIssue(this, "format", dataset, config$1);
			return dataset;
		}
	};
}
/* @__NO_SIDE_EFFECTS__ */
function url(message$1) {
	return {
		kind: "validation",
		type: "url",
		reference: url,
		async: false,
		expects: null,
		requirement(input) {
			try {
				if (URL.canParse) return URL.canParse(input);
				new URL(input);
				return true;
			} catch {
				return false;
			}
		},
		message: message$1,
		"~run"(dataset, config$1) {
			if (dataset.typed && !this.requirement(dataset.value)) _addIssue(this, "URL", dataset, config$1);
			return dataset;
		}
	};
}
var ABORT_EARLY_CONFIG = { abortEarly: true };
/**
* Returns the fallback value of the schema.
*
* @param schema The schema to get it from.
* @param dataset The output dataset if available.
* @param config The config if available.
*
* @returns The fallback value.
*/
/* @__NO_SIDE_EFFECTS__ */
function getFallback(schema, dataset, config$1) {
	return typeof schema.fallback === "function" ? schema.fallback(dataset, config$1) : schema.fallback;
}
/**
* Returns the default value of the schema.
*
* @param schema The schema to get it from.
* @param dataset The input dataset if available.
* @param config The config if available.
*
* @returns The default value.
*/
/* @__NO_SIDE_EFFECTS__ */
function getDefault(schema, dataset, config$1) {
	return typeof schema.default === "function" ? schema.default(dataset, config$1) : schema.default;
}
/* @__NO_SIDE_EFFECTS__ */
function array(item, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "array",
		reference: array,
		expects: "Array",
		async: false,
		item,
		message: message$1,
		"~run"(dataset, config$1) {
			const input = dataset.value;
			if (Array.isArray(input)) {
				dataset.typed = true;
				dataset.value = [];
				for (let key = 0; key < input.length; key++) {
					const value$1 = input[key];
					const itemDataset = this.item["~run"]({ value: value$1 }, config$1);
					if (itemDataset.issues) {
						const pathItem = {
							type: "array",
							origin: "value",
							input,
							key,
							value: value$1
						};
						for (const issue of itemDataset.issues) {
							if (issue.path) issue.path.unshift(pathItem);
							else issue.path = [pathItem];
							dataset.issues?.push(issue);
						}
						if (!dataset.issues) dataset.issues = itemDataset.issues;
						if (config$1.abortEarly) {
							dataset.typed = false;
							break;
						}
					}
					if (!itemDataset.typed) dataset.typed = false;
					dataset.value.push(itemDataset.value);
				}
			} else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function boolean(message$1) {
	return _standardSchema({
		kind: "schema",
		type: "boolean",
		reference: boolean,
		expects: "boolean",
		async: false,
		message: message$1,
		"~run"(dataset, config$1) {
			if (typeof dataset.value === "boolean") dataset.typed = true;
			else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function exactOptional(wrapped, default_) {
	return _standardSchema({
		kind: "schema",
		type: "exact_optional",
		reference: exactOptional,
		expects: wrapped.expects,
		async: false,
		wrapped,
		default: default_,
		"~run"(dataset, config$1) {
			return this.wrapped["~run"](dataset, config$1);
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function literal(literal_, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "literal",
		reference: literal,
		expects: /* @__PURE__ */ _stringify(literal_),
		async: false,
		literal: literal_,
		message: message$1,
		"~run"(dataset, config$1) {
			if (/* @__PURE__ */ _isSameValueZero(dataset.value, this.literal)) dataset.typed = true;
			else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function looseObject(entries$1, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "loose_object",
		reference: looseObject,
		expects: "Object",
		async: false,
		entries: entries$1,
		message: message$1,
		"~run"(dataset, config$1) {
			const input = dataset.value;
			if (input && typeof input === "object") {
				dataset.typed = true;
				dataset.value = {};
				for (const key in this.entries) {
					const valueSchema = this.entries[key];
					if (key in input || (valueSchema.type === "exact_optional" || valueSchema.type === "optional" || valueSchema.type === "nullish") && valueSchema.default !== void 0) {
						const value$1 = key in input ? input[key] : /* @__PURE__ */ getDefault(valueSchema);
						const valueDataset = valueSchema["~run"]({ value: value$1 }, config$1);
						if (valueDataset.issues) {
							const pathItem = {
								type: "object",
								origin: "value",
								input,
								key,
								value: value$1
							};
							for (const issue of valueDataset.issues) {
								if (issue.path) issue.path.unshift(pathItem);
								else issue.path = [pathItem];
								dataset.issues?.push(issue);
							}
							if (!dataset.issues) dataset.issues = valueDataset.issues;
							if (config$1.abortEarly) {
								dataset.typed = false;
								break;
							}
						}
						if (!valueDataset.typed) dataset.typed = false;
						dataset.value[key] = valueDataset.value;
					} else if (valueSchema.fallback !== void 0) dataset.value[key] = /* @__PURE__ */ getFallback(valueSchema);
					else if (valueSchema.type !== "exact_optional" && valueSchema.type !== "optional" && valueSchema.type !== "nullish") {
						_addIssue(this, "key", dataset, config$1, {
							input: void 0,
							expected: `"${key}"`,
							path: [{
								type: "object",
								origin: "key",
								input,
								key,
								value: input[key]
							}]
						});
						if (config$1.abortEarly) break;
					}
				}
				if (!dataset.issues || !config$1.abortEarly) {
					for (const key in input) if (/* @__PURE__ */ _isValidObjectKey(input, key) && !Object.prototype.hasOwnProperty.call(this.entries, key)) dataset.value[key] = input[key];
				}
			} else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function nullable(wrapped, default_) {
	return _standardSchema({
		kind: "schema",
		type: "nullable",
		reference: nullable,
		expects: `(${wrapped.expects} | null)`,
		async: false,
		wrapped,
		default: default_,
		"~run"(dataset, config$1) {
			if (dataset.value === null) {
				if (this.default !== void 0) dataset.value = /* @__PURE__ */ getDefault(this, dataset, config$1);
				if (dataset.value === null) {
					dataset.typed = true;
					return dataset;
				}
			}
			return this.wrapped["~run"](dataset, config$1);
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function number(message$1) {
	return _standardSchema({
		kind: "schema",
		type: "number",
		reference: number,
		expects: "number",
		async: false,
		message: message$1,
		"~run"(dataset, config$1) {
			if (typeof dataset.value === "number" && !isNaN(dataset.value)) dataset.typed = true;
			else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function object(entries$1, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "object",
		reference: object,
		expects: "Object",
		async: false,
		entries: entries$1,
		message: message$1,
		"~run"(dataset, config$1) {
			const input = dataset.value;
			if (input && typeof input === "object") {
				dataset.typed = true;
				dataset.value = {};
				for (const key in this.entries) {
					const valueSchema = this.entries[key];
					if (key in input || (valueSchema.type === "exact_optional" || valueSchema.type === "optional" || valueSchema.type === "nullish") && valueSchema.default !== void 0) {
						const value$1 = key in input ? input[key] : /* @__PURE__ */ getDefault(valueSchema);
						const valueDataset = valueSchema["~run"]({ value: value$1 }, config$1);
						if (valueDataset.issues) {
							const pathItem = {
								type: "object",
								origin: "value",
								input,
								key,
								value: value$1
							};
							for (const issue of valueDataset.issues) {
								if (issue.path) issue.path.unshift(pathItem);
								else issue.path = [pathItem];
								dataset.issues?.push(issue);
							}
							if (!dataset.issues) dataset.issues = valueDataset.issues;
							if (config$1.abortEarly) {
								dataset.typed = false;
								break;
							}
						}
						if (!valueDataset.typed) dataset.typed = false;
						dataset.value[key] = valueDataset.value;
					} else if (valueSchema.fallback !== void 0) dataset.value[key] = /* @__PURE__ */ getFallback(valueSchema);
					else if (valueSchema.type !== "exact_optional" && valueSchema.type !== "optional" && valueSchema.type !== "nullish") {
						_addIssue(this, "key", dataset, config$1, {
							input: void 0,
							expected: `"${key}"`,
							path: [{
								type: "object",
								origin: "key",
								input,
								key,
								value: input[key]
							}]
						});
						if (config$1.abortEarly) break;
					}
				}
			} else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function optional(wrapped, default_) {
	return _standardSchema({
		kind: "schema",
		type: "optional",
		reference: optional,
		expects: `(${wrapped.expects} | undefined)`,
		async: false,
		wrapped,
		default: default_,
		"~run"(dataset, config$1) {
			if (dataset.value === void 0) {
				if (this.default !== void 0) dataset.value = /* @__PURE__ */ getDefault(this, dataset, config$1);
				if (dataset.value === void 0) {
					dataset.typed = true;
					return dataset;
				}
			}
			return this.wrapped["~run"](dataset, config$1);
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function picklist(options, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "picklist",
		reference: picklist,
		expects: /* @__PURE__ */ _joinExpects(options.map(_stringify), "|"),
		async: false,
		options,
		message: message$1,
		"~run"(dataset, config$1) {
			if (this.options.includes(dataset.value)) dataset.typed = true;
			else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function record(key, value$1, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "record",
		reference: record,
		expects: "Object",
		async: false,
		key,
		value: value$1,
		message: message$1,
		"~run"(dataset, config$1) {
			const input = dataset.value;
			if (input && typeof input === "object") {
				dataset.typed = true;
				dataset.value = {};
				for (const entryKey in input) if (/* @__PURE__ */ _isValidObjectKey(input, entryKey)) {
					const entryValue = input[entryKey];
					const keyDataset = this.key["~run"]({ value: entryKey }, config$1);
					if (keyDataset.issues) {
						const pathItem = {
							type: "object",
							origin: "key",
							input,
							key: entryKey,
							value: entryValue
						};
						for (const issue of keyDataset.issues) {
							issue.path = [pathItem];
							dataset.issues?.push(issue);
						}
						if (!dataset.issues) dataset.issues = keyDataset.issues;
						if (config$1.abortEarly) {
							dataset.typed = false;
							break;
						}
					}
					const valueDataset = this.value["~run"]({ value: entryValue }, config$1);
					if (valueDataset.issues) {
						const pathItem = {
							type: "object",
							origin: "value",
							input,
							key: entryKey,
							value: entryValue
						};
						for (const issue of valueDataset.issues) {
							if (issue.path) issue.path.unshift(pathItem);
							else issue.path = [pathItem];
							dataset.issues?.push(issue);
						}
						if (!dataset.issues) dataset.issues = valueDataset.issues;
						if (config$1.abortEarly) {
							dataset.typed = false;
							break;
						}
					}
					if (!keyDataset.typed || !valueDataset.typed) dataset.typed = false;
					if (keyDataset.typed) dataset.value[keyDataset.value] = valueDataset.value;
				}
			} else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function strictTuple(items, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "strict_tuple",
		reference: strictTuple,
		expects: "Array",
		async: false,
		items,
		message: message$1,
		"~run"(dataset, config$1) {
			const input = dataset.value;
			if (Array.isArray(input)) {
				dataset.typed = true;
				dataset.value = [];
				for (let key = 0; key < this.items.length; key++) {
					const value$1 = input[key];
					const itemDataset = this.items[key]["~run"]({ value: value$1 }, config$1);
					if (itemDataset.issues) {
						const pathItem = {
							type: "array",
							origin: "value",
							input,
							key,
							value: value$1
						};
						for (const issue of itemDataset.issues) {
							if (issue.path) issue.path.unshift(pathItem);
							else issue.path = [pathItem];
							dataset.issues?.push(issue);
						}
						if (!dataset.issues) dataset.issues = itemDataset.issues;
						if (config$1.abortEarly) {
							dataset.typed = false;
							break;
						}
					}
					if (!itemDataset.typed) dataset.typed = false;
					dataset.value.push(itemDataset.value);
				}
				if (!(dataset.issues && config$1.abortEarly) && this.items.length < input.length) _addIssue(this, "type", dataset, config$1, {
					input: input[this.items.length],
					expected: "never",
					path: [{
						type: "array",
						origin: "value",
						input,
						key: this.items.length,
						value: input[this.items.length]
					}]
				});
			} else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function string(message$1) {
	return _standardSchema({
		kind: "schema",
		type: "string",
		reference: string,
		expects: "string",
		async: false,
		message: message$1,
		"~run"(dataset, config$1) {
			if (typeof dataset.value === "string") dataset.typed = true;
			else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/**
* Returns the sub issues of the provided datasets for the union issue.
*
* @param datasets The datasets.
*
* @returns The sub issues.
*
* @internal
*/
/* @__NO_SIDE_EFFECTS__ */
function _subIssues(datasets) {
	let issues;
	if (datasets) for (const dataset of datasets) if (issues) for (const issue of dataset.issues) issues.push(issue);
	else issues = dataset.issues;
	return issues;
}
/* @__NO_SIDE_EFFECTS__ */
function union(options, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "union",
		reference: union,
		expects: /* @__PURE__ */ _joinExpects(options.map((option) => option.expects), "|"),
		async: false,
		options,
		message: message$1,
		"~run"(dataset, config$1) {
			let validDataset;
			let typedDatasets;
			let untypedDatasets;
			for (const schema of this.options) {
				const optionDataset = schema["~run"]({ value: dataset.value }, config$1);
				if (optionDataset.typed) if (optionDataset.issues) if (typedDatasets) typedDatasets.push(optionDataset);
				else typedDatasets = [optionDataset];
				else {
					validDataset = optionDataset;
					break;
				}
				else if (untypedDatasets) untypedDatasets.push(optionDataset);
				else untypedDatasets = [optionDataset];
			}
			if (validDataset) return validDataset;
			if (typedDatasets) {
				if (typedDatasets.length === 1) return typedDatasets[0];
				_addIssue(this, "type", dataset, config$1, { issues: /* @__PURE__ */ _subIssues(typedDatasets) });
				dataset.typed = true;
			} else if (untypedDatasets?.length === 1) return untypedDatasets[0];
			else _addIssue(this, "type", dataset, config$1, { issues: /* @__PURE__ */ _subIssues(untypedDatasets) });
			return dataset;
		}
	});
}
/* @__NO_SIDE_EFFECTS__ */
function variant(key, options, message$1) {
	return _standardSchema({
		kind: "schema",
		type: "variant",
		reference: variant,
		expects: "Object",
		async: false,
		key,
		options,
		message: message$1,
		"~run"(dataset, config$1) {
			const input = dataset.value;
			if (input && typeof input === "object") {
				let outputDataset;
				let maxDiscriminatorPriority = 0;
				let invalidDiscriminatorKey = this.key;
				let expectedDiscriminators = [];
				const parseOptions = (variant$1, allKeys) => {
					for (const schema of variant$1.options) {
						if (schema.type === "variant") parseOptions(schema, new Set(allKeys).add(schema.key));
						else {
							let keysAreValid = true;
							let currentPriority = 0;
							for (const currentKey of allKeys) {
								const discriminatorSchema = schema.entries[currentKey];
								if (currentKey in input ? discriminatorSchema["~run"]({
									typed: false,
									value: input[currentKey]
								}, ABORT_EARLY_CONFIG).issues : discriminatorSchema.type !== "exact_optional" && discriminatorSchema.type !== "optional" && discriminatorSchema.type !== "nullish") {
									keysAreValid = false;
									if (invalidDiscriminatorKey !== currentKey && (maxDiscriminatorPriority < currentPriority || maxDiscriminatorPriority === currentPriority && currentKey in input && !(invalidDiscriminatorKey in input))) {
										maxDiscriminatorPriority = currentPriority;
										invalidDiscriminatorKey = currentKey;
										expectedDiscriminators = [];
									}
									if (invalidDiscriminatorKey === currentKey) expectedDiscriminators.push(schema.entries[currentKey].expects);
									break;
								}
								currentPriority++;
							}
							if (keysAreValid) {
								const optionDataset = schema["~run"]({ value: input }, config$1);
								if (!outputDataset || !outputDataset.typed && optionDataset.typed) outputDataset = optionDataset;
							}
						}
						if (outputDataset && !outputDataset.issues) break;
					}
				};
				parseOptions(this, /* @__PURE__ */ new Set([this.key]));
				if (outputDataset) return outputDataset;
				_addIssue(this, "type", dataset, config$1, {
					input: input[invalidDiscriminatorKey],
					expected: /* @__PURE__ */ _joinExpects(expectedDiscriminators, "|"),
					path: [{
						type: "object",
						origin: "value",
						input,
						key: invalidDiscriminatorKey,
						value: input[invalidDiscriminatorKey]
					}]
				});
			} else _addIssue(this, "type", dataset, config$1);
			return dataset;
		}
	});
}
/**
* Parses an unknown input based on a schema.
*
* @param schema The schema to be used.
* @param input The input to be parsed.
* @param config The parse configuration.
*
* @returns The parsed input.
*/
function parse(schema, input, config$1) {
	const dataset = schema["~run"]({ value: input }, /* @__PURE__ */ getGlobalConfig(config$1));
	if (dataset.issues) throw new ValiError(dataset.issues);
	return dataset.value;
}
/* @__NO_SIDE_EFFECTS__ */
function pipe(...pipe$1) {
	return _standardSchema({
		...pipe$1[0],
		pipe: pipe$1,
		"~run"(dataset, config$1) {
			for (const item of pipe$1) if (item.kind !== "metadata") {
				if (dataset.issues && (item.kind === "schema" || item.kind === "transformation")) {
					dataset.typed = false;
					break;
				}
				if (!dataset.issues || !config$1.abortEarly && !config$1.abortPipeEarly) dataset = item["~run"](dataset, config$1);
			}
			return dataset;
		}
	});
}
/**
* Parses an unknown input based on a schema.
*
* @param schema The schema to be used.
* @param input The input to be parsed.
* @param config The parse configuration.
*
* @returns The parse result.
*/
/* @__NO_SIDE_EFFECTS__ */
function safeParse(schema, input, config$1) {
	const dataset = schema["~run"]({ value: input }, /* @__PURE__ */ getGlobalConfig(config$1));
	return {
		typed: dataset.typed,
		success: !dataset.issues,
		output: dataset.value,
		issues: dataset.issues
	};
}
// src/recipe/issue.ts
/** What a check found in a field, in words: “nothing” for a field that is missing. */
var received = (issue) => issue.received === "undefined" ? "nothing" : issue.received;
// src/recipe/schema.ts
var DEFAULT_METHOD = "opt-deus:paper";
/** Presets of gaps (method.md 3.5). `spread` is LLaMA-Pro's: after the last block of every group. */
var GAP_PRESETS = [
	"top",
	"middle",
	"bottom",
	"ends",
	"spread"
];
/** `method`: the method decides (entropic; exact for `opt-deus:hard`). */
var SOLVER_KINDS = [
	"method",
	"sinkhorn",
	"exact",
	"unbalanced",
	"progot"
];
/** Speed of ProgOT's steps from the source to the target points. */
var ACCELERATIONS = ["anderson", "none"];
var PROGOT_SCHEDULES = [
	"constant",
	"decelerating",
	"accelerating"
];
/** Which blocks are trained: those that the method's authors train, the new ones, or all. */
var TRAINED = [
	"method",
	"new",
	"all"
];
var LEARNING_RATES = [
	"constant",
	"cosine",
	"wsd"
];
/** Tensors of a block; most architectures have only some of the norms. A bias belongs to its weight. */
var BLOCK_TENSORS = [
	"input_layernorm",
	"self_attn.q_proj",
	"self_attn.k_proj",
	"self_attn.v_proj",
	"self_attn.o_proj",
	"self_attn.q_norm",
	"self_attn.k_norm",
	"post_attention_layernorm",
	"pre_feedforward_layernorm",
	"mlp.gate_proj",
	"mlp.up_proj",
	"mlp.down_proj",
	"post_feedforward_layernorm"
];
var COST_METRICS = [
	"method",
	"euclidean",
	"squared",
	"cosine"
];
var COST_ROWS = [
	"method",
	"raw",
	"unit"
];
var COST_SCALES = [
	"method",
	"none",
	"max",
	"mean",
	"median"
];
var COST_FEATURES = ["weights", "activations"];
/** Shipped texts for activations. */
var FEATURE_TEXTS = ["fairy", "observatory"];
/** A user's file: its name and the first 16 hexadecimal digits of its SHA-256, which tell it from files of the same name. */
var TEXT_FILE = /^file:[^/\\@]{1,200}@[0-9a-f]{16}$/;
/** Limits the memory for the base model's residual streams, which are kept for all tokens. */
var MAX_FEATURE_TOKENS = 1024;
var ModelSource = /* @__PURE__ */ variant("kind", [
	/* @__PURE__ */ object({ kind: /* @__PURE__ */ literal("shipped") }),
	/* @__PURE__ */ object({
		kind: /* @__PURE__ */ literal("url"),
		url: /* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ url("expected an address such as https://host/folder/"))
	}),
	/* @__PURE__ */ object({
		kind: /* @__PURE__ */ literal("hub"),
		repo: /* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ check(isHubRepo, `expected ${HUB_EXPECTED}`)),
		revision: /* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ check(isHubRevision, "expected a branch, tag or commit such as main")),
		file: /* @__PURE__ */ exactOptional(/* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ check(isHubFile, "expected a file such as model.gguf"))),
		endpoint: /* @__PURE__ */ exactOptional(/* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ check((text) => hubEndpoint(text) === text, "expected the address of a Hub such as https://huggingface.co")))
	}),
	/* @__PURE__ */ object({
		kind: /* @__PURE__ */ literal("local"),
		name: /* @__PURE__ */ string()
	})
]);
var gapIndex = /* @__PURE__ */ pipe(/* @__PURE__ */ number(), /* @__PURE__ */ integer("expected whole gap numbers"), /* @__PURE__ */ minValue(0, "expected gap numbers from 0"));
var positive = (name, example) => /* @__PURE__ */ pipe(/* @__PURE__ */ number(), /* @__PURE__ */ finite(), /* @__PURE__ */ check((value) => value > 0, `expected ${name} above 0, for example ${example}`));
var fraction = (name) => /* @__PURE__ */ pipe(/* @__PURE__ */ number(), /* @__PURE__ */ check((value) => value >= 0 && value <= 1, `expected ${name} from 0 to 1`));
var SolverSchema = /* @__PURE__ */ object({
	kind: /* @__PURE__ */ optional(/* @__PURE__ */ picklist(SOLVER_KINDS), "method"),
	/** ε in units of the cost. */
	epsilon: positive("ε", "0.06"),
	/** If a method takes ε from the cost: ε = spread · std(M), over all entries of the cost M. */
	spread: /* @__PURE__ */ optional(positive("a spread", "0.05"), .05),
	/** If a method takes ε from the cost: the target plan perplexity as a fraction of n (1: uniform); null: use `spread`. */
	targetPerplexity: /* @__PURE__ */ optional(/* @__PURE__ */ nullable(/* @__PURE__ */ pipe(/* @__PURE__ */ number(), /* @__PURE__ */ check((t) => t > 0 && t <= 1, "expected a share of n above 0 and up to 1, for example 0.1"))), null),
	/** The solve stops at this marginal error. f32 cannot reach less than about 1e-6. */
	tolerance: /* @__PURE__ */ pipe(/* @__PURE__ */ number(), /* @__PURE__ */ minValue(1e-7), /* @__PURE__ */ maxValue(.1)),
	/** Iterations of two half-steps each. */
	maxIterations: /* @__PURE__ */ pipe(/* @__PURE__ */ number(), /* @__PURE__ */ integer(), /* @__PURE__ */ minValue(1), /* @__PURE__ */ maxValue(1e5)),
	/** How iterations are accelerated. The film and the timeline of a plan show plain Sinkhorn. */
	acceleration: /* @__PURE__ */ optional(/* @__PURE__ */ picklist(ACCELERATIONS), "anderson"),
	/** Unbalanced: weight of the marginals' Kullback–Leibler penalty, in units of the cost. */
	rho: /* @__PURE__ */ optional(positive("ρ", "1"), 1),
	/** ProgOT: number of steps. */
	steps: /* @__PURE__ */ optional(/* @__PURE__ */ pipe(/* @__PURE__ */ number(), /* @__PURE__ */ integer(), /* @__PURE__ */ minValue(1), /* @__PURE__ */ maxValue(64)), 4),
	schedule: /* @__PURE__ */ optional(/* @__PURE__ */ picklist(PROGOT_SCHEDULES), "constant")
});
/** The ground cost between the rows of two blocks. `method`: the method decides. */
var CostSchema = /* @__PURE__ */ object({
	metric: /* @__PURE__ */ optional(/* @__PURE__ */ picklist(COST_METRICS), "method"),
	rows: /* @__PURE__ */ optional(/* @__PURE__ */ picklist(COST_ROWS), "method"),
	scale: /* @__PURE__ */ optional(/* @__PURE__ */ picklist(COST_SCALES), "method"),
	/**
	* Compared rows: weights, or the neurons' activations on a text in the base model, centred and at unit length. For
	* activations the metric `method` is 1 − correlation.
	*/
	features: /* @__PURE__ */ optional(/* @__PURE__ */ picklist(COST_FEATURES), "weights"),
	/** For activations: one of `FEATURE_TEXTS`, or file:NAME@DIGEST. */
	text: /* @__PURE__ */ optional(/* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ check((text) => FEATURE_TEXTS.some((name) => name === text) || TEXT_FILE.test(text), `expected ${FEATURE_TEXTS.join(", ")}, or a file as file:NAME@ and 16 hexadecimal digits`)), "fairy"),
	/** For activations: this many tokens from the end of the text; evaluations use its start. */
	tokens: /* @__PURE__ */ optional(/* @__PURE__ */ pipe(/* @__PURE__ */ number(), /* @__PURE__ */ integer(), /* @__PURE__ */ minValue(2), /* @__PURE__ */ maxValue(MAX_FEATURE_TOKENS)), 256)
});
var SliceSchema = /* @__PURE__ */ pipe(/* @__PURE__ */ object({
	/** First base block. */
	start: gapIndex,
	/** One past the last base block. */
	end: gapIndex,
	/**
	* A number multiplies o_proj and down_proj of the slice's blocks; 0 makes the blocks identities. Filters multiply any tensor
	* of them; those of the first slice also the embedding, those of the last also final norm and head. Absent or null: no
	* scaling.
	*/
	scale: /* @__PURE__ */ exactOptional(/* @__PURE__ */ nullable(/* @__PURE__ */ union([/* @__PURE__ */ pipe(/* @__PURE__ */ number(), /* @__PURE__ */ finite()), /* @__PURE__ */ pipe(/* @__PURE__ */ array(/* @__PURE__ */ object({
		filter: /* @__PURE__ */ exactOptional(/* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ minLength(1, "expected a part of a name"))),
		value: /* @__PURE__ */ pipe(/* @__PURE__ */ number(), /* @__PURE__ */ finite())
	})), /* @__PURE__ */ minLength(1, "expected at least one filter"))])))
}), /* @__PURE__ */ check(({ start, end }) => end > start, "expected a slice whose end is above its start, such as 0-6"));
var StructuredSchema = /* @__PURE__ */ object({
	/** Fit one rotation per rotary pair to q and k; only these maps commute with RoPE. */
	rotate: /* @__PURE__ */ optional(/* @__PURE__ */ boolean(), false),
	/** Rescale every fused row to the mean of its parents' norms. */
	repairNorms: /* @__PURE__ */ optional(/* @__PURE__ */ boolean(), false),
	/** Add the columns of down_proj to the features of an MLP unit. */
	down: /* @__PURE__ */ optional(/* @__PURE__ */ boolean(), false)
});
var integerIn = (name, least, most) => /* @__PURE__ */ pipe(/* @__PURE__ */ number(), /* @__PURE__ */ check((value) => Number.isInteger(value) && value >= least && value <= most, `expected ${name} to be a whole number from ${least} to ${most}`));
/** Names of dtypes as PyTorch and mergekit write them. */
var DTYPES = [
	"float32",
	"float16",
	"bfloat16"
];
/** How the deeper model is trained. Texts are not part of a recipe, because a link cannot contain them. */
var TrainingSchema = /* @__PURE__ */ object({
	trains: /* @__PURE__ */ optional(/* @__PURE__ */ picklist(TRAINED), "method"),
	/** Trained tensors of the trained blocks; null: all. */
	tensors: /* @__PURE__ */ optional(/* @__PURE__ */ nullable(/* @__PURE__ */ pipe(/* @__PURE__ */ array(/* @__PURE__ */ picklist(BLOCK_TENSORS)), /* @__PURE__ */ minLength(1, "expected at least one tensor"))), null),
	embedding: /* @__PURE__ */ optional(/* @__PURE__ */ boolean(), false),
	finalNorm: /* @__PURE__ */ optional(/* @__PURE__ */ boolean(), false),
	head: /* @__PURE__ */ optional(/* @__PURE__ */ boolean(), false),
	/** Optimiser steps on texts, then on pairs of instruction and response. */
	steps: /* @__PURE__ */ optional(integerIn("the steps", 0, 1e6), 80),
	tuningSteps: /* @__PURE__ */ optional(integerIn("the tuning steps", 0, 1e6), 0),
	/** Windows in a batch, batches in a step, tokens in a window. */
	batch: /* @__PURE__ */ optional(integerIn("the batch", 1, 4096), 8),
	accumulation: /* @__PURE__ */ optional(integerIn("the accumulation", 1, 4096), 1),
	context: /* @__PURE__ */ optional(integerIn("the context", 2, 131072), 128),
	/** Largest learning rate. */
	rate: /* @__PURE__ */ optional(/* @__PURE__ */ pipe(/* @__PURE__ */ number(), /* @__PURE__ */ check((rate) => rate > 0 && rate <= 1, "expected a learning rate above 0 and at most 1, such as 0.001")), .001),
	schedule: /* @__PURE__ */ optional(/* @__PURE__ */ picklist(LEARNING_RATES), "wsd"),
	/** Fraction of the steps during which the rate rises from 0. */
	warmup: /* @__PURE__ */ optional(fraction("a warm-up"), .125),
	/** wsd: fraction of the steps, at the end, during which the rate falls to 0. */
	decay: /* @__PURE__ */ optional(fraction("a decay"), .3),
	/** Decoupled weight decay of every trained tensor. */
	weightDecay: /* @__PURE__ */ optional(fraction("a weight decay"), .1),
	betas: /* @__PURE__ */ optional(/* @__PURE__ */ strictTuple([/* @__PURE__ */ pipe(/* @__PURE__ */ number(), /* @__PURE__ */ minValue(0), /* @__PURE__ */ maxValue(.9999)), /* @__PURE__ */ pipe(/* @__PURE__ */ number(), /* @__PURE__ */ minValue(0), /* @__PURE__ */ maxValue(.99999))]), [.9, .95]),
	eps: /* @__PURE__ */ optional(positive("eps", "1e-8"), 1e-8),
	/** The gradient's norm is clipped to this; null: no clipping. */
	clip: /* @__PURE__ */ optional(/* @__PURE__ */ nullable(positive("a norm", "1")), 1),
	/** Seed of the order of batches. */
	seed: /* @__PURE__ */ optional(integerIn("the seed", 0, 4294967295), 0)
});
var recipeSchema = (methods) => /* @__PURE__ */ object({
	version: /* @__PURE__ */ literal(1),
	model: ModelSource,
	method: /* @__PURE__ */ picklist(methods),
	gaps: /* @__PURE__ */ union([/* @__PURE__ */ picklist(GAP_PRESETS), /* @__PURE__ */ pipe(/* @__PURE__ */ array(gapIndex), /* @__PURE__ */ minLength(1, "expected at least one gap"))]),
	solver: SolverSchema,
	cost: /* @__PURE__ */ optional(CostSchema, {}),
	/** new = alpha · (moved previous) + (1 − alpha) · next; in the paper alpha is ½. */
	alpha: /* @__PURE__ */ optional(fraction("alpha"), .5),
	/** LLaMA-Pro: one copy after every this many blocks (preset `spread`). */
	group: /* @__PURE__ */ optional(/* @__PURE__ */ pipe(/* @__PURE__ */ number(), /* @__PURE__ */ integer(), /* @__PURE__ */ minValue(1, "expected groups of at least 1 block")), 2),
	/** passthrough: the base blocks of the deeper model, slice after slice. */
	slices: /* @__PURE__ */ optional(/* @__PURE__ */ nullable(/* @__PURE__ */ pipe(/* @__PURE__ */ array(SliceSchema), /* @__PURE__ */ minLength(1, "expected at least one slice"))), null),
	/**
	* dtype to which every tensor is rounded when the checkpoint is written, and dtype in which it is stored after that, as
	* mergekit's `dtype` and `out_dtype`; slices are scaled in between. null: the base's, and `dtype`.
	*/
	dtype: /* @__PURE__ */ optional(/* @__PURE__ */ nullable(/* @__PURE__ */ picklist(DTYPES)), null),
	outDtype: /* @__PURE__ */ optional(/* @__PURE__ */ nullable(/* @__PURE__ */ picklist(DTYPES)), null),
	/** Parents [previous, next] by gap, for gaps whose parents are not its neighbours. */
	parents: /* @__PURE__ */ optional(/* @__PURE__ */ record(/* @__PURE__ */ pipe(/* @__PURE__ */ string(), /* @__PURE__ */ regex(/^(0|[1-9]\d{0,8})$/, "expected gap numbers")), /* @__PURE__ */ strictTuple([gapIndex, gapIndex])), {}),
	structured: /* @__PURE__ */ optional(StructuredSchema, {}),
	training: /* @__PURE__ */ optional(TrainingSchema, {}),
	/** Zero the output projections of new blocks. `method`: the method decides. */
	zeroInit: /* @__PURE__ */ union([/* @__PURE__ */ literal("method"), /* @__PURE__ */ boolean()]),
	/** Seed of sampling and of the starting potentials; 0 starts them at zero, as POT does. */
	seed: /* @__PURE__ */ pipe(/* @__PURE__ */ number(), /* @__PURE__ */ integer(), /* @__PURE__ */ minValue(0), /* @__PURE__ */ maxValue(4294967295))
});
/** The default recipe. Fields that are not listed have the schema's default. */
var DEFAULT_RECIPE = parse(recipeSchema([DEFAULT_METHOD]), {
	version: 1,
	model: { kind: "shipped" },
	method: DEFAULT_METHOD,
	gaps: "top",
	solver: {
		epsilon: .06,
		tolerance: 1e-5,
		maxIterations: 2e3
	},
	zeroInit: "method",
	seed: 0
});
/** A recipe or a part of it is invalid. */
var RecipeError = class extends Error {
	name = "RecipeError";
};
/**
* Checks unknown data against the schema.
* @param methods ids of all methods.
* @throws RecipeError naming the field, what it expected and what it got.
*/
function parseRecipe$1(data, methods) {
	const result = /* @__PURE__ */ safeParse(recipeSchema(methods), data);
	if (result.success) return result.output;
	const issue = result.issues[0];
	throw new RecipeError(`${/* @__PURE__ */ getDotPath(issue) ?? "recipe"}: ${issue.message.startsWith("expected") ? issue.message : `expected ${issue.expected ?? "another value"}`}, got ${received(issue)}. Correct that field and try again.`);
}
// src/upscale/recipe.ts
/** Checks unknown data against the schema, with the methods there are. @throws RecipeError as the schema's own. */
var parseRecipe = (data) => parseRecipe$1(data, METHOD_IDS);
export { pipe as _, array as a, union as b, integer as c, looseObject as d, minLength as f, picklist as g, object as h, FEATURE_TEXTS as i, length as l, number as m, DEFAULT_RECIPE as n, check as o, nullable as p, DTYPES as r, exactOptional as s, parseRecipe as t, literal as u, strictTuple as v, string as y };

//# sourceMappingURL=recipe-Ccn9VQCU.mjs.map