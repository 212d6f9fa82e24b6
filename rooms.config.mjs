// Which room of src may import which, checked by `npx oxlint -c rooms.config.mjs src` in every test run: no file imports in a
// circle, type imports included, and none imports from a room that its own is not allowed to know. Tests may import anything.

/** The rooms of src and the rooms that each may import. */
const HOUSE = {
  recipe: [],
  checkpoint: [],
  backend: [],
  transport: ['backend'],
  llama: ['backend', 'checkpoint'],
  upscale: ['backend', 'checkpoint', 'llama', 'recipe', 'transport'],
  measures: ['backend', 'checkpoint', 'llama', 'recipe', 'transport', 'upscale'],
  train: ['backend', 'llama', 'recipe'],
  engine: ['backend', 'checkpoint', 'llama', 'measures', 'recipe', 'train', 'transport', 'upscale'],
  cli: ['checkpoint', 'engine', 'recipe', 'train', 'upscale'],
  app: ['engine', 'recipe'],
};

/**
 * Rooms inside the big rooms, from the ground up. Each may import those of the floors before its own: none after it, and none
 * beside it.
 */
const FLOORS = {
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
    ['controls', 'figure'],
    ['align', 'map', 'compare', 'train', 'try', 'tower', 'export'],
    ['shell'],
  ],
};

/** Files of a room, and the rooms that they may not import, `up` folders above them. */
function override(files, forbidden) {
  const patterns = forbidden
    .filter(({ rooms }) => rooms.length > 0)
    .map(({ up, rooms, message }) => ({
      regex: `^${'\\.\\./'.repeat(up)}(${rooms.join('|')})(/|$)`,
      message,
    }));
  return { files: [files], rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

const overrides = Object.entries(HOUSE).flatMap(([room, allowed]) => {
  const others = Object.keys(HOUSE).filter((other) => other !== room && !allowed.includes(other));
  const house = (depth) => ({
    up: depth,
    rooms: others,
    message: `src/${room} may import ${allowed.map((name) => `src/${name}`).join(', ') || 'no other room'}.`,
  });
  const whole = [1, 2, 3, 4].map((depth) =>
    override(`src/${room}/${'*/'.repeat(depth - 1)}*.{ts,tsx}`, [house(depth)]),
  );
  const floors = FLOORS[room] ?? [];
  const inner = floors.flatMap((beside, floor) =>
    beside.flatMap((name) => {
      const below = floors.slice(0, floor).flat();
      const rooms = floors.flat().filter((other) => other !== name && !below.includes(other));
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
