import { useEffect, useRef, useState } from 'react';
import { fixed } from '../numbers';
import { useApp } from '../store/app';
import { chartOf } from './chart';
import type { Row } from './rows';

/** Loss per arm beside the base's, drawn by plotly, which is fetched when there is something to draw. */
export function LossChart({ rows }: { rows: readonly Row[] }) {
  const root = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  const { store } = useApp();

  useEffect(() => {
    let gone = false;
    const draw = async () => {
      const { default: plotly } = await import('plotly.js-cartesian-dist-min');
      const element = root.current;
      if (gone || element === null) return;
      const { data, layout } = chartOf(rows, getComputedStyle(element));
      await plotly.react(element, data, layout, {
        responsive: true,
        displaylogo: false,
        displayModeBar: false,
      });
    };
    const drawOrSay = () => {
      draw().catch(() => setFailed(true));
    };
    drawOrSay();
    const stop = store.subscribe((state) => state.theme.resolved, drawOrSay);
    return () => {
      gone = true;
      stop();
    };
  }, [rows, store]);

  useEffect(() => {
    const element = root.current;
    return () => {
      // Fetched already if anything was drawn; else there is nothing to give back.
      if (element?.hasChildNodes())
        void import('plotly.js-cartesian-dist-min').then(({ default: plotly }) => plotly.purge(element));
    };
  }, []);

  const known = rows.filter((row) => row.loss !== undefined);
  const words = known.map((row) => `${row.title} ${fixed(row.loss ?? 0, 4)}`).join('; ');
  return (
    <figure className="chart">
      <figcaption>Loss before training, the line is the base model</figcaption>
      {failed ? (
        <p className="problem">The chart could not be loaded; the table has all its numbers.</p>
      ) : (
        <div ref={root} role="img" aria-label={`Loss before training: ${words}`} />
      )}
    </figure>
  );
}
