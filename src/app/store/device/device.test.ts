import { expect, it } from 'vitest';
import type { DeviceReport } from '../../../engine/jobs';
import { openApp } from '../testing';
import { createDevice } from './device';

const report = (timing: DeviceReport['timing']): DeviceReport => ({
  memory: {
    bytes: 0,
    peakBytes: 0,
    tensors: 0,
    pooledBytes: 0,
    byKind: { weights: 0, costs: 0, plans: 0, activations: 0, optimizer: 0, other: 0 },
    peakByKind: { weights: 0, costs: 0, plans: 0, activations: 0, optimizer: 0, other: 0 },
  },
  timing,
  jobs: [],
  choices: [],
});

async function setUp(answers: Parameters<typeof openApp>[0] = {}) {
  const opened = await openApp(answers);
  const device = createDevice(opened.app.context);
  return { ...opened, device, state: () => opened.app.store.getState().device };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

/** With a report that kernels are not timed. */
async function setUpUntimed() {
  const all = await setUp();
  void all.device.refresh();
  all.engine.last('device').resolve(report('off'));
  await settle();
  return all;
}

it('asks once at a time, and asks for no memory beside it', async () => {
  const { engine, device, state } = await setUp();
  const memory = engine.all('memory').length;
  const first = device.refresh();
  await device.refresh();
  expect(engine.all('device').length).toBe(1);
  engine.last('device').resolve(report('off'));
  await first;
  expect(state().report?.timing).toBe('off');
  expect(engine.all('memory').length).toBe(memory);
});

it('shows at once that timing was turned on', async () => {
  let timing: DeviceReport['timing'] = 'off';
  const { device, state } = await setUp({
    answers: {
      timeKernels: ({ on }) => {
        timing = on ? 'on' : 'off';
        return null;
      },
      device: () => report(timing),
    },
  });
  await device.time(true);
  expect(state().report?.timing).toBe('on');
});

it('shows that timing is turned on while the engine is busy, and not what was asked for before', async () => {
  const { engine, device, state } = await setUpUntimed();
  void device.refresh();
  const before = engine.last('device');
  const turning = device.time(true);
  expect(state().report?.timing).toBe('on');
  before.resolve(report('off'));
  await settle();
  expect(state().report?.timing).toBe('on');
  engine.last('timeKernels').resolve(null);
  await settle();
  engine.last('device').resolve(report('on'));
  await turning;
  expect(state().report?.timing).toBe('on');
});

it('shows what the engine says where timing cannot be turned on', async () => {
  const { engine, device, state } = await setUpUntimed();
  const turning = device.time(true);
  engine.last('timeKernels').reject(new Error('no times'));
  await settle();
  engine.last('device').resolve(report('off'));
  await turning;
  expect(state()).toMatchObject({ report: { timing: 'off' }, failure: { message: 'no times' } });
});

it('forgets the report of the backend before, also one that is under way', async () => {
  const { app, engine, device, state } = await setUp();
  void device.refresh();
  const before = engine.last('device');
  await app.switchBackend('webgpu');
  before.resolve(report('unavailable'));
  await settle();
  expect(state().report).toBeUndefined();
  void device.refresh();
  engine.last('device').resolve(report('off'));
  await settle();
  expect(state().report?.timing).toBe('off');
});

it('keeps what was measured with the backend that it is of, and says why nothing was', async () => {
  const { engine, device, state } = await setUp();
  const measuring = device.measureBandwidth();
  expect(state().measuring).toBe(true);
  void device.measureBandwidth();
  expect(engine.all('bandwidth').length).toBe(1);
  engine.last('bandwidth').resolve({ bytesPerSecond: 1e9, bytes: 1024 });
  await measuring;
  expect(state()).toMatchObject({
    measuring: false,
    bandwidth: { of: 'test', result: { bytesPerSecond: 1e9, bytes: 1024 } },
  });
  const again = device.measureBandwidth();
  engine.last('bandwidth').reject(new Error('no room'));
  await again;
  expect(state()).toMatchObject({ measuring: false, failure: { message: 'no room' } });
});
