import { defineConfig } from 'vitest/config';

// `npm test -- --fast` leaves out what needs a WebGPU adapter, and files named *.slow.test.ts, which take over five seconds.
const fast = process.env['TESTS'] === 'fast';

export default defineConfig({
  test: {
    pool: 'forks',
    // Two software adapters at once only fight for the same cores.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: fast ? ['**/*.slow.test.ts', '**/webgpu.test.ts', 'src/backend/webgpu/*.test.ts'] : [],
          // Files share their process and what they import: importing anew took a tenth of the time of all tests.
          isolate: false,
          globalSetup: fast ? [] : ['tests/adapter.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          globalSetup: ['e2e/server.ts'],
          testTimeout: 180_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
