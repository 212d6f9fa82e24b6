import { describe } from 'vitest';
import type { Subject } from '../subject';
import { costSuite } from './cost';
import { gradientSuite } from './gradients';
import { matrixSuite } from './matrix';
import { misuseSuite } from './misuse';
import { pictureSuite } from './picture';
import { storageSuite } from './storage';
import { trainingSuite } from './training';
import { transformerSuite } from './transformer';
import { transformerOptionsSuite } from './transformer-options';
import { transportSuite } from './transport';

/** Compares every operation with its formula in float64 (tests/reference.ts). */
export function operationsSuite(subject: Subject): void {
  describe('storage', () => storageSuite(subject));
  describe('matrix', () => matrixSuite(subject));
  describe('cost', () => costSuite(subject));
  describe('transport', () => transportSuite(subject));
  describe('picture', () => pictureSuite(subject));
  describe('transformer', () => transformerSuite(subject));
  describe('transformer options', () => transformerOptionsSuite(subject));
  describe('training', () => trainingSuite(subject));
  describe('gradients', () => gradientSuite(subject));
  describe('misuse', () => misuseSuite(subject));
}
