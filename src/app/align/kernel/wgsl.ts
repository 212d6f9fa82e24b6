/** A piece of a line of WGSL. */
interface Token {
  readonly kind: 'plain' | 'comment' | 'keyword' | 'type' | 'number' | 'attribute';
  readonly text: string;
}

const KEYWORDS =
  'alias break case const continue continuing default discard else enable fn for if let loop override return struct switch var while';
const TYPES =
  'array atomic bool f16 f32 i32 u32 ptr vec2f vec3f vec4f vec2u vec3u vec4u vec2i vec3i vec4i mat2x2f mat3x3f mat4x4f uniform storage workgroup read read_write true false';

const KIND_OF = new Map<string, Token['kind']>([
  ...KEYWORDS.split(' ').map((word): [string, Token['kind']] => [word, 'keyword']),
  ...TYPES.split(' ').map((word): [string, Token['kind']] => [word, 'type']),
]);

const PIECE =
  /(?<comment>\/\/.*)|(?<attribute>@\w+)|(?<number>\b0x[\da-f]+u?\b|(?:\b\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?[uifh]?\b)|(?<word>[A-Za-z_]\w*)/gi;

/** Splits a line of WGSL into tokens that cover the whole line. These kernels have no block comments. */
export function tokenize(line: string): Token[] {
  const found: Token[] = [];
  let end = 0;
  const add = (kind: Token['kind'], text: string): void => {
    const last = found.at(-1);
    if (last?.kind === kind) found[found.length - 1] = { kind, text: last.text + text };
    else if (text !== '') found.push({ kind, text });
  };
  for (const match of line.matchAll(PIECE)) {
    const [text] = match;
    const { comment, attribute, number } = match.groups ?? {};
    add('plain', line.slice(end, match.index));
    if (comment !== undefined) add('comment', text);
    else if (attribute !== undefined) add('attribute', text);
    else if (number !== undefined) add('number', text);
    else add(KIND_OF.get(text) ?? 'plain', text);
    end = match.index + text.length;
  }
  add('plain', line.slice(end));
  return found;
}
