import { describe, expect, it } from 'vitest';
import type { DeviceReport, JobKernels } from '../../engine/jobs';
import { MODEL } from '../store/testing';
import { deviceFacts, limitFacts, type BrowserFacts } from './facts';
import { kernelTable, memoryRate, ratesOf } from './kernel-table';
import { memoryTable } from './memory-table';
import { type PanelData, bandwidthWords, reportText, timingWords } from './report-text';
import { alignedText } from './table';

const MIB = 2 ** 20;
const kernel = (name: string, change: Partial<JobKernels['kernels'][number]> = {}) => ({
  name,
  calls: 1,
  milliseconds: 1,
  work: 0,
  bytes: 0,
  ...change,
});

/** A reduction over 4 MB in 2 ms, and a product of 512³ over 3 MiB in 8 ms. */
const JOB: JobKernels = {
  job: 'align',
  running: false,
  milliseconds: 20,
  kernels: [
    kernel('matmul', { calls: 4, milliseconds: 8, work: 512 ** 3, bytes: 3 * MIB }),
    kernel('row_potential', { calls: 2000, milliseconds: 2, work: 1e7, bytes: 4e6 }),
    kernel('gather', { milliseconds: 0, work: 10, bytes: 80 }),
  ],
};
const MEMORY: DeviceReport['memory'] = {
  bytes: 3 * MIB,
  peakBytes: 5 * MIB,
  tensors: 12,
  pooledBytes: 512,
  byKind: { weights: 2 * MIB, costs: MIB, plans: 0, activations: 0, optimizer: 0, other: 0 },
  peakByKind: { weights: 2 * MIB, costs: MIB, plans: 0, activations: 2 * MIB, optimizer: 0, other: 0 },
};
const BROWSER: BrowserFacts = { name: 'Chromium 156.0.1.2 on Linux', cores: 8, isolated: true };
const GPU: PanelData['summary'] = {
  kind: 'webgpu',
  description: 'nvidia · ampere',
  software: false,
  limits: {
    maxBufferSize: 2 ** 31,
    maxComputeWorkgroupSizeX: 1024,
    subgroupMinSize: 32,
    subgroupMaxSize: 32,
  },
  features: ['shader-f16', 'subgroups'],
};
const DATA: PanelData = {
  summary: GPU,
  choice: 'auto',
  browser: BROWSER,
  model: { ...MODEL, name: 'C:/Users/ada/secret-model' },
  report: { memory: MEMORY, timing: 'on', jobs: [JOB], choices: [] },
  job: JOB,
  bandwidth: { bytesPerSecond: 8e9, bytes: 128 * MIB },
};

describe('rates', () => {
  it('a kernel has the rate that bounds it, two operations a multiply-add', () => {
    const [product, reduction, gather] = JOB.kernels.map(ratesOf);
    expect(product).toEqual({ flops: (2 * 512 ** 3) / 0.008 });
    expect(reduction).toEqual({ bytes: 2e9 });
    expect(gather).toEqual({});
  });

  it('of the memory, all kernels together by their bytes over their time', () => {
    expect(memoryRate(JOB)).toBe(2e9);
    const twice = [...JOB.kernels, kernel('swiglu', { milliseconds: 8, bytes: 36e6 })];
    expect(memoryRate({ ...JOB, kernels: twice })).toBe(4e9);
    expect(memoryRate({ ...JOB, kernels: JOB.kernels.slice(0, 1) })).toBeUndefined();
  });
});

describe('tables', () => {
  it('shares add up to all time in kernels', () => {
    const { columns, rows } = kernelTable(JOB, 8e9);
    expect(columns).toEqual(['kernel', 'calls', 'ms', 'share', 'GB/s', 'of copies', 'GFLOP/s']);
    expect(rows).toEqual([
      ['matmul', '4', '8', '80 %', '–', '–', '33.6'],
      ['row_potential', '2,000', '2', '20 %', '2', '25 %', '–'],
      ['gather', '1', '0', '0 %', '–', '–', '–'],
    ]);
  });

  it('says of what is next to nothing only that', () => {
    const slow = { ...JOB, kernels: [kernel('column_potential', { milliseconds: 5, bytes: 4096 })] };
    expect(kernelTable(slow, 8e9).rows).toEqual([
      ['column_potential', '1', '5', '100 %', '< 0.01', '< 0.1 %', '–'],
    ]);
  });

  it('without a bandwidth there is no share of it, without bytes no rate', () => {
    expect(kernelTable(JOB, undefined).columns).toEqual([
      'kernel',
      'calls',
      'ms',
      'share',
      'GB/s',
      'GFLOP/s',
    ]);
    const onCpu = { ...JOB, kernels: [kernel('multiply')] };
    expect(kernelTable(onCpu, 8e9)).toEqual({
      columns: ['kernel', 'calls', 'ms', 'share'],
      rows: [['multiply', '1', '1', '100 %']],
    });
  });

  it('memory by kind adds up to all of it', () => {
    expect(memoryTable(MEMORY).rows).toEqual([
      ['Weights', '2.0 MiB', '2.0 MiB'],
      ['Costs', '1.0 MiB', '1.0 MiB'],
      ['Plans', '0 B', '0 B'],
      ['Activations', '0 B', '2.0 MiB'],
      ['Gradients and optimiser', '0 B', '0 B'],
      ['Other', '0 B', '0 B'],
      ['All', '3.0 MiB', '5.0 MiB'],
    ]);
  });

  it('is aligned as text: names left, numbers right', () => {
    expect(
      alignedText({
        columns: ['kernel', 'ms'],
        rows: [
          ['a', '12'],
          ['long_name', '3'],
        ],
      }),
    ).toEqual(['kernel     ms', 'a          12', 'long_name   3']);
  });
});

describe('the device', () => {
  const words = (...args: Parameters<typeof deviceFacts>) => Object.fromEntries(deviceFacts(...args));

  it('on a GPU is its adapter; limits are in units, subgroups apart', () => {
    expect(words(GPU, BROWSER, 'auto')).toEqual({
      Adapter: 'nvidia · ampere',
      Kind: 'hardware',
      Subgroups: 'of 32 threads',
      'Half floats': 'in kernels',
    });
    expect(limitFacts(GPU)).toEqual([
      ['maxBufferSize', '2.0 GiB'],
      ['maxComputeWorkgroupSizeX', '1,024'],
    ]);
    const plain = { ...GPU, software: true, limits: {}, features: [] };
    expect(words(plain, BROWSER, 'auto')).toMatchObject({
      Kind: /software/,
      Subgroups: 'none',
      'Half floats': 'only unpacked',
    });
    const ranged = { ...GPU, limits: { subgroupMinSize: 8, subgroupMaxSize: 32 } };
    expect(words(ranged, BROWSER, 'auto')['Subgroups']).toBe('of 8 to 32 threads');
  });

  it('on the CPU says threads, and why it is not WebGPU', () => {
    const cpu: PanelData['summary'] = {
      kind: 'cpu',
      description: 'CPU, WebAssembly SIMD, 8 threads',
      software: false,
      limits: { threads: 8, maxMemoryBytes: 2 ** 31 },
      features: ['simd', 'threads'],
    };
    expect(words(cpu, BROWSER, 'cpu')).toEqual({
      'Computes with': 'CPU, WebAssembly SIMD, 8 threads',
      Threads: '8 of 8 cores',
      SIMD: 'simd',
      'Largest memory': '2.0 GiB',
      'Why not WebGPU': 'The CPU was chosen.',
    });
    const notice = 'No WebGPU here, so the CPU computes.';
    expect(words({ ...cpu, notice }, BROWSER, 'auto')['Why not WebGPU']).toBe(notice);
    const one = { ...cpu, limits: { threads: 1 } };
    expect(words(one, { ...BROWSER, isolated: false }, 'cpu')['Threads']).toMatch(/^1, .*isolate/);
    expect(limitFacts(cpu)).toEqual([]);
  });
});

describe('the copied text', () => {
  it('has everything that the panel shows', () => {
    expect(reportText(DATA)).toBe(`Interlayer, its backend
  Browser      Chromium 156.0.1.2 on Linux
  Cores        8
  Isolated     yes
  Backend      WebGPU, chosen: auto
  Adapter      nvidia · ampere
  Kind         hardware
  Subgroups    of 32 threads
  Half floats  in kernels
  Features     shader-f16, subgroups
  Model        LlamaForCausalLM, 8 blocks, hidden size 4, MLP 6, 2 heads (1 for keys and values), 16 tokens, 1,000 parameters, F32

Limits
  maxBufferSize             2.0 GiB
  maxComputeWorkgroupSizeX  1,024

Memory
  kind                         now  at the peak
  Weights                  2.0 MiB      2.0 MiB
  Costs                    1.0 MiB      1.0 MiB
  Plans                        0 B          0 B
  Activations                  0 B      2.0 MiB
  Gradients and optimiser      0 B          0 B
  Other                        0 B          0 B
  All                      3.0 MiB      5.0 MiB
  12 tensors; 512 B kept for reuse

Kernels
  Align: 10 ms in kernels of 20 ms
  kernel         calls  ms  share  GB/s  of copies  GFLOP/s
  matmul             4   8   80 %     –          –     33.6
  row_potential  2,000   2   20 %     2       25 %        –
  gather             1   0    0 %     –          –        –

Variants
  none chosen

Bandwidth
  8 GB/s read and written by copies of 128 MiB. The kernels of the job that are bound by memory reached 2 GB/s together, 25 % of it.
`);
  });

  it('names no model, whose name may be a folder of the person', () => {
    expect(reportText(DATA)).not.toMatch(/secret|Users|ada/);
  });

  it('says what there is not', () => {
    const text = reportText({
      ...DATA,
      model: undefined,
      job: undefined,
      bandwidth: undefined,
      report: { ...DATA.report, timing: 'unavailable', jobs: [] },
    });
    expect(text).toMatch(/Model +none/);
    expect(text).toMatch(/Kernels\n.*no timestamp queries/);
    expect(text).toMatch(/Bandwidth\n {2}not measured/);
  });

  it('lists chosen variants', () => {
    const choices = [
      { shapeClass: 'tall', variant: '64×64×16', rate: 25_900 },
      { shapeClass: 'thin', variant: 'rows' },
    ];
    expect(reportText({ ...DATA, report: { ...DATA.report, choices } })).toContain(
      'Variants\n  shapes   variant  GFLOP/s\n  tall    64×64×16   25,900\n  thin        rows        –',
    );
  });

  it('says why no kernel is listed', () => {
    const words = (timing: DeviceReport['timing']) => timingWords({ ...DATA.report, timing });
    expect([words('on'), words('off')]).toEqual([
      'No job has computed since timing was turned on.',
      'Kernels are not timed.',
    ]);
    expect(bandwidthWords({ bytesPerSecond: 8e9, bytes: MIB }, undefined)).toBe(
      '8 GB/s read and written by copies of 1.0 MiB.',
    );
  });
});
