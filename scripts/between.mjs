/**
 * Replaces what stands between `<!-- name -->` and `<!-- /name -->` in a Markdown text.
 * @throws Error unless both are there once.
 */
export function between(text, name, content) {
  const [before, , after, ...more] = text.split(new RegExp(`<!-- /?${name} -->`));
  if (after === undefined || more.length > 0)
    throw new Error(`expected <!-- ${name} --> and <!-- /${name} --> once each`);
  return `${before}<!-- ${name} -->\n\n${content.trim()}\n\n<!-- /${name} -->${after}`;
}
