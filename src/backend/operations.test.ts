import { afterAll, beforeAll, describe } from 'vitest';
import { openBackends } from '../../tests/backends';
import { costSuite } from '../../tests/operations/cost';
import { gradientSuite } from '../../tests/operations/gradients';
import { matrixSuite } from '../../tests/operations/matrix';
import { misuseSuite } from '../../tests/operations/misuse';
import { pictureSuite } from '../../tests/operations/picture';
import { storageSuite } from '../../tests/operations/storage';
import { trainingSuite } from '../../tests/operations/training';
import { transformerSuite } from '../../tests/operations/transformer';
import { transportSuite } from '../../tests/operations/transport';
import { Subject } from '../../tests/subject';

/** Compares every operation of every backend with its formula in float64 (tests/reference.ts). */
describe.each(await openBackends())('operations on $name', (test) => {
  const subject = new Subject(test);
  beforeAll(() => subject.start());
  afterAll(() => subject.stop());

  describe('storage', () => storageSuite(subject));
  describe('matrix', () => matrixSuite(subject));
  describe('cost', () => costSuite(subject));
  describe('transport', () => transportSuite(subject));
  describe('picture', () => pictureSuite(subject));
  describe('transformer', () => transformerSuite(subject));
  describe('training', () => trainingSuite(subject));
  describe('gradients', () => gradientSuite(subject));
  describe('misuse', () => misuseSuite(subject));
});
