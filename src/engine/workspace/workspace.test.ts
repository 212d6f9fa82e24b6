import { expect, test } from 'vitest';
import { SHIPPED, testEnvironment } from '../../../tests/engine';
import { FolderFiles } from '../../cli/folder';
import { OpenModel } from './open-model';
import { type CacheKey, Workspace } from './workspace';

const open = (): Promise<Workspace> => Workspace.open(testEnvironment(), 'cpu', undefined);

/** A list that is carried over to every new device. */
const carried: CacheKey<string[], readonly string[]> = {
  make: (_, before = []) => [...before],
  clear: (list) => void list.splice(0),
  carry: (list) => [...list],
};
/** A list that is not carried over. */
const own: CacheKey<string[]> = { make: () => [], clear: (list) => void list.splice(0) };

test('a cache is made when it is first asked for, and stays the same when it is emptied', async () => {
  const workspace = await open();
  const list = workspace.get(own);
  list.push('a');
  expect(workspace.get(own)).toBe(list);
  expect(workspace.get(carried)).not.toBe(list);
  workspace.clear();
  expect(workspace.get(own)).toBe(list);
  expect(list).toEqual([]);
});

test('a new device begins with what is carried over, also after a second loss in a row', async () => {
  const lost = await open();
  lost.get(own).push('a');
  lost.get(carried).push('b');
  const environment = testEnvironment();
  const second = await (await lost.reopen(environment)).reopen(environment);
  expect(second.get(own)).toEqual([]);
  expect(second.get(carried)).toEqual(['b']);
  second.clear();
  expect((await second.reopen(environment)).get(carried)).toEqual([]);
});

test('another model begins with nothing of the one before, on the same device', async () => {
  const workspace = await open();
  const list = workspace.get(carried);
  list.push('a');
  const next = workspace.withModel(await OpenModel.open(new FolderFiles(SHIPPED)));
  expect(list).toEqual([]);
  expect(next.backend).toBe(workspace.backend);
  expect(next.get(carried)).toEqual([]);
  expect(next.model.info.layers).toBe(8);
});
