/* Room `map`: the stage Map, distances of all pairs of blocks, heads or neurons. Imports no other stage. */

import { useId, useMemo } from 'react';
import { MAP_COLOURS, MAP_VALUES } from '../../recipe/view';
import { Busy, useDelayedBusy } from '../controls/busy';
import { Explained } from '../glossary/explained';
import { TermMark } from '../glossary/term';
import { Segments } from '../controls/segments';
import { TensorSegments } from '../controls/tensor-segments';
import { ScaleBar } from '../drawing/scale-bar';
import { NEAR_WORDS } from '../drawing/units';
import { mapPath, requestedMap } from '../store/derived/map';
import { useApp, useAppState } from '../store/use-app';
import { hasZeroDiagonal, mapColours, shownValue } from './map-values';
import { MapPicture } from './map-picture';
import { COLOUR_WORDS, VALUE_WORDS, costWords, levelWords, breadcrumbWords } from './words';

const VALUE_TERMS = {
  distance: 'distance-of-blocks',
  relative: 'relative-distance',
  null: 'null',
} as const;

/** Breadcrumbs from all blocks to the level on show. Each one goes back to its level. */
function Breadcrumbs() {
  const { map } = useApp();
  const view = useAppState((state) => state.view);
  const info = useAppState((state) => state.model.info);
  if (info === undefined) return null;
  const path = mapPath(view, info);
  const steps = ['all blocks', ...path.map((pair, depth) => breadcrumbWords(depth, pair))];
  return (
    <nav className="crumbs" aria-label="Level of the map">
      <ol>
        {steps.map((words, depth) => (
          <li key={words}>
            {depth < path.length ? (
              <button type="button" className="link-button" onClick={() => map.backTo(depth)}>
                {words}
              </button>
            ) : (
              <span aria-current="location">{words}</span>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** Progress of long work, and its failures. */
function MapStatus() {
  const { map } = useApp();
  const { phase, progress, failure } = useAppState((state) => state.map);
  const waiting = useAppState((state) => state.compare.running || state.compare.evaluating);
  const showBusy = useDelayedBusy(phase === 'working');
  if (phase === 'failed')
    return (
      <div className="stage-status problem-box" role="alert">
        <p>{failure?.message}</p>
        <button type="button" className="button" onClick={map.again}>
          Try again
        </button>
      </div>
    );
  if (phase === 'stopped')
    return (
      <div className="stage-status">
        <p>The comparison was stopped.</p>
        <button type="button" className="button" onClick={map.again}>
          Compare again
        </button>
      </div>
    );
  if (!showBusy) return null;
  return (
    <div className="stage-status">
      <Busy
        label={waiting ? 'After the evaluation…' : 'Comparing…'}
        progress={progress}
        onCancel={map.stop}
      />
    </div>
  );
}

/** The stage Map: distances of all pairs of blocks, then of the heads of a pair, then of their neurons. */
export function MapStage() {
  const { view } = useApp();
  const value = useAppState((state) => state.view.mapValue);
  const colours = useAppState((state) => state.view.mapColours);
  const shown = useAppState((state) => state.map.shown);
  const coloured = useMemo(() => shown && mapColours(shown, value, colours), [shown, value, colours]);
  const phase = useAppState((state) => state.map.phase);
  const stale = useAppState((state) => state.map.shown?.key !== requestedMap(state)?.key);
  const cost = useAppState((state) => state.recipe.current.cost);
  const finer = useAppState((state) => (requestedMap(state)?.level.kind ?? 'blocks') !== 'blocks');
  const caption = useId();
  return (
    <section className="stage map" aria-label="Map">
      <div className="toolbar">
        <div className="row">
          <TensorSegments />
          <Breadcrumbs />
        </div>
        <div className="row wrap">
          <Segments
            name="Value"
            control="map-values"
            options={MAP_VALUES.map((name) => ({
              value: name,
              ...VALUE_WORDS[name],
              disabled:
                name === 'null' && finer ? 'Only pairs of whole blocks are compared with a null' : undefined,
            }))}
            value={finer && value === 'null' ? 'relative' : value}
            onChoose={(mapValue) => view.show({ mapValue })}
          />
          <TermMark id={VALUE_TERMS[value]} />
          <Segments
            name="Range of the colours"
            options={MAP_COLOURS.map((name) => ({ value: name, ...COLOUR_WORDS[name] }))}
            value={colours}
            onChoose={(chosen) => view.show({ mapColours: chosen })}
          />
        </div>
      </div>
      <figure
        className="picture"
        data-control="map"
        data-state={phase}
        data-stale={stale}
        data-level={shown?.level.kind}
        aria-labelledby={caption}
      >
        {shown ? <MapPicture map={shown} stale={stale} /> : <div className="picture-room" />}
        <MapStatus />
        <div className="legend">
          {coloured && (
            <>
              <ScaleBar
                scale={coloured.scale}
                unit={`${VALUE_WORDS[shown ? shownValue(shown, value) : value].unit}, ${NEAR_WORDS}`}
                digits={3}
                ticks={coloured.ticks}
              />
              <span className="map-clipped">{coloured.note}</span>
            </>
          )}
        </div>
        <figcaption id={caption}>
          {shown ? (
            <>
              <Explained text={levelWords(shown.level, shown.tensor, shown.result.solver)} />{' '}
              {costWords(cost)}.
              {hasZeroDiagonal(shown.level) && ' The diagonal is of one and the same, and not in the scale.'}
            </>
          ) : (
            'Map of distances'
          )}
        </figcaption>
      </figure>
    </section>
  );
}
