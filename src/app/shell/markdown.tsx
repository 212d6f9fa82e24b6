import type { ReactNode } from 'react';

/** The Markdown that model cards use. Anything else stays plain text. */
type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'code'; readonly text: string }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    };

const cellsOf = (line: string) =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim());

/** Removes front matter, the block between `---` lines at the start. */
function withoutFrontMatter(text: string): string {
  return text.replace(/^\uFEFF?---\r?\n[\s\S]*?\r?\n---\r?\n/, '');
}

/** Parses a text into blocks, in one pass over its lines. */
export function parseMarkdown(text: string): Block[] {
  const lines = withoutFrontMatter(text).split(/\r?\n/);
  const blocks: Block[] = [];
  let at = 0;
  const takeWhile = (test: (line: string) => boolean): string[] => {
    const from = at;
    while (at < lines.length && test(lines[at] ?? '')) at++;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const heading = /^(#{1,6})[ \t]+(\S.*)?$/.exec(line);
    if (line.trim() === '') {
      at++;
    } else if (heading !== null) {
      blocks.push({ kind: 'heading', level: heading[1]?.length ?? 1, text: heading[2] ?? '' });
      at++;
    } else if (line.startsWith('```')) {
      at++;
      blocks.push({ kind: 'code', text: takeWhile((l) => !l.startsWith('```')).join('\n') });
      at++;
    } else if (line.startsWith('|')) {
      const [head = '', , ...rows] = takeWhile((l) => l.startsWith('|'));
      blocks.push({ kind: 'table', head: cellsOf(head), rows: rows.map(cellsOf) });
    } else if (/^[-*]\s/.test(line)) {
      blocks.push({ kind: 'list', items: takeWhile((l) => /^[-*]\s/.test(l)).map((l) => l.slice(2)) });
    } else {
      const paragraph = [line];
      at++;
      paragraph.push(...takeWhile((l) => l.trim() !== '' && !/^(#{1,6}\s|\||```|[-*]\s)/.test(l)));
      blocks.push({ kind: 'paragraph', text: paragraph.join(' ') });
    }
  }
  return blocks;
}

/** Each part ends where it can no longer be one, so that a text of openings without ends does not take the square of its length. */
const INLINE = /(\*\*[^*]{1,1000}\*\*|`[^`]{1,1000}`|\[[^[\]]{1,1000}\]\(https?:[^()\s]{1,1000}\))/;

function renderInline(text: string): ReactNode[] {
  return text.split(INLINE).map((part, i) => {
    const key = `${i} ${part}`;
    if (part.startsWith('**') && part.length > 4) return <strong key={key}>{part.slice(2, -2)}</strong>;
    if (part.startsWith('`') && part.length > 2) return <code key={key}>{part.slice(1, -1)}</code>;
    const link = /^\[([^[\]]+)\]\((https?:[^()\s]+)\)$/.exec(part);
    if (link === null) return part;
    return (
      <a key={key} href={link[2]} rel="noreferrer">
        {link[1]}
      </a>
    );
  });
}

function BlockView({ block, level }: { block: Block; level: number }) {
  switch (block.kind) {
    case 'heading': {
      const Heading = `h${Math.min(6, block.level + level - 1)}` as 'h3';
      return <Heading>{renderInline(block.text)}</Heading>;
    }
    case 'paragraph':
      return <p>{renderInline(block.text)}</p>;
    case 'code':
      return <pre>{block.text}</pre>;
    case 'list':
      return (
        <ul>
          {block.items.map((item, i) => (
            // oxlint-disable-next-line react/no-array-index-key
            <li key={i}>{renderInline(item)}</li>
          ))}
        </ul>
      );
    case 'table':
      return <Table head={block.head} rows={block.rows} />;
  }
}

function Table({ head, rows }: { head: readonly string[]; rows: readonly (readonly string[])[] }) {
  return (
    <div className="table-scroll">
      <table>
        {head.some((cell) => cell !== '') && (
          <thead>
            <tr>
              {head.map((cell, i) => (
                // oxlint-disable-next-line react/no-array-index-key
                <th key={i} scope="col">
                  {renderInline(cell)}
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {rows.map(([first = '', ...rest], i) => (
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={i}>
              <th scope="row">{renderInline(first)}</th>
              {rest.map((cell, j) => (
                // oxlint-disable-next-line react/no-array-index-key
                <td key={j}>{renderInline(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Renders a model card. @param level heading level of the card's own first level. */
export function Markdown({ text, level }: { text: string; level: number }) {
  return (
    <div className="markdown">
      {parseMarkdown(text).map((block, i) => (
        // The index is a safe key, because the blocks of a text keep their order.
        // oxlint-disable-next-line react/no-array-index-key
        <BlockView key={i} block={block} level={level} />
      ))}
    </div>
  );
}
