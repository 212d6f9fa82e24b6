import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// `npm test -- --fast` skips tests that need a WebGPU adapter, and files named *.slow.test.ts, which take over five seconds.
const fast = process.env['TESTS'] === 'fast';
// `npm run faults` lets things fail at every point.
const everyPoint = process.env['FAULTS'] === 'all';

/** Starts long files first, so that none of them runs alone at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => /\/lessons-|\.slow\.test/.test(moduleId);
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    // More than two cores, because tests of the page wait about as long as they compute.
    maxWorkers: 3,
    // Test files share processes and imported modules, because importing again took a tenth of the time of all tests.
    // So a test must not mock modules: the mock would stay for the files after it.
    isolate: false,
    setupFiles: ['tests/equal-bytes.ts'],
    // On a busy machine the page may need more than the second that polls have by default.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: fast ? ['**/*.slow.test.ts', '**/webgpu.test.ts', 'src/backend/webgpu/*.test.ts'] : [],
          globalSetup: fast ? [] : ['tests/adapter.ts'],
          testTimeout: everyPoint ? 900_000 : 180_000,
          hookTimeout: everyPoint ? 900_000 : 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          globalSetup: ['e2e/server.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
