import { CheckpointError } from './errors';
import { isRecord } from './json';

/** Fields that hold a number of bits: GPTQ, AWQ and others; AWQ; compressed-tensors; HQQ; older GPTQ. */
const BITS = ['bits', 'w_bit', 'num_bits', 'nbits', 'wbits'];
/** Fields whose words name a number of bits, such as int4, nf4, Int4WeightOnlyConfig or fbgemm_fp8. */
const NAMES = ['quant_method', 'quant_algo', 'quant_type', '_type', 'weights', 'dtype', 'format'];

/**
 * Refuses a model whose config.json says that its weights are quantised, before the weights themselves are refused for an
 * unknown dtype or name.
 * @throws CheckpointError naming the method, its bits and what to do.
 */
export function refuseQuantised(config: Readonly<Record<string, unknown>>): void {
  const field = ['quantization_config', 'compression_config'].find((name) => isRecord(config[name]));
  const settings = field === undefined ? undefined : config[field];
  if (field === undefined || !isRecord(settings)) return;
  const bits = bitsIn(settings);
  const original = config['_name_or_path'];
  const from =
    typeof original === 'string' && /^[\w.-]+\/[\w.-]+$/.test(original) ? `, perhaps ${original}` : '';
  throw new CheckpointError(
    `config.json: expected weights in F32, F16 or BF16, got a quantised model (${field}: ${methodOf(settings)}` +
      `${bits === undefined ? '' : `, ${bits} ${bits === 1 ? 'bit' : 'bits'}`}). ` +
      `Open the repository that it was quantised from${from}, or load this one with transformers, call model.dequantize() and ` +
      `save it with save_pretrained. If its weights are not quantised, remove ${field} from config.json.`,
  );
}

function methodOf(settings: Readonly<Record<string, unknown>>): string {
  const named = settings['quant_method'];
  if (typeof named === 'string') return named;
  // bitsandbytes wrote no method at first.
  return 'load_in_4bit' in settings || 'load_in_8bit' in settings ? 'bitsandbytes' : 'an unnamed method';
}

/** Returns the first number of bits that settings name, in their own fields or in those of their parts. */
function bitsIn(settings: Readonly<Record<string, unknown>>): number | undefined {
  if (settings['load_in_4bit'] === true) return 4;
  if (settings['load_in_8bit'] === true) return 8;
  const number = BITS.map((name) => settings[name]).find((value) => typeof value === 'number');
  if (number !== undefined) return number;
  for (const part of Object.values(settings)) {
    const found = isRecord(part) ? bitsIn(part) : undefined;
    if (found !== undefined) return found;
  }
  const names = NAMES.map((name) => settings[name]).filter((value) => typeof value === 'string');
  const [, digits] =
    names.map((name) => /(?:int|fp|nf|float)_?(\d+)/i.exec(name)).find((match) => match !== null) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
