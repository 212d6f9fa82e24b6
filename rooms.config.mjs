// Rules for imports between the rooms (folders) of src, checked by `npx oxlint -c rooms.config.mjs src` in every test run: there are
// no import cycles, also not of types, and files import only from rooms that are allowed below. Tests may import anything.

/** Every room of src, and the rooms that it may import. */
const ROOM_IMPORTS = {
  recipe: [],
  lessons: ['recipe'],
  checkpoint: [],
  backend: [],
  transport: ['backend'],
  llama: ['backend', 'checkpoint'],
  upscale: ['backend', 'checkpoint', 'llama', 'recipe', 'transport'],
  measures: ['backend', 'checkpoint', 'llama', 'recipe', 'transport', 'upscale'],
  train: ['backend', 'llama', 'recipe'],
  engine: ['backend', 'checkpoint', 'llama', 'measures', 'recipe', 'train', 'transport', 'upscale'],
  cli: ['checkpoint', 'engine', 'recipe', 'train', 'upscale'],
  app: ['engine', 'lessons', 'recipe'],
  offline: [],
};

/** Rooms inside large rooms, in layers from the bottom up. A room may import rooms of lower layers only, none of its own layer. */
const LAYERS = {
  backend: [['checks'], ['cpu'], ['wasm', 'webgpu']],
  upscale: [
    ['block'],
    ['contract'],
    ['structured', 'lesa'],
    ['activations'],
    ['opt-deus'],
    ['methods'],
    ['expanding'],
    ['saving'],
  ],
  engine: [
    ['jobs'],
    ['environment'],
    ['workspace'],
    ['training'],
    ['models'],
    ['aligning'],
    ['plans'],
    ['neurons'],
    ['pictures'],
    ['saving'],
  ],
  app: [
    ['words'],
    ['methods'],
    ['files', 'drawing'],
    ['store'],
    ['glossary'],
    ['controls', 'figure'],
    ['align', 'map', 'compare', 'train', 'try', 'tower', 'export', 'device', 'hub'],
    ['lessons'],
    ['shell'],
  ],
};

/** Returns the lint rule for `files`: they must not import `rooms`, which are `up` folders above them. */
function override(files, forbidden) {
  const patterns = forbidden
    .filter(({ rooms }) => rooms.length > 0)
    .map(({ up, rooms, message }) => ({
      regex: `^${'\\.\\./'.repeat(up)}(${rooms.join('|')})(/|$)`,
      message,
    }));
  return { files: [files], rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

const overrides = Object.entries(ROOM_IMPORTS).flatMap(([room, allowed]) => {
  const others = Object.keys(ROOM_IMPORTS).filter((other) => other !== room && !allowed.includes(other));
  const house = (depth) => ({
    up: depth,
    rooms: others,
    message: `src/${room} may import ${allowed.map((name) => `src/${name}`).join(', ') || 'no other room'}.`,
  });
  const whole = [1, 2, 3, 4].map((depth) =>
    override(`src/${room}/${'*/'.repeat(depth - 1)}*.{ts,tsx}`, [house(depth)]),
  );
  const layers = LAYERS[room] ?? [];
  const inner = layers.flatMap((beside, layer) =>
    beside.flatMap((name) => {
      const below = layers.slice(0, layer).flat();
      const rooms = layers.flat().filter((other) => other !== name && !below.includes(other));
      const message = `src/${room}/${name} may import ${below.join(', ') || 'no other room'} of src/${room}.`;
      return [2, 3, 4].map((depth) =>
        override(`src/${room}/${name}/${'*/'.repeat(depth - 2)}*.{ts,tsx}`, [
          house(depth),
          { up: depth - 1, rooms, message },
        ]),
      );
    }),
  );
  return [...whole, ...inner];
});

export default {
  plugins: ['import'],
  categories: { correctness: 'off' },
  rules: { 'import/no-cycle': ['error', { ignoreTypes: false }] },
  overrides: [
    ...overrides,
    { files: ['**/*.test.ts', '**/*testing*.ts'], rules: { 'no-restricted-imports': 'off' } },
  ],
};
