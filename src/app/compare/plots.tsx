import { useEffect, useRef, useState } from 'react';
import { Segments } from '../controls/segments';
import { toFailure } from '../store/core/failure';
import { notify } from '../store/session/notices';
import { useApp } from '../store/use-app';
import type { Chart } from './chart';
import { rowsWithLoss, plotlyFigure } from './chart';
import type { BlockMeasureId, MeasureId } from './measures';
import { BLOCK_MEASURES, BLOCK_MEASURE_IDS, MEASURES, MEASURE_IDS, blockValues } from './measures';
import type { ArmRow } from './rows';

const loadPlotly = async () => (await import('plotly.js-cartesian-dist-min')).default;

const KINDS = [
  { value: 'bars', label: 'loss' },
  { value: 'layers', label: 'by block' },
  { value: 'scatter', label: 'two measures' },
] as const;

const FIGURE_NAME = 'interlayer-comparison';
const SIZE = { width: 1200, height: 700 } as const;

/** Chooses the kind of chart and its measures. */
function ChartChoice({
  rows,
  chart,
  onChange,
}: PlotProps & { readonly chart: Chart; readonly onChange: (chart: Chart) => void }) {
  const measured = rows.some(({ measurement }) => measurement !== undefined);
  const curves = BLOCK_MEASURE_IDS.filter((id) =>
    rows.some(({ measurement }) => blockValues(measurement, id).some((value) => value !== null)),
  );
  const known = MEASURE_IDS.filter((id) => rows.some(({ values }) => values[id] !== undefined));
  const start: Readonly<Record<Chart['kind'], Chart>> = {
    bars: { kind: 'bars' },
    layers: { kind: 'layers', measure: 'residualChange' },
    scatter: { kind: 'scatter', x: measured ? 'normToNext' : 'spread', y: 'loss' },
  };
  const pick = (label: string, value: MeasureId, onPick: (id: MeasureId) => void) => (
    <label>
      {label}
      <select value={value} onChange={({ target }) => onPick(target.value as MeasureId)}>
        {known.map((id) => (
          <option key={id} value={id}>
            {MEASURES[id].label}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <div className="compare-controls">
      <Segments
        name="Plot"
        options={KINDS.map(({ value, label }) => ({
          value,
          label,
          disabled:
            value === 'layers' && !measured
              ? 'Choose “also blocks and tensors” and evaluate first'
              : undefined,
        }))}
        value={chart.kind}
        onChoose={(kind) => onChange(start[kind])}
      />
      {chart.kind === 'layers' && (
        <label>
          Measure
          <select
            value={chart.measure}
            onChange={({ target }) => onChange({ kind: 'layers', measure: target.value as BlockMeasureId })}
          >
            {curves.map((id) => (
              <option key={id} value={id}>
                {BLOCK_MEASURES[id]}
              </option>
            ))}
          </select>
        </label>
      )}
      {chart.kind === 'scatter' && (
        <>
          {pick('Across', chart.x, (x) => onChange({ ...chart, x }))}
          {pick('Up', chart.y, (y) => onChange({ ...chart, y }))}
        </>
      )}
    </div>
  );
}

interface PlotProps {
  readonly rows: readonly ArmRow[];
}

/** The chosen plot. Plotly is loaded on the first draw. */
export function Plots({ rows }: PlotProps) {
  const root = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  const [chart, setChart] = useState<Chart>({ kind: 'bars' });
  const { store } = useApp();

  useEffect(() => {
    let cancelled = false;
    const draw = async () => {
      const plotly = await loadPlotly();
      const element = root.current;
      if (cancelled || element === null) return;
      const width = element.clientWidth;
      const { data, layout } = plotlyFigure(rows, chart, { style: getComputedStyle(element), width });
      await plotly.react(
        element,
        data,
        { ...layout, width },
        {
          displaylogo: false,
          displayModeBar: false,
        },
      );
    };
    const drawOrFail = () => {
      draw().catch(() => setFailed(true));
    };
    drawOrFail();
    // Redraws when the theme changes, because the colours come from it.
    const stop = store.subscribe((state) => state.theme.resolved, drawOrFail);
    // Plotly's own resize handling would lose the height.
    let width = root.current?.clientWidth;
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined || entry.contentRect.width === width) return;
      width = entry.contentRect.width;
      drawOrFail();
    });
    if (root.current !== null) observer.observe(root.current);
    return () => {
      cancelled = true;
      observer.disconnect();
      stop();
    };
  }, [rows, chart, store]);

  useEffect(() => {
    const element = root.current;
    return () => {
      if (element !== null) void loadPlotly().then((plotly) => plotly.purge(element));
    };
  }, []);

  async function save(format: 'svg' | 'png'): Promise<void> {
    try {
      const plotly = await loadPlotly();
      if (root.current === null) return;
      const figure = plotlyFigure(rows, chart, { style: getComputedStyle(root.current), ...SIZE });
      await plotly.downloadImage(
        { ...figure, layout: { ...figure.layout, width: SIZE.width } },
        { format, filename: FIGURE_NAME, scale: format === 'png' ? 2 : 1, ...SIZE },
      );
    } catch (error) {
      notify(store, 'error', 'The figure could not be saved', toFailure(error).message);
    }
  }

  const titles = { bars: 'Loss of every arm; the line is the base model', layers: '', scatter: '' } as const;
  return (
    <figure className="chart" data-control="compare-chart" aria-label="Plot of the comparison">
      <div className="row spread wrap">
        <ChartChoice rows={rowsWithLoss(rows)} chart={chart} onChange={setChart} />
        <div className="row">
          <button type="button" className="button" onClick={() => void save('svg')}>
            SVG
          </button>
          <button type="button" className="button" onClick={() => void save('png')}>
            PNG
          </button>
        </div>
      </div>
      {titles[chart.kind] && <figcaption>{titles[chart.kind]}</figcaption>}
      {failed ? (
        <p className="problem">The chart could not be loaded. The table below has the same numbers.</p>
      ) : (
        <div ref={root} className="plot" />
      )}
    </figure>
  );
}
