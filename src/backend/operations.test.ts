import { afterAll, beforeAll, describe } from 'vitest';
import { openBackendsWithAllKernels } from '../../tests/backends';
import { operationsSuite } from '../../tests/operations/all';
import { Subject } from '../../tests/subject';

describe.each(await openBackendsWithAllKernels())('operations on $name', (test) => {
  const subject = new Subject(test);
  beforeAll(() => subject.start());
  afterAll(() => subject.stop());

  operationsSuite(subject);
});
