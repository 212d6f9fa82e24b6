import { PRINT_COLOURS } from '../../drawing/drawing-colours';
import type { Panel } from '../../figure/figure';
import { COLUMN } from '../../figure/figure';
import { blockNames } from '../../methods/block-names';
import { fillsGaps } from '../../methods/gaps';
import type { AppState } from '../../store/app';
import { MEASURE_LABELS, layerAxis, layerNumber, layerValues } from '../../store/derived/layer-measures';

const NEW = '#d4480b';
const NEW_SOFT = '#fbe6da';
const NAMES = 78;
const NUMBERS = 44;
const TOP = 18;

interface Row {
  readonly name: string;
  readonly isNew: boolean;
  readonly value: number | undefined;
}

/** Blocks of the deeper model, top first, with their measured values. */
function rowsOf(state: AppState, layers: number): Row[] {
  const recipe = state.recipe.current;
  const values = layerValues(state) ?? { base: {}, byGap: {}, byIndex: {} };
  return blockNames(recipe, layers)
    .map(({ name, index, kind }, place) => ({
      name: kind === 'new' ? `new ${name}` : `block ${name}`,
      isNew: kind !== 'base',
      value: fillsGaps(recipe.method)
        ? values[kind === 'new' ? 'byGap' : 'base'][index]
        : values.byIndex[place],
    }))
    .toReversed();
}

/** Draws the tower with the chosen measure beside each block. Undefined without a model. */
export function towerPanel(state: AppState): Panel | undefined {
  const layers = state.model.info?.layers;
  const values = layerValues(state);
  if (layers === undefined) return undefined;
  const { measure, tensor } = state.view;
  const rows = rowsOf(state, layers);
  const pitch = rows.length > 24 ? 11 : 17;
  const { label, ofTensor } = MEASURE_LABELS[measure];
  const axis = layerAxis(measure, values ?? { base: {}, byGap: {}, byIndex: {} });
  const [left, width] = [NAMES + 6, COLUMN - NAMES - NUMBERS - 12];
  return {
    height: TOP + rows.length * pitch + 22,
    draw(pen) {
      pen.text(left, TOP / 2, `${label}${ofTensor ? ` of ${tensor}` : ''}`, {
        size: 10.5,
        colour: PRINT_COLOURS.text,
      });
      for (const [i, { name, isNew, value }] of rows.entries()) {
        const top = TOP + i * pitch;
        const middle = top + pitch / 2;
        const box = { x: isNew ? 8 : 0, y: top + 1, width: NAMES - (isNew ? 8 : 0), height: pitch - 3 };
        if (isNew) {
          pen.rect(box, NEW_SOFT);
          pen.rect({ ...box, width: 2.5 }, NEW);
        } else pen.frame(box, { colour: PRINT_COLOURS.line, width: 0.75 });
        pen.text(box.x + 6, middle - 0.5, name, { size: 9.5, colour: PRINT_COLOURS.text, mono: true });
        pen.line(left, middle, left + width, middle, { colour: PRINT_COLOURS.line, width: 0.5 });
        if (value === undefined) continue;
        const colour = isNew ? NEW : PRINT_COLOURS.text;
        const x = left + axis.at(value) * width;
        pen.line(left + axis.origin * width, middle, x, middle, { colour, width: 1 });
        const beyond = value > axis.high ? 1 : value < axis.low ? -1 : 0;
        const r = 3;
        const mark =
          beyond === 0
            ? `M${x - r},${middle}a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0Z`
            : `M${x - beyond * 4},${middle - 4}L${x + beyond * 4},${middle}L${x - beyond * 4},${middle + 4}Z`;
        pen.path(mark, { colour, width: 0 }, { fill: colour });
        pen.text(COLUMN, middle, layerNumber(value), { size: 9.5, colour, align: 'end', mono: true });
      }
      const bottom = TOP + rows.length * pitch;
      const style = { size: 9.5, colour: PRINT_COLOURS.muted, mono: true } as const;
      pen.text(left, bottom + 9, layerNumber(axis.low), style);
      pen.text(left + width, bottom + 9, layerNumber(axis.high), { ...style, align: 'end' });
      if (values?.reference === undefined) return;
      const x = left + axis.at(values.reference) * width;
      pen.line(x, TOP, x, bottom, { colour: PRINT_COLOURS.selected, width: 1 });
      pen.text(x, bottom + 18, `whole model ${layerNumber(values.reference)}`, {
        size: 9.5,
        colour: PRINT_COLOURS.selected,
        align: axis.at(values.reference) > 0.5 ? 'end' : 'start',
      });
    },
  };
}
