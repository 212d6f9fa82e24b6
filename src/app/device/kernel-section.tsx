import { Term } from '../glossary/term';
import { ChoiceField } from '../controls/choice-field';
import { useDevice } from '../store/use-device';
import { jobSentence, jobWords, kernelTable } from './kernel-table';
import { type PanelData, timingWords } from './report-text';
import { DataTable } from './table-view';

/** Times of the kernels of a job, and the switch that makes the engine take them. */
export function KernelSection({ data: { summary, report, job, bandwidth } }: { readonly data: PanelData }) {
  const device = useDevice();
  const { timing, jobs } = report;
  return (
    <section aria-labelledby="device-kernels">
      <div className="row spread wrap">
        <h3 id="device-kernels">
          <Term id="kernel">Kernels</Term>
        </h3>
        {timing !== 'unavailable' && (
          <label className="device-check">
            <input
              type="checkbox"
              checked={timing === 'on'}
              aria-describedby="device-timing"
              onChange={({ target }) => void device.time(target.checked)}
            />
            Time kernels
          </label>
        )}
      </div>
      {timing !== 'unavailable' && (
        <p className="hint" id="device-timing">
          {summary.kind === 'webgpu'
            ? 'Gives every call a pass of its own and waits for its times, so that jobs take longer meanwhile. Browsers round timestamps to about a tenth of a millisecond; over many calls that evens out.'
            : 'Looks at the clock before and after every call, which costs next to nothing. What runs outside WebAssembly has no kernel.'}
        </p>
      )}
      {job ? (
        <>
          {jobs.length > 1 && (
            <ChoiceField
              label="Job"
              options={jobs.map(({ job: name }) => [name, jobWords(name)] as const)}
              value={job.job}
              onChoose={(name) => device.showJob(name === jobs[0]?.job ? null : name)}
            />
          )}
          <p>{jobSentence(job)}</p>
          <DataTable table={kernelTable(job, bandwidth?.bytesPerSecond)} name="Kernels of the job" />
          {job.kernels.some(({ bytes }) => bytes > 0) && (
            <p className="hint">
              A kernel has the rate that bounds it. Bytes are those of all tensors bound, each counted once a
              call, so that a kernel that reads a part of one, as gather does, seems faster than it is.
              Operations are two for a multiply-add, an exponential counted as ten of these. What ran beside
              the job, such as pictures, is among the kernels.
            </p>
          )}
        </>
      ) : (
        <p className="hint">{timingWords(report)}</p>
      )}
    </section>
  );
}
