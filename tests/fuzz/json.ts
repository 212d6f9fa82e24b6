import * as fc from 'fast-check';
import { hostileNumber, hostileText, seldom } from './hostile';
import { type Damage, damage, damagedText } from './damage';

/** JSON documents that are changed in their structure and then written, so that most of them are JSON but not what was meant. */

/** A JSON value as it is written: a literal, valid or not; a list; members in order, where a key may stand twice. */
type Node = { text: string } | { items: Node[] } | { members: [key: string, value: Node][] };

/** Nesting beyond which a parser that calls itself overflows the stack. */
const DEEP = 100_000;

const OBJECTS = [
  '{}',
  '[]',
  'null',
  'true',
  '""',
  '{"toString":1,"valueOf":1}',
  '{"__proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '{"length":4294967295}',
  '[[[[]]]]',
  '[null]',
  '{"a":1,"a":2}',
];
const NESTED = [
  '['.repeat(DEEP) + ']'.repeat(DEEP),
  '{"a":'.repeat(DEEP) + '1' + '}'.repeat(DEEP),
  '{"not":'.repeat(DEEP) + '{}' + '}'.repeat(DEEP),
  `[${'0,'.repeat(DEEP)}0]`,
];

const literal: fc.Arbitrary<string> = fc.oneof(
  { weight: 400, arbitrary: hostileText.map((text) => JSON.stringify(text)) },
  { weight: 400, arbitrary: hostileNumber },
  { weight: 300, arbitrary: fc.constantFrom(...OBJECTS) },
  { weight: 1, arbitrary: fc.constantFrom(...NESTED) },
);

const KINDS = ['replace', 'nudge', 'remove', 'again', 'rename', 'add', 'wrap', 'copy', 'repeat'] as const;

interface Mutation {
  readonly kind: (typeof KINDS)[number];
  /** Which node, and from which other one. */
  readonly at: number;
  readonly from: number;
  readonly key: string;
  readonly value: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom(...KINDS),
  at: fc.nat(9999),
  from: fc.nat(9999),
  key: hostileText,
  value: literal,
});

function nodeOf(value: unknown): Node {
  if (Array.isArray(value)) return { items: value.map(nodeOf) };
  if (typeof value === 'object' && value !== null)
    return { members: Object.entries(value).map(([key, each]) => [key, nodeOf(each)]) };
  return { text: JSON.stringify(value) };
}

function copied(node: Node): Node {
  if ('items' in node) return { items: node.items.map(copied) };
  if ('members' in node) return { members: node.members.map(([key, value]) => [key, copied(value)]) };
  return { text: node.text };
}

function written(node: Node): string {
  if ('items' in node) return `[${node.items.map(written).join(',')}]`;
  if ('members' in node)
    return `{${node.members.map(([key, value]) => `${JSON.stringify(key)}:${written(value)}`).join(',')}}`;
  return node.text;
}

/** A place in a document: the node there and how to put another in its stead or to leave it out. */
interface Place {
  readonly node: Node;
  readonly put: (node: Node) => void;
  readonly owner: Node | undefined;
  readonly index: number;
}

function placesOf(root: { node: Node }): Place[] {
  const places: Place[] = [];
  const visit = (node: Node, put: Place['put'], owner: Node | undefined, index: number): void => {
    places.push({ node, put, owner, index });
    if ('items' in node)
      for (const [i, item] of node.items.entries())
        visit(item, (other) => void (node.items[i] = other), node, i);
    if ('members' in node)
      for (const [i, member] of node.members.entries())
        visit(member[1], (other) => void (member[1] = other), node, i);
  };
  visit(root.node, (other) => void (root.node = other), undefined, 0);
  return places;
}

function apply(root: { node: Node }, { kind, at, from, key, value }: Mutation): void {
  const places = placesOf(root);
  const { node, put, owner, index } = places[at % places.length] ?? {
    node: root.node,
    put: () => {},
    owner: undefined,
    index: 0,
  };
  const other = copied(places[from % places.length]?.node ?? node);
  switch (kind) {
    case 'replace':
      return put({ text: value });
    case 'nudge':
      return put(
        'text' in node && /^\d+$/.test(node.text)
          ? { text: String(Number(node.text) + (from % 9) - 4) }
          : { text: value },
      );
    case 'wrap':
      return put({ items: [copied(node)] });
    case 'copy':
      return put(other);
    case 'remove':
      if (owner && 'items' in owner) owner.items.splice(index, 1);
      if (owner && 'members' in owner) owner.members.splice(index, 1);
      return undefined;
    case 'again':
      if (owner && 'items' in owner) owner.items.push(other);
      if (owner && 'members' in owner)
        owner.members.push([owner.members[index]?.[0] ?? key, from % 2 ? other : { text: value }]);
      return undefined;
    case 'rename':
      if (owner && 'members' in owner && owner.members[index]) owner.members[index][0] = key;
      return undefined;
    case 'add':
      if ('members' in node) node.members.push([key, { text: value }]);
      if ('items' in node) node.items.push({ text: value });
      return undefined;
    case 'repeat':
      if (owner && 'items' in owner)
        owner.items.push(...Array.from({ length: from % 100 }, () => copied(node)));
      return undefined;
  }
}

/** Returns texts made from one of `documents`: as it is, with some of its structure changed, or with its text damaged too. */
export function jsonTexts(documents: readonly unknown[]): fc.Arbitrary<string> {
  const nodes = documents.map(nodeOf);
  return fc
    .tuple(fc.nat(nodes.length - 1), fc.array(mutation, { maxLength: 4 }), seldom(damage))
    .map(([which, mutations, hurt]: [number, Mutation[], Damage | null]) => {
      const root = { node: copied(nodes[which] ?? { text: 'null' }) };
      for (const each of mutations) apply(root, each);
      const text = written(root.node);
      return hurt === null ? text : damagedText(text, hurt);
    });
}
