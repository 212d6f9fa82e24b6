import type { Backend } from '../../src/backend/operations';
import { operationsSuite } from '../../tests/operations/all';
import { Subject } from '../../tests/subject';
import { collect } from './vitest';

/**
 * Runs the operations suite on a backend and prints what fails. Only in the bundle, where `vitest` is the file beside this one.
 * Returns the number of cases that failed.
 */
export async function runOperationsSuite(name: string, open: () => Promise<Backend>): Promise<number> {
  const start = performance.now();
  const subject = new Subject({ open, toleranceScale: 1 });
  const cases = collect(() => operationsSuite(subject));
  await subject.start();
  let failed = 0;
  for (const { name: title, run } of cases) {
    try {
      await run();
    } catch (error) {
      failed++;
      console.log(`  ✗ ${title}: ${error instanceof Error ? error.message.slice(0, 300) : String(error)}`);
    }
  }
  subject.stop();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `operations suite on ${name}: ${cases.length - failed} of ${cases.length} cases right, ${seconds} s`,
  );
  return failed;
}
